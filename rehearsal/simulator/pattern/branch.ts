import { describeList } from "../matchers/describe.js";
import { allowsAbsence } from "../matchers/exists.js";
import type { Matcher } from "../matchers/matcher.js";
import { alternativesIn } from "./alternatives.js";
import { withoutStrayNumbers } from "./field.js";
import type { EventPattern } from "./pattern.js";

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
