import { type EventFields, FieldTree, readEventFields } from "./event-fields.js";
import type { JsonValue } from "./json.js";
import { addFields, matchFields } from "./match.js";
import type { EventPattern, PatternField, PatternPart } from "./pattern.js";

interface IndexedRule<T> {
  readonly pattern: EventPattern;
  readonly value: T;
  readonly order: number;
  /** The parts that do not hold by its being found. */
  readonly open: readonly PatternPart[];
  /** Number of the search that last met this rule: it may be filed more than once. */
  metIn: number;
}

/**
 * The rules of a bus, filed under the source and detail-type they ask for, so that an event meets only those of its own
 * kind. Answers as trying them all would.
 */
export class RuleIndex<T> {
  readonly #tree = new FieldTree();
  /** By source and then by detail-type; `undefined` where a rule leaves it open. */
  readonly #filed = new Map<string | undefined, Map<string | undefined, IndexedRule<T>[]>>();
  #size = 0;
  #searches = 0;

  /** How many rules were added. */
  get size(): number {
    return this.#size;
  }

  /** Adds a rule; `value` is what a match returns. Any number of rules may have the same pattern. */
  add(pattern: EventPattern, value: T): void {
    addFields(this.#tree, pattern);
    const kinds = kindsOf(pattern.parts);
    const open = pattern.parts.filter((part) => !isProvenBy(kinds, part));
    const rule = { pattern, value, order: this.#size, open, metIn: 0 };
    this.#size += 1;
    for (const kind of kinds) this.#file(rule, kind);
  }

  #file(rule: IndexedRule<T>, { source, detailType }: Kind): void {
    const ofSource = this.#filed.get(source) ?? new Map<string | undefined, IndexedRule<T>[]>();
    this.#filed.set(source, ofSource);
    const rules = ofSource.get(detailType) ?? [];
    ofSource.set(detailType, rules);
    if (rules.at(-1) !== rule) rules.push(rule);
  }

  /**
   * The values of all rules whose pattern matches the event, in the order they were added.
   * @param event the full event, as parsed by readJson or JSON.parse
   */
  match(event: JsonValue): T[] {
    const fields = readEventFields(event, this.#tree);
    if (fields === undefined) return [];
    this.#searches += 1;
    const matching: IndexedRule<T>[] = [];
    const detailTypes = textsOf(fields, "detail-type");
    for (const source of textsOf(fields, "source")) {
      const ofSource = this.#filed.get(source);
      if (ofSource === undefined) continue;
      for (const detailType of detailTypes) {
        for (const rule of ofSource.get(detailType) ?? []) {
          if (rule.metIn === this.#searches) continue;
          rule.metIn = this.#searches;
          if (matchFields(rule.pattern, fields, rule.open)) matching.push(rule);
        }
      }
    }
    return matching.sort((one, other) => one.order - other.order).map(({ value }) => value);
  }
}

/** What an event must have for a pattern to match it; undefined is anything, or nothing at all. */
interface Kind {
  readonly source?: string;
  readonly detailType?: string;
}

/** Beyond this many a rule is filed under less than it asks for. */
const MOST_KINDS = 1_000;

/** The kinds of which an event has one if all parts hold. */
function kindsOf(parts: readonly PatternPart[]): readonly Kind[] {
  return parts.reduce<readonly Kind[]>(
    (kinds, part) => {
      const wanted = wantedBy(part);
      if (kinds.length * wanted.length > MOST_KINDS) return kinds;
      return kinds.flatMap((kind) => wanted.map((more) => ({ ...more, ...kind })));
    },
    [{}],
  );
}

function wantedBy(part: PatternPart): readonly Kind[] {
  if (part.kind === "or") return part.branches.flatMap(kindsOf);
  if (part.name === "source") return textsWanted(part)?.map((source) => ({ source })) ?? [{}];
  if (part.name === "detail-type") return textsWanted(part)?.map((detailType) => ({ detailType })) ?? [{}];
  return [{}];
}

/** Whether a part holds for every event of the kinds: it is the field that they were made from. */
function isProvenBy(kinds: readonly Kind[], part: PatternPart): boolean {
  if (part.kind === "or") return false;
  if (part.name === "source") return kinds.every(({ source }) => source !== undefined);
  return part.name === "detail-type" && kinds.every(({ detailType }) => detailType !== undefined);
}

/** The texts that satisfy a field, if they are a list. */
function textsWanted({ matchers }: PatternField): readonly string[] | undefined {
  const texts = matchers.flatMap(({ only }) => (typeof only === "string" ? [only] : []));
  return texts.length === matchers.length ? texts : undefined;
}

/** The texts an event has there, and `undefined` for rules that leave it open. */
function textsOf({ values }: EventFields, name: string): readonly (string | undefined)[] {
  const texts: (string | undefined)[] = [undefined];
  for (const { value } of values.get(name) ?? []) if (typeof value === "string") texts.push(value);
  return texts;
}
