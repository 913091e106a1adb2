import { ExactNumber, type JsonScalar } from "../json.js";
import { addressDigits, matchAddress } from "./cidr.js";
import { describeScalar, type Matcher, type OperatorParser } from "./matcher.js";

/** `{ "exactly": "a" }`: the engine knows it, the user guide does not mention it. */
export const parseExactly: OperatorParser = (argument, report) => {
  if (typeof argument === "string") return matchExactly(argument);
  report("exactly needs a string", 'write {"exactly": "text"}, or give the value alone');
  return undefined;
};

/** A plain value in the list of a field. An IP address matches in every spelling. */
export function matchPlainValue(value: JsonScalar): Matcher {
  const digits = typeof value === "string" ? addressDigits(value) : undefined;
  return typeof value === "string" && digits !== undefined
    ? matchAddress(value, digits)
    : matchExactly(value);
}

function matchExactly(value: JsonScalar): Matcher {
  return {
    operator: "exactly",
    wanted: describeScalar(value),
    canonical: canonicalValue(value),
    wildcards: [],
    ...(value instanceof ExactNumber ? {} : { only: value }),
    ...(typeof value === "string" ? { compared: { pieces: [value], ignoringCase: false } } : {}),
    matches: (found) => sameScalar(found, value),
    candidates: () => [value],
    nearMisses: () => othersThan(value),
  };
}

export function canonicalValue(value: JsonScalar): string {
  return value instanceof ExactNumber ? `digits ${value.text}` : `exactly ${JSON.stringify(value)}`;
}

/** Numbers compare by value, save those that no double holds, which compare by their text. */
function sameScalar(one: JsonScalar, other: JsonScalar): boolean {
  if (one instanceof ExactNumber) return other instanceof ExactNumber && one.text === other.text;
  return one === other;
}

function othersThan(value: JsonScalar): readonly JsonScalar[] {
  if (typeof value === "string") return [`${value}-other`, "other"];
  if (typeof value === "number") return [value + 1, value === 0 ? 1 : 0];
  if (typeof value === "boolean") return [!value];
  return value === null ? ["other"] : [0];
}
