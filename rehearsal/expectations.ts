import type { Contract, JsonObject, Registry, Route } from "../infra/registry/index.js";
import { matchEvent, parsePattern, satisfyingEvent, violatingEvent } from "./simulator/index.js";

/** What must happen, worked out from the registry alone: the plan must not be its own judge. */
export interface Expectations {
  /** Accounts that must receive an event of the contract with this detail. */
  readonly receivers: (contract: Contract, detail: JsonObject) => readonly string[];
  /** Whether a wildcard brings the account whatever is published under a source, declared or not. */
  readonly byWildcard: (account: string, source: string) => boolean;
  /** Routes of the contract that have a filter. */
  readonly filteredRoutes: (contract: Contract) => readonly Route[];
}

export function expectationsOf(registry: Registry): Expectations {
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
    byWildcard: (account, source) =>
      registry.routes.some(({ to, selector }) => {
        if (to !== account || selector.kind === "contract") return false;
        const service = [...registry.services.values()].find((candidate) => candidate.source === source);
        if (selector.kind === "service") return service?.name === selector.service;
        return service?.account !== account;
      }),
    filteredRoutes: (contract) => routesOf(contract).filter(({ filter }) => filter !== undefined),
  };
}

function passes({ filter }: Route, detail: JsonObject): boolean {
  return filter === undefined || matchEvent(filterPattern(filter.detail), { detail });
}

function filterPattern(filter: JsonObject) {
  const parsed = parsePattern({ detail: filter });
  if (!parsed.ok) throw new Error("a filter of a checked registry is a valid pattern");
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
