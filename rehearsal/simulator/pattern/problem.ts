import { operatorKeywords } from "../matchers/matcher.js";
import { nearestOf } from "./nearest.js";

/** One thing that is wrong with an event pattern. */
export interface PatternProblem {
  /** Where, such as `detail.total[0].numeric`; empty for the pattern as a whole. */
  readonly path: string;
  readonly problem: string;
  /** How to mend it. */
  readonly mend: string;
}

/** The path of a member; a key that is not plain is quoted: `detail["order id"]`. */
export function pathTo(parent: string, key: string): string {
  if (!/^[\p{L}\p{N}_$-]+$/u.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === "" ? key : `${parent}.${key}`;
}

/** The known operator that a misspelt one most likely means; undefined if none is near. */
export function nearestOperator(keyword: string): string | undefined {
  const plain = keyword.toLowerCase().replace(/[_\s]+/g, "-");
  const alias = aliases.get(plain);
  if (alias !== undefined) return alias;
  return nearestOf(plain, operatorKeywords);
}

/** Words that other filter languages use for the same. */
const aliases = new Map([
  ["not", "anything-but"],
  ["anything-but-prefix", "anything-but"],
  ["begins-with", "prefix"],
  ["starts-with", "prefix"],
  ["ends-with", "suffix"],
  ["contains", "wildcard"],
  ["like", "wildcard"],
  ["regex", "wildcard"],
  ["ip-address", "cidr"],
  ["equals", "exactly"],
  ["ignore-case", "equals-ignore-case"],
  ["range", "numeric"],
]);
