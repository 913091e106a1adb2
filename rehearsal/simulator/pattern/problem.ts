import { operatorKeywords } from "../matchers/matcher.js";

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

/** The known word that a misspelt one most likely means; undefined if none is near. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.slice(0, LONGEST_WORD), candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const [nearest] = ranked;
  if (nearest === undefined) return undefined;
  const { candidate, distance } = nearest;
  return distance <= Math.max(2, candidate.length / 3) && distance <= candidate.length / 2
    ? candidate
    : undefined;
}

const LONGEST_WORD = 40;

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

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let line = 1; line <= one.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= other.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (one[line - 1] === other[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
