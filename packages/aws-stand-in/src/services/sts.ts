import { AwsError } from "../aws-error.js";
import type { Identity } from "../wire/call.js";
import type { Actions } from "./actions.js";

/** What is known of callers. */
export interface Callers {
  /** Callers that are known by a name, such as a service's. */
  readonly named?: Readonly<Record<string, Identity>>;
}

const assumedKey = /^(?<accountId>\d{12}):assumed-role\/(?<role>[\w+=,.@-]+)\/(?<session>[\w+=,.@-]+)$/;

/**
 * Who an access key id stands for: one of the names; a name after an account (`111111111111:orders`), where one
 * account has several; twelve digits, also after `AKIA`, an administrator of that account; what AssumeRole gave, the
 * role. Nobody, if it is none of these.
 */
export function identityOf(accessKeyId: string, { named = {} }: Callers = {}): Identity | undefined {
  if (Object.hasOwn(named, accessKeyId)) return named[accessKeyId];
  const administrator = /^(?:AKIA)?(\d{12})$/.exec(accessKeyId)?.[1];
  if (administrator !== undefined) {
    return { accountId: administrator, arn: `arn:aws:iam::${administrator}:user/administrator` };
  }
  const { accountId = "", role = "", session = "" } = assumedKey.exec(accessKeyId)?.groups ?? {};
  if (accountId !== "")
    return { accountId, arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}` };
  const [, account, name = ""] = /^(\d{12}):(.+)$/.exec(accessKeyId) ?? [];
  const found = Object.hasOwn(named, name) ? named[name] : undefined;
  return found?.accountId === account ? found : undefined;
}

const roleArn = /^arn:[\w-]+:iam::(?<accountId>\d{12}):role\/(?:[\w+=,.@/-]*\/)?(?<role>[\w+=,.@-]{1,64})$/;

/**
 * Who one is, and to become another: the key id that AssumeRole gives says which role it is, so that nothing has to be
 * remembered and a restart forgets nobody.
 * @param mayAssume throws an AwsError if a role may not be taken on
 */
export function stsActions(mayAssume: (caller: Identity, roleArn: string) => void): Actions {
  return {
    GetCallerIdentity: (_, { caller }) => ({
      Arn: caller.arn,
      UserId: `AIDA${caller.accountId}`,
      Account: caller.accountId,
    }),
    AssumeRole: (input, { caller }) => {
      const [arn, session] = [input.text("RoleArn"), input.text("RoleSessionName")];
      const { accountId, role } = roleArn.exec(arn)?.groups ?? {};
      if (accountId === undefined || role === undefined) {
        throw new AwsError("ValidationError", `${arn} is invalid`);
      }
      if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
        throw new AwsError(
          "ValidationError",
          `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
        );
      }
      mayAssume(caller, arn);
      const hour = 3_600_000;
      return {
        Credentials: {
          AccessKeyId: `${accountId}:assumed-role/${role}/${session}`,
          SecretAccessKey: "not-checked",
          SessionToken: "not-checked",
          // By the machine's clock, which the SDK compares it with.
          Expiration: new Date(Date.now() + hour).toISOString(),
        },
        AssumedRoleUser: {
          AssumedRoleId: `AROA${accountId}:${session}`,
          Arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
        },
      };
    },
  };
}
