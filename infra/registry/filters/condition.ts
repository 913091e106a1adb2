import { parsePattern, type PatternField } from "event-patterns";
import type { JsonObject, JsonValue } from "../../aws/event-pattern.js";
import type { PathSegments } from "../problem.js";
import { isJsonObject } from "../read.js";

/** What is asked of an event: that its fields pass their conditions, or that they all fail them. */
export type Aim = "pass" | "fail";

/** One field of a filter, with the values it may have. */
export interface Condition {
  readonly kind: "condition";
  /** Below `detail`, as EventBridge knows the field: `total.amount`. */
  readonly name: string;
  readonly steps: readonly string[];
  /** Where it stands in the registry. */
  readonly at: PathSegments;
  /** As written; the value at an index makes the matcher at that index. */
  readonly values: readonly JsonValue[];
  readonly pattern: PatternField;
}

/** `$or`: one of the branches must hold. */
export interface Alternative {
  readonly kind: "or";
  readonly at: PathSegments;
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly at: PathSegments;
  readonly parts: readonly FilterPart[];
}

export type FilterPart = Condition | Alternative;

/** The parts of a filter that EventBridge would accept, as they are written. */
export function partsOf(filter: JsonObject, at: PathSegments, steps: readonly string[] = []): FilterPart[] {
  return Object.entries(filter).flatMap(([key, value]): FilterPart[] => {
    const place = [...at, key];
    if (key === "$or" && isList(value) && value.every(isJsonObject)) {
      const branches = value.map((branch, index) => ({
        at: [...place, index],
        parts: partsOf(branch, [...place, index], steps),
      }));
      return [{ kind: "or", at: place, branches }];
    }
    if (isList(value)) {
      const condition = conditionAt([...steps, ...key.split(".")], place, value);
      return condition === undefined ? [] : [condition];
    }
    return isJsonObject(value) ? partsOf(value, place, [...steps, ...key.split(".")]) : [];
  });
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A condition on a field; undefined if EventBridge would not read it. */
export function conditionAt(
  steps: readonly string[],
  at: PathSegments,
  values: readonly JsonValue[],
): Condition | undefined {
  const parsed = parsePattern({ field: values });
  const [pattern] = parsed.ok ? parsed.pattern.fields : [];
  if (pattern === undefined) return undefined;
  return { kind: "condition", name: steps.join("."), steps, at, values, pattern };
}

/** Values as a filter holds them: `{ total: { currency: ["EUR"] } }`. */
export function nested(steps: readonly string[], values: readonly JsonValue[]): JsonValue {
  return steps.reduceRight<JsonValue>((inner, key) => ({ [key]: inner }), values);
}

/** The same field, asked for other values. */
export function withValues({ steps, at }: Condition, values: readonly JsonValue[]): Condition | undefined {
  return conditionAt(steps, at, values);
}

export function conditionsIn(parts: readonly FilterPart[]): readonly Condition[] {
  return parts.flatMap((part) =>
    part.kind === "condition" ? [part] : part.branches.flatMap((branch) => conditionsIn(branch.parts)),
  );
}

/** One way to pass a filter: a branch of each `$or`, and the conditions that must then hold together. */
export interface Combination {
  readonly conditions: readonly Condition[];
  readonly branches: readonly Branch[];
}

/** All ways to pass, as far as they are asked for. */
export function* combinationsOf(
  parts: readonly FilterPart[],
  { conditions, branches }: Combination = { conditions: [], branches: [] },
): Generator<Combination> {
  const [part, ...others] = parts;
  if (part === undefined) yield { conditions, branches };
  else if (part.kind === "condition") {
    // Of a field that stands twice EventBridge keeps the later one.
    const kept = conditions.filter(({ name }) => name !== part.name);
    yield* combinationsOf(others, { conditions: [...kept, part], branches });
  } else {
    for (const branch of part.branches) {
      yield* combinationsOf([...branch.parts, ...others], { conditions, branches: [...branches, branch] });
    }
  }
}
