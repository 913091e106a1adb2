import * as entries from "./entries.js";
import { type ProblemList, readEntry } from "./read.js";
import type { Story } from "./registry.js";
import type { RouteDrafts } from "./routes.js";
import { select } from "./select.js";
import type { ServiceDraft } from "./service-draft.js";

/**
 * Checks that the canary's contract exists and that some route carries it: one that goes nowhere shows nothing.
 * @returns the contract's key, if nothing is wrong with it
 */
export function readCanary(
  problems: ProblemList,
  wanted: string | undefined,
  services: readonly ServiceDraft[] | undefined,
  drafts: RouteDrafts | undefined,
): string | undefined {
  if (wanted === undefined || services === undefined) return undefined;
  const path = ["canary"];
  if (wanted.includes("*")) {
    problems.add(path, `"${wanted}" is a wildcard and nothing can publish it; name one contract`);
    return undefined;
  }
  const [contract] = select(problems, wanted, services, path)?.contracts ?? [];
  if (contract === undefined || drafts === undefined) return undefined;
  const { key } = contract;
  if (contract.service.origin !== undefined) {
    problems.add(
      path,
      `${key} is of events that AWS or a partner publishes: EventBridge takes them from nobody else; name a contract of a service`,
    );
    return undefined;
  }
  const isCarried = drafts.routes.some(({ contracts }) => contracts.includes(key));
  if (!isCarried && !drafts.mayBring(key)) {
    problems.add(
      path,
      `no route carries ${key}, so the canary would show nothing; add a route or name another`,
    );
    return undefined;
  }
  return key;
}

export function readStories(
  problems: ProblemList,
  section: Readonly<Record<string, unknown>>,
  services: readonly ServiceDraft[] | undefined,
  drafts: RouteDrafts | undefined,
): Story[] {
  const received = new Set(
    (drafts?.routes ?? []).flatMap(({ contracts, to }) => contracts.map((contract) => `${contract} ${to}`)),
  );
  return Object.entries(section).flatMap(([name, value]): Story[] => {
    const path = ["stories", name];
    const { full, partial } = readEntry(problems, entries.story, value, path);
    if (services === undefined) return [];
    let previous: { readonly key: string; readonly account: string } | undefined;
    (partial.steps ?? []).forEach((step, index) => {
      const stepPath = [...path, "steps", index];
      if (step.includes("*")) {
        problems.add(stepPath, `"${step}" is a wildcard and nothing can publish it; name one contract`);
        previous = undefined;
        return;
      }
      const [contract] = select(problems, step, services, stepPath)?.contracts ?? [];
      const account = contract?.service.account;
      if (contract === undefined || account === undefined) {
        previous = undefined;
        return;
      }
      // Nobody who has received something publishes it.
      if (contract.service.origin !== undefined) {
        previous = undefined;
        if (index === 0 && partial.begins !== undefined)
          problems.add(
            [...path, "begins"],
            `the first step, ${step}, is published by AWS or a partner, so no function begins the story; remove it`,
          );
      }
      if (
        previous !== undefined &&
        previous.account !== account &&
        !received.has(`${previous.key} ${account}`) &&
        drafts?.mayBring(previous.key, account) === false
      ) {
        problems.add(
          stepPath,
          `"${account}" publishes ${step} but no route brings it ${previous.key}, the step before; add { events: "${previous.key}", to: "${account}" } to the routes, or mend the story`,
        );
      }
      // Whoever publishes the next step must have received it.
      previous = { key: contract.key, account: contract.service.origin === undefined ? account : "" };
    });
    return full === undefined ? [] : [{ name, ...full }];
  });
}
