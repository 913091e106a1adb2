import { buildWorld, renderWorldProblem, type World, type WorldData } from "eventbridge-simulator";
import { arnOf } from "./arns.js";
import {
  emptyParts,
  type LoadedBus,
  type LoadedParts,
  type LoadedRole,
  type SwitchedOnParts,
} from "./parts.js";
import { type RecordedPlan, type RecordedStack, resourceReference } from "./plan-file.js";
import { readResource } from "./read.js";

/** What the rehearsal knows of one account, read from what its stack emits. */
export interface LoadedAccount {
  /** The registry's name for it. */
  readonly name: string;
  readonly id: string;
  readonly region: string;
  /** Tags that everything in it gets. */
  readonly tags: Readonly<Record<string, string>>;
  /** ARN of the account's one bus; undefined if it emits none, or several. */
  readonly bus: string | undefined;
  /** ARN of the log group that holds the bus's events, as the stack's output names it. */
  readonly logGroup: string | undefined;
  /** ARNs of all its log groups. */
  readonly logGroups: readonly string[];
  /** ARNs of its queues, but the one that is a bus's own. */
  readonly queues: readonly string[];
  /** ARN of the bus's own queue, for events that its key could not be used on; undefined if it emits none. */
  readonly encryptionFailures: string | undefined;
  readonly roles: readonly LoadedRole[];
  /** ARNs of its rules, those on the default bus included. */
  readonly rules: ReadonlySet<string>;
  /** How the account's one bus is set up. */
  readonly busSettings: LoadedBus | undefined;
  readonly switchedOn: SwitchedOnParts;
  /** Values of SSM parameters by name: what applications read instead of this project's state. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The accounts of an environment as AWS would hold them after every stack has been deployed. */
export interface LoadedPlan {
  readonly environment: string;
  readonly data: WorldData;
  readonly world: World;
  /** By account name. */
  readonly accounts: ReadonlyMap<string, LoadedAccount>;
}

export type Loading =
  | { readonly ok: true; readonly loaded: LoadedPlan }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Turns emitted resources into simulator accounts. What a role's permissions boundary says is not emitted: it is taken to
 * allow what the role's own policies do, and so is left out.
 * @param outside ids of accounts that are not in the plan's organisation: what no resource says
 * @returns every problem instead, if a resource or property is not modelled (it is refused by name, never
 *   skipped) or AWS would not accept what is emitted
 */
export function loadPlan(plan: RecordedPlan, outside: ReadonlySet<string>): Loading {
  const problems = stacksOfOneAccount(plan);
  const read = plan.stacks.map((stack) => ({ stack, parts: readStack(stack, problems) }));
  if (problems.length > 0) return { ok: false, problems };

  const all = read.map(({ parts }) => parts);
  const data: WorldData = {
    accounts: [...new Set(read.map(({ parts }) => parts.place.accountId))].map((id) => ({
      id,
      ...(plan.organizationId === undefined || outside.has(id)
        ? {}
        : { organizationId: plan.organizationId }),
    })),
    buses: [...all.flatMap((parts) => joinBusPolicies(parts, problems)), ...defaultBuses(all)],
    rules: all.flatMap((parts) => joinTargets(parts, problems)),
    roles: all.flatMap((parts) => joinRolePolicies(parts, problems)),
    managedPolicies: all.flatMap((parts) => parts.managedPolicies),
    logGroups: all.flatMap((parts) => joinLogPolicies(parts, problems)),
    logResourcePolicies: all.flatMap((parts) => parts.accountLogPolicies),
    queues: all.flatMap((parts) => joinQueuePolicies(parts, problems)),
    topics: all.flatMap((parts) => joinTopicPolicies(parts, problems)),
    keys: all.flatMap(({ keys }) => keys),
  };
  const reading = buildWorld(data);
  if (!reading.ok) problems.push(...reading.problems.map(renderWorldProblem));
  if (!reading.ok || problems.length > 0) return { ok: false, problems };

  const accounts = read.map(({ stack, parts }): LoadedAccount => {
    const [first, ...others] = parts.buses;
    const bus = others.length === 0 ? first : undefined;
    // By its name: what a bus says is its own is judged, and may be the wrong one.
    const isBusOwn = ({ arn }: { readonly arn: string }) => arn.endsWith("-encryption-failures");
    return {
      name: stack.account,
      id: parts.place.accountId,
      region: parts.place.region,
      tags: parts.tags,
      bus: bus?.arn,
      logGroup: logGroupOf(stack, parts),
      logGroups: parts.logGroups.map(({ arn }) => arn),
      queues: parts.queues.filter((queue) => !isBusOwn(queue)).map(({ arn }) => arn),
      encryptionFailures: parts.queues.find(isBusOwn)?.arn,
      roles: parts.roles,
      rules: new Set(parts.rules.map(({ arn }) => arn)),
      busSettings: bus,
      switchedOn: parts,
      parameters: new Map(parts.parameters.map(({ name, value }) => [name, value])),
    };
  });
  return {
    ok: true,
    loaded: {
      environment: plan.environment,
      data,
      world: reading.world,
      accounts: new Map(accounts.map((account) => [account.name, account])),
    },
  };
}

/** Everything is asked account by account; of two stacks of one account, one would never be looked at. */
function stacksOfOneAccount({ stacks }: RecordedPlan): string[] {
  return [...new Set(stacks.map(({ account }) => account))].flatMap((name) => {
    const [first, ...others] = stacks.filter(({ account }) => account === name).map(({ stack }) => stack);
    return first === undefined || others.length === 0
      ? []
      : [
          `account "${name}" has several stacks in the plan, ${[first, ...others].join(" and ")}; keep one of them`,
        ];
  });
}

function readStack(stack: RecordedStack, problems: string[]): LoadedParts {
  const report = (what: string): void => {
    problems.push(`stack ${stack.stack}: ${what}`);
  };
  const parts = emptyParts({ accountId: stack.accountId, region: stack.region });
  const providers = stack.resources.filter(({ type }) => type === "pulumi:providers:aws").length;
  if (providers !== 1)
    report(`has ${providers} AWS providers; resources need exactly one, tied to the account`);
  const references = new Set<string>();
  for (const resource of stack.resources) {
    const reference = resourceReference(resource);
    if (references.has(reference)) report(`${reference} is emitted twice`);
    references.add(reference);
    readResource(resource, parts, (what) => {
      report(`${reference}: ${what}`);
    });
  }
  return parts;
}

function logGroupOf({ outputs }: RecordedStack, { place, logGroups }: LoadedParts): string | undefined {
  const { logGroupName } = outputs;
  if (typeof logGroupName !== "string") return undefined;
  const arn = arnOf.logGroup(place, logGroupName);
  return logGroups.some((logGroup) => logGroup.arn === arn) ? arn : undefined;
}

type Report = string[];

/** A bus, queue or log group has one resource policy; a second would silently replace the first. */
function onePolicy(
  policies: readonly { readonly policy: string }[],
  of: string,
  problems: Report,
): string | undefined {
  const [policy, ...others] = policies;
  if (others.length > 0)
    problems.push(`${of} has ${policies.length} resource policies; the last one deployed would win`);
  return policy?.policy;
}

function orphans<Part>(
  parts: readonly Part[],
  belongs: (part: Part) => boolean,
  describe: (part: Part) => string,
  problems: Report,
): void {
  for (const part of parts) if (!belongs(part)) problems.push(describe(part));
}

function joinBusPolicies({ buses, busPolicies }: LoadedParts, problems: Report): WorldData["buses"] {
  orphans(
    busPolicies,
    ({ bus }) => buses.some(({ name }) => name === bus),
    ({ bus }) =>
      `a bus policy is for bus ${bus}, which its account does not have; it has ${buses.map(({ name: has }) => has).join(", ") || "none"}`,
    problems,
  );
  return buses.map(({ arn, name, keyArn, deadLetterArn }) => ({
    arn,
    keyArn,
    deadLetterArn,
    policy: onePolicy(
      busPolicies.filter(({ bus }) => bus === name),
      `bus ${name}`,
      problems,
    ),
  }));
}

/** Every account has a default bus, which no stack emits; it takes what AWS itself puts there. */
function defaultBuses(all: readonly LoadedParts[]): WorldData["buses"] {
  const arns = all.flatMap(({ place, rules }) =>
    rules.filter(({ bus }) => bus === "default").map(() => arnOf.bus(place, "default")),
  );
  return [...new Set(arns)].map((arn) => ({ arn }));
}

function joinTopicPolicies({ topics, topicPolicies }: LoadedParts, problems: Report): WorldData["topics"] {
  orphans(
    topicPolicies,
    ({ topic }) => topics.some(({ arn }) => arn === topic),
    ({ topic }) =>
      `a topic policy is for ${topic}, which its account does not have; it has ${topics.map(({ arn: has }) => has).join(", ") || "none"}`,
    problems,
  );
  return topics.map(({ arn, keyArn }) => ({
    arn,
    keyArn,
    policy: onePolicy(
      topicPolicies.filter(({ topic }) => topic === arn),
      `topic ${arn}`,
      problems,
    ),
  }));
}

function joinTargets({ rules, targets }: LoadedParts, problems: Report): WorldData["rules"] {
  orphans(
    targets,
    (target) => rules.some(({ bus, name }) => bus === target.bus && name === target.rule),
    ({ bus, rule, id }) =>
      `target ${id} is for rule ${rule} on bus ${bus}, which its account does not have; it has ${rules.map(({ name: has }) => has).join(", ") || "none"}`,
    problems,
  );
  return rules.map(({ bus, name, ...rule }) => ({
    ...rule,
    targets: targets.filter((target) => target.bus === bus && target.rule === name),
  }));
}

function joinRolePolicies({ roles, rolePolicies }: LoadedParts, problems: Report): WorldData["roles"] {
  orphans(
    rolePolicies,
    ({ role }) => roles.some(({ name }) => name === role),
    ({ role, name }) =>
      `role policy ${name} is for role ${role}, which its account does not have; it has ${roles.map(({ name: has }) => has).join(", ") || "none"}`,
    problems,
  );
  return roles.map(({ name, arn, trustPolicy }) => ({
    arn,
    trustPolicy,
    inlinePolicies: rolePolicies.filter(({ role }) => role === name),
    managedPolicies: [],
  }));
}

function joinLogPolicies(
  { logGroups, logGroupPolicies }: LoadedParts,
  problems: Report,
): WorldData["logGroups"] {
  orphans(
    logGroupPolicies,
    ({ logGroup }) => logGroups.some(({ arn }) => arn === logGroup),
    ({ logGroup }) =>
      `a log policy is for ${logGroup}, which its account does not have; it has ${logGroups.map(({ arn: has }) => has).join(", ") || "none"}`,
    problems,
  );
  return logGroups.map(({ arn, keyArn }) => {
    const policy = onePolicy(
      logGroupPolicies.filter(({ logGroup }) => logGroup === arn),
      `log group ${arn}`,
      problems,
    );
    return { arn, keyArn, resourcePolicies: policy === undefined ? [] : [{ name: arn, policy }] };
  });
}

function joinQueuePolicies({ queues, queuePolicies }: LoadedParts, problems: Report): WorldData["queues"] {
  orphans(
    queuePolicies,
    ({ queue }) => queues.some(({ arn }) => arn === queue),
    ({ queue }) =>
      `a queue policy is for ${queue}, which its account does not have; it has ${queues.map(({ arn: has }) => has).join(", ") || "none"}`,
    problems,
  );
  return queues.map(({ arn, fifo, keyArn }) => ({
    arn,
    fifo,
    keyArn,
    policy: onePolicy(
      queuePolicies.filter(({ queue }) => queue === arn),
      `queue ${arn}`,
      problems,
    ),
  }));
}
