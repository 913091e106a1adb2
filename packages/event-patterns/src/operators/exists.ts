import type { Matcher, OperatorParser } from "./matcher.js";

/** `{ "exists": true }` for any leaf value, also null; `{ "exists": false }` for none. */
export const parseExists: OperatorParser = (argument, report) => {
  if (typeof argument === "boolean") return argument ? present : absent;
  report("exists needs true or false", 'write {"exists": true} or {"exists": false}, without quotes');
  return undefined;
};

const present: Matcher = {
  operator: "exists",
  wanted: "any value",
  canonical: "present",
  wildcards: [],
  matches: () => true,
  candidates: () => ["x"],
  nearMisses: () => [],
};

/** Whether the field is absent is seen where all fields of the event are known; no value satisfies it. */
const absent: Matcher = {
  operator: "exists",
  wanted: "no value",
  canonical: "absent",
  wildcards: [],
  matches: () => false,
  candidates: () => [],
  nearMisses: () => ["x"],
};

export function allowsAbsence(matcher: Matcher): boolean {
  return matcher === absent;
}
