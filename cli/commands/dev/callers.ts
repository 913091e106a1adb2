import { type Callers, identityOf, type Identity } from "aws-stand-in";
import type { CallerData } from "eventbridge-simulator";
import { publishingServices, type Sender, senderOf } from "../../../rehearsal/local/senders.js";
import { everything, type Stage } from "../../../rehearsal/stage.js";

/** Who may call, by the access key ids that they sign with: nothing proves them. */
export interface KnownCallers {
  /** @returns undefined for nobody */
  readonly identify: (accessKeyId: string) => Identity | undefined;
  readonly senderOf: (identity: Identity) => Sender;
  /** Key ids that are names: of services, then of accounts that no service is called like. */
  readonly names: readonly string[];
}

/**
 * A service by its key, as its role with its publisher policy; an account by name or id, as its administrator; a role by what
 * AssumeRole gave, with its emitted policies where one is emitted.
 */
export function callersOf(stage: Stage): KnownCallers {
  const names = [...new Set([...publishingServices(stage), ...stage.registry.accounts.keys()])];
  const senders = new Map(names.map((name) => [name, senderOf(stage, name)] as const));
  const byArn = new Map([...senders.values()].map((sender) => [sender.caller.arn, sender]));
  const named: Callers["named"] = Object.fromEntries(
    [...senders].map(([name, { account, caller }]) => [
      name,
      { accountId: stage.account(account).id, arn: caller.arn },
    ]),
  );
  return {
    names,
    identify: (accessKeyId) => identityOf(accessKeyId, { named }),
    senderOf: ({ accountId, arn }) => byArn.get(arn) ?? strangerOf(stage, accountId, arn),
  };
}

function strangerOf(stage: Stage, accountId: string, arn: string): Sender {
  const role = /^arn:[\w-]+:sts::\d{12}:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  const emitted = role === undefined ? undefined : emittedRole(stage, accountId, role);
  const account = [...stage.environment.accountIds].find(
    ([name, id]) => id === accountId && stage.registry.accounts.has(name),
  )?.[0];
  if (account === undefined) {
    // An account that the registry does not know: whoever comes from there may do all that it can allow.
    const caller = { arn: `arn:aws:iam::${accountId}:role/administrator`, policies: [everything] };
    return { account: accountId, caller: emitted ?? caller };
  }
  return emitted === undefined ? senderOf(stage, account) : { account, caller: emitted };
}

function emittedRole({ loaded }: Stage, accountId: string, name: string): CallerData | undefined {
  const role = loaded.data.roles.find(
    ({ arn }) => arn.split(":")[4] === accountId && arn.endsWith(`/${name}`),
  );
  if (role === undefined) return undefined;
  const { arn, tags, permissionsBoundary, inlinePolicies, managedPolicies } = role;
  const attached = loaded.data.managedPolicies
    .filter((policy) => managedPolicies.includes(policy.arn))
    .map((policy) => ({ name: policy.arn, policy: policy.policy }));
  return { arn, tags, permissionsBoundary, policies: [...inlinePolicies, ...attached] };
}
