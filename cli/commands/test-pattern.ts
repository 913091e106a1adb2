import { Option } from "commander";
import {
  complexityOf,
  describeMismatch,
  type EventPattern,
  explainMismatch,
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
import { eventAsRulesSeeIt, EventError, type GivenEvent } from "../../rehearsal/given-event.js";
import { indent } from "../../views/table.js";
import { CallError, Failure, messageOf } from "../errors.js";
import { writeNotes, writeText } from "../terminal/write.js";
import { type Call, defineCommand, type SharedOptions } from "./command.js";

interface TestPatternOptions extends SharedOptions {
  readonly pattern?: string;
  readonly event?: string;
  readonly vectors?: string;
}

export const testPatternCommand = defineCommand<TestPatternOptions>({
  name: "test-pattern",
  description:
    "test whether EventBridge takes an event pattern, what it costs of AWS's limits, and whether it matches an event",
  options: [
    new Option("--pattern <file>", "file with the event pattern, as it is sent to AWS: white space counts"),
    new Option(
      "--event <file>",
      "file with the event or one PutEvents entry; without it only the pattern is checked",
    ),
    new Option("--vectors <file>", "run a file of conformance vectors instead"),
    new Option(
      "--env <name>",
      "environment whose quota of characters counts (default: AWS's own; no registry is read)",
    ),
  ],
  json: [
    "{ valid: true, cost: { characters, combinations, wildcardComplexity, usesWildcard }, notes: [{ path, note, mend? }] }",
    "{ result: true or false, notes? } with --event",
    "{ valid: false, problems: [{ path, problem, mend }] } for a pattern that EventBridge refuses",
    "{ plain, edge } for --vectors",
  ].join("; "),
  help: [
    "Exits with 1 if EventBridge would refuse the pattern; matching or not are both answers and exit with 0.",
    "Why an event does not match, and notes on what is accepted but hardly meant, are printed on stderr.",
  ],
  run: async (call) => {
    const { pattern, vectors } = call.options;
    if (vectors !== undefined) return testVectors(vectors, call);
    if (pattern === undefined) throw new CallError("test-pattern needs --pattern <file> or --vectors <file>");
    return testOne(pattern, call);
  },
});

interface AcceptedPattern {
  readonly pattern: EventPattern;
  readonly cost: PatternCost;
  readonly notes: readonly PatternNote[];
}

async function testOne(
  file: string,
  { options: { json, event, env }, project }: Call<TestPatternOptions>,
): Promise<boolean> {
  // The registry is read only if it is asked for: a consumer may have none.
  const raised =
    env === undefined ? undefined : (await project()).environment.quotas.get("eventPatternCharacters");
  const accepted = acceptPattern(
    readFile("--pattern", file).trim(),
    raised ?? quotas.eventPatternCharacters.default,
  );
  if ("problems" in accepted) {
    const { problems } = accepted;
    if (json !== true) throw new Failure(renderRefusal(file, problems));
    // A refused pattern is an answer, and the only thing said.
    await writeText(JSON.stringify({ valid: false, problems }));
    return false;
  }
  const { cost, notes } = accepted;
  if (event !== undefined) await testMatch(accepted, event, json === true);
  else if (json === true) await writeText(JSON.stringify({ valid: true, cost, notes }));
  else {
    await writeText(`${file} is a valid event pattern: ${renderCost(cost)}`);
    writeNotes(notes.map(renderNote));
  }
  return true;
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

function renderRefusal(file: string, problems: readonly PatternProblem[]): string {
  const lines = problems.map(({ path, problem, mend }) => `  ${path || "pattern"}: ${problem}; ${mend}`);
  return [`${file} is no valid event pattern:`, ...lines].join("\n");
}

async function testMatch(
  { pattern, notes: ofPattern }: AcceptedPattern,
  file: string,
  json: boolean,
): Promise<void> {
  const { event, notes: ofEvent } = readEventFile(file);
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

function readEventFile(file: string): GivenEvent {
  const event = readEvent(readFile("--event", file));
  if (!event.ok) {
    const { line, column, problem } = event.problem;
    throw new CallError(`--event: ${file} is not JSON: line ${line}, column ${column}: ${problem}`);
  }
  try {
    return eventAsRulesSeeIt(event.value);
  } catch (error) {
    if (error instanceof EventError) throw new CallError(`--event: ${file}: ${error.message}`);
    throw error;
  }
}

function renderNote({ path, note, mend }: PatternNote): string {
  return [`${path}: ${note}`, ...(mend === undefined ? [] : [mend])].join("; ");
}

async function testVectors(file: string, { answer }: Call<TestPatternOptions>): Promise<boolean> {
  const read = readVectors(parseJson(readFile("--vectors", file)));
  if ("problem" in read)
    throw new CallError(`--vectors: ${file} is no file of conformance vectors: ${read.problem}`);
  const report = runVectors(read.vectors);
  await answer({ json: () => report, text: () => renderReport(report) });
  return report.plain.failures.length + report.edge.failures.length === 0;
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
    throw new CallError(`${option}: ${file} cannot be read: ${messageOf(error)}`);
  }
}

interface Used {
  readonly used: number;
  readonly limit: number;
}

/** What a pattern takes of every limit that AWS sets a rule. */
interface PatternCost {
  readonly characters: Used;
  readonly combinations: Used;
  readonly wildcardComplexity: Used;
  /** A bus takes few rules with wildcards. */
  readonly usesWildcard: boolean;
}

/**
 * @param text the pattern as it is sent to AWS, which counts white space as well
 * @param characterLimit the quota in force
 */
function costOf(text: string, pattern: EventPattern, characterLimit: number): PatternCost {
  return {
    characters: { used: text.length, limit: characterLimit },
    combinations: { used: pattern.alternatives, limit: quotas.patternCombinations.default },
    wildcardComplexity: { used: complexityOf(pattern), limit: quotas.wildcardComplexity.default },
    usesWildcard: pattern.usesWildcard,
  };
}

/** For which limits a pattern costs too much. */
function excesses(text: string, cost: PatternCost): readonly PatternProblem[] {
  const { characters, combinations, wildcardComplexity } = cost;
  const problems: PatternProblem[] = [];
  if (isOver(characters)) problems.push(tooLong(text, characters));
  if (isOver(combinations)) {
    const problem = `its $or branches combine to ${shown(combinations.used)} alternatives; EventBridge takes at most ${shown(combinations.limit)} a rule`;
    const mend = "list values in place of branches, or split the rule in several";
    problems.push({ path: "", problem, mend });
  }
  if (isOver(wildcardComplexity)) {
    const problem = `its wildcard complexity is ${shown(wildcardComplexity.used)}; EventBridge takes at most ${wildcardComplexity.limit} a rule (it would answer "Rule is too complex")`;
    const mend =
      "use prefix for x* and suffix for *x, fewer wildcards on one field, longer texts between the stars, or split the rule in several";
    problems.push({ path: "", problem, mend });
  }
  return problems;
}

function tooLong(text: string, { used, limit }: Used): PatternProblem {
  const { ceiling } = quotas.eventPatternCharacters;
  const compact = withoutSpace(text).length;
  const problem = `it has ${shown(used)} characters; EventBridge takes at most ${shown(limit)}`;
  const raise = `if AWS has raised the quota for an environment, name it with --env`;
  if (compact <= limit) {
    const mend = `send it without white space outside quotes: that leaves ${shown(compact)}`;
    return { path: "", problem: `${problem}, and only its white space is too much`, mend };
  }
  const mend = "use prefix or anything-but in place of long lists, or split the rule in several";
  return compact > ceiling
    ? { path: "", problem: `${problem}, and never more than ${shown(ceiling)}`, mend }
    : { path: "", problem, mend: `${mend}; ${raise}` };
}

function withoutSpace(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
}

function isOver({ used, limit }: Used): boolean {
  return used > limit;
}

/** "275 of 2,048 characters, 2 of 1,000 combinations, no wildcards". */
function renderCost({ characters, combinations, wildcardComplexity, usesWildcard }: PatternCost): string {
  const of = ({ used, limit }: Used): string => `${shown(used)} of ${shown(limit)}`;
  const perBus = quotas.wildcardRulesPerBus.default;
  return [
    `${of(characters)} characters`,
    `${of(combinations)} combinations`,
    ...(usesWildcard
      ? [`wildcard complexity ${of(wildcardComplexity)}`, `counts as a wildcard rule (${perBus} per bus)`]
      : ["no wildcards"]),
  ].join(", ");
}

function shown(number: number): string {
  return number.toLocaleString("en");
}
