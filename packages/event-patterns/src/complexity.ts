import { allowsAbsence } from "./operators/exists.js";
import type { Matcher } from "./operators/matcher.js";
import type { EventPattern, PatternField, PatternPart } from "./pattern.js";
import { getOrSet, MOST_COUNTED, WildcardMachine } from "./wildcard-machine.js";

/** EventBridge takes no more combinations of `$or` branches in a rule, so further ones need no count. */
const MOST_ALTERNATIVES = 1_000;

/**
 * How hard the wildcards of a pattern are to match: at how many positions of the wildcard texts for one field
 * one value can be at once, at most. A port of event-ruler's MachineComplexityEvaluator as of version 2.0.1,
 * which does not look behind a field that must be absent; newer versions do, EventBridge does not.
 * @returns 0 without wildcards; exact up to 99, and 100 for anything higher
 */
export function complexityOf(pattern: EventPattern): number {
  const wildcardFields = pattern.fields.filter(hasWildcard).map(({ name }) => name);
  const last = wildcardFields.toSorted().at(-1);
  if (last === undefined) return 0;
  const conditions = new Conditions();
  const asked: Condition[] = [];
  for (const alternative of alternativesInOrder(pattern.parts)) {
    const condition = conditions.from(alternative.filter(({ name }) => name <= last));
    if (condition !== undefined) asked.push(condition);
    if (asked.length === MOST_ALTERNATIVES) break;
  }
  return mostPositions(asked, new Map());
}

function hasWildcard({ matchers }: PatternField): boolean {
  return matchers.some(({ wildcards }) => wildcards.length > 0);
}

/** The combinations of `$or` branches in the engine's order: the last `$or` turns slowest. */
function* alternativesInOrder(parts: readonly PatternPart[]): Generator<readonly PatternField[]> {
  const part = parts.at(-1);
  const before = parts.slice(0, -1);
  if (part === undefined) yield [];
  else if (part.kind === "field") {
    for (const fields of alternativesInOrder(before)) yield [...fields, part];
  } else {
    for (const branch of part.branches) yield* alternativesInOrder([...before, ...branch]);
  }
}

/** What one alternative asks of a field, and then of the others, by name: the engine's order. */
interface Condition {
  readonly id: number;
  readonly field: PatternField;
  readonly rest: Condition | undefined;
}

/** Makes each condition once. */
class Conditions {
  private readonly known = new Map<PatternField, Map<Condition | undefined, Condition>>();
  private count = 0;

  from(fields: readonly PatternField[]): Condition | undefined {
    return fields
      .toSorted((one, other) => (one.name < other.name ? 1 : -1))
      .reduce<Condition | undefined>((rest, field) => this.one(field, rest), undefined);
  }

  private one(field: PatternField, rest: Condition | undefined): Condition {
    const withField = getOrSet(this.known, field, () => new Map<Condition | undefined, Condition>());
    return getOrSet(withField, rest, () => {
      this.count += 1;
      return { id: this.count, field, rest };
    });
  }
}

/**
 * The most positions in any of the fields asked. Alternatives that ask the same of one field meet there, and
 * what they ask of the next field counts together.
 * @param known what was found for the same conditions before: many alternatives differ in one field only
 */
function mostPositions(asked: readonly Condition[], known: Map<string, number>): number {
  const key = asked.map(({ id }) => id).join();
  return getOrSet(known, key, () => {
    const state = new NameState();
    for (const [index, condition] of asked.entries()) {
      state.add(condition);
      // The same texts may count anew with every alternative: no need to file them a thousand times.
      if (isPowerOfTwo(index) && state.mostPositions() >= MOST_COUNTED) return MOST_COUNTED;
    }
    const further = state.destinations().map((next) => mostPositions(next, known));
    return Math.max(state.mostPositions(), ...further);
  });
}

function isPowerOfTwo(count: number): boolean {
  return Number.isInteger(Math.log2(count));
}

/** The fields that are looked at next (event-ruler, NameState). */
class NameState {
  private readonly values = new Map<string, ValueMachine>();
  private readonly absent = new Map<string, Condition[]>();

  add({ field, rest }: Condition): void {
    const destinations = new Set<Condition[]>();
    let destination: Condition[] = [];
    for (const matcher of field.matchers) {
      destination = this.lead(field.name, matcher, destination);
      destinations.add(destination);
    }
    if (rest !== undefined) for (const next of destinations) next.push(rest);
  }

  mostPositions(): number {
    return Math.max(0, ...[...this.values.values()].map((machine) => machine.wildcards.mostPositions()));
  }

  /** What is asked further, for every way that some value leads. */
  destinations(): readonly (readonly Condition[])[] {
    return [...this.values.values()].flatMap(({ destinations }) => [...destinations]);
  }

  private lead(field: string, matcher: Matcher, destination: Condition[]): Condition[] {
    if (allowsAbsence(matcher)) return getOrSet(this.absent, field, () => destination);
    return getOrSet(this.values, field, () => new ValueMachine()).add(matcher, destination);
  }
}

/** The matchers of one field (event-ruler, ByteMachine). */
class ValueMachine {
  readonly wildcards = new WildcardMachine<Condition[]>();
  readonly destinations = new Set<Condition[]>();
  private readonly others = new Map<string, Condition[]>();

  /** @returns where the matcher leads: to the destination given, or where it led before */
  add(matcher: Matcher, destination: Condition[]): Condition[] {
    const identity = identityOf(matcher);
    const texts = [...new Set(matcher.wildcards)];
    const next =
      texts.length === 0
        ? getOrSet(this.others, identity, () => destination)
        : texts.reduce((led, text) => this.wildcards.add(identity, text, led), destination);
    this.destinations.add(next);
    return next;
  }
}

/** Equal for matchers that the engine takes for the same. */
function identityOf({ operator, wanted, wildcards, only }: Matcher): string {
  if (wildcards.length > 0) return JSON.stringify([operator, ...wildcards.toSorted()]);
  // A number in the list and one after "=" are the same.
  return JSON.stringify(only === undefined ? [operator, wanted] : only);
}
