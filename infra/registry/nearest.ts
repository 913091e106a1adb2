import { closest, distance } from "fastest-levenshtein";

/** The known name a misspelt one was probably meant to be, or `undefined` if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(
    name.toLowerCase(),
    known.map((entry) => entry.toLowerCase()),
  );
  const original = known.find((entry) => entry.toLowerCase() === candidate);
  // A name that shares no character is not near, however short it is.
  const tolerated = Math.min(name.length - 1, Math.max(2, Math.floor(name.length / 3)));
  return original !== undefined && distance(name.toLowerCase(), candidate) <= tolerated
    ? original
    : undefined;
}

const listedAtMost = 12;

/** How to mend an unknown name: the nearest known one if there is one, else what is known. */
export function suggest(name: string, known: readonly string[], declare: string): string {
  const candidate = nearest(name, known);
  if (candidate !== undefined) return `did you mean "${candidate}"?`;
  if (known.length === 0) return declare;
  const listed = known.slice(0, listedAtMost).join(", ");
  const rest = known.length > listedAtMost ? ` and ${known.length - listedAtMost} more` : "";
  return `${declare} or use one of: ${listed}${rest}`;
}
