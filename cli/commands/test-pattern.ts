import type { Command } from "commander";
import {
  describeMismatch,
  type EventPattern,
  explainMismatch,
  type JsonValue,
  notesOn,
  notesOnKinds,
  parsePattern,
  type PatternNote,
  type PatternProblem,
  readEvent,
  readJson,
  readVectors,
  runVectors,
  type VectorReport,
} from "event-patterns";
import { readFileSync } from "node:fs";
import { quotas } from "../../infra/aws/limits.js";
import { eventAsRulesSeeIt } from "../../rehearsal/trace.js";
import { CallError, Failure } from "../errors.js";
import { costOf, excesses, type PatternCost, renderCost } from "../pattern-cost.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { indent } from "../table.js";
import { writeJson, writeNotes, writeText } from "../write.js";
import { jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface TestPatternOptions extends RegistryOptions {
  readonly pattern?: string;
  readonly event?: string;
  readonly vectors?: string;
}

export function addTestPatternCommand(program: Command): void {
  program
    .command("test-pattern")
    .description(
      "test whether EventBridge takes an event pattern, what it costs of AWS's limits, and whether it matches an event",
    )
    .option("--pattern <file>", "file with the event pattern, as it is sent to AWS: white space counts")
    .option(
      "--event <file>",
      "file with the event or one PutEvents entry; without it only the pattern is checked",
    )
    .option("--vectors <file>", "run a file of conformance vectors instead")
    .option(
      "--env <name>",
      "environment whose quota of characters counts (default: AWS's own; no registry is read)",
    )
    .addOption(registryOption())
    .addOption(
      jsonOption(
        [
          "{ valid: true, cost: { characters, combinations, wildcardComplexity, usesWildcard }, notes: [{ path, note, mend? }] }",
          "{ result: true or false, notes? } with --event",
          "{ valid: false, problems: [{ path, problem, mend }] } for a pattern that EventBridge refuses",
          "{ plain, edge } for --vectors",
        ].join("; "),
      ),
    )
    .addHelpText(
      "after",
      `
Exits with 1 if EventBridge would refuse the pattern; matching or not are both answers and exit with 0.
Why an event does not match, and notes on what is accepted but hardly meant, are printed on stderr.`,
    )
    .action(async (options: TestPatternOptions) => {
      if (options.vectors !== undefined) return testVectors(options.vectors, options.json === true);
      if (options.pattern === undefined)
        throw new CallError("test-pattern needs --pattern <file> or --vectors <file>");
      return testOne(options.pattern, options);
    });
}

interface AcceptedPattern {
  readonly pattern: EventPattern;
  readonly cost: PatternCost;
  readonly notes: readonly PatternNote[];
}

async function testOne(file: string, options: TestPatternOptions): Promise<void> {
  const json = options.json === true;
  const characterLimit = await characterLimitOf(options);
  const accepted = acceptPattern(readFile("--pattern", file).trim(), characterLimit);
  if ("problems" in accepted) return refuse(file, accepted.problems, json);
  const { cost, notes } = accepted;
  if (options.event !== undefined) return testMatch(accepted, options.event, json);
  if (json) return writeText(JSON.stringify({ valid: true, cost, notes }));
  await writeText(`${file} is a valid event pattern: ${renderCost(cost)}`);
  writeNotes(notes.map(renderNote));
}

/** The registry is read only if it is asked for: a consumer may have none. */
async function characterLimitOf({ env, registry }: RegistryOptions): Promise<number> {
  const quota = quotas.eventPatternCharacters.default;
  if (env === undefined) return quota;
  const source = await loadRegistry(registry);
  return selectEnvironment(source.registry, env).quotas.get("eventPatternCharacters") ?? quota;
}

function acceptPattern(
  text: string,
  characterLimit: number,
): AcceptedPattern | { readonly problems: readonly PatternProblem[] } {
  const parsed = parsePattern(text);
  if (!parsed.ok) return parsed;
  const { pattern } = parsed;
  const cost = costOf(text, pattern, characterLimit);
  const problems = excesses(text, cost);
  if (problems.length > 0) return { problems };
  const reading = readJson(text);
  return { pattern, cost, notes: reading.ok ? notesOn(reading.value) : [] };
}

/** With `--json` a refused pattern is an answer, and the only thing said. */
async function refuse(file: string, problems: readonly PatternProblem[], json: boolean): Promise<never> {
  if (json) {
    await writeText(JSON.stringify({ valid: false, problems }));
    throw new Failure("");
  }
  const lines = problems.map(({ path, problem, mend }) => `  ${path || "pattern"}: ${problem}; ${mend}`);
  throw new Failure([`${file} is no valid event pattern:`, ...lines].join("\n"));
}

async function testMatch(
  { pattern, notes: ofPattern }: AcceptedPattern,
  file: string,
  json: boolean,
): Promise<void> {
  const { event, notes: ofEvent } = eventAsRulesSeeIt(readEventFile(file));
  const mismatch = explainMismatch(pattern, event);
  if (mismatch?.kind === "event-is-no-object")
    throw new CallError(`--event: ${file} holds no JSON object; name a file with one event`);
  const result = mismatch === undefined;
  const notes = [...ofPattern, ...(result ? [] : notesOnKinds(pattern, event))];
  if (json) return writeText(JSON.stringify({ result, ...(notes.length === 0 ? {} : { notes }) }));
  await writeText(JSON.stringify({ result }));
  if (mismatch !== undefined) process.stderr.write(`${describeMismatch(mismatch)}\n`);
  writeNotes([...ofEvent, ...notes.map(renderNote)]);
}

function readEventFile(file: string): JsonValue {
  const event = readEvent(readFile("--event", file));
  if (event.ok) return event.value;
  const { line, column, problem } = event.problem;
  throw new CallError(`--event: ${file} is not JSON: line ${line}, column ${column}: ${problem}`);
}

function renderNote({ path, note, mend }: PatternNote): string {
  return [`${path}: ${note}`, ...(mend === undefined ? [] : [mend])].join("; ");
}

async function testVectors(file: string, json: boolean): Promise<void> {
  const read = readVectors(parseJson(readFile("--vectors", file)));
  if ("problem" in read)
    throw new CallError(`--vectors: ${file} is no file of conformance vectors: ${read.problem}`);
  const report = runVectors(read.vectors);
  if (json) await writeJson(report);
  else await writeText(renderReport(report));
  if (report.plain.failures.length > 0 || report.edge.failures.length > 0) throw new Failure("");
}

function renderReport({ plain, edge }: VectorReport): string {
  return [
    ...[...plain.failures, ...edge.failures].map(({ at, problem }) => indent(`${at}: ${problem}`)),
    `edge vectors, which the documentation does not promise: ${edge.passed} passed, ${edge.failures.length} failed`,
    `${plain.passed} passed, ${plain.failures.length} failed`,
  ].join("\n");
}

/** Where a text would lose something in an ordinary parser, the vectors hold it as text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readFile(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CallError(
      `${option}: ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
