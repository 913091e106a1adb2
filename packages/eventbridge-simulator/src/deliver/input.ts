import {
  isJsonArray,
  isJsonObject,
  isJsonScalar,
  type JsonObject,
  jsonText,
  type JsonValue,
  membersOf,
  readJson,
} from "event-patterns";
import type { InputTransformerData, Rule } from "../world.js";

/**
 * Input transformers as AWS documents them: variables taken from the event by JSONPath, and a template with the variables
 * in angle brackets. What is not documented gives no text: how a text is put between quotes that has characters which JSON
 * escapes, and what stands outside of quotes for a variable that the event does not have.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */

/** What a target gets in place of the event. */
export type RenderedInput =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly subject: string };

// API reference, InputTransformer.
const mostPaths = 100;
const longestTemplate = 8_192;
const variableName = /^[\w-]{1,256}$/u;
const placeholder = /<([^<>]+)>/gu;

/** Variables that need no path. Those of the whole event may only stand as the value of a field, outside of quotes. */
const predefined = [
  "aws.events.rule-arn",
  "aws.events.rule-name",
  "aws.events.event.ingestion-time",
] as const;
const wholeEvents = ["aws.events.event", "aws.events.event.json"] as const;

/** What of a transformer AWS would refuse when it is put on a target; undefined if nothing. */
export function refusedTransformer({ inputPaths, inputTemplate }: InputTransformerData): string | undefined {
  const names = Object.keys(inputPaths);
  if (names.length > mostPaths) return `${names.length} input paths, and AWS takes ${mostPaths}`;
  if (inputTemplate === "" || inputTemplate.length > longestTemplate)
    return `the template has ${inputTemplate.length} characters, and AWS takes 1 to ${longestTemplate}`;
  const badName = names.find((name) => !variableName.test(name));
  if (badName !== undefined) return `${JSON.stringify(badName)} is no name of a variable`;
  const badPath = Object.values(inputPaths).find((path) => !path.startsWith("$"));
  if (badPath !== undefined) return `${JSON.stringify(badPath)} is no JSONPath`;
  const known: readonly string[] = [...names, ...predefined, ...wholeEvents];
  const unknown = variablesOf(inputTemplate).find((name) => !known.includes(name));
  return unknown === undefined
    ? undefined
    : `the template has <${unknown}>, for which there is no input path`;
}

/** Whether a template makes what a log group takes: `{"timestamp": …, "message": …}`. */
export function isLogTemplate({ inputTemplate }: InputTransformerData): boolean {
  let inText = false;
  const filled = inputTemplate.replace(/\\.|"|<[^<>]+>/gsu, (piece) => {
    if (piece === '"') inText = !inText;
    return piece.startsWith("<") ? (inText ? "" : '""') : piece;
  });
  const reading = readJson(filled);
  if (!reading.ok || !isJsonObject(reading.value)) return false;
  const keys = membersOf(reading.value).map(([key]) => key);
  return keys.sort().join() === "message,timestamp";
}

/** What a log group keeps. */
export interface LogRecord {
  readonly timestamp: string | number;
  readonly message: string;
}

/** What a log group keeps of an input; undefined if it is not made as one, with a time and a text. */
export function logRecordOf(input: string): LogRecord | undefined {
  const reading = readJson(input);
  if (!reading.ok || !isJsonObject(reading.value)) return undefined;
  const { timestamp, message } = Object.fromEntries(membersOf(reading.value));
  if (typeof timestamp !== "number" && typeof timestamp !== "string") return undefined;
  const isTime = typeof timestamp === "number" || !Number.isNaN(Date.parse(timestamp));
  return isTime && typeof message === "string" ? { timestamp, message } : undefined;
}

function variablesOf(template: string): string[] {
  return [...template.matchAll(placeholder)].map(([, name = ""]) => name);
}

/** @param transformer one that AWS takes */
export function renderInput(
  { inputPaths, inputTemplate }: InputTransformerData,
  rule: Rule,
  event: JsonObject,
): RenderedInput {
  const isJson = /^\s*[{["]/u.test(inputTemplate);
  let inText = false;
  let subject: string | undefined;
  const text = inputTemplate.replace(/\\.|"|<([^<>]+)>/gsu, (piece: string, name: string | undefined) => {
    if (piece === '"') inText = !inText;
    if (name === undefined) return piece;
    const value = valueOf(name, inputPaths, rule, event);
    const written = value && write(value, inText ? "text" : isJson ? "json" : "plain");
    if (written === undefined) subject ??= `<${name}>`;
    return written ?? "";
  });
  return subject === undefined ? { ok: true, text } : { ok: false, subject };
}

type Value =
  | { readonly kind: "value"; readonly value: JsonValue }
  | { readonly kind: "missing" }
  /** Its contents are not escaped, so it may not stand between quotes. */
  | { readonly kind: "event"; readonly value: JsonValue };

/** Undefined if it is not known. */
function valueOf(
  name: string,
  inputPaths: InputTransformerData["inputPaths"],
  rule: Rule,
  event: JsonObject,
): Value | undefined {
  const path = inputPaths[name];
  if (path !== undefined) return follow(path, event);
  switch (name) {
    case "aws.events.rule-arn":
      return { kind: "value", value: rule.arn };
    case "aws.events.rule-name":
      return { kind: "value", value: rule.arn.slice(rule.arn.lastIndexOf("/") + 1) };
    case "aws.events.event":
      return {
        kind: "event",
        value: Object.fromEntries(Object.entries(event).filter(([key]) => key !== "detail")),
      };
    case "aws.events.event.json":
      return { kind: "event", value: event };
    default:
      // When an event was received: the simulator has no clock.
      return undefined;
  }
}

/** Dots and indices; of wildcards it is not said what they give. */
function follow(path: string, event: JsonObject): Value | undefined {
  if (!/^\$(?:\.[\w/-]+|\[\d+\])*$/u.test(path)) return undefined;
  let value: JsonValue = event;
  for (const [, key, index] of path.matchAll(/\.([\w/-]+)|\[(\d+)\]/gu)) {
    const next: JsonValue | undefined =
      key === undefined ? itemOf(value, Number(index)) : memberOf(value, key);
    if (next === undefined) return { kind: "missing" };
    value = next;
  }
  return { kind: "value", value };
}

function itemOf(value: JsonValue, index: number): JsonValue | undefined {
  return isJsonArray(value) ? value[index] : undefined;
}

function memberOf(value: JsonValue, key: string): JsonValue | undefined {
  return isJsonObject(value) ? new Map(membersOf(value)).get(key) : undefined;
}

/** @returns undefined if it is not known what AWS writes */
function write(found: Value, where: "text" | "json" | "plain"): string | undefined {
  if (found.kind === "missing") return where === "json" ? undefined : "";
  if (where === "json") return jsonText(found.value);
  if (found.kind === "event" || hasEscapes(found.value)) return undefined;
  // "EventBridge removes any internal quotes to ensure a valid string."
  return jsonText(found.value).replaceAll('"', "");
}

function hasEscapes(value: JsonValue): boolean {
  if (typeof value === "string") return /["\\\p{Cc}]/u.test(value);
  if (isJsonScalar(value)) return false;
  if (isJsonArray(value)) return value.some(hasEscapes);
  return membersOf(value).some(([key, item]) => hasEscapes(key) || hasEscapes(item));
}
