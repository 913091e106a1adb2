import { distance } from "fastest-levenshtein";

/** The known word that a misspelt one most likely means; undefined if none is near. */
export function nearestOf(word: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: editsBetween(word, candidate) }))
    .toSorted((one, other) => one.edits - other.edits);
  return nearest !== undefined && isNear(nearest.candidate, nearest.edits) ? nearest.candidate : undefined;
}

/** How many characters stand between two texts; what lies far behind does not count. */
export function editsBetween(one: string, other: string): number {
  return distance(one.slice(0, LONGEST_WORD), other.slice(0, LONGEST_WORD));
}

/** Whether so few edits lead to a text that it was probably meant. */
export function isNear(text: string, edits: number): boolean {
  return edits <= Math.max(2, text.length / 3) && edits <= text.length / 2;
}

const LONGEST_WORD = 60;
