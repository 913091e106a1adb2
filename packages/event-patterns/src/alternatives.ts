import { allowsAbsence } from "./operators/exists.js";
import { describeList, type Matcher } from "./operators/matcher.js";
import {
  type EventPattern,
  fieldsOf,
  type PatternField,
  type PatternPart,
  withoutStrayNumbers,
} from "./pattern.js";

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

/**
 * Puts parts together as the engine does: it writes the fields of each alternative into a map by name, in
 * the order of the text, so that a later field replaces an earlier one of the same name. The result says
 * the same without a repeated name in what can hold together, and without writing out the alternatives.
 */
export function combine(parts: readonly PatternPart[]): readonly PatternPart[] {
  let combined: readonly PatternPart[] = [];
  for (const part of parts) {
    const names = namesIn([part]);
    if (part.kind === "field") {
      combined = [...without(combined, names), part];
      continue;
    }
    // What a branch may replace moves into every branch, before the branch's own parts.
    const clashing = combined.filter((earlier) => [...namesIn([earlier])].some((name) => names.has(name)));
    const branches = part.branches.map((branch) => combine([...clashing, ...branch]));
    combined = [...combined.filter((earlier) => !clashing.includes(earlier)), { ...part, branches }];
  }
  return combined;
}

function namesIn(parts: readonly PatternPart[]): ReadonlySet<string> {
  return new Set(fieldsOf(parts).map(({ name }) => name));
}

function without(parts: readonly PatternPart[], names: ReadonlySet<string>): readonly PatternPart[] {
  if (![...namesIn(parts)].some((name) => names.has(name))) return parts;
  return parts.flatMap((part): readonly PatternPart[] => {
    if (part.kind === "field") return names.has(part.name) ? [] : [part];
    return [{ ...part, branches: part.branches.map((branch) => without(branch, names)) }];
  });
}

/** The alternatives for one field's value, by their canonical text. */
export type Alternatives = ReadonlyMap<string, Matcher>;

/** One combination of a pattern's `$or` branches: every field in it must have one of its alternatives. */
export interface Branch {
  readonly fields: ReadonlyMap<string, Alternatives>;
  /** Equal for branches that ask for the same. */
  readonly canonical: string;
}

/** A pattern as branches of which any one is enough; however it is nested and joined, it says the same. */
export function* branchesOf({ parts }: EventPattern): Generator<Branch> {
  for (const alternative of alternativesIn(parts)) {
    yield branch(
      new Map(
        alternative.map(({ name, matchers }) => [
          name,
          new Map(withoutStrayNumbers(matchers).map((matcher) => [matcher.canonical, matcher])),
        ]),
      ),
    );
  }
}

/** The branch with fewer alternatives for one of its fields. */
export function narrowed({ fields }: Branch, field: string, alternatives: Alternatives): Branch {
  return branch(new Map(fields).set(field, alternatives));
}

export function canonicalAlternatives(alternatives: Alternatives | undefined): string {
  return JSON.stringify(alternatives && [...alternatives.keys()].sort());
}

/** For people: `source com.example.orders, detail.total.amount a number > 100`. */
export function describeBranch({ fields }: Branch): string {
  return [...fields]
    .map(([name, alternatives]) => {
      return `${name} ${describeList([...alternatives.values()].map(({ wanted }) => wanted))}`;
    })
    .join(", ");
}

/**
 * Whether whatever satisfies one branch is seen to satisfy another. A field more in the one decides on elements of
 * arrays, and whether a field of the other is absent depends on the elements, so there nothing is said.
 */
export function implies(one: Branch, other: Branch): boolean {
  const narrower = [...other.fields].every(([name, wide]) => {
    const narrow = one.fields.get(name);
    return narrow !== undefined && [...narrow.keys()].every((canonical) => wide.has(canonical));
  });
  if (!narrower || one.fields.size === other.fields.size) return narrower;
  return [...other.fields.values()].every((alternatives) =>
    [...alternatives.values()].every((matcher) => !allowsAbsence(matcher)),
  );
}

function branch(fields: Branch["fields"]): Branch {
  const asked = [...fields].map(([name, alternatives]) => [name, canonicalAlternatives(alternatives)]);
  return {
    fields,
    canonical: JSON.stringify(asked.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1))),
  };
}
