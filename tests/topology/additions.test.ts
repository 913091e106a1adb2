import { matchEvent, parsePattern } from "event-patterns";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRegistry, RegistryError } from "../../infra/registry/index.js";
import { arbitraryDividedRegistry } from "../fixtures/arbitrary-registry.js";
import {
  type Declared,
  declaredIn,
  environmentNames,
  type PublishingDefinition,
  publishersOf,
} from "../fixtures/declared.js";
import { backboneOf, topologyOf } from "../fixtures/topologies.js";

/** What a service can be given for a renaming, for a move or for others: a source, an account, a publisher. */
const additions = {
  alsoSources: (definition: PublishingDefinition, service: string, pick: number) => {
    const sources = Object.values(definition.services).map(({ source }) => source);
    const one = definition.services[service];
    const added = picked([...sources, "com.example.new", "documents", "mesh.{environment}"], pick);
    return withService(definition, service, { alsoSources: [...(one?.alsoSources ?? []), added] });
  },
  alsoFrom: (definition: PublishingDefinition, service: string, pick: number) =>
    withService(definition, service, { alsoFrom: picked(Object.keys(definition.accounts), pick) }),
  publisher: (definition: PublishingDefinition, service: string, pick: number) => {
    const types = Object.keys(definition.services[service]?.contracts ?? {});
    const by = picked(Object.keys(definition.services), pick);
    const added = { events: `${service}/${picked(types, pick)}`, by };
    return { ...definition, publishers: [...(definition.publishers ?? []), added] };
  },
};

function picked(list: readonly string[], pick: number): string {
  return list[pick % list.length] ?? "";
}

function withService(definition: PublishingDefinition, name: string, more: object): PublishingDefinition {
  const service = definition.services[name];
  if (service === undefined) throw new Error(`no service ${name}`);
  return { ...definition, services: { ...definition.services, [name]: { ...service, ...more } } };
}

function holds(definition: PublishingDefinition): boolean {
  try {
    parseRegistry(definition);
    return true;
  } catch (error) {
    if (error instanceof RegistryError) return false;
    throw error;
  }
}

/** By contract, source, example and member, the number of the rule that takes the event. */
function takers(definition: PublishingDefinition, environment: string): Map<string, Taker> {
  const rules = backboneOf(topologyOf(definition, environment)).forwards.flatMap(({ member, rules: own }) =>
    own.map(({ name, eventPattern }) => {
      const reading = parsePattern(JSON.stringify(eventPattern));
      if (!reading.ok) throw new Error("the topology wrote a pattern that EventBridge would reject");
      return { member, name, number: Number(name.split(".")[1] ?? 0), pattern: reading.pattern };
    }),
  );
  return new Map(
    declaredIn(definition, environment).declared.flatMap((declared) =>
      declared.details.flatMap((detail, index) =>
        rules
          .filter(({ pattern }) =>
            matchEvent(pattern, { source: declared.source, "detail-type": declared.detailType, detail }),
          )
          .map(({ member, name, number }) => [
            `${declared.key} ${declared.source} ${index} ${member}`,
            { member, name, number, declared },
          ]),
      ),
    ),
  );
}

/** Accounts that publish a contract, in whichever environment. */
function ownersOf({ services, publishers = [] }: PublishingDefinition, key: string): string[] {
  return publishersOf(services, publishers, key).map(({ account }) => account);
}

/**
 * Number of the rule that takes `*` in a divided forward. Left out: a source that comes to be shared, or to have events of
 * the account's own, leaves this rule, which is kept, for those of single contracts before it.
 */
const numberOfAll = 3_230_156_904;

interface Taker {
  readonly member: string;
  readonly name: string;
  readonly number: number;
  readonly declared: Declared;
}

describe.each(Object.entries(additions))("to any registry, another %s", (_, add) => {
  it("takes nothing away from anybody who does not publish it now, and moves nothing to an earlier rule that is kept", () => {
    fc.assert(
      fc.property(arbitraryDividedRegistry({ members: 4 }), fc.nat(), fc.nat(), (before, one, pick) => {
        const names = Object.keys(before.services);
        fc.pre(names.length > 0);
        const after = add(before, picked(names, one), pick);
        fc.pre(holds(after));
        for (const environment of environmentNames) {
          const [earlier, later] = [takers(before, environment), takers(after, environment)];
          const kept = new Set([...later.values()].map(({ name }) => name));
          for (const [event, { member, name, number, declared }] of earlier) {
            const now = later.get(event);
            if (now === undefined)
              expect([declared.key, ownersOf(after, declared.key)]).toEqual([
                declared.key,
                expect.arrayContaining([member]),
              ]);
            else if (now.number < number && number !== numberOfAll)
              expect([event, now.name, kept.has(name) ? name : ""]).toEqual([event, now.name, ""]);
          }
        }
      }),
      { numRuns: 10 },
    );
  });
});
