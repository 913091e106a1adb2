import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonValue,
  membersOf,
  RepeatedMembers,
} from "event-patterns";
import type { MalformedReason } from "../reasons.js";

/** Members of an object; undefined for anything else, also for one that repeats a key. */
export function readMembers(value: JsonValue | undefined): ReadonlyMap<string, JsonValue> | undefined {
  if (value === undefined || !isJsonObject(value) || value instanceof RepeatedMembers) return undefined;
  return new Map(membersOf(value));
}

/** A text or a list of texts; undefined for anything else. */
export function readTexts(value: JsonValue): readonly string[] | undefined {
  const texts = (isJsonArray(value) ? value : [value]).filter((item) => typeof item === "string");
  return texts.length === (isJsonArray(value) ? value.length : 1) ? texts : undefined;
}

/** Condition values may also be written as numbers and booleans. */
export function readConditionValues(value: JsonValue): readonly string[] | undefined {
  const texts: string[] = [];
  for (const item of isJsonArray(value) ? value : [value]) {
    if (!isJsonScalar(item) || item === null) return undefined;
    texts.push(item instanceof ExactNumber ? item.text : String(item));
  }
  return texts;
}

/** A policy document as AWS keeps it: its name, for the evidence of a verdict, and its JSON text. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: string;
}

/** One thing for which AWS would refuse to keep a policy. */
export interface Malformed {
  readonly reason: MalformedReason;
  /** What is wrong, as written. */
  readonly subject: string;
  /** Sid or `#<index>`; absent if the document as a whole is wrong. */
  readonly statement?: string | undefined;
}

/** Collects the problems of one statement. */
export type Report = (reason: MalformedReason, subject?: string) => void;
