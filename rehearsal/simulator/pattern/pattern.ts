import type { JsonScalar } from "../json-value.js";
import type { Matcher } from "../matchers/matcher.js";

/** An event pattern, checked and ready to match. Plain to read, made by parsePattern only. */
export interface EventPattern {
  /** Whether a wildcard matcher stands anywhere in it; a bus takes few such rules (quota). */
  readonly usesWildcard: boolean;
  /** Combinations of `$or` branches, 1 without `$or`; AWS caps them per rule (quota). */
  readonly alternatives: number;
  /** Every field with its matchers, in the order of the pattern, `$or` branches included. */
  readonly fields: readonly PatternField[];
  /** All of them must hold. No field stands twice in what can hold together. */
  readonly parts: readonly PatternPart[];
}

export type PatternPart = PatternField | PatternOr;

/** A field with the alternatives for its value. */
export interface PatternField {
  readonly kind: "field";
  /** Keys from the root to the field, as the pattern writes them. */
  readonly path: readonly string[];
  /** The path joined with dots, which is how the engine knows a field: a dot in a key is nesting. */
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** Whether `{ "exists": false }` is among the matchers. */
  readonly allowsAbsence: boolean;
  /** False for a field the engine never finds in an event (see fieldOf). */
  readonly reachable: boolean;
  /** Whether a leaf value satisfies one of the matchers. */
  readonly accepts: (value: JsonScalar) => boolean;
}

/** `$or`: one of the branches must hold, and of a branch every part. */
export interface PatternOr {
  readonly kind: "or";
  readonly path: readonly string[];
  readonly branches: readonly (readonly PatternPart[])[];
}

/** The fields of some parts, in order, each once. */
export function fieldsOf(parts: readonly PatternPart[]): readonly PatternField[] {
  const fields = new Set<PatternField>();
  collect(parts, fields);
  return [...fields];
}

function collect(parts: readonly PatternPart[], fields: Set<PatternField>): void {
  for (const part of parts) {
    if (part.kind === "field") fields.add(part);
    else
      part.branches.forEach((branch) => {
        collect(branch, fields);
      });
  }
}
