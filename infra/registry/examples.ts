import { eventMaxBytes } from "../aws/limits.js";
import { kindOf } from "./entries.js";
import type { DetailSchema } from "./detail/schema.js";
import { mendExample } from "./example-mends.js";
import type { PathSegments } from "./problem.js";
import { isJsonObject, type ProblemList } from "./read.js";
import type { Example } from "./registry.js";

/** What a contract's entry says of its examples. */
interface WrittenExamples {
  /** Undefined if it could not be read: then what the examples are is still checked, but not against it. */
  readonly detail: DetailSchema | undefined;
  readonly example: unknown;
  readonly named: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads the one example of a contract, or all that have names, and holds each against the contract's schema.
 * @returns undefined if there is a mistake in one
 */
export function readExamples(
  problems: ProblemList,
  { detail, example, named }: WrittenExamples,
  path: PathSegments,
): readonly Example[] | undefined {
  if (named !== undefined && example !== undefined) {
    problems.add(
      [...path, "examples"],
      "stands beside example; a contract has one of the two: give that example a name here, or remove one",
    );
    return undefined;
  }
  if (named === undefined && example === undefined) {
    problems.add(
      [...path, "example"],
      `expected an example, received ${kindOf(example)}; write a detail that satisfies the schema; the rehearsal publishes it`,
    );
    return undefined;
  }
  const written =
    named === undefined
      ? [{ at: [...path, "example"], value: example }]
      : Object.entries(named).map(([name, value]) => ({ name, at: [...path, "examples", name], value }));
  const read = written.flatMap(({ at, value, ...names }): Example[] => {
    const problem = exampleProblem(detail, value);
    if (problem !== undefined) problems.add(at, problem);
    return problem === undefined && isJsonObject(value) ? [{ ...names, detail: value }] : [];
  });
  return read.length === written.length ? read : undefined;
}

function exampleProblem(detail: DetailSchema | undefined, example: unknown): string | undefined {
  if (detail === undefined) return undefined;
  if (!isJsonObject(example)) {
    return "is no plain JSON object, which EventBridge demands of detail; write an object of text, numbers, booleans, null, lists and objects";
  }
  if (Buffer.byteLength(JSON.stringify(example)) > eventMaxBytes) {
    return `is larger than an event may be (${eventMaxBytes} bytes); shorten it`;
  }
  let details;
  try {
    details = detail.problemsOf(example);
  } catch {
    return "cannot be checked because its schema is asynchronous; remove asynchronous refinements from detail";
  }
  if (details.length === 0) return undefined;
  return `does not satisfy its own schema (${details.join("; ")}); ${mendExample(detail, example) ?? "mend the example or the schema"}`;
}
