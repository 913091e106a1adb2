import { isJsonObject, type JsonValue, membersOf } from "../json.js";
import { canonicalIgnoringCase, caseVariants, endsAfter, spellingsOf, startsBefore } from "./ignore-case.js";
import { describeScalar, type Matcher, oneMatcherEach, type OperatorParser, type Report } from "./matcher.js";

/** Whether a text starts or ends with another. */
export type AffixTest = (found: string, text: string) => boolean;

// The engine keeps the quotes around a text, and the far one can satisfy a quote in the pattern: the value
// abc starts with abc". So every test of a start or an end puts it back.
export const startsWith: AffixTest = (found, text) => found.startsWith(text) || `${found}"` === text;
export const endsWith: AffixTest = (found, text) => found.endsWith(text) || `"${found}` === text;

/** What tells prefix from suffix. */
export interface Side {
  readonly operator: "prefix" | "suffix";
  readonly verb: string;
  readonly holds: AffixTest;
  readonly ignoringCase: (text: string) => (found: string) => boolean;
  /** Before and behind the rest of a value. */
  readonly pieces: (text: string) => readonly [string, string];
  readonly extend: (text: string) => string;
}

/** Reads the argument of prefix or suffix: a string, or `{ "equals-ignore-case": "text" }`. */
function parseAffix(side: Side, argument: JsonValue, report: Report): Matcher | undefined {
  if (typeof argument === "string") return matchAffix(side, argument);
  if (!isJsonObject(argument)) {
    report(
      `${side.operator} needs a string`,
      `write {"${side.operator}": "text"}; ${oneMatcherEach(side.operator, argument)}`,
    );
    return undefined;
  }
  const members = membersOf(argument);
  const [keyword, text] = members[0] ?? [];
  if (members.length === 1 && keyword === "equals-ignore-case" && typeof text === "string") {
    return matchAffixIgnoringCase(side, text);
  }
  const mend = `write {"${side.operator}": {"equals-ignore-case": "text"}}`;
  if (members.length !== 1) report("exactly one operator may stand here", mend);
  else if (keyword === "equals-ignore-case") report("equals-ignore-case needs a string", mend, `.${keyword}`);
  else report(`${side.operator} combines only with equals-ignore-case`, mend);
  return undefined;
}

function matchAffix(side: Side, text: string): Matcher {
  return {
    operator: side.operator,
    wanted: text === "" ? "any text" : `a value ${side.verb} with ${describeScalar(text)}`,
    canonical: canonicalAffix(side.operator, text),
    wildcards: [],
    compared: { pieces: side.pieces(text), ignoringCase: false },
    matches: (found) => typeof found === "string" && side.holds(found, text),
    candidates: () => [side.extend(text), text],
    nearMisses: () => missesOf(text),
  };
}

function matchAffixIgnoringCase(side: Side, text: string): Matcher {
  const holds = side.ignoringCase(text);
  return {
    operator: side.operator,
    wanted: `a value ${side.verb} with ${describeScalar(text)} in any case`,
    canonical:
      text === "" ? canonicalAffix(side.operator, text) : `${side.operator} ${canonicalIgnoringCase(text)}`,
    wildcards: [],
    compared: { pieces: side.pieces(text), ignoringCase: true },
    matches: (found) => typeof found === "string" && holds(found),
    candidates: () => caseVariants(text).flatMap((variant) => [side.extend(variant), variant]),
    nearMisses: () => missesOf(text),
  };
}

/** Every text starts and ends with the empty one. */
export function canonicalAffix(operator: Side["operator"], text: string): string {
  return text === "" ? "any text" : `${operator} ${JSON.stringify(text)}`;
}

function missesOf(text: string): readonly (string | number)[] {
  return [`other-${text}-other`, text.slice(1, -1), "", 0];
}

/** `{ "prefix": "ord" }` and `{ "prefix": { "equals-ignore-case": "ord" } }` */
export const parsePrefix: OperatorParser = (argument, report) => parseAffix(start, argument, report);

const start: Side = {
  operator: "prefix",
  verb: "starting",
  holds: startsWith,
  ignoringCase: (text) => {
    const spellings = spellingsOf(text);
    return (found) => endsAfter(spellings, `${found}"`, 0).length > 0;
  },
  pieces: (text) => [text, ""],
  extend: (text) => `${text}x`,
};

/** `{ "suffix": ".png" }` and `{ "suffix": { "equals-ignore-case": ".png" } }` */
export const parseSuffix: OperatorParser = (argument, report) => parseAffix(end, argument, report);

const end: Side = {
  operator: "suffix",
  verb: "ending",
  holds: endsWith,
  ignoringCase: (text) => {
    const spellings = spellingsOf(text);
    return (found) => startsBefore(spellings, `"${found}`, found.length + 1).length > 0;
  },
  pieces: (text) => ["", text],
  extend: (text) => `x${text}`,
};
