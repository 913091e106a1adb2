import { parsePattern, RuleIndex } from "event-patterns";
import { type Arn, parseArn, parseBusArn, parseRoleArn, parseRuleArn } from "./arn.js";
import type { GuardedResource } from "./ask/requests.js";
import type { ConsultedPolicy } from "./iam/authorize.js";
import { compileIdentity } from "./iam/identity.js";
import { isLogTemplate, refusedTransformer } from "./deliver/input.js";
import { targetKindOf } from "./deliver/targets/index.js";
import type { PolicyHome } from "./iam/policy-home.js";
import { type NamedPolicy } from "./iam/policy-json.js";
import { readPolicyOnce } from "./iam/policy.js";
import type { MalformedReason, WorldReason } from "./reasons.js";
import type {
  AssumedData,
  Bus,
  BusData,
  Encrypted,
  FunctionData,
  InputTransformerData,
  KeyData,
  LambdaFunction,
  LogGroupData,
  LogResourcePolicyData,
  Queue,
  QueueData,
  Role,
  RoleData,
  Rule,
  RuleData,
  TopicData,
  World,
  WorldData,
} from "./world.js";

export type WorldReading =
  | { readonly ok: true; readonly world: World }
  | {
      readonly ok: false;
      readonly problems: readonly WorldProblem[];
      /** What could be built: it lacks what has no form, and what a malformed policy guards is undecided. */
      readonly world: World;
    };

/**
 * Checks the data of a world and compiles it: policies, event patterns, an index of rules for each bus.
 * @returns the world, and every problem found: what AWS would not have accepted, such as a malformed policy, an
 *   invalid event pattern or a sixth target, and what has no meaning, such as an ARN that is given twice
 */
export function buildWorld(data: WorldData): WorldReading {
  const problems: WorldProblem[] = [];
  const builder = new WorldBuilder(data, (reason, at, subject = "") => {
    problems.push({ reason, at, subject });
  });
  const world = builder.build();
  return problems.length > 0 ? { ok: false, problems, world } : { ok: true, world };
}

class WorldBuilder {
  private readonly data: WorldData;
  private readonly report: ReportProblem;
  private readonly organizations: ReadonlyMap<string, string>;

  constructor(data: WorldData, report: ReportProblem) {
    this.data = data;
    this.report = report;
    const listed = byKey(data.accounts, ({ id }) => id, report);
    this.organizations = new Map(
      [...listed].flatMap(([id, { organizationId }]) =>
        organizationId === undefined ? [] : [[id, organizationId]],
      ),
    );
    for (const id of listed.keys()) if (!/^\d{12}$/u.test(id)) report("world-account", id);
  }

  build(): World {
    const data = this.data;
    const rules = this.all(data.rules, (rule) => buildRule(rule, this.organizations, this.report));
    const ofBus = groupBy(
      [...rules.values()],
      ({ busArn }) => busArn,
      (rule) => rule,
    );
    const buses = this.all(data.buses, (bus) => this.bus(bus, ofBus.get(bus.arn) ?? []));
    for (const rule of rules.values()) {
      if (!buses.has(rule.busArn)) this.report("world-rule-bus", rule.arn, rule.busArn);
    }
    const managed = this.managedPolicies();
    for (const mapping of data.mappings) {
      for (const arn of [mapping.queue, mapping.function]) this.parse(arn, parseArn);
    }
    return {
      rules,
      buses,
      roles: this.all(data.roles, (role) => this.role(role, managed)),
      logGroups: this.all(data.logGroups, (logGroup) => this.logGroup(logGroup)),
      queues: this.all(data.queues, (queue) => this.queue(queue)),
      topics: this.all(data.topics, (topic) => this.topic(topic)),
      keys: this.all(data.keys, (key) => this.key(key)),
      functions: this.all(data.functions, (one) => this.lambda(one)),
      assumed: this.all(data.assumed, (one) => this.assumed(one)),
      fedBy: groupBy(
        data.mappings,
        ({ queue }) => queue,
        (mapping) => mapping.function,
      ),
      organizations: this.organizations,
    };
  }

  /** Builds each item, by its ARN; what cannot be built has reported why. */
  private all<Data extends { readonly arn: string }, Built>(
    items: readonly Data[],
    build: (item: Data) => Built | undefined,
  ): ReadonlyMap<string, Built> {
    const built = new Map<string, Built>();
    for (const [arn, item] of byKey(items, ({ arn }) => arn, this.report)) {
      const result = build(item);
      if (result !== undefined) built.set(arn, result);
    }
    return built;
  }

  private bus({ arn, policy, keyArn, deadLetterArn }: BusData, rules: readonly Rule[]): Bus | undefined {
    const parsed = this.parse(arn, parseBusArn);
    if (parsed === undefined) return undefined;
    const index = new RuleIndex<Rule>();
    for (const rule of rules) if (rule.enabled) index.add(rule.pattern, rule);
    const policies = this.resourcePolicy(arn, policy, { kind: "bus", arn });
    return { ...this.guarded(arn, parsed, policies), keyArn, deadLetterArn, name: parsed.name, rules, index };
  }

  private topic({ arn, policy, keyArn }: TopicData): Encrypted | undefined {
    const parsed = this.parse(arn, (text) => ofService(text, "sns"));
    if (parsed === undefined) return undefined;
    return { ...this.guarded(arn, parsed, this.resourcePolicy(arn, policy, { kind: "topic" })), keyArn };
  }

  private key({ arn, policy }: KeyData): GuardedResource | undefined {
    const parsed = this.parse(arn, (text) => ofService(text, "kms"));
    return parsed && this.guarded(arn, parsed, this.resourcePolicy(arn, policy, { kind: "key" }));
  }

  private lambda({ arn, policy, roleArn }: FunctionData): LambdaFunction | undefined {
    const parsed = this.parse(arn, (text) => ofService(text, "lambda"));
    if (parsed === undefined) return undefined;
    return { ...this.guarded(arn, parsed, this.resourcePolicy(arn, policy, { kind: "function" })), roleArn };
  }

  private assumed({ arn, keyArn }: AssumedData): Encrypted | undefined {
    const parsed = this.parse(arn, parseArn);
    return parsed && { ...this.guarded(arn, parsed, []), keyArn };
  }

  private queue({ arn, policy, keyArn, fifo = false }: QueueData): Queue | undefined {
    const parsed = this.parse(arn, (text) => ofService(text, "sqs"));
    if (parsed === undefined) return undefined;
    if (fifo !== parsed.resource.endsWith(".fifo")) this.report("world-queue-fifo", arn);
    const policies = this.resourcePolicy(arn, policy, { kind: "queue" });
    return { ...this.guarded(arn, parsed, policies), keyArn, fifo };
  }

  private logGroup({ arn, resourcePolicies, keyArn }: LogGroupData): Encrypted | undefined {
    const parsed = this.parse(arn, parseLogGroupArn);
    if (parsed === undefined) return undefined;
    // The policies of the account and those of the log group speak together (CloudWatch Logs, resource policies).
    const ofAccount = this.data.logResourcePolicies.filter((policy) => isAt(policy, parsed));
    const policies = [...resourcePolicies, ...ofAccount].map((policy) =>
      this.policy(arn, policy, { kind: "log-group" }),
    );
    return { ...this.guarded(arn, parsed, policies), keyArn };
  }

  private role(role: RoleData, managed: ReadonlyMap<string, string>): Role | undefined {
    const parsed = this.parse(role.arn, parseRoleArn);
    const attached = role.managedPolicies.flatMap((arn): NamedPolicy[] => {
      const policy = managed.get(arn);
      if (policy === undefined) this.report("world-managed-policy", role.arn, arn);
      return policy === undefined ? [] : [{ name: arn, policy }];
    });
    for (const inline of role.inlinePolicies) this.policy(role.arn, inline, { kind: "identity" });
    const inline = role.inlinePolicies.map(({ name, policy }) => ({ name: `${role.arn}/${name}`, policy }));
    const identity = compileIdentity({ ...role, policies: [...inline, ...attached] });
    if (parsed === undefined || identity === undefined) return undefined;
    const trust = this.policy(role.arn, { name: role.arn, policy: role.trustPolicy }, { kind: "trust" });
    return { ...this.guarded(role.arn, parsed, [trust]), identity };
  }

  /** Texts by ARN. */
  private managedPolicies(): ReadonlyMap<string, string> {
    return this.all(this.data.managedPolicies, ({ arn, policy }) => {
      this.parse(arn, (text) => ofService(text, "iam"));
      this.policy(arn, { name: arn, policy }, { kind: "identity" });
      return policy;
    });
  }

  private resourcePolicy(
    arn: string,
    policy: string | undefined,
    home: PolicyHome,
  ): readonly ConsultedPolicy[] {
    return policy === undefined ? [] : [this.policy(arn, { name: arn, policy }, home)];
  }

  private policy(owner: string, { name, policy }: NamedPolicy, home: PolicyHome): ConsultedPolicy {
    const reading = readPolicyOnce(policy, home);
    for (const { reason, statement, subject } of reading.ok ? [] : reading.problems) {
      const at = [owner, ...(name === owner ? [] : [name]), ...(statement === undefined ? [] : [statement])];
      this.report(reason, at.join(" "), subject);
    }
    return { name, reading };
  }

  private guarded(
    arn: string,
    { account, region }: Arn,
    policies: readonly ConsultedPolicy[],
  ): GuardedResource {
    return { arn, account, region, organizationId: this.organizations.get(account), policies };
  }

  private parse<Parsed extends Arn>(
    arn: string,
    parse: (text: string) => Parsed | undefined,
  ): Parsed | undefined {
    const parsed = parse(arn);
    if (parsed === undefined) this.report("world-arn", arn);
    return parsed;
  }
}

function groupBy<Item, Member>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  memberOf: (item: Item) => Member,
): ReadonlyMap<string, readonly Member[]> {
  const groups = new Map<string, Member[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [memberOf(item)]);
    else group.push(memberOf(item));
  }
  return groups;
}

function byKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  report: ReportProblem,
): ReadonlyMap<string, Item> {
  const byKeyOf = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item);
    if (byKeyOf.has(key)) report("world-duplicate", key);
    byKeyOf.set(key, item);
  }
  return byKeyOf;
}

function ofService(text: string, service: string): Arn | undefined {
  const arn = parseArn(text);
  return arn?.service === service ? arn : undefined;
}

function parseLogGroupArn(text: string): Arn | undefined {
  const arn = ofService(text, "logs");
  return arn !== undefined && /^log-group:[^:*]+$/u.test(arn.resource) ? arn : undefined;
}

function isAt(policy: LogResourcePolicyData, { account, region }: Arn): boolean {
  return policy.account === account && policy.region === region;
}

/** Not adjustable (EventBridge quotas). */
const mostTargets = 5;

/**
 * Checks and compiles one rule with its targets.
 * @param organizations organisation by account id
 * @returns undefined if the rule makes no sense; what is wrong has been reported
 */
/** The state of a rule that is given the management events that only read, too. */
const allManagementEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
const ruleStates = ["ENABLED", "DISABLED", allManagementEvents];

function buildRule(
  { arn, state, eventPattern, creator, targets }: RuleData,
  organizations: ReadonlyMap<string, string>,
  report: ReportProblem,
): Rule | undefined {
  const parsed = parseRuleArn(arn);
  if (parsed === undefined) report("world-arn", arn);
  if (!ruleStates.some((known) => known === state)) report("world-rule-state", arn, state);
  checkTargets(arn, targets, report);
  const reading = parsePattern(eventPattern);
  if (!reading.ok) {
    for (const { path, problem, mend } of reading.problems) {
      report("world-pattern", arn, `${path === "" ? "" : `${path}: `}${problem}; ${mend}`);
    }
    return undefined;
  }
  if (parsed === undefined) return undefined;
  const { account, region, busArn } = parsed;
  const organizationId = organizations.get(account);
  return {
    arn,
    account,
    region,
    busArn,
    organizationId,
    creator: creator ?? account,
    enabled: state !== "DISABLED",
    takesReading: state === allManagementEvents,
    pattern: reading.pattern,
    targets,
  };
}

function checkTargets(rule: string, targets: RuleData["targets"], report: ReportProblem): void {
  if (targets.length > mostTargets) report("world-too-many-targets", rule, String(targets.length));
  const seen = new Set<string>();
  for (const { id, arn, roleArn, deadLetterArn, inputTransformer } of targets) {
    const at = `${rule} target ${id}`;
    if (seen.has(id)) report("world-target-twice", rule, id);
    seen.add(id);
    if (!/^[\w.-]{1,64}$/u.test(id)) report("world-target-id", at, id);
    for (const reference of [arn, roleArn, deadLetterArn]) {
      if (reference !== undefined && parseArn(reference) === undefined) report("world-arn", at, reference);
    }
    if (inputTransformer !== undefined) checkTransformer(at, arn, inputTransformer, report);
  }
}

function checkTransformer(
  at: string,
  target: string,
  transformer: InputTransformerData,
  report: ReportProblem,
): void {
  const refused = refusedTransformer(transformer);
  const kind = targetKindOf(target);
  if (refused !== undefined) report("world-input", at, refused);
  else if (kind === "bus") report("world-input-bus", at);
  else if (kind === "log-group" && !isLogTemplate(transformer)) report("world-input-log", at);
}

/** One thing in the data of a world that AWS would not have accepted, or that has no meaning. */
export interface WorldProblem {
  readonly reason: WorldReason | MalformedReason;
  /** ARN of what is wrong, and the part of it. */
  readonly at: string;
  /** The wrong value, or more about it. */
  readonly subject: string;
}

/** Collects problems while a world is built. */
export type ReportProblem = (reason: WorldProblem["reason"], at: string, subject?: string) => void;
