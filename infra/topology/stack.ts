import { names } from "../aws/names.js";
import {
  type Environment,
  givenUp,
  outsideMembers,
  publicationsBy,
  type Registry,
  sharedAccounts,
} from "../registry/index.js";
import { globalBusPolicy, localBusPolicy } from "./bus.js";
import { deadLetterQueue } from "./dead-letter-queue.js";
import { eventLog } from "./event-log.js";
import { planForward } from "./forward.js";
import type { PlannedParameter, StackPlan } from "./plan.js";
import { neededBoundary, type NeededBoundary } from "./permissions-boundary.js";
import { publisherPolicy } from "./publisher-policy.js";
import { quotaUsage, type Room, roomForMembers, roomForServices } from "./quota-usage.js";
import { describeUsage, isExceeded, isNear, type QuotaUsage, TopologyError } from "./quota.js";
import { planRedrive } from "./redrive.js";
import { type Scope, scopeOf } from "./scope.js";
import { sensitiveWarnings } from "./sensitive.js";
import type { StackSelection } from "./stack-name.js";
import { planSubscriptions } from "./subscription.js";
import { planSwitchedOn } from "./switched-on.js";
import { supportCases } from "./support-case.js";
import { type Throughput, throughputOf } from "./throughput.js";

/** Everything one environment consists of. */
export interface Topology {
  readonly environment: Environment;
  /** By account; the backbone first, then the members by name. */
  readonly stacks: ReadonlyMap<string, StackPlan>;
  readonly quotaUsage: readonly QuotaUsage[];
  readonly roomForServices: Room | undefined;
  readonly roomForMembers: Room | undefined;
  /** Where roles have a permissions boundary. */
  readonly boundary?: NeededBoundary;
  /** What contracts at their peaks ask of AWS's throughput; absent where none says what its peak is. */
  readonly throughput?: Throughput;
  /** What to ask AWS for, a sentence each. */
  readonly supportCases: readonly string[];
  /** Quotas that are exceeded, each in one sentence; nothing may be emitted while there is one. */
  readonly problems: readonly string[];
  /** Quotas that are nearly used up, and what the environment cannot promise. */
  readonly warnings: readonly string[];
}

/** Plans all accounts of an environment: pure, in milliseconds, whatever the quotas say. */
export function planTopology(registry: Registry, environment: Environment): Topology {
  const scope = scopeOf(registry, environment);
  const stacks = new Map(
    [registry.backbone, ...scope.registry.members].map((account) => [account, planAccount(scope, account)]),
  );
  const plans = [...stacks.values()];
  const usages = quotaUsage(scope, plans);
  const boundary = neededBoundary(scope, plans);
  const throughput = throughputOf(scope);
  const describe = (usage: QuotaUsage) => describeUsage(usage, environment.name);
  return {
    environment,
    stacks,
    quotaUsage: usages,
    roomForServices: roomForServices(scope, plans),
    roomForMembers: roomForMembers(scope, usages),
    ...(boundary === undefined ? {} : { boundary }),
    ...(throughput === undefined ? {} : { throughput }),
    supportCases: supportCases(scope, plans, usages),
    problems: usages.filter(isExceeded).map(describe),
    warnings: [
      ...usages.filter(isNear).map(describe),
      ...(throughput?.quotas ?? []).filter((usage) => isNear(usage) || isExceeded(usage)).map(describe),
      ...sharedAccountWarnings(scope),
      ...[givenUp(environment) ?? []].flat(),
      ...outsideOrganisationWarnings(scope),
      ...trailRoleWarnings(scope),
      ...endingEncryptionWarnings(scope),
      ...sensitiveWarnings(scope),
    ],
  };
}

/**
 * Plans the resources of one stack.
 * @param selection account and environment, as {@link selectStack} reads them from the stack's name
 * @returns plain data; retention in days, ARNs complete
 * @throws TopologyError if the environment exceeds an AWS quota anywhere
 */
export function planStack(registry: Registry, selection: StackSelection): StackPlan {
  const environment = registry.environments.get(selection.environment);
  if (environment === undefined) throw new Error(`no environment ${selection.environment}`);
  const { stacks, problems } = planTopology(registry, environment);
  if (problems.length > 0) throw new TopologyError(environment.name, problems);
  const plan = stacks.get(selection.account);
  if (plan === undefined) throw new Error(`no account ${selection.account}`);
  return plan;
}

function planAccount(scope: Scope, account: string): StackPlan {
  const { environment, registry } = scope;
  const isBackbone = account === registry.backbone;
  const queue = deadLetterQueue(scope, account);
  const redrive = planRedrive(scope, account);
  const log = eventLog(scope, account);
  const forwards = scope.flows
    .filter(({ from, events }) => from.account === account && events.length > 0)
    .map((flow) => planForward(scope, flow));
  const common = {
    environment: environment.name,
    account,
    ...scope.place(account),
    tags: {
      ...environment.tags,
      "event-backbone:environment": environment.name,
      "event-backbone:account": account,
    },
    protect: environment.protect,
    bus: {
      name: names.bus(environment.prefix, account),
      arn: scope.bus(account),
      description: isBackbone
        ? `Global bus of ${environment.name}: every service publishes here`
        : `Local bus of ${account} in ${environment.name}: receives what the routes bring it`,
      policy: isBackbone ? globalBusPolicy(scope) : localBusPolicy(scope, account),
    },
    log,
    deadLetterQueue: queue,
    redrive,
    forwards,
    ...planSwitchedOn(scope, account, {
      forwards,
      log,
      deadLetterQueue: queue,
    }),
  };
  if (isBackbone) {
    return {
      kind: "backbone",
      opens: environment.publishing === "organisation" ? "last" : "first",
      ...common,
      parameters: parameters(scope, account, {
        "global-bus-arn": scope.globalBus,
        "dead-letter-queue-arn": queue.arn,
        "redrive-role-arn": redrive.roleArn,
      }),
    };
  }
  const publisherPolicies = scope
    .servicesOf(account)
    .filter(({ name }) => publicationsBy(scope.publications, { service: name, account }).length > 0)
    .map((service) => publisherPolicy(scope, service, account));
  const subscriptions = planSubscriptions(scope, account);
  return {
    kind: "member",
    ...common,
    publisherPolicies,
    subscriptions,
    parameters: parameters(scope, account, {
      "global-bus-arn": scope.globalBus,
      "local-bus-arn": scope.bus(account),
      "dead-letter-queue-arn": queue.arn,
      "redrive-role-arn": redrive.roleArn,
      ...Object.fromEntries(
        publisherPolicies.map(({ service, arn }) => [`publisher-policies/${service}`, arn]),
      ),
      ...Object.fromEntries(
        subscriptions.flatMap(({ service, name, queue }) =>
          queue === undefined ? [] : [[`subscriptions/${service}/${name}/queue-url`, queue.url]],
        ),
      ),
    }),
  };
}

function parameters(
  scope: Scope,
  account: string,
  values: Readonly<Record<string, string>>,
): PlannedParameter[] {
  return Object.entries(values).map(([leaf, value]) => ({
    leaf,
    name: names.parameter(scope.environment.prefix, account, leaf),
    value,
  }));
}

function sharedAccountWarnings({ registry, environment }: Scope): string[] {
  const groups = sharedAccounts(environment);
  return groups.map((names) => {
    const isEveryOne = names.length === registry.members.length + 1;
    const who = isEveryOne
      ? `the accounts of "${environment.name}"`
      : `${names.join(" and ")} in "${environment.name}"`;
    return `${who} share one AWS account: a principal there that may put events and does not carry a publisher policy can claim ${isEveryOne ? "any declared source" : "the sources of all of them"} (see "Several accounts in one AWS account" in docs/proof.md)`;
  });
}

function outsideOrganisationWarnings({ registry, environment }: Scope): string[] {
  const { name, organizationId } = environment;
  const outside = outsideMembers(registry, environment);
  const idle = registry.members.filter(
    (member) => registry.accounts.get(member)?.outsideOrganization === true && !outside.includes(member),
  );
  if (idle.length === 0) return [];
  const why =
    organizationId === undefined
      ? "it has no organizationId"
      : "an account inside shares the AWS account, which is in the organisation or is not";
  return [`outsideOrganization of ${idle.join(", ")} says nothing in "${name}": ${why}`];
}

/** The plugin that makes the trail asks for neither. */
function trailRoleWarnings({ environment }: Scope): string[] {
  const { name, roles, auditTrail } = environment;
  if (auditTrail === undefined || roles === undefined) return [];
  return [
    `the role by which the audit trail of "${name}" writes its log is made by @pulumi/awsx, which gives it neither path nor permissions boundary: who demands these must except it (see "Audit trail" in docs/operating.md)`,
  ];
}

/** A key that is deleted too early takes with it whatever it has encrypted. */
function endingEncryptionWarnings({ environment }: Scope): string[] {
  const { name, encryption, archive, auditTrail, logRetentionDays } = environment;
  if (encryption !== "ending") return [];
  const days = Math.max(
    logRetentionDays,
    archive?.retentionDays ?? 0,
    ...(archive?.local.values() ?? []),
    auditTrail?.retentionDays ?? 0,
  );
  return [
    `the keys of "${name}" encrypt nothing new; the last of what they have encrypted expires ${days} days after every stack has been deployed so, and not before then may encryption become false`,
  ];
}
