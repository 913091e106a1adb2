import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";

/** One mistake in a registry, or what is probably one. */
export interface Problem {
  /** Where it stands, as one would write it in TypeScript: `services.orders.contracts["Order.Created"].version`. */
  readonly path: string;
  /** What is wrong, then how to mend it, in one sentence. */
  readonly message: string;
}

/** The registry cannot be used; `problems` holds every mistake that was found, in the registry's order. */
export class RegistryError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [`The registry has ${count}:`, ...problems.map((problem) => `  ${formatProblem(problem)}`)].join("\n"),
    );
    this.name = "RegistryError";
    this.problems = problems;
  }
}

/** A problem as one line of text. */
export function formatProblem({ path, message }: Problem): string {
  return `${path}: ${message}`;
}

/** Property names and list positions from the registry's root to a value. */
export type PathSegments = readonly (string | number)[];

/** Writes a path the way TypeScript reads it. */
export function formatPath(segments: PathSegments): string {
  if (segments.length === 0) return "registry";
  return segments
    .map((segment, index) => {
      if (typeof segment === "number") return `[${segment}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join("");
}

/** Whether a path leads to the same place as another, or to one inside it. */
export function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** A name as the key of an object, as TypeScript takes it. */
export function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** The known name a misspelt one was probably meant to be, or `undefined` if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(
    name.toLowerCase(),
    known.map((entry) => entry.toLowerCase()),
  );
  const original = known.find((entry) => entry.toLowerCase() === candidate);
  // A name that shares no character is not near, however short it is.
  const tolerated = Math.min(name.length - 1, Math.max(2, Math.floor(name.length / 3)));
  return original !== undefined && distance(name.toLowerCase(), candidate) <= tolerated
    ? original
    : undefined;
}

const listedAtMost = 12;

/** How to mend an unknown name: the nearest known one if there is one, else what is known. */
export function suggest(name: string, known: readonly string[], declare: string): string {
  const candidate = nearest(name, known);
  if (candidate !== undefined) return `did you mean "${candidate}"?`;
  if (known.length === 0) return declare;
  return `${declare} or use one of: ${listed(known)}`;
}

/** Names in a sentence; of many, the first. */
export function listed(names: readonly string[]): string {
  const rest = names.length > listedAtMost ? ` and ${names.length - listedAtMost} more` : "";
  return `${names.slice(0, listedAtMost).join(", ")}${rest}`;
}

/** In what a detail does not satisfy the schema of its contract: `orderId: Invalid input: expected string, …`. */
export function detailProblems(schema: z.ZodType, detail: unknown): string[] {
  const result = schema.safeParse(detail);
  if (result.success) return [];
  return result.error.issues.map(({ path, message }) => {
    const at = formatPath(path.filter((segment) => typeof segment !== "symbol"));
    return path.length === 0 ? message : `${at}: ${message}`;
  });
}
