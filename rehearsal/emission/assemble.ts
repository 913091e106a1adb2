import {
  type AssumedData,
  buildWorld,
  renderWorldProblem,
  type World,
  type WorldData,
} from "eventbridge-simulator";
import { arnOf } from "./arns.js";
import { functionsOf, tellUnfitQueues } from "./feeding.js";
import { attachedLists, belongings } from "./kinds/index.js";
import type { Attached } from "./kinds/kind.js";
import {
  type LoadedBus,
  type LoadedParts,
  type LoadedRole,
  type LoadingProblem,
  type ReadStack,
  readStacks,
} from "./parts.js";
import type { RecordedPlan, RecordedStack } from "./plan-file.js";

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
  /** All that its stack emits, kind by kind. */
  readonly switchedOn: LoadedParts;
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
  /**
   * What is emitted and not modelled (it is named, never skipped), or would not be accepted by AWS. What could be read is in
   * the world; what is said here of a resource is not proven, whatever else holds.
   */
  readonly problems: readonly LoadingProblem[];
}

/**
 * Turns emitted resources into simulator accounts. What a role's permissions boundary says is not emitted: it is taken to
 * allow what the role's own policies do, and so is left out.
 * @param outside ids of accounts that are not in the plan's organisation: what no resource says
 * @param assumed things that are there though no stack emits them: what others deploy
 * @param partnerBuses ARNs of those that are there, beside each account's default bus
 */
export function loadPlan(
  plan: RecordedPlan,
  outside: ReadonlySet<string>,
  assumed: readonly AssumedData[] = [],
  partnerBuses: readonly string[] = [],
): LoadedPlan {
  const problems: LoadingProblem[] = [];
  const read = readStacks(plan.stacks, problems);
  const all = read.map(({ parts }) => parts);
  const given = [...defaultBuses(read), ...partnerBuses.map((arn) => ({ arn }))];
  tellOrphans(read, new Set(assumed.map(({ arn }) => arn)), given, problems);
  tellUselessRoles(all, problems);
  tellUnfitQueues(all, problems);

  const buses = [...all.flatMap((parts) => parts.buses), ...given];
  const data: WorldData = {
    accounts: [...new Set(read.map(({ place }) => place.accountId))].map((id) => ({
      id,
      ...(plan.organizationId === undefined || outside.has(id)
        ? {}
        : { organizationId: plan.organizationId }),
    })),
    buses: withPolicies(
      buses,
      all.flatMap((parts) => parts.busPolicies),
    ),
    rules: joinTargets(all),
    roles: joinRoles(all, problems),
    managedPolicies: all.flatMap((parts) => parts.managedPolicies),
    logGroups: withPolicies(
      all.flatMap(logGroupsOf),
      all.flatMap((parts) => parts.logPolicies),
    ).map(({ arn, keyArn, policy }) => ({
      arn,
      keyArn,
      resourcePolicies: policy === undefined ? [] : [{ name: arn, policy }],
    })),
    logResourcePolicies: all.flatMap((parts) => parts.logPolicies.filter(({ of }) => of === undefined)),
    queues: withPolicies(
      all.flatMap((parts) => parts.queues),
      all.flatMap((parts) => parts.queuePolicies),
    ),
    topics: withPolicies(
      all.flatMap((parts) => parts.topics),
      all.flatMap((parts) => parts.topicPolicies),
    ),
    keys: all.flatMap((parts) => parts.keys),
    functions: functionsOf(all),
    mappings: all.flatMap(({ mappings }) =>
      mappings.filter(({ enabled }) => enabled).map(({ of, queue }) => ({ queue, function: of })),
    ),
    assumed,
  };
  const reading = buildWorld(data);
  problems.push(
    ...(reading.ok ? [] : reading.problems).map((problem) => ({
      problem: renderWorldProblem(problem),
      // It begins with the ARN.
      at: problem.at.split(" ").slice(0, 1),
      mend: "mend what is emitted: AWS would not keep it",
    })),
  );
  return {
    environment: plan.environment,
    data,
    world: reading.world,
    accounts: new Map(read.map((one) => [one.stack.account, accountOf(one)])),
    problems,
  };
}

function accountOf({ stack, place, parts }: ReadStack): LoadedAccount {
  // Of several the one that is called as its account; that another is there is told where resources are counted.
  const [first, ...others] = parts.buses;
  const bus =
    others.length === 0 ? first : parts.buses.find(({ name }) => name.endsWith(`-${stack.account}`));
  const logGroups = logGroupsOf(parts).map(({ arn }) => arn);
  const queues = parts.queues.map(({ arn }) => arn);
  // By its name: what a bus says is its own is judged, and may be the wrong one.
  const isBusOwn = (queue: string) => queue.endsWith("-encryption-failures");
  return {
    name: stack.account,
    id: place.accountId,
    region: place.region,
    tags: parts.providers[0]?.tags ?? {},
    bus: bus?.arn,
    logGroup: logGroups.find((arn) => arn === logGroupNamed(stack, place)),
    logGroups,
    queues: queues.filter((queue) => !isBusOwn(queue)),
    encryptionFailures: queues.find(isBusOwn),
    roles: parts.roles,
    rules: new Set(parts.rules.map(({ arn }) => arn)),
    busSettings: bus,
    switchedOn: parts,
    parameters: new Map(parts.parameters.map(({ name, value }) => [name, value])),
  };
}

function logGroupNamed({ outputs: { logGroupName } }: RecordedStack, place: ReadStack["place"]) {
  return typeof logGroupName === "string" ? arnOf.logGroup(place, logGroupName) : undefined;
}

/** That of the audit trail is made inside of it. */
function logGroupsOf({ logGroups, trails }: LoadedParts) {
  return [...logGroups, ...trails.map(({ logGroup: arn, keyArn }) => ({ arn, keyArn }))];
}

/** Every account has a default bus, which no stack emits; it takes what AWS itself puts there. */
function defaultBuses(read: readonly ReadStack[]): WorldData["buses"] {
  const arns = read.map(({ place }) => arnOf.bus(place, "default"));
  return [...new Set(arns)].map((arn) => ({ arn }));
}

/** What others may belong to. */
interface Owner {
  readonly arn: string;
  /** Policy that it says itself. */
  readonly policy?: string | undefined;
}

/** With the resource policy of each; of several, the last one deployed wins. */
function withPolicies<Kind extends Owner>(
  owners: readonly Kind[],
  policies: readonly (Attached & { readonly policy: string })[],
): (Kind & { readonly policy: string | undefined })[] {
  const last = new Map(policies.map(({ of, policy }) => [of, policy]));
  return owners.map((owner) => ({ ...owner, policy: last.get(owner.arn) ?? owner.policy }));
}

function joinTargets(all: readonly LoadedParts[]): WorldData["rules"] {
  const targets = byOwner(all.flatMap((parts) => parts.targets));
  return all
    .flatMap(({ rules }) => rules)
    .map(({ arn, state, eventPattern, creator }) => ({
      arn,
      state,
      eventPattern,
      creator,
      targets: targets.get(arn) ?? [],
    }));
}

/** An attached policy grants as one of the role's own does, so it is judged as one. */
function joinRoles(all: readonly LoadedParts[], problems: LoadingProblem[]): WorldData["roles"] {
  const own = byOwner(all.flatMap((parts) => parts.rolePolicies));
  const attached = byOwner(all.flatMap((parts) => parts.rolePolicyAttachments));
  const texts = new Map(
    all.flatMap((parts) => parts.managedPolicies).map(({ arn, policy }) => [arn, policy]),
  );
  return all
    .flatMap((parts) => parts.roles)
    .map(({ arn, trustPolicy, inlinePolicies, managedPolicyArns }) => {
      const key = ownerKey(arn);
      const named = [...managedPolicyArns, ...(attached.get(key) ?? []).map(({ policyArn }) => policyArn)];
      const managed = [...new Set(named)].flatMap((name) => {
        const policy = texts.get(name);
        if (policy !== undefined) return [{ name, policy }];
        problems.push({
          problem: `role ${arn} has the policy ${name}, which no stack emits: what it may do by it, nobody can say here`,
          at: [arn],
          mend: `take ${name} from the role, or grant what it needs in a policy of its own`,
        });
        return [];
      });
      const inline = (own.get(key) ?? []).map(({ name, policy }) => ({ name, policy }));
      return {
        arn,
        trustPolicy,
        inlinePolicies: [...inlinePolicies, ...inline, ...managed],
        managedPolicies: [],
      };
    });
}

function byOwner<Part extends Attached>(
  parts: readonly Part[],
): ReadonlyMap<string | undefined, readonly Part[]> {
  const groups = new Map<string | undefined, Part[]>();
  for (const part of parts) {
    const group = groups.get(part.of);
    if (group === undefined) groups.set(part.of, [part]);
    else group.push(part);
  }
  return groups;
}

/** Policies name a role without its path. */
function ownerKey(arn: string): string {
  return arn.replace(/:role\/.*\//u, ":role/");
}

/** What belongs to nothing, or is there twice where AWS keeps the last one only. */
function tellOrphans(
  read: readonly ReadStack[],
  assumed: ReadonlySet<string>,
  given: WorldData["buses"],
  problems: LoadingProblem[],
): void {
  for (const list of attachedLists) {
    const { owner, words, isOnly } = belongings[list];
    const [what, whose] = words;
    const owners = [
      ...read.flatMap(({ parts }): readonly Owner[] => parts[owner]),
      ...(owner === "buses" ? given : []),
    ];
    const known = new Set(owners.map(({ arn }) => ownerKey(arn)));
    for (const { stack, place, parts } of read) {
      for (const { of } of parts[list]) {
        // A rule may be made on another account's bus, and so have targets; a policy is put in its own account.
        const isForeign = isOnly && of?.split(":")[4] !== place.accountId;
        if (of === undefined || assumed.has(of) || (known.has(of) && !isForeign)) continue;
        problems.push({
          account: stack.account,
          problem: `a ${what} is for ${whose} ${lastOf(of)} (${of}), which its account does not have; ${inStead(parts[owner], of)}`,
          at: [of],
          mend: `name the ${whose} that it is for, or take the ${what} away`,
        });
      }
    }
    if (!isOnly) continue;
    const policies = byOwner(read.flatMap(({ parts }): readonly Attached[] => parts[list]));
    for (const one of owners) {
      const count = (policies.get(one.arn)?.length ?? 0) + (one.policy === undefined ? 0 : 1);
      if (count < 2) continue;
      problems.push({
        problem: `${whose} ${one.arn} has ${count} resource policies; the last one deployed would win`,
        at: [one.arn],
        mend: "put all their statements into one policy",
      });
    }
  }
}

/** What the stack has: that of the same name, if there is one. */
function inStead(owners: readonly Owner[], of: string): string {
  const arns = owners.map(({ arn }) => arn);
  const namesakes = arns.filter((arn) => lastOf(arn) === lastOf(of));
  const shown = namesakes.length > 0 ? namesakes : arns.slice(0, 5).map(lastOf);
  return shown.length === 0 ? "its stack has none" : `its stack has ${shown.join(", ")}`;
}

function lastOf(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf("/"), arn.lastIndexOf(":")) + 1);
}

/** A role on the rule instead of the target, which AWS takes and does not use (API reference, PutRule). */
function tellUselessRoles(all: readonly LoadedParts[], problems: LoadingProblem[]): void {
  const withRole = new Map(
    all
      .flatMap((parts) => parts.rules)
      .flatMap(({ arn, roleArn }) => (roleArn === undefined ? [] : [[arn, roleArn]])),
  );
  for (const { of, id, arn, roleArn } of all.flatMap((parts) => parts.targets)) {
    const useless = withRole.get(of);
    if (useless === undefined || roleArn !== undefined || !arn.includes(":event-bus/")) continue;
    problems.push({
      problem: `rule ${of} has the role ${useless}, and its target ${id} has none: AWS does not deliver by the role of a rule`,
      at: [of],
      mend: `give the role to target ${id}, and none to the rule`,
    });
  }
}
