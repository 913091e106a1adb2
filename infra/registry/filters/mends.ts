import type { JsonValue } from "../../aws/event-pattern.js";
import { nearest } from "../problem.js";
import { isRecord } from "../read.js";
import { type Condition, conditionAt, nested, withValues } from "./condition.js";
import { mayPassTogether } from "./judge.js";
import type { Place } from "./parts.js";
import type { ContractSchema } from "./schema.js";
import { fieldsAt, listedAt, literal } from "./words.js";

/** How to mend a value that never matches: another that can, if there is one that was probably meant. */
export function mendValue(
  schema: ContractSchema,
  condition: Condition,
  value: JsonValue,
  place: Place,
): string {
  const can = (other: JsonValue) => mayMatch(schema, condition, other);
  const texts = (listedAt(place, schema) ?? []).filter((listed) => typeof listed === "string");
  const meant = typeof value === "string" ? nearest(value, texts) : undefined;
  if (meant !== undefined && can(meant)) return `did you mean ${literal(meant)}?`;
  const otherKind = inOtherKind(value).find(can);
  if (otherKind !== undefined) return `write ${literal(otherKind)}`;
  if (value === null && can({ exists: false }))
    return `write { exists: false } where "${condition.name}" may be left out`;
  return "mend the filter or the schema";
}

export function mayMatch(schema: ContractSchema, condition: Condition, value: JsonValue): boolean {
  const only = withValues(condition, [value]);
  return only === undefined || mayPassTogether(schema, [only]);
}

/** The same with or without quotes. */
function inOtherKind(value: JsonValue): readonly JsonValue[] {
  if (typeof value === "number" || typeof value === "boolean") return [String(value)];
  if (value === "true" || value === "false") return [value === "true"];
  const number = typeof value === "string" ? Number(value) : NaN;
  return String(number) === value ? [number] : [];
}

/** How to mend a filter on an object as such. */
export function mendObject(schema: ContractSchema, { steps, at, values }: Condition, place: Place): string {
  const names = fieldsAt(place);
  if (names.length === 0) return "mend the filter or the schema";
  const [value] = values;
  const asksForPresence = values.length === 1 && isRecord(value) && "exists" in value;
  const below = names.find((name) => {
    const condition = conditionAt([...steps, ...name.split(".")], at, values);
    return asksForPresence && condition !== undefined && mayPassTogether(schema, [condition]);
  });
  if (below === undefined) {
    return `compare one of its fields: ${names.map((name) => [...steps, name].join(".")).join(", ")}`;
  }
  return `ask for one of its fields: ${literal(nested([...steps, below], values))}`;
}
