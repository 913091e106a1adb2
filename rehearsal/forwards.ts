import { createHash } from "node:crypto";
import {
  type Bus,
  type Contract,
  type Environment,
  type Flow,
  flowsOf,
  type Registry,
} from "../infra/registry/index.js";
import { arnOf, type ProviderPlace } from "./emission/arns.js";
import { withoutNumbers } from "./numbered.js";
import type { Stage } from "./stage.js";
import { wantedOf } from "./wanted.js";

type On = Pick<Stage, "registry" | "environment">;

/** A flow, and what it consists of is called, worked out from the registry alone. */
export interface Forward extends Flow {
  /** Of the account whose bus the events leave. */
  readonly place: ProviderPlace;
  /** Ends the ids of its claims: `orders`, or `orders:default:delivery` of the default bus of delivery. */
  readonly claim: string;
  /** Such as `the forward to orders`. */
  readonly title: string;
  /** The bus its rules are on. */
  readonly bus: { readonly name: string; readonly arn: string };
  /** Name of the first of its rules; the others have a dot and a number behind it. */
  readonly rule: string;
  /** ARN of each rule that it may come to have, with `*`. */
  readonly rules: readonly string[];
  /** ARN of the first of them. */
  readonly firstRule: string;
  readonly role: string;
  readonly roleArn: string;
}

/** Every way between buses, each with its own role and rules. */
export function forwardsOf(on: On): readonly Forward[] {
  const known = remembered.get(on.environment) ?? new WeakMap<Registry, readonly Forward[]>();
  const forwards =
    known.get(on.registry) ?? flowsOf(on.registry, on.environment).map((flow) => forwardAs(on, flow));
  remembered.set(on.environment, known.set(on.registry, forwards));
  return forwards;
}

/** Registries do not change, and each claim asks again. */
const remembered = new WeakMap<Environment, WeakMap<Registry, readonly Forward[]>>();

/** What forwards events of AWS, out of an account or to one. */
export function awsForwardsOf(
  on: On,
  end: Partial<Pick<Forward, "to">> & { readonly from?: string },
): Forward[] {
  return forwardsOf(on).filter(
    ({ from, to }) =>
      from.name !== undefined &&
      (end.from === undefined || from.account === end.from) &&
      (end.to === undefined || to === end.to),
  );
}

function forwardAs({ environment }: On, flow: Flow): Forward {
  const { from, to } = flow;
  const { prefix, roles } = environment;
  const { place, bus: ownBus } = wantedOf({ environment }, from.account);
  const { name: foreign } = from;
  const bus = foreign ?? ownBus;
  const called = foreign === undefined ? `forward-${to}` : `forward-${to}.${shortNameOf(foreign)}`;
  const rule = foreign === undefined ? called : `${prefix}-${called}`;
  const role = `${prefix}-${called}`;
  return {
    ...flow,
    place,
    claim: foreign === undefined ? to : `${to}:${foreign}:${from.account}`,
    title: `the forward${foreign === undefined ? "" : ` from ${busTitle(from)}`} to ${to}`,
    bus: { name: bus, arn: arnOf.bus(place, bus) },
    rule,
    rules: [rule, `${rule}.*`].map((name) => arnOf.rule(place, bus, name)),
    firstRule: arnOf.rule(place, bus, rule),
    role,
    roleArn: arnOf.role(place, role, roles?.path),
  };
}

/** Whether a rule, by its ARN, is one of a forward's. */
export function isRuleOfForward({ firstRule }: Forward, ruleArn: string): boolean {
  return ruleArn.startsWith(firstRule) && withoutNumbers(ruleArn) === firstRule;
}

/** As people call a bus that is there without the backbone. */
export function busTitle({ account, name = "" }: Bus): string {
  return name === "default" ? `the default bus of ${account}` : `${name} of ${account}`;
}

/** A partner's name is longer than a role's may be. */
function shortNameOf(bus: string): string {
  if (bus === "default") return bus;
  return `p${createHash("sha256").update(bus).digest("hex").slice(0, 7)}`;
}

/** ARN of the roles that forward events of AWS to a member, with `*`: of one account, or of any. */
export function awsForwardRoles({ environment }: On, member: string, accountId = "*"): string {
  const { prefix, region, roles } = environment;
  return arnOf.role({ region, accountId }, `${prefix}-forward-${member}.*`, roles?.path);
}

/** ARN of the bus on which a contract is published, out of an account. */
export function publishedOn(
  { registry, environment }: On,
  { origin, account }: Pick<Contract, "origin" | "account">,
): string {
  if (origin === undefined) return wantedOf({ environment }, registry.backbone).busArn;
  return arnOf.bus(wantedOf({ environment }, account).place, origin.bus);
}

/** Whether a rule, whatever bus it is on, is by its name one that forwards to an account. */
export function isForwardTo({ environment }: On, ruleArn: string, member: string): boolean {
  const name = withoutNumbers(ruleArn.slice(ruleArn.lastIndexOf("/") + 1));
  const own = `forward-${member}`;
  return name === own || name.startsWith(`${environment.prefix}-${own}.`);
}
