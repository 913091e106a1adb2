/** What an environment says about operating its accounts, each in a section of its own. */

export interface RolesDefinition {
  /**
   * IAM path, which stands in the roles' ARNs: `/`, or begins and ends with it, such as `/backbone/`. Default: `/`.
   * Changing it makes the roles anew, and events wait as dead letters meanwhile (see docs/deploying.md).
   */
  readonly path?: string;
  /**
   * Name of the managed policy that bounds what the roles may do, in every account; not its ARN. One that has a path
   * of its own is written with it: `team/boundary`. It must be there before the roles, and allow what `backbone check`
   * lists. Default: none. Changing it updates the roles in place.
   */
  readonly permissionsBoundary?: string;
  /**
   * Who of an account may put its dead letters back: names of roles with their path, `*` for any characters, such as
   * `ops/*`. Default: whoever the account's own policies let take on the redrive role.
   */
  readonly redrivers?: readonly string[];
}

export interface AlarmsDefinition {
  /** Who is written to; each must confirm once, by the link AWS sends. Default: nobody. */
  readonly emails?: readonly string[];
  /** Link to what is to be done, such as `https://wiki.example.com/backbone`; it stands in every alarm. Default: none. */
  readonly runbook?: string;
}

export interface BusLoggingDefinition {
  /** Each level holds those before it. `TRACE` writes several records for every event. */
  readonly level: "OFF" | "ERROR" | "INFO" | "TRACE";
  /**
   * Whether the events' details, and the personal data in them, are logged too. Refused where a contract is `sensitive`.
   * Default: false.
   */
  readonly includeDetail?: boolean;
}

export interface AuditTrailDefinition {
  /** Days the trail's log keeps a record, one of the values CloudWatch Logs accepts; its bucket keeps all. */
  readonly retentionDays: number;
  /**
   * ARN of the role that deploys into the backbone account, with its path; `*` stands for any characters, as in
   * a single sign-on role's. Changes by anybody else are told.
   */
  readonly deployRoleArn: string;
}
