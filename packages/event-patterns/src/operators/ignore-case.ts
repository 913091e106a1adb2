import { describeScalar, type Matcher, oneMatcherEach, type OperatorParser } from "./matcher.js";

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

/**
 * The spellings of one text in lower and upper case, one entry for each UTF-16 unit.
 * EventBridge's engine folds unit by unit, without regard to the whole word, and folds the pattern only:
 * "ß" also stands for "SS", but not the other way round. Half a surrogate pair has no bytes of its own and
 * becomes "?", so an astral character in such a pattern never finds itself.
 */
export type Spellings = readonly (readonly [lower: string, upper: string])[];

export function spellingsOf(text: string): Spellings {
  return text.split("").map((unit) => {
    if (/[\ud800-\udfff]/.test(unit)) return ["?", "?"];
    return [unit.toLowerCase(), unit.toUpperCase()];
  });
}

/** Where the spellings end if they stand in the text from `start` on: one offset, rarely several, or none. */
export function endsAfter(spellings: Spellings, text: string, start: number): readonly number[] {
  return follow(spellings, start, ([lower, upper], at) => [
    text.startsWith(lower, at) ? at + lower.length : -1,
    text.startsWith(upper, at) ? at + upper.length : -1,
  ]);
}

/** As {@link endsAfter}, but backwards: where the spellings begin if they stand in the text up to `end`. */
export function startsBefore(spellings: Spellings, text: string, end: number): readonly number[] {
  return follow(spellings.toReversed(), end, ([lower, upper], at) => [
    text.endsWith(lower, at) ? at - lower.length : -1,
    text.endsWith(upper, at) ? at - upper.length : -1,
  ]);
}

function follow(
  spellings: Spellings,
  from: number,
  step: (spelling: Spellings[number], at: number) => readonly number[],
): readonly number[] {
  let offsets: readonly number[] = [from];
  for (const spelling of spellings) {
    const next = new Set(offsets.flatMap((at) => step(spelling, at)).filter((at) => at >= 0));
    if (next.size === 0) return [];
    offsets = [...next];
  }
  return offsets;
}
