import * as entries from "./entries.js";
import { readEntry, type ProblemList } from "./read.js";
import type { Story } from "./registry.js";
import { select, type RouteDrafts } from "./routes.js";
import type { ServiceDraft } from "./services.js";

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
      previous = { key: contract.key, account };
    });
    return full === undefined ? [] : [{ name, ...full }];
  });
}
