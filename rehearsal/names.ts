import type { Environment, Publisher, Registry } from "../infra/registry/index.js";
import { arnOf, type ProviderPlace } from "./emission/arns.js";

/** What names are made of. */
export interface Naming {
  readonly registry: Registry;
  readonly environment: Environment;
  readonly account: (name: string) => { readonly id: string; readonly region: string };
}

/**
 * ARNs of what the registry asks for, whether or not it is emitted: names are written out again, as ARNs are in
 * {@link arnOf}.
 */
export const wanted = {
  logGroup: (naming: Naming, account: string) =>
    arnOf.logGroup(placeOf(naming, account), `/aws/events/${named(naming, account)}`),
  deadLetterQueue: (naming: Naming, account: string) =>
    arnOf.queue(placeOf(naming, account), `${named(naming, account)}-dead-letters`),
  topic: (naming: Naming, account: string) =>
    arnOf.topic(placeOf(naming, account), `${named(naming, account)}-alarms`),
  parameter: (naming: Naming, account: string, leaf: string) =>
    arnOf.parameter(placeOf(naming, account), `/${naming.environment.prefix}/${account}/${leaf}`),
  publisherPolicy: (naming: Naming, { service, account }: Publisher) =>
    arnOf.policy(placeOf(naming, account), `${naming.environment.prefix}-publish-${service}`),
  /** The first rule of a member's forward. */
  forwardRule: (naming: Naming, member: string) => {
    const { backbone } = naming.registry;
    return arnOf.rule(placeOf(naming, backbone), named(naming, backbone), `forward-${member}`);
  },
  /** Takes a member's events from the global bus to its local bus. */
  forwardRole: (naming: Naming, member: string) =>
    role(naming, naming.registry.backbone, `forward-${member}`),
  redriveRole: (naming: Naming, account: string) => role(naming, account, `redrive-${account}`),
} as const;

/** What a rule is for, by its name; a forward may be divided into several rules. */
export type RulePurpose =
  | { readonly kind: "forward"; readonly member: string }
  | { readonly kind: "event log" }
  | { readonly kind: "routing watch" };

/** What a rule of an account must be for that is called so; undefined if the registry asks for no such rule. */
export function purposeOfRule(naming: Naming, account: string, name: string): RulePurpose | undefined {
  const { registry } = naming;
  if (name === "log-all-events" || name === "log-sensitive-events") return { kind: "event log" };
  if (account !== registry.backbone) return undefined;
  if (routingWatches(naming, account).includes(name)) return { kind: "routing watch" };
  const member = /^forward-([^.]+)(?:\.\d+)?$/u.exec(name)?.[1];
  return member !== undefined && registry.members.includes(member) ? { kind: "forward", member } : undefined;
}

/** Names of the rules on an account's default bus: the backbone's tells of changes of the routing. */
export function routingWatches({ registry, environment }: Naming, account: string): string[] {
  const isWatched = environment.auditTrail !== undefined && account === registry.backbone;
  return isWatched ? [`${environment.prefix}-routing-changes`] : [];
}

/** The name in `…:rule/<bus>/<rule>`. */
export function ruleName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** Whether a rule, whatever bus it is on, is by its name the forward to an account, or its event log. */
export function isFor(naming: Naming, ruleArn: string, kind: string, account: string): boolean {
  const [, , , , id] = ruleArn.split(":");
  const stands = kind === "forward" ? naming.registry.backbone : account;
  const purpose = purposeOfRule(naming, stands, ruleName(ruleArn));
  if (purpose?.kind !== kind || id !== naming.account(stands).id) return false;
  return purpose.kind !== "forward" || purpose.member === account;
}

function role(naming: Naming, account: string, name: string): string {
  const { prefix, roles } = naming.environment;
  return arnOf.role(placeOf(naming, account), `${prefix}-${name}`, roles?.path);
}

function named({ environment }: Naming, account: string): string {
  return `${environment.prefix}-${account}`;
}

function placeOf({ account }: Naming, name: string): ProviderPlace {
  const { id: accountId, region } = account(name);
  return { accountId, region };
}
