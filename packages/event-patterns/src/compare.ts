import {
  type Alternatives,
  type Branch,
  branchesOf,
  canonicalAlternatives,
  describeBranch,
  implies,
  narrowed,
} from "./alternatives.js";
import type { Matcher } from "./operators/matcher.js";
import type { EventPattern } from "./pattern.js";

/** Most branches, and most parts of the comparison, that are looked at; AWS allows 1,000 combinations a rule. */
const MOST_PARTS = 20_000;

export type Comparison =
  | { readonly kind: "same" }
  | {
      readonly kind: "differ";
      /** What the left patterns take and the right ones do not, branch by branch, for people. */
      readonly onlyLeft: readonly string[];
      readonly onlyRight: readonly string[];
    }
  | { readonly kind: "undecided"; readonly why: string };

/**
 * Decides whether patterns take exactly the same events, whatever the events: each side is what its patterns take
 * together, and both sides are compared in a normal form in which nesting, joining, order and spelling are gone.
 * Patterns that are equal for a deeper reason (`> 5` or `<= 5`, and any number) count as different.
 */
export function sameEvents(left: readonly EventPattern[], right: readonly EventPattern[]): Comparison {
  const combinations = [...left, ...right].reduce((sum, { alternatives }) => sum + alternatives, 0);
  if (combinations > MOST_PARTS) {
    return {
      kind: "undecided",
      why: `the $or branches combine to ${combinations} branches, more than ${MOST_PARTS}`,
    };
  }
  const all: Sides = { left: left.flatMap(allBranchesOf), right: right.flatMap(allBranchesOf) };
  const onlyLeft: Branch[] = [];
  const onlyRight: Branch[] = [];
  const parts = [all];
  for (const part of parts) {
    if (parts.length > MOST_PARTS) {
      return { kind: "undecided", why: `the patterns fall into more than ${MOST_PARTS} parts` };
    }
    if (part.left.length === 0 || part.right.length === 0) {
      onlyLeft.push(...part.left);
      onlyRight.push(...part.right);
    } else if (canonical(part.left) !== canonical(part.right)) {
      parts.push(...divided(part));
    }
  }
  const taken = without(onlyLeft, all.right);
  const missed = without(onlyRight, all.left);
  if (taken.length === 0 && missed.length === 0) return { kind: "same" };
  return { kind: "differ", onlyLeft: taken.map(describeBranch), onlyRight: missed.map(describeBranch) };
}

interface Sides {
  readonly left: readonly Branch[];
  readonly right: readonly Branch[];
}

function allBranchesOf(pattern: EventPattern): Branch[] {
  return [...branchesOf(pattern)];
}

function canonical(branches: readonly Branch[]): string {
  return [...new Set(branches.map((branch) => branch.canonical))].sort().join();
}

/** What is taken by no single branch of the other side. */
function without(branches: readonly Branch[], others: readonly Branch[]): Branch[] {
  return branches.filter((branch) => !others.some((other) => implies(branch, other)));
}

/**
 * Divides both sides by the alternatives of the first field on which their branches do not agree. Alternatives
 * that stand in the same branches stay together, so a long list that is the same everywhere is never written out.
 */
function divided({ left, right }: Sides): Sides[] {
  const branches = [...left, ...right];
  const names = new Set(branches.flatMap(({ fields }) => [...fields.keys()]));
  const field = [...names].find((name) => {
    return new Set(branches.map(({ fields }) => canonicalAlternatives(fields.get(name)))).size > 1;
  });
  if (field === undefined) return [];
  const unasked = ({ fields }: Branch) => !fields.has(field);
  const parts = alternativesThatGoTogether(branches, field).map((alternatives) => {
    const having = (side: readonly Branch[]) =>
      side
        .filter(({ fields }) => [...alternatives.keys()].some((one) => fields.get(field)?.has(one)))
        .map((branch) => narrowed(branch, field, alternatives));
    return { left: having(left), right: having(right) };
  });
  return [{ left: left.filter(unasked), right: right.filter(unasked) }, ...parts];
}

function alternativesThatGoTogether(branches: readonly Branch[], field: string): Alternatives[] {
  const standsIn = new Map<string, { readonly matcher: Matcher; readonly branches: number[] }>();
  for (const [index, { fields }] of branches.entries()) {
    for (const [text, matcher] of fields.get(field) ?? []) {
      const known = standsIn.get(text);
      if (known === undefined) standsIn.set(text, { matcher, branches: [index] });
      else known.branches.push(index);
    }
  }
  const groups = new Map<string, Map<string, Matcher>>();
  for (const [text, { matcher, branches: standing }] of standsIn) {
    const together = standing.join();
    groups.set(together, (groups.get(together) ?? new Map<string, Matcher>()).set(text, matcher));
  }
  return [...groups.values()];
}

/** Fields that every event has once, as text. Others may be lists, which satisfy what single values cannot. */
const single = ["source", "detail-type"];

/** What one event may satisfy in both patterns, as far as its source and detail-type can tell; for people. */
export function overlaps(left: EventPattern, right: EventPattern): readonly string[] {
  const others = [...branchesOf(right)];
  return [...branchesOf(left)].flatMap((one) =>
    others
      .filter((other) => !single.some((field) => areApart(one, other, field)))
      .map((other) => `${describeBranch(one)}; and ${describeBranch(other)}`),
  );
}

function areApart(one: Branch, other: Branch, field: string): boolean {
  const [left, right] = [one.fields.get(field), other.fields.get(field)];
  if (left === undefined || right === undefined) return false;
  return [...left.values()].every((matcher) =>
    [...right.values()].every((another) => excludes(matcher, another) || excludes(another, matcher)),
  );
}

/** Whether a matcher that takes one text only takes none that the other does. */
function excludes({ only }: Matcher, other: Matcher): boolean {
  return only !== undefined && !other.matches(only);
}

/**
 * Whether a pattern is seen to take every event with these texts in these fields, whatever else is in it: one of its
 * branches asks for nothing but them. Branches that leave nothing out only together are not seen.
 * @param values text by field, such as `{ source: "com.example.orders" }`
 */
export function takesEvery(pattern: EventPattern, values: ReadonlyMap<string, string>): boolean {
  return [...branchesOf(pattern)].some(({ fields }) =>
    [...fields].every(([name, alternatives]) => {
      const value = values.get(name);
      return value !== undefined && [...alternatives.values()].some((matcher) => matcher.matches(value));
    }),
  );
}
