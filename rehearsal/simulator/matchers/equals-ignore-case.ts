import { describeScalar, oneMatcherEach } from "./describe.js";
import { endsAfter, spellingsOf } from "./fold-case.js";
import type { Matcher, OperatorParser } from "./matcher.js";

/** `{ "equals-ignore-case": "alice" }` */
export const parseEqualsIgnoreCase: OperatorParser = (argument, report) => {
  if (typeof argument === "string") return matchIgnoringCase(argument);
  report(
    "equals-ignore-case needs a string",
    `write {"equals-ignore-case": "text"}; ${oneMatcherEach("equals-ignore-case", argument)}`,
  );
  return undefined;
};

function matchIgnoringCase(text: string): Matcher {
  const equals = equalsIgnoringCase(text);
  return {
    operator: "equals-ignore-case",
    wanted: `${describeScalar(text)} in any case`,
    canonical: canonicalIgnoringCase(text),
    wildcards: [],
    compared: { pieces: [text], ignoringCase: true },
    matches: (found) => typeof found === "string" && equals(found),
    candidates: () => caseVariants(text),
    nearMisses: () => [`${text}-other`, "other"],
  };
}

export function equalsIgnoringCase(text: string): (found: string) => boolean {
  const spellings = spellingsOf(text);
  return (found) => endsAfter(spellings, found, 0).includes(found.length);
}

export function canonicalIgnoringCase(text: string): string {
  return `ignoring case ${JSON.stringify(spellingsOf(text))}`;
}

export function caseVariants(text: string): readonly string[] {
  const spellings = spellingsOf(text);
  return [text, spellings.map(([lower]) => lower).join(""), spellings.map(([, upper]) => upper).join("")];
}
