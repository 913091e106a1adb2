import { matchEvent, parsePattern } from "event-patterns";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../infra/aws/event-pattern.js";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import {
  type Declared,
  type DeclaredEnvironment,
  declaredIn,
  environmentNames,
  namedBy,
  type PublishingDefinition,
  publishersOf,
} from "../fixtures/declared.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

/** What a member's routes say, item by item. */
interface Item {
  readonly text: string;
  readonly filter: JsonObject | undefined;
  readonly keys: ReadonlySet<string>;
}

function itemsTo(definition: PublishingDefinition, { routes }: DeclaredEnvironment, member: string): Item[] {
  const { services, publishers = [] } = definition;
  const isOwn = (key: string) =>
    publishersOf(services, publishers, key).some(({ account }) => account === member);
  return routes
    .filter(({ to }) => to === member)
    .flatMap(({ events, filter }) =>
      [events].flat().map((text) => ({
        text,
        filter,
        keys: new Set(namedBy(services, text).filter((key) => key === text || !isOwn(key))),
      })),
    );
}

/** The members with what decides what each receives: the routes, read by hand, and the emitted patterns. */
function membersOf(definition: PublishingDefinition, environment: string) {
  const here = declaredIn(definition, environment);
  const { forwards } = backboneOf(topologyOf(definition, environment));
  const members = [...here.ids.keys()].filter((name) => name !== "hub");
  return {
    declared: here.declared,
    members: members.map((member) => {
      const rules = forwards
        .filter((forward) => forward.member === member)
        .flatMap((forward) => forward.rules);
      const patterns = rules.map(({ eventPattern }) => parsed(eventPattern));
      return {
        name: member,
        items: itemsTo(definition, here, member),
        rulesTaking: (event: JsonObject) => patterns.filter((pattern) => matchEvent(pattern, event)).length,
      };
    }),
  };
}

function parsed(pattern: unknown) {
  const reading = parsePattern(JSON.stringify(pattern));
  if (!reading.ok) throw new Error("the topology wrote a pattern that EventBridge would reject");
  return reading.pattern;
}

function passes(filter: JsonObject | undefined, detail: JsonObject): boolean {
  return filter === undefined || matchEvent(parsed({ detail: filter }), { detail });
}

const registries = arbitraryRegistry({ members: 6 });

describe("for any registry that holds, in every environment", () => {
  it("whoever publishes it under whichever source, a contract is forwarded by one rule to whom the routes bring it, and to nobody else", () => {
    fc.assert(
      fc.property(registries, (definition) => {
        for (const environment of environmentNames) {
          const { declared, members } = membersOf(definition, environment);
          for (const { key, source, detailType, publishers, details } of declared)
            for (const { account, id } of publishers)
              for (const detail of details)
                for (const { name, items, rulesTaking } of members) {
                  const isBrought = items.some(({ keys, filter }) => keys.has(key) && passes(filter, detail));
                  expect([
                    key,
                    source,
                    account,
                    name,
                    rulesTaking({ source, "detail-type": detailType, account: id, detail }),
                  ]).toEqual([key, source, account, name, isBrought ? 1 : 0]);
                }
        }
      }),
      { numRuns: 20 },
    );
  });

  it("what nobody declares is taken by a whole source's wildcard only, never under a source that services share", () => {
    fc.assert(
      fc.property(registries, (definition) => {
        for (const environment of environmentNames) {
          const { declared, members } = membersOf(definition, environment);
          for (const { source, detailType, of } of undeclared(declared))
            for (const detail of [
              { id: "t-1", total: 50 },
              { id: "a", total: 5 },
            ])
              for (const { name, items, rulesTaking } of members) {
                if (rulesTaking({ source, "detail-type": detailType, detail }) === 0) continue;
                const isWhole = items.some(
                  ({ text, filter, keys }) =>
                    filter === undefined &&
                    (text === "*" || text.endsWith("/*")) &&
                    of.every(({ key, service }) => keys.has(key) && service === of[0]?.service) &&
                    (of.length > 0 || text === "*"),
                );
                expect([source, detailType, name, isWhole]).toEqual([source, detailType, name, true]);
              }
        }
      }),
      { numRuns: 50 },
    );
  });
});

/** Every pair of a source and a detail-type that are not one contract's, with what is declared under the source. */
function undeclared(declared: readonly Declared[]) {
  const sources = new Set([...declared.map(({ source }) => source), "com.example.nobody"]);
  const types = new Set([...declared.map(({ detailType }) => detailType), "Nothing.Declared"]);
  return [...sources].flatMap((source) => {
    const of = declared.filter((one) => one.source === source);
    return [...types]
      .filter((type) => of.every(({ detailType }) => detailType !== type))
      .map((detailType) => ({ source, detailType, of }));
  });
}
