import type { Publisher } from "../infra/registry/index.js";
import { arnOf, type ProviderPlace } from "./emission/arns.js";
import type { Stage } from "./stage.js";

/**
 * ARNs of what the registry asks for, whether or not it is emitted: names are written out again, as ARNs are in
 * {@link arnOf}.
 */
export const wanted = {
  bus: (stage: Stage, account: string) => arnOf.bus(placeOf(stage, account), named(stage, account)),
  logGroup: (stage: Stage, account: string) =>
    arnOf.logGroup(placeOf(stage, account), `/aws/events/${named(stage, account)}`),
  deadLetterQueue: (stage: Stage, account: string) =>
    arnOf.queue(placeOf(stage, account), `${named(stage, account)}-dead-letters`),
  topic: (stage: Stage, account: string) =>
    arnOf.topic(placeOf(stage, account), `${named(stage, account)}-alarms`),
  parameter: (stage: Stage, account: string, leaf: string) =>
    arnOf.parameter(placeOf(stage, account), `/${stage.environment.prefix}/${account}/${leaf}`),
  publisherPolicy: (stage: Stage, { service, account }: Publisher) =>
    arnOf.policy(placeOf(stage, account), `${stage.environment.prefix}-publish-${service}`),
  /** The first rule of a member's forward. */
  forwardRule: (stage: Stage, member: string) => {
    const { backbone } = stage.registry;
    return arnOf.rule(placeOf(stage, backbone), named(stage, backbone), `forward-${member}`);
  },
  /** Takes a member's events from the global bus to its local bus. */
  forwardRole: (stage: Stage, member: string) => role(stage, stage.registry.backbone, `forward-${member}`),
  redriveRole: (stage: Stage, account: string) => role(stage, account, `redrive-${account}`),
} as const;

/** What a rule is for, by its name; a forward may be divided into several rules. */
export type RulePurpose =
  | { readonly kind: "forward"; readonly member: string }
  | { readonly kind: "event log" }
  | { readonly kind: "routing watch" };

/** What a rule of an account must be for that is called so; undefined if the registry asks for no such rule. */
export function purposeOfRule(stage: Stage, account: string, name: string): RulePurpose | undefined {
  const { registry } = stage;
  if (name === "log-all-events" || name === "log-sensitive-events") return { kind: "event log" };
  if (account !== registry.backbone) return undefined;
  if (routingWatches(stage, account).includes(name)) return { kind: "routing watch" };
  const member = /^forward-([^.]+)(?:\.\d+)?$/u.exec(name)?.[1];
  return member !== undefined && registry.members.includes(member) ? { kind: "forward", member } : undefined;
}

/** Names of the rules on an account's default bus: the backbone's tells of changes of the routing. */
export function routingWatches({ registry, environment }: Stage, account: string): string[] {
  const isWatched = environment.auditTrail !== undefined && account === registry.backbone;
  return isWatched ? [`${environment.prefix}-routing-changes`] : [];
}

/** The name in `…:rule/<bus>/<rule>`. */
export function ruleName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** Whether a rule, whatever bus it is on, is by its name the forward to an account, or its event log. */
export function isFor(stage: Stage, ruleArn: string, kind: string, account: string): boolean {
  const [, , , , id] = ruleArn.split(":");
  const stands = kind === "forward" ? stage.registry.backbone : account;
  const purpose = purposeOfRule(stage, stands, ruleName(ruleArn));
  if (purpose?.kind !== kind || id !== stage.account(stands).id) return false;
  return purpose.kind !== "forward" || purpose.member === account;
}

function role(stage: Stage, account: string, name: string): string {
  const { prefix, roles } = stage.environment;
  return arnOf.role(placeOf(stage, account), `${prefix}-${name}`, roles?.path);
}

function named({ environment }: Stage, account: string): string {
  return `${environment.prefix}-${account}`;
}

function placeOf({ account }: Stage, name: string): ProviderPlace {
  const { id: accountId, region } = account(name);
  return { accountId, region };
}
