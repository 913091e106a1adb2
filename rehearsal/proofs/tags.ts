import { z } from "zod";
import { outcomeOf, type ProofCheck, requireThat } from "../claim.js";
import type { Stage } from "../stage.js";

/** Every account gets the environment's tags, by which bills and guards of the organisation go, and whose it is. */
export function tagChecks(stage: Stage): ProofCheck[] {
  const { name: environment, tags: demanded } = stage.environment;
  const wantedOf = (account: string) =>
    Object.entries({
      ...demanded,
      "event-backbone:environment": environment,
      "event-backbone:account": account,
    });
  return [...stage.loaded.accounts.values()].map(({ name, tags }) => ({
    id: `tags:${name}`,
    title: `everything in ${name} has the tags of the environment`,
    run: () =>
      outcomeOf(wantedOf(name), ([key, value]) => [
        ...requireThat(tags[key] === value, {
          account: name,
          step: "tags",
          attempt: `the provider of ${name} tags ${key} as ${tags[key] ?? "nothing"}, not ${value}`,
          mend: "give the provider the environment's tags as its default tags",
        }),
        ...otherTags(stage, name, key, value).map(([resource, found]) => ({
          account: name,
          step: "tags",
          problem: `${resource} of ${name} tags ${key} as ${found} itself, not ${value}`,
          mend: "leave the environment's tags to the provider",
          evidence: [],
        })),
      ]),
  }));
}

const ownTags = z.looseObject({ tags: z.record(z.string(), z.string()) });

/** A resource's own tags go before its provider's. */
function otherTags({ plan }: Stage, account: string, key: string, value: string): [string, string][] {
  return plan.stacks
    .filter((stack) => stack.account === account)
    .flatMap(({ resources }) => resources)
    .flatMap(({ type, name, inputs }): [string, string][] => {
      const found = ownTags.safeParse(inputs).data?.tags[key];
      return found === undefined || found === value ? [] : [[`${type} ${name}`, found]];
    });
}
