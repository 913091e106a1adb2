import { z } from "zod";
import type { JsonValue } from "./json.js";
import { matchEvent } from "./match.js";
import { parsePattern } from "./parse.js";
import type { EventPattern } from "./pattern.js";
import { readJson } from "./read-json.js";

/** Passed on as it is: copying it would lose keys such as `__proto__`. The file has been read as JSON. */
const json = z.custom<JsonValue>((value) => value !== undefined);

const vector = z.object({
  id: z.string(),
  pattern: json.optional(),
  /** In place of `pattern` where the exact text counts. */
  patternText: z.string().optional(),
  valid: z.boolean(),
  /** The engine behaves so, but the public documentation does not promise it. */
  edge: z.boolean().default(false),
  cases: z.array(
    z.object({ event: json.optional(), eventText: z.string().optional(), matches: z.boolean() }),
  ),
});

const vectorFile = z.object({ vectors: z.array(vector) });

export type Vector = z.infer<typeof vector>;

export interface VectorFailure {
  /** Id of the vector, and the number of the case within it. */
  readonly at: string;
  readonly problem: string;
}

/** How the vectors of one kind went; every pattern's validity and every event is one test. */
export interface VectorTally {
  readonly passed: number;
  readonly failures: readonly VectorFailure[];
}

export interface VectorReport {
  readonly plain: VectorTally;
  readonly edge: VectorTally;
}

/** The vectors of a conformance file, or what is wrong with the file. */
export function readVectors(
  content: unknown,
): { readonly vectors: readonly Vector[] } | { readonly problem: string } {
  const result = vectorFile.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  return { problem: issue === undefined ? "unknown" : `${issue.path.join(".")}: ${issue.message}` };
}

/** Runs patterns and events through the rehearsal's own engine. */
export function runVectors(vectors: readonly Vector[]): VectorReport {
  return {
    plain: tally(vectors.filter(({ edge }) => !edge)),
    edge: tally(vectors.filter(({ edge }) => edge)),
  };
}

function tally(vectors: readonly Vector[]): VectorTally {
  const results = vectors.flatMap(runVector);
  const failures = results.filter((result) => result !== undefined);
  return { passed: results.length - failures.length, failures };
}

/** One result per test; `undefined` is a pass. */
function runVector({ id, pattern, patternText, valid, cases }: Vector): (VectorFailure | undefined)[] {
  const parsed = parsePattern(patternText ?? pattern ?? null);
  if (parsed.ok !== valid) {
    const said = parsed.ok
      ? "accepted"
      : `refused (${parsed.problems.map(({ problem }) => problem).join("; ")})`;
    return [{ at: id, problem: `the pattern is ${said}, but is ${valid ? "valid" : "not valid"}` }];
  }
  if (!parsed.ok) return [undefined];
  return [undefined, ...cases.map((one, index) => runCase(parsed.pattern, one, `${id}[${index}]`))];
}

function runCase(
  pattern: EventPattern,
  { event, eventText, matches }: Vector["cases"][number],
  at: string,
): VectorFailure | undefined {
  const read: JsonValue | undefined = eventText === undefined ? event : readText(eventText);
  if (read === undefined) return { at, problem: "the event is no JSON" };
  const matched = matchEvent(pattern, read);
  return matched === matches
    ? undefined
    : { at, problem: `the event ${matched ? "matches" : "does not match"}` };
}

function readText(text: string): JsonValue | undefined {
  const reading = readJson(text);
  return reading.ok ? reading.value : undefined;
}
