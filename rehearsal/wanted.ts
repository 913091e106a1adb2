import { publicationsBy } from "../infra/registry/index.js";
import { arnOf, type ProviderPlace, queueUrl } from "./emission/arns.js";
import { kinds } from "./kinds.js";
import { type Claim, claim, type ClaimSettings } from "./needs.js";
import { withoutNumbers } from "./numbered.js";
import type { Stage } from "./stage.js";

/** What the things of an account are called, worked out from the registry alone, and what every one of a kind says. */
export interface Wanted {
  readonly place: ProviderPlace;
  /** Name of the bus, which many other names begin with. */
  readonly bus: string;
  readonly busArn: string;
  readonly logGroup: string;
  readonly logGroupArn: string;
  readonly busLogGroup: string;
  /** Of the backbone: the rule on its default bus, and where its trail writes. */
  readonly routingWatch: string;
  readonly trailLogGroup: string;
  readonly queue: string;
  readonly queueArn: string;
  readonly encryptionFailures: string;
  readonly topicArn: string;
  readonly redriveRole: string;
  readonly redriveRoleArn: string;
}

export function wantedOf({ environment }: Pick<Stage, "environment">, account: string): Wanted {
  const { prefix, region, roles } = environment;
  const place = { region, accountId: environment.accountIds.get(account) ?? "" };
  const bus = `${prefix}-${account}`;
  const logGroup = `/aws/events/${bus}`;
  const queue = `${bus}-dead-letters`;
  const redriveRole = `${prefix}-redrive-${account}`;
  return {
    place,
    bus,
    busArn: arnOf.bus(place, bus),
    logGroup,
    logGroupArn: arnOf.logGroup(place, logGroup),
    busLogGroup: `/aws/vendedlogs/events/event-bus/${bus}`,
    routingWatch: `${prefix}-routing-changes`,
    trailLogGroup: `/aws/cloudtrail/${prefix}-trail`,
    queue,
    queueArn: arnOf.queue(place, queue),
    encryptionFailures: `${bus}-encryption-failures`,
    topicArn: arnOf.topic(place, `${bus}-alarms`),
    redriveRole,
    redriveRoleArn: arnOf.role(place, redriveRole, roles?.path),
  };
}

/** Names of the rules that write a bus's log: the second is there where events are sensitive. */
export const logRules = { all: "log-all-events", sensitive: "log-sensitive-events" } as const;

/** Seconds. */
const fourteenDays = 1_209_600;

/** A queue for what cannot be delivered. */
export function queueClaims(place: ProviderPlace, name: string, protect: boolean): Claim[] {
  return [queueClaim(name, { protect }), queuePolicyClaim(place, name, protect)];
}

/** A queue under SQS's own key and no other: it takes and keeps what fails when that is gone. */
export function queueClaim(name: string, { has, ...more }: ClaimSettings): Claim {
  const kept = {
    kmsMasterKeyId: undefined,
    sqsManagedSseEnabled: true,
    messageRetentionSeconds: fourteenDays,
    redrivePolicy: undefined,
    redriveAllowPolicy: undefined,
  };
  return claim(kinds.queue, { name }, { ...more, has: { ...kept, ...has } });
}

export function queuePolicyClaim(place: ProviderPlace, name: string, protect = true): Claim {
  return claim(kinds.queuePolicy, { queueUrl: queueUrl(place, name) }, { protect });
}

/**
 * A rule that is enabled, and its one target, which keeps what is refused with the account's dead letters.
 * @param settings.sends what else the target says
 * @param settings.after what the target waits for beside the queue's policy
 * @param settings.last what the rule waits for
 */
export function ruleClaims(
  { place, queue, queueArn }: Wanted,
  rule: { readonly name: string; readonly eventBusName: string },
  settings: Pick<ClaimSettings, "protect" | "numbered"> & {
    readonly sends: ClaimSettings["has"];
    readonly after: readonly Claim[];
    readonly last?: readonly Claim[];
  },
): Claim[] {
  const { sends, after, last = [], ...common } = settings;
  return [
    claim(kinds.rule, rule, { ...common, has: { state: "ENABLED" }, after: last }),
    claim(
      kinds.target,
      { rule: rule.name, eventBusName: rule.eventBusName },
      {
        ...common,
        has: { "deadLetterConfig.arn": queueArn, retryPolicy: undefined, kinesisTarget: undefined, ...sends },
        after: [queuePolicyClaim(place, queue), ...after],
      },
    ),
  ];
}

/** Where the environment has no keys, nothing is under one; where it has, the proof of the keys says under which. */
export function underNoKey({ environment }: Stage, input: string): ClaimSettings["has"] & object {
  return environment.encryption === false ? { [input]: undefined } : {};
}

export function publisherPolicyName({ environment }: Stage, service: string): string {
  return `${environment.prefix}-publish-${service}`;
}

/** ARN of the managed policy that is published for a service in one of its accounts. */
export function publisherPolicyArn(stage: Stage, account: string, service: string): string {
  return arnOf.policy(wantedOf(stage, account).place, publisherPolicyName(stage, service));
}

/** Names of the services that publish out of an account, each with a policy to do so. */
export function publishingServices({ registry, publications }: Stage, account: string): string[] {
  const services = registry.accounts.get(account)?.services ?? [];
  return services.filter((service) => publicationsBy(publications, { service, account }).length > 0);
}

/** Name of the role that takes a member's events from the global bus to its local bus. */
export function forwardRoleName({ environment }: Stage, member: string): string {
  return `${environment.prefix}-forward-${member}`;
}

export function forwardRoleArn(stage: Stage, member: string): string {
  const { registry, environment } = stage;
  const { place } = wantedOf(stage, registry.backbone);
  return arnOf.role(place, forwardRoleName(stage, member), environment.roles?.path);
}

/** ARN of the first rule of a member's forward. */
export function forwardRuleArn({ registry, environment }: Stage, member: string): string {
  const { place, bus } = wantedOf({ environment }, registry.backbone);
  return arnOf.rule(place, bus, `forward-${member}`);
}

/** ARN of the SSM parameter of an account that ends so. */
export function parameterArn({ environment }: Stage, account: string, leaf: string): string {
  return arnOf.parameter(
    wantedOf({ environment }, account).place,
    `/${environment.prefix}/${account}/${leaf}`,
  );
}

/** Whether a rule, whatever bus it is on, is by its name the forward to an account, or its event log. */
export function isFor(
  { registry, environment }: Stage,
  ruleArn: string,
  kind: string,
  account: string,
): boolean {
  const { place } = wantedOf({ environment }, kind === "forward" ? registry.backbone : account);
  const name = ruleArn.slice(ruleArn.lastIndexOf("/") + 1);
  const [, , , , accountId] = ruleArn.split(":");
  return (
    accountId === place.accountId &&
    (kind === "forward"
      ? withoutNumbers(name) === `forward-${account}`
      : Object.values(logRules).some((one) => one === name))
  );
}
