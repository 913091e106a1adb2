import type { ContractDefinitions } from "../contract-definition.js";

/**
 * Events that AWS's services put on the default bus of an account, or a partner on a bus of its own there. They never
 * pass the global bus, from which nothing could be forwarded to it: each account's bus forwards them to those who want
 * them.
 */
export interface AwsEventsDefinition<
  Account extends string = string,
  Contracts extends ContractDefinitions = ContractDefinitions,
  Environment extends string = string,
> {
  /** What it is called in commands. Default: its key. */
  readonly name?: string;
  /** `default-bus`, or the name of a partner bus, in which `{environment}` stands for the environment's name. */
  readonly from: "default-bus" | `aws.partner/${string}`;
  /** From whose buses they come; `*` for those of every account, the backbone's included. */
  readonly accounts: "*" | readonly Account[];
  /** The `source` of the events, or several: `aws.s3`. `{environment}` stands for the environment's name. */
  readonly source: `aws.${string}` | readonly `aws.${string}`[];
  /**
   * Whether what only reads is wanted, too, of the management events that CloudTrail records: EventBridge gives them to
   * rules that ask for them. On default buses only. Default: false.
   */
  readonly readOnlyManagementEvents?: boolean;
  /** The environments it is in. Default: all that have one of its accounts. */
  readonly environments?: readonly Environment[];
  /** Who answers for it: `@user`, `@acme/cases` or an e-mail address. Default: nobody is named. */
  readonly owner?: string;
  /** What is wanted of them, by detail-type. */
  readonly contracts: Contracts;
}
