import { parseArn, parseBusArn, parseRoleArn, type Arn } from "./arn.js";
import type { ConsultedPolicy } from "./authorize/consult.js";
import { compileIdentity } from "./authorize/identity.js";
import type { NamedPolicy } from "./authorize/named-policy.js";
import { readPolicyOnce } from "./authorize/policy-cache.js";
import type { PolicyHome } from "./authorize/policy-home.js";
import type { GuardedResource } from "./authorize/requests/resource.js";
import { buildRule } from "./build-rule.js";
import type { Bus, Encrypted, Queue, Role, Rule, World } from "./built-world.js";
import { RuleIndex } from "./rule-index.js";
import type { ReportProblem, WorldProblem } from "./world-problem.js";
import type {
  BusData,
  KeyData,
  LogGroupData,
  LogResourcePolicyData,
  QueueData,
  RoleData,
  TopicData,
  WorldData,
} from "./world.js";

export type WorldReading =
  | { readonly ok: true; readonly world: World }
  | { readonly ok: false; readonly problems: readonly WorldProblem[] };

/**
 * Checks the data of a world and compiles it: policies, event patterns, an index of rules for each bus.
 * @returns the world, or every problem found: what AWS would not have accepted, such as a malformed policy, an
 *   invalid event pattern or a sixth target, and what has no meaning, such as an ARN that is given twice
 */
export function buildWorld(data: WorldData): WorldReading {
  const problems: WorldProblem[] = [];
  const builder = new WorldBuilder(data, (reason, at, subject = "") => {
    problems.push({ reason, at, subject });
  });
  const world = builder.build();
  return problems.length > 0 ? { ok: false, problems } : { ok: true, world };
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
    const ofBus = groupByBus([...rules.values()]);
    const buses = this.all(data.buses, (bus) => this.bus(bus, ofBus.get(bus.arn) ?? []));
    for (const rule of rules.values()) {
      if (!buses.has(rule.busArn)) this.report("world-rule-bus", rule.arn, rule.busArn);
    }
    const managed = this.managedPolicies();
    return {
      rules,
      buses,
      roles: this.all(data.roles, (role) => this.role(role, managed)),
      logGroups: this.all(data.logGroups, (logGroup) => this.logGroup(logGroup)),
      queues: this.all(data.queues, (queue) => this.queue(queue)),
      topics: this.all(data.topics, (topic) => this.topic(topic)),
      keys: this.all(data.keys, (key) => this.key(key)),
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

function groupByBus(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const rule of rules) {
    const group = groups.get(rule.busArn);
    if (group === undefined) groups.set(rule.busArn, [rule]);
    else group.push(rule);
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
