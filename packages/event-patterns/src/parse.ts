import { alternativesOf, combine, MAX_ALTERNATIVES, MAX_FIELDS, mostFields } from "./alternatives.js";
import { isForeignOperator, mendForeignOperator } from "./envelope.js";
import { isJsonArray, isJsonObject, isJsonScalar, jsonText, type JsonValue, membersOf } from "./json.js";
import { matchPlainValue } from "./operators/exactly.js";
import { findOperator } from "./operators/index.js";
import { type Matcher, operatorKeywords } from "./operators/matcher.js";
import {
  type EventPattern,
  fieldOf,
  fieldsOf,
  nearestOperator,
  OR,
  pathTo,
  type PatternPart,
  type PatternProblem,
} from "./pattern.js";
import { readJson } from "./read-json.js";

export type ParsedPattern =
  | { readonly ok: true; readonly pattern: EventPattern }
  | { readonly ok: false; readonly problems: readonly PatternProblem[] };

/**
 * Reads an event pattern as EventBridge does: valid is what event-ruler's JsonRuleCompiler accepts. (Its Machine
 * would read a pattern that it refuses once more, with `$or` as a plain field; the service does not.)
 * @param input the pattern as JSON text, or parsed; a string is always taken as text
 * @returns the pattern, or every problem found; never throws. The length limit and the limits on wildcards
 * and `$or` combinations are quotas, so breaking them is no problem here
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function parsePattern(input: string | JsonValue): ParsedPattern {
  if (typeof input !== "string") return parseValue(input);
  const reading = readJson(input);
  if (reading.ok) return parseValue(reading.value);
  const { problem, line, column } = reading.problem;
  const syntax = `this is not JSON: ${problem} (line ${line}, column ${column})`;
  return refuse([{ path: "", problem: syntax, mend: "correct the JSON text at that place" }]);
}

function parseValue(value: JsonValue): ParsedPattern {
  const reader = new PatternReader();
  const parts = reader.read(value);
  return reader.problems.length === 0 ? accept(parts) : refuse(reader.problems);
}

function accept(written: readonly PatternPart[]): ParsedPattern {
  const alternatives = alternativesOf(written);
  if (alternatives > MAX_ALTERNATIVES) {
    const problem = `its $or branches combine to ${alternatives} alternatives, more than ${MAX_ALTERNATIVES}`;
    return refuse([
      { path: "", problem, mend: "split the rule in several, or list values in place of branches" },
    ]);
  }
  if (mostFields(written) > MAX_FIELDS) {
    const problem = `one alternative has more than ${MAX_FIELDS} fields`;
    return refuse([{ path: "", problem, mend: "ask for fewer fields at once" }]);
  }
  const parts = combine(written);
  const fields = fieldsOf(parts);
  const usesWildcard = fields.some(({ matchers }) => matchers.some(({ wildcards }) => wildcards.length > 0));
  return { ok: true, pattern: { usesWildcard, alternatives, fields, parts } };
}

function refuse(problems: readonly PatternProblem[]): ParsedPattern {
  return { ok: false, problems };
}

/** No pattern of 4,096 characters, the longest that AWS takes, nests deeper: a level is 5 characters at least. */
const MAX_PATTERN_DEPTH = 820;
/** A `$or` is 20 characters at least. */
const LEVELS_PER_OR = 4;

interface Place {
  readonly keys: readonly string[];
  /** The same for people, with `$or` and list positions. */
  readonly shown: string;
  readonly insideOr: boolean;
  readonly depth: number;
}

class PatternReader {
  readonly problems: PatternProblem[] = [];

  read(value: JsonValue): readonly PatternPart[] {
    if (isJsonObject(value)) return this.object(value, { keys: [], shown: "", insideOr: false, depth: 0 });
    this.report("", "an event pattern is a JSON object", 'write it as {"source": ["my.service"]}');
    return [];
  }

  private object(object: JsonValue, place: Place): readonly PatternPart[] {
    const members = isJsonObject(object) ? membersOf(object) : [];
    if (members.length === 0) {
      const mend =
        place.shown === ""
          ? 'name a field; {"source": [{"prefix": ""}]} matches every event'
          : "name at least one field, or leave it out";
      this.report(place.shown, "an empty object matches nothing", mend);
    }
    if (place.depth > MAX_PATTERN_DEPTH) {
      this.report(
        place.shown.slice(0, 80),
        `nested deeper than ${MAX_PATTERN_DEPTH} levels`,
        "use fewer levels",
      );
      return [];
    }
    return members.flatMap(([key, value]) => this.member(key, value, place));
  }

  private member(key: string, value: JsonValue, parent: Place): readonly PatternPart[] {
    const shown = pathTo(parent.shown, key);
    if (key === OR) return this.or(value, { ...parent, shown });
    if (parent.insideOr && isReservedInOr(key)) {
      const mend = `${key} belongs in the list of a field: {"field": [{"${key}": ...}]}`;
      this.report(shown, `${key} is the name of an operator and cannot be a field inside $or`, mend);
      return [];
    }
    const place = { ...parent, keys: [...parent.keys, key], shown, depth: parent.depth + 1 };
    if (isJsonObject(value)) return this.object(value, place);
    if (isForeignOperator(key)) return this.foreign(key, value, place);
    if (isJsonArray(value)) return this.field(value, place);
    this.report(shown, "the value of a field must be a list or an object", "put it in a list: [...]");
    return [];
  }

  private or(branches: JsonValue, place: Place): readonly PatternPart[] {
    const mend = mendForm(branches, place.keys, (proposed) => this.takes(proposed, place));
    if (mend !== undefined)
      this.report(place.shown, "$or takes a list of two or more objects of fields", mend);
    if (mend !== undefined || !isJsonArray(branches)) return [];
    const read = branches.map((branch, index) => {
      const shown = `${place.shown}[${index}]`;
      if (isJsonObject(branch))
        return this.object(branch, { ...place, shown, insideOr: true, depth: place.depth + LEVELS_PER_OR });
      this.report(shown, "each alternative of $or is an object", 'write it as {"field": [...]}');
      return [];
    });
    return [{ kind: "or", path: place.keys, branches: read }];
  }

  private field(items: readonly JsonValue[], place: Place): readonly PatternPart[] {
    if (items.length === 0) {
      this.report(place.shown, "an empty list matches nothing", 'list a value, or ask for {"exists": true}');
    }
    const matchers = items.flatMap((item, index) => this.matcher(item, `${place.shown}[${index}]`));
    return [fieldOf(place.keys, matchers)];
  }

  /** Whether something could stand where a `$or` does. It is read as deep as it stands, so that no mend has no end. */
  private takes(proposed: JsonValue, { depth }: Place): boolean {
    const reader = new PatternReader();
    reader.object(proposed, { keys: [], shown: "", insideOr: true, depth: depth + LEVELS_PER_OR });
    return reader.problems.length === 0;
  }

  /** No operator: a field like any other, if its list makes sense as one. */
  private foreign(operator: string, value: JsonValue, place: Place): readonly PatternPart[] {
    const before = this.problems.length;
    const parts = isJsonArray(value) ? this.field(value, place) : undefined;
    if (parts !== undefined && this.problems.length === before) return parts;
    this.problems.length = before;
    this.reportForeign(operator, place.shown);
    return [];
  }

  private reportForeign(operator: string, path: string): void {
    this.report(path, `EventBridge has no ${operator}`, mendForeignOperator(operator));
  }

  private matcher(item: JsonValue, shown: string): readonly Matcher[] {
    if (isJsonScalar(item)) return [matchPlainValue(item)];
    if (!isJsonObject(item)) {
      this.report(shown, "a list inside a list", "give the values in one list");
      return [];
    }
    const members = membersOf(item);
    const [keyword, argument] = members[0] ?? [];
    if (members.length !== 1 || keyword === undefined || argument === undefined) {
      const mend = "give each operator an object of its own in the list (any one of them is then enough)";
      this.report(shown, "a matcher has exactly one operator", mend);
      return [];
    }
    const place = pathTo(shown, keyword);
    const parse = findOperator(keyword);
    if (isForeignOperator(keyword)) {
      this.reportForeign(keyword, place);
      return [];
    }
    if (parse === undefined) {
      const nearest = nearestOperator(keyword);
      const known = `use one of ${operatorKeywords.filter((name) => name !== "exactly").join(", ")}`;
      const mend = nearest === undefined ? known : `did you mean ${nearest}?`;
      this.report(place, `there is no operator ${JSON.stringify(keyword)}`, mend);
      return [];
    }
    const matcher = parse(argument, (problem, mend, at = "") => {
      this.report(place + at, problem, mend);
    });
    return matcher === undefined ? [] : [matcher];
  }

  private report(path: string, problem: string, mend: string): void {
    this.problems.push({ path, problem, mend });
  }
}

/** Names that the engine refuses as fields inside `$or`, so that a misplaced operator is noticed. */
const reserved: ReadonlySet<string> = new Set([
  ...operatorKeywords,
  ...["=", "<", "<=", ">", ">="],
  // Kept by the engine for later: they are no operators yet.
  ...["regex", "not-wildcard", "not-equals-ignore-case"],
  ...["date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"],
  ...["ip-address-in-range", "ip-address-not-in-range"],
]);

function isReservedInOr(key: string): boolean {
  return reserved.has(key);
}

/**
 * How to mend a `$or` that is no list of two or more objects of fields; undefined if it is one. What its
 * branches hold is not looked at.
 * @param parent the keys that lead to the object it stands in
 * @param isTaken whether a pattern could stand in its place, so that nothing is proposed that is refused again
 */
function mendForm(
  value: JsonValue,
  parent: readonly string[],
  isTaken: (pattern: JsonValue) => boolean,
): string | undefined {
  if (!isJsonArray(value)) return mendNoList(value, parent, isTaken);
  if (value.length > 0 && value.every(isMatcher)) return mendMatchers(value, parent, isTaken);
  return value.length < 2 ? mendOne(value[0], isTaken) : undefined;
}

type IsTaken = Parameters<typeof mendForm>[2];

const EXAMPLE = 'write {"$or": [{"source": ["a"]}, {"detail-type": ["b"]}]}';

/** Whether an item would stand in the list of a field. */
function isMatcher(item: JsonValue): boolean {
  if (isJsonArray(item)) return false;
  if (!isJsonObject(item)) return true;
  const members = membersOf(item);
  return members.length > 0 && members.every(([key]) => isReservedInOr(key));
}

function mendNoList(value: JsonValue, parent: readonly string[], isTaken: IsTaken): string {
  if (isJsonObject(value) && isMatcher(value)) return mendMatchers([value], parent, isTaken);
  const members = isJsonObject(value) ? membersOf(value) : [];
  if (members.length < 2) return mendOne(value, isTaken);
  const mended = { [OR]: members.map(([key, item]) => ({ [key]: item })) };
  return isTaken(mended) ? `write ${jsonText(mended)}` : EXAMPLE;
}

function mendOne(only: JsonValue | undefined, isTaken: IsTaken): string {
  if (only === undefined || !isTaken(only)) return EXAMPLE;
  return `leave $or out, and write what it holds in its place: ${jsonText(only)}`;
}

function mendMatchers(items: readonly JsonValue[], parent: readonly string[], isTaken: IsTaken): string {
  // The detail of an event is an object, so these are the alternatives of a field within it.
  const field = parent.length > 1 || parent[0] !== "detail" ? parent.at(-1) : undefined;
  const mended = { [field ?? "field"]: items };
  const written = isTaken(mended) ? jsonText(mended) : '{"field": ["a", "b"]}';
  return `the list of a field holds alternatives without $or; write ${written}`;
}
