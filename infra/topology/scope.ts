import {
  busArn,
  type BusArn,
  type Place,
  policyArn,
  type PolicyArn,
  queueArn,
  type QueueArn,
  roleArn,
  type RoleArn,
} from "../aws/arn.js";
import { names } from "../aws/names.js";
import {
  type Bus,
  declaredTypes,
  type Environment,
  type Flow,
  type FlowEvents,
  flowsOf,
  hasEventsOfAws,
  inEnvironment,
  type Publication,
  publicationsOf,
  type Registry,
  type Service,
  subscribedEvents,
} from "../registry/index.js";

/** What all roles of an account have in common. */
export interface PlannedRoleSettings {
  readonly path?: string;
  readonly permissionsBoundary?: PolicyArn;
}

/** A registry seen in one of its environments: names and ARNs of any account, worked out and never looked up. */
export interface Scope {
  /** As it is in the environment. */
  readonly registry: Registry;
  /** As it is written. */
  readonly whole: Registry;
  readonly environment: Environment;
  readonly globalBus: BusArn;
  readonly flows: readonly Flow[];
  /** What a subscription takes of what its account's bus receives, by its key. */
  readonly subscribed: (subscription: string) => readonly FlowEvents[];
  readonly publications: readonly Publication[];
  readonly hasEventsOfAws: boolean;
  /** Detail-types by source, whoever publishes them. */
  readonly declared: ReadonlyMap<string, readonly string[]>;
  readonly place: (account: string) => Place;
  readonly bus: (account: string) => BusArn;
  /** What a bus is called: an account's own, or one that is there without the backbone. */
  readonly busName: (bus: Bus) => string;
  readonly deadLetterQueue: (account: string) => QueueArn;
  /** Execution role of what forwards from a bus to an account's own. */
  readonly forwardRole: (flow: Pick<Flow, "from" | "to">) => RoleArn;
  readonly redriveRole: (account: string) => RoleArn;
  /** What the environment says about all roles, as they get it in the account. */
  readonly roleSettings: (account: string) => PlannedRoleSettings;
  readonly servicesOf: (account: string) => readonly Service[];
  /** Whether an account has the same AWS account as the backbone, where allow-only policies restrict nobody. */
  readonly sharesBackbone: (account: string) => boolean;
}

export function scopeOf(whole: Registry, environment: Environment): Scope {
  const registry = inEnvironment(whole, environment);
  const publications = publicationsOf(registry);
  const subscribed = subscribedEvents(whole, environment);
  const { prefix, region, roles = {} } = environment;
  const { path, permissionsBoundary } = roles;
  const place = (account: string): Place => {
    const accountId = environment.accountIds.get(account);
    if (accountId === undefined) throw new Error(`account ${account} has no id in ${environment.name}`);
    return { region, accountId };
  };
  const bus = (account: string) => busArn(place(account), names.bus(prefix, account));
  const backboneId = place(registry.backbone).accountId;
  return {
    registry,
    whole,
    environment,
    globalBus: bus(registry.backbone),
    flows: flowsOf(whole, environment),
    subscribed: (subscription) => subscribed.get(subscription) ?? [],
    publications,
    hasEventsOfAws: hasEventsOfAws(registry),
    declared: declaredTypes(publications),
    place,
    bus,
    deadLetterQueue: (account) => queueArn(place(account), names.deadLetterQueue(prefix, account)),
    busName: ({ account, name }) => name ?? names.bus(prefix, account),
    forwardRole: ({ from, to }) =>
      roleArn(place(from.account), names.forwardRole(prefix, names.forward(to, from.name)), path),
    redriveRole: (account) => roleArn(place(account), names.redriveRole(prefix, account), path),
    roleSettings: (account) => ({
      ...(path === undefined ? {} : { path }),
      ...(permissionsBoundary === undefined
        ? {}
        : { permissionsBoundary: policyArn(place(account), permissionsBoundary) }),
    }),
    servicesOf: (account) =>
      (registry.accounts.get(account)?.services ?? []).flatMap((name) => registry.services.get(name) ?? []),
    sharesBackbone: (account) => place(account).accountId === backboneId,
  };
}
