import type { EventPattern, JsonValue } from "../aws/event-pattern.js";
import { inEnvironment } from "./in-environment.js";
import type { ContentFilter, Environment, Registry, Route } from "./registry.js";

/**
 * Events that pass from one account's bus to another's. EventBridge forwards an event once, so nothing goes on from
 * where a flow ends.
 */
export interface Flow {
  /** Account whose bus they leave. */
  readonly from: string;
  /** Account whose bus receives them. */
  readonly to: string;
  /** Nothing where no route brings the account anything yet: the way is there before the first. */
  readonly events: readonly FlowEvents[];
}

/**
 * One thing that a flow carries: one contract, or all of a wildcard that takes whole sources. What begins alike is
 * taken contract by contract: a prefix in the pattern would take detail-types that nobody has declared under it. So is
 * what has a filter.
 */
export interface FlowEvents {
  /** As the route has it: `orders/Order.Created`, `orders/Order.*`, `orders/*` or `*`. */
  readonly events: string;
  /** Keys of the contracts it takes. */
  readonly contracts: readonly string[];
  readonly binds: Binding;
}

/** What of an event must be as the registry says for a flow to take it. */
export interface Binding {
  /** Sources it takes; all but these if `except` is set. */
  readonly source: readonly string[];
  readonly except?: true;
  /** Absent where it takes whole sources: the global bus admits declared detail-types only. */
  readonly detailType?: string;
  readonly filter?: ContentFilter;
}

/** Every way that events take between the buses of an environment: from the global bus to each member's local bus. */
export function flowsOf(registry: Registry, environment: Environment): Flow[] {
  const here = inEnvironment(registry, environment);
  return here.members.map((member) => ({
    from: here.backbone,
    to: member,
    events: here.routes.filter(({ to }) => to === member).flatMap((route) => eventsOf(here, route)),
  }));
}

function eventsOf(registry: Registry, route: Route): FlowEvents[] {
  const { events, selector, to, filter, contracts } = route;
  if (contracts.length === 0) return [];
  if (selector.kind === "all" && filter === undefined) {
    // Wildcards leave out the account's own services.
    const own = [...registry.services.values()].filter(({ account }) => account === to);
    return [{ events, contracts, binds: { source: own.map(({ source }) => source), except: true } }];
  }
  if (selector.kind === "service" && filter === undefined) {
    const service = registry.services.get(selector.service);
    return service === undefined ? [] : [{ events, contracts, binds: { source: [service.source] } }];
  }
  return contracts.flatMap((key): FlowEvents[] => {
    const contract = registry.contracts.get(key);
    if (contract === undefined) return [];
    const { source, detailType } = contract;
    const binds = { source: [source], detailType, ...(filter === undefined ? {} : { filter }) };
    return [{ events, contracts: [key], binds }];
  });
}

/** The pattern that takes exactly what is bound. */
export function patternOf({ source, except, detailType, filter }: Binding): EventPattern {
  return {
    source: except ? allBut(source) : source,
    ...(detailType === undefined ? {} : { "detail-type": [detailType] }),
    ...(filter === undefined ? {} : { detail: filter.detail }),
  };
}

function allBut(sources: readonly string[]): readonly JsonValue[] {
  return sources.length === 0 ? [{ prefix: "" }] : [{ "anything-but": sources }];
}
