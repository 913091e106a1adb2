import { readFileSync } from "node:fs";
import { Option, type Command } from "commander";
import { eventAsRulesSeeIt } from "../../rehearsal/given-event.js";
import {
  describeMismatch,
  explainMismatch,
  parsePattern,
  readJson,
} from "../../rehearsal/simulator/index.js";
import { readVectors, runVectors, type VectorReport } from "../../rehearsal/vectors.js";
import { CallError, Failure } from "../errors.js";
import { indent } from "../table.js";
import { writeJson, writeText } from "../write.js";
import { jsonOption } from "./options.js";

interface TestPatternOptions {
  readonly pattern?: string;
  readonly event?: string;
  readonly vectors?: string;
  readonly json?: boolean;
}

export function addTestPatternCommand(program: Command): void {
  program
    .command("test-pattern")
    .description("test whether an event pattern is valid and matches an event, as EventBridge would")
    .option("--pattern <file>", "file with the event pattern")
    .option(
      "--event <file>",
      "file with the event or one PutEvents entry; without it only the pattern is checked",
    )
    .option("--vectors <file>", "run a file of conformance vectors instead")
    .addOption(new Option("--env <name>", "taken as by every command; has no effect here"))
    .addOption(
      jsonOption(
        '{ "result": true or false }, or { plain, edge } for --vectors; without it mismatches are explained on stderr',
      ),
    )
    .action(async ({ pattern, event, vectors, json }: TestPatternOptions) => {
      if (vectors !== undefined) return testVectors(vectors, json === true);
      if (pattern === undefined)
        throw new CallError("test-pattern needs --pattern <file> or --vectors <file>");
      return testOne(pattern, event, json === true);
    });
}

async function testOne(patternFile: string, eventFile: string | undefined, json: boolean): Promise<void> {
  const parsed = parsePattern(readFile("--pattern", patternFile));
  if (!parsed.ok) {
    const problems = parsed.problems.map(
      ({ path, problem, mend }) => `  ${path || "pattern"}: ${problem}; ${mend}`,
    );
    throw new Failure([`${patternFile} is no valid event pattern:`, ...problems].join("\n"));
  }
  if (eventFile === undefined) {
    await writeText(json ? JSON.stringify({ valid: true }) : `${patternFile} is a valid event pattern`);
    return;
  }
  const event = readJson(readFile("--event", eventFile));
  if (!event.ok) {
    const { line, column, problem } = event.problem;
    throw new CallError(`--event: ${eventFile} is not JSON: line ${line}, column ${column}: ${problem}`);
  }
  const given = eventAsRulesSeeIt(event.value);
  const mismatch = explainMismatch(parsed.pattern, given.event);
  if (mismatch?.kind === "event-is-no-object")
    throw new CallError(`--event: ${eventFile} holds no JSON object; name a file with one event`);
  await writeText(JSON.stringify({ result: mismatch === undefined }));
  if (json) return;
  for (const note of given.notes) process.stderr.write(`note: ${note}\n`);
  if (mismatch !== undefined) process.stderr.write(`${describeMismatch(mismatch)}\n`);
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
