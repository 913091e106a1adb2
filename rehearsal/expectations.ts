import {
  type EventPattern,
  type JsonValue,
  matchEvent,
  parsePattern,
  satisfyingEvent,
  violatingEvent,
} from "event-patterns";
import {
  boundEvents,
  type Contract,
  type Environment,
  type FlowEvents,
  type JsonObject,
  patternOf,
  type Registry,
  type Route,
  subscribedEvents,
  type Subscription,
} from "../infra/registry/index.js";
import { type Forward, forwardsOf } from "./forwards.js";

/** What must happen, worked out from the registry alone: the plan must not be its own judge. */
export interface Expectations {
  /** Accounts that must receive an event of the contract with this detail. */
  readonly receivers: (contract: Contract, detail: JsonObject) => readonly string[];
  /** Every way between buses, with what it takes. */
  readonly forwards: readonly ExpectedForward[];
  /** Routes of the contract that have a filter. */
  readonly filteredRoutes: (contract: Contract) => readonly Route[];
  /** Subscriptions that take an event of the contract with this detail. */
  readonly subscribers: (contract: Contract, detail: JsonObject) => readonly Subscription[];
  /** What a subscription takes of the events of its account's bus, by its key. */
  readonly subscribed: (key: string) => Taken;
}

export interface ExpectedForward extends Forward {
  readonly taken: Taken;
}

/** What rules take, all of it and nothing else. */
export interface Taken {
  readonly plain: readonly EventPattern[];
  /** Of this the management events, too, that only read: rules get them that ask for it by their state. */
  readonly reading: readonly EventPattern[];
}

export function expectationsOf(registry: Registry, environment: Environment): Expectations {
  const subscribed = subscribedEvents(registry, environment);
  const routes = new Map<string, Route[]>();
  for (const route of registry.routes) {
    for (const contract of route.contracts) {
      const known = routes.get(contract);
      if (known === undefined) routes.set(contract, [route]);
      else known.push(route);
    }
  }
  const routesOf = ({ key }: Contract): readonly Route[] => routes.get(key) ?? [];
  return {
    receivers: (contract, detail) =>
      routesOf(contract)
        .filter((route) => passes(route, detail))
        .map(({ to }) => to),
    forwards: forwardsOf({ registry, environment }).map((forward) => ({
      ...forward,
      taken: takenOf(forward.events),
    })),
    filteredRoutes: (contract) => routesOf(contract).filter(({ filter }) => filter !== undefined),
    subscribers: (contract, detail) =>
      registry.subscriptions.filter(({ routes: own }) =>
        own.some((route) => route.contracts.includes(contract.key) && passes(route, detail)),
      ),
    subscribed: (key) => takenOf(subscribed.get(key) ?? []),
  };
}

function takenOf(events: readonly FlowEvents[]): Taken {
  const isReading = ({ binds }: FlowEvents) => binds.readOnlyManagementEvents === true;
  return {
    plain: patternsOf(events.filter((one) => !isReading(one))),
    reading: patternsOf(events.filter(isReading)),
  };
}

function patternsOf(events: readonly FlowEvents[]): EventPattern[] {
  return boundEvents(events).map(({ binds }) => validPattern(JSON.stringify(patternOf(binds))));
}

function passes({ filter }: Route, detail: JsonObject): boolean {
  return filter === undefined || matchEvent(filterPattern(filter.detail), { detail });
}

function filterPattern(filter: JsonObject): EventPattern {
  return validPattern({ detail: filter });
}

/** @param pattern made of a checked registry, and so one that EventBridge takes */
export function validPattern(pattern: JsonValue): EventPattern {
  const parsed = parsePattern(pattern);
  if (!parsed.ok) throw new Error(`no valid pattern: ${JSON.stringify(pattern)}`);
  return parsed.pattern;
}

/** The example, changed as little as possible so that it passes or fails a route's filter. */
export function detailFor(
  contract: Contract,
  { filter }: Route,
  kind: "passing" | "failing",
): JsonObject | undefined {
  if (filter === undefined) return undefined;
  const synthesise = kind === "passing" ? satisfyingEvent : violatingEvent;
  const event = synthesise(filterPattern(filter.detail), { detail: contract.example });
  const detail = isObject(event) ? event.detail : undefined;
  return isObject(detail) ? detail : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
