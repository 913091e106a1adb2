import * as entries from "./entries.js";
import { type PathSegments, suggest } from "./problem.js";
import { type ProblemList, readEntry } from "./read.js";
import type { Publisher } from "./registry.js";
import { namedEvents } from "./select.js";
import type { ServiceDraft } from "./service-draft.js";

/** Who may publish each contract besides its owner: names of services by the contract's key. */
export type AlsoPublished = ReadonlyMap<string, readonly string[]>;

export function readPublishers(
  problems: ProblemList,
  section: readonly unknown[],
  services: readonly ServiceDraft[] | undefined,
): AlsoPublished {
  const publishers = new Map<string, string[]>();
  section.forEach((value, index) => {
    const path = ["publishers", index];
    const { partial } = readEntry(problems, entries.publisher, value, path);
    if (services === undefined) return;
    const { named } = namedEvents(problems, partial.events, path, services);
    const by = namedServices(problems, partial.by, [...path, "by"], services);
    for (const { events, selected, path: at } of named) {
      if (selected?.selector.kind === "all") {
        problems.add(at, `"*" is every event of everybody; name a contract, or those of one service`);
        continue;
      }
      const aws = selected?.contracts.find(({ service }) => service.origin !== undefined);
      if (aws !== undefined) {
        problems.add(
          at,
          `"${aws.service.name}" is of events that AWS or a partner publishes, and nobody else may; remove it`,
        );
        continue;
      }
      for (const { key, service } of selected?.contracts ?? []) {
        const known = publishers.get(key) ?? [];
        publishers.set(key, known);
        for (const name of by) {
          if (name === service.name)
            problems.add(at, `"${name}" owns ${events} and publishes it anyway; remove it`);
          else if (known.includes(name))
            problems.add(at, `"${name}" may publish ${key} already; remove one of the two`);
          else known.push(name);
        }
      }
    }
  });
  return publishers;
}

function namedServices(
  problems: ProblemList,
  by: string | readonly unknown[] | undefined,
  path: PathSegments,
  services: readonly ServiceDraft[],
): string[] {
  const names = services.map(({ name }) => name);
  const isList = typeof by === "object";
  const listed: readonly unknown[] = isList ? by : by === undefined ? [] : [by];
  if (isList && by.length === 0)
    problems.add(path, "is an empty list; name who else publishes it, or remove the entry");
  return listed.flatMap((name, index): string[] => {
    const at = isList ? [...path, index] : path;
    if (typeof name !== "string") {
      problems.add(
        at,
        `expected a service's name, received ${entries.kindOf(name)}; name who else publishes it`,
      );
    } else if (!names.includes(name)) {
      const mend = suggest(name, problems.proposable(["services"], names), "declare it in config/services");
      problems.add(at, `no service is named "${name}"; ${mend}`);
    } else if (listed.indexOf(name) < index) {
      problems.add(at, `"${name}" stands in the list already; remove one of the two`);
    } else if (services.some((one) => one.name === name && one.origin !== undefined)) {
      problems.add(
        at,
        `"${name}" is of events that AWS or a partner publishes, and publishes nothing itself; remove it`,
      );
    } else return [name];
    return [];
  });
}

/** Everybody who may publish a service's contract, each out of each of its accounts; the owner first. Nobody, where AWS or a partner does. */
export function publishersOf(
  owner: ServiceDraft,
  contract: string,
  services: readonly ServiceDraft[],
  also: AlsoPublished,
): Publisher[] {
  if (owner.origin !== undefined) return [];
  const others = services.filter(({ name }) => also.get(contract)?.includes(name));
  return [owner, ...others].flatMap(({ name, account, alsoFrom }) =>
    [account, alsoFrom].flatMap((one) => (one === undefined ? [] : [{ service: name, account: one }])),
  );
}
