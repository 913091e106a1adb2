import type { PatternField, PatternPart } from "./pattern.js";

/**
 * AWS caps the combinations of one rule's `$or` branches at 1,000. That is a quota and for the caller to
 * judge; here is only the number beyond which a pattern is refused because nobody could deploy it.
 */
export const MAX_ALTERNATIVES = 100_000;

/** Most fields that one alternative may ask for (event-ruler, GenericMachine). */
export const MAX_FIELDS = 256;

/** How many combinations of `$or` branches there are: a product, found without writing them out. */
export function alternativesOf(parts: readonly PatternPart[]): number {
  return parts.reduce((product, part) => {
    if (part.kind === "field") return product;
    return product * part.branches.reduce((sum, branch) => sum + alternativesOf(branch), 0);
  }, 1);
}

/** How many fields the largest combination has. */
export function mostFields(parts: readonly PatternPart[]): number {
  return parts.reduce(
    (sum, part) => sum + (part.kind === "field" ? 1 : Math.max(...part.branches.map(mostFields))),
    0,
  );
}

/** The combinations themselves, one at a time and only as far as they are asked for. */
export function* alternativesIn(
  parts: readonly PatternPart[],
  chosen: readonly PatternField[] = [],
): Generator<readonly PatternField[]> {
  const [part, ...rest] = parts;
  if (part === undefined) yield chosen;
  else if (part.kind === "field") yield* alternativesIn(rest, [...chosen, part]);
  else for (const branch of part.branches) yield* alternativesIn([...branch, ...rest], chosen);
}
