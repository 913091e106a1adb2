import { outcomeOf, type ProofCheck, requireThat } from "../claim.js";
import type { Stage } from "../stage.js";

/** Where the environment has tags, every account gets them: bills and guards of the organisation go by them. */
export function tagChecks(stage: Stage): ProofCheck[] {
  const wanted = Object.entries(stage.environment.tags);
  if (wanted.length === 0) return [];
  return [...stage.loaded.accounts.values()].map(({ name, tags }) => ({
    id: `tags:${name}`,
    title: `everything in ${name} has the tags of the environment`,
    run: () =>
      outcomeOf(wanted, ([key, value]) =>
        requireThat(tags[key] === value, {
          account: name,
          step: "tags",
          attempt: `the provider of ${name} tags ${key} as ${tags[key] ?? "nothing"}, not ${value}`,
          mend: "give the provider the environment's tags as its default tags",
        }),
      ),
  }));
}
