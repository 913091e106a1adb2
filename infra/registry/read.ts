import type { JsonObject, JsonValue } from "../aws/event-pattern.js";
import { type Entry, kindOf } from "./entries.js";
import { formatPath, nearest, type PathSegments, type Problem, suggest } from "./problem.js";

/** Collects mistakes while the registry is read, each once; nothing throws before all of it has been seen. */
export class ProblemList {
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];

  add(path: PathSegments, message: string): void {
    addOnce(this.#problems, { path: formatPath(path), message });
  }

  /** Notes what is allowed and probably not meant. */
  warn(path: PathSegments, message: string): void {
    addOnce(this.#warnings, { path: formatPath(path), message });
  }

  /** Takes over what another list has collected. */
  take({ all, warnings }: Pick<ProblemList, "all" | "warnings">): void {
    for (const problem of all) addOnce(this.#problems, problem);
    for (const warning of warnings) addOnce(this.#warnings, warning);
  }

  get all(): readonly Problem[] {
    return this.#problems;
  }

  get warnings(): readonly Problem[] {
    return this.#warnings;
  }

  /** The names of a section's entries that may be proposed elsewhere: nothing is wrong with the names themselves. */
  proposable(section: PathSegments, names: readonly string[]): readonly string[] {
    const wrong = new Set(this.#problems.map(({ path }) => path));
    return names.filter((name) => !wrong.has(formatPath([...section, name])));
  }
}

function addOnce(list: Problem[], { path, message }: Problem): void {
  const isKnown = list.some((known) => known.path === path && known.message === message);
  if (!isKnown) list.push({ path, message });
}

export interface ReadEntry<Full, Part> {
  /** The entry, if nothing is wrong with it. */
  readonly full: Full | undefined;
  /** The fields that are right, for checks across entries: one bad field must not hide the others. */
  readonly partial: Part;
  /** Whether a field has been reported; then its absence is no second mistake. */
  readonly isBad: (field: string) => boolean;
}

/** Reads one entry and reports each of its mistakes once, with path and mend. */
export function readEntry<Full, Part>(
  problems: ProblemList,
  entry: Entry<Full, Part>,
  value: unknown,
  path: PathSegments,
): ReadEntry<Full, Part> {
  const result = entry.full.safeParse(value);
  if (result.success) {
    return { full: result.data, partial: entry.part.parse(value), isBad: () => false };
  }
  if (!isRecord(value)) {
    problems.add(path, `expected an object, received ${kindOf(value)}; write { ${entry.keys.join(", ")} }`);
    return { full: undefined, partial: entry.part.parse({}), isBad: () => true };
  }
  const meant = misspeltFields(value, entry.keys);
  const badFields = new Set<PropertyKey>(meant);
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) {
        badFields.add(key);
        problems.add([...path, key], `nothing is called so here; ${suggest(key, entry.keys, "remove it")}`);
      }
      continue;
    }
    const [field] = issue.path;
    if (meant.some((name) => name === field)) continue;
    if (field !== undefined) badFields.add(field);
    problems.add([...path, ...issue.path.filter((segment) => typeof segment !== "symbol")], issue.message);
  }
  const remaining = Object.fromEntries(Object.entries(value).filter(([key]) => !badFields.has(key)));
  return {
    full: undefined,
    partial: entry.part.parse(remaining),
    isBad: (field) => badFields.has(field),
  };
}

/** Fields that are absent because their key was misspelt: one mistake, which the key itself reports. */
function misspeltFields(value: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  const absent = known.filter((key) => !Object.hasOwn(value, key));
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  return unknown.flatMap((key) => nearest(key, absent) ?? []);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for what survives a trip through JSON unchanged: no dates, no functions, no `undefined`, no NaN. */
export function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return isJsonObject(value);
}

export function isJsonObject(value: unknown): value is JsonObject {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}
