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

/** A name as the key of an object, as TypeScript takes it. */
export function propertyKey(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}
