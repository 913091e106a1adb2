import { Option } from "commander";
import { describeMismatch, readJson } from "event-patterns";
import {
  type Check,
  logRecordOf,
  type NameOf,
  type PutEventsEntry,
  renderCheck,
  renderReason,
  type Step,
  type TargetStep,
  type World,
} from "eventbridge-simulator";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import colors from "picocolors";
import { contractOf, describeConformity, isSourceOfAws, originOf } from "../../infra/registry/index.js";
import { accountIn, EventError, readEntry } from "../../rehearsal/given-event.js";
import { openStage, type Stage } from "../../rehearsal/stage.js";
import { type Trace, traceEvent } from "../../rehearsal/trace.js";
import { shortNames } from "../../views/short-names.js";
import { indent } from "../../views/table.js";
import { CallError, Failure, messageOf } from "../errors.js";
import { type EmissionOptions, emittedPlan } from "../project/evaluate.js";
import { type Project, requireAccount } from "../project/registry.js";
import { printable } from "../terminal/printable.js";
import { defineCommand, type SharedOptions } from "./command.js";

interface TraceOptions extends SharedOptions {
  readonly from?: string;
}

export const traceCommand = defineCommand<TraceOptions>({
  name: "trace",
  description: "follow one event through the backbone, with the reasons at every step",
  argument: ["<event.json>", 'a PutEvents entry or a full event; "-" reads standard input'],
  options: [
    new Option(
      "--from <account>",
      "account that publishes it; of an event of AWS, whose bus it is on (default: the account that the event is of, or the first that such events come from)",
    ),
  ],
  takes: ["plan", "cache"],
  json: "{ event, contract: { kind, contract?, problems?, nearest?, account? }, from, principal, accepted, deliveries: [{ account, bus, via }], lost, undecided, steps }",
  help: ["Exits with 0 whether the event is accepted or refused: both are answers."],
  run: async ({ args: [file = ""], options, project, answer }) => {
    const opened = await project();
    if (options.from !== undefined) requireAccount(opened, options.from, "--from: no account is named");
    const { entry, account } = readEventText(await readText(file), file);
    const from = options.from ?? accountOf(opened, entry, account);
    const stage = await emittedStage(opened, options);
    const trace = reading(file, () => traceEvent(stage, entry, from));
    await answer({
      json: () => trace,
      text: () => renderTrace(trace, { everyRule: true, world: stage.world }),
    });
    return true;
  },
});

/**
 * The backbone as it is emitted, for events to be put on.
 * @throws Failure naming what of it cannot be played
 */
export async function emittedStage(project: Project, options: EmissionOptions): Promise<Stage> {
  const opened = openStage(project.registry, project.environment, await emittedPlan(project, options));
  if (opened.ok) return opened.stage;
  throw new Failure(["The emitted resources cannot be rehearsed:", ...opened.problems].join("\n  "));
}

async function readText(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CallError(`${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Exactly as it is written: a number may be longer than a double holds. */
function readEventText(content: string, file: string) {
  const json = readJson(content);
  if (!json.ok) {
    const { line, column, problem } = json.problem;
    throw new CallError(`${shown(file)} is not JSON: line ${line}, column ${column}: ${problem}`);
  }
  return reading(file, () => ({ entry: readEntry(json.value), account: accountIn(json.value) }));
}

function reading<Result>(file: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof EventError) throw new CallError(`${shown(file)}: ${error.message}`);
    throw error;
  }
}

function shown(file: string): string {
  return file === "-" ? "standard input" : file;
}

/**
 * Whose bus an event of AWS is on, where nobody says it.
 * @throws CallError for what somebody has to publish, and for what no account is known to have
 */
function accountOf(
  { registry, environment }: Project,
  { Source: source = "", DetailType: detailType = "" }: PutEventsEntry,
  account: string | undefined,
): string {
  const contract = contractOf(registry, { source, detailType, account }, environment);
  if (!isSourceOfAws(source)) {
    const own = contract === undefined ? "" : `, such as --from ${contract.account}`;
    throw new CallError(`--from: say which account publishes it${own}`);
  }
  const from =
    (contract && originOf(contract, account, environment)) ??
    [...environment.accountIds].find(([, id]) => id === account)?.[0] ??
    contract?.account;
  if (from !== undefined) return from;
  throw new CallError(
    `--from: say on whose bus AWS puts it: no contract has source ${source} and detail-type ${detailType}`,
  );
}

export interface TraceStyle {
  /** Whether rules that did not match are told too. */
  readonly everyRule: boolean;
  /** Tells which names are enough to know a thing by. */
  readonly world: World;
}

/** One event's way as a story: where it went, by which statement, rule and role, and why not elsewhere. */
export function renderTrace(trace: Trace, { everyRule, world }: TraceStyle): string {
  const { event, contract, from, deliveries, lost, undecided } = trace;
  const receivers = deliveries.map(({ account }) => account).join(", ");
  const told = new StepTeller(everyRule, shortNames(world, policiesIn(trace)));
  const breach = describeConformity(contract, event);
  return [
    `${colors.bold(safe(`${event.source} "${event.detailType}"`))} from ${from}${receivers === "" ? "" : ` → ${receivers}`}`,
    ...(breach === undefined ? [] : [indent(colors.yellow(safe(breach)))]),
    ...(isSourceOfAws(event.source) ? [indent(renderOrigin(trace))] : []),
    ...trace.steps.flatMap((step) => told.step(step)).map((line) => indent(line)),
    ...(trace.accepted && deliveries.length === 0 ? [indent(colors.yellow("nobody receives it"))] : []),
    ...lost.map(({ arn, reason }) =>
      indent(colors.red(`lost: ${safe(arn ?? "no dead-letter queue")}: ${renderReason(reason)}`)),
    ),
    ...undecided.map(({ arn, reason }) =>
      indent(colors.yellow(`undecided: ${safe(arn ?? "")}: ${renderReason(reason)}`)),
    ),
  ].join("\n");
}

/** Who puts an event of AWS where: no step tells it, as nobody is asked whether they may. */
function renderOrigin({ event: { source }, from, accepted }: Trace): string {
  const isPartner = source.startsWith("aws.partner/");
  const bus = isPartner ? `the partner's bus of ${from}` : `the default bus of ${from}`;
  return accepted
    ? `${good} ${isPartner ? "the partner" : "AWS"} puts it on ${bus}`
    : `${bad} ${bus} is not in the plan: no route takes anything of it`;
}

const good = colors.green("✓");
const bad = colors.red("✗");
const neutral = colors.dim("·");

class StepTeller {
  private readonly everyRule: boolean;
  private readonly nameOf: NameOf;

  constructor(everyRule: boolean, nameOf: NameOf) {
    this.everyRule = everyRule;
    this.nameOf = (arn) => safe(nameOf(arn));
  }

  step(step: Step): string[] {
    const { nameOf } = this;
    switch (step.kind) {
      case "put-events":
        return [
          `${step.outcome === "accepted" ? good : bad} ${nameOf(step.principal)} puts it on ${nameOf(step.bus)}: ${step.outcome}${because(step.reason, step.subject)}`,
          ...this.evidence(step.checks, step.outcome === "accepted"),
        ];
      case "encryption":
        if (step.outcome === "encrypted" && !this.everyRule) return [];
        return [
          `${step.outcome === "encrypted" ? good : bad} encrypted on ${nameOf(step.bus)}: ${step.outcome}${because(step.reason, step.subject)}`,
          ...this.evidence(step.checks, step.outcome === "encrypted"),
        ].map((line) => indent(line));
      case "rule":
        if (step.outcome !== "matched" && !this.everyRule) return [];
        return [
          `${indent(step.outcome === "matched" ? good : neutral)} rule ${ruleName(step.rule)} on ${nameOf(step.bus)}: ${outcomeWords[step.outcome]}${step.mismatch === undefined ? "" : `, ${safe(describeMismatch(step.mismatch))}`}`,
        ];
      case "target":
        return [
          `${step.outcome === "delivered" ? good : bad} ${step.targetKind === "log-group" ? "logged in" : "to"} ${nameOf(step.to)}: ${step.outcome}${because(step.reason, step.subject)}${madeInput(step)}`,
          ...(step.targetKind === "log-group" && step.outcome === "delivered"
            ? []
            : this.evidence(step.checks, step.outcome === "delivered")),
        ].map((line) => indent(indent(line)));
      case "mapping":
        return [
          `${step.outcome === "delivered" ? good : bad} by Lambda to ${nameOf(step.to)}: ${step.outcome === "waiting" ? "it stays in the queue" : step.outcome}${because(step.reason, step.subject)}`,
          ...this.evidence(step.checks, step.outcome === "delivered"),
        ].map((line) => indent(indent(indent(line))));
      case "dead-letter":
        return [
          `${step.outcome === "delivered" ? colors.yellow("!") : bad} dead letter to ${step.to === undefined ? "nowhere" : nameOf(step.to)}: ${step.outcome}${because(step.reason, step.subject)}`,
          ...this.evidence(step.checks, step.outcome === "delivered"),
        ].map((line) => indent(indent(line)));
    }
  }

  /** The statements that allowed are worth a line; a refusal is worth all it can say. */
  private evidence(checks: readonly Check[], ok: boolean): string[] {
    return checks.flatMap((check) => {
      const lines = renderCheck(check, this.nameOf).map(safe);
      return (ok ? lines.slice(0, 1) : lines).map((line) => colors.dim(indent(line)));
    });
  }
}

/** The name in `…:rule/<bus>/<rule>`; its bus is told beside it. */
function ruleName(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

function because(reason: Parameters<typeof renderReason>[0] | undefined, subject = ""): string {
  return reason === undefined ? "" : `, ${renderReason(reason, safe(subject))}`;
}

/** What a target gets in place of the event; of a log group, what it keeps. */
function madeInput({ targetKind, input }: TargetStep): string {
  if (input === undefined) return "";
  const kept = targetKind === "log-group" ? logRecordOf(input)?.message : undefined;
  return `, as ${safe(kept ?? input)}`;
}

/** ARNs of policies and of the publisher: they are there, or nobody could have asked them. */
function policiesIn({ steps, principal }: Trace): string[] {
  const verdicts = steps
    .flatMap((step) => (step.kind === "rule" ? [] : step.checks))
    .map(({ verdict }) => verdict);
  const refs = verdicts.flatMap((verdict) => {
    if (verdict.outcome === "allowed") return verdict.allowedBy;
    if (verdict.outcome === "cannot-decide") return [];
    return [...verdict.deniedBy, ...verdict.nearMisses].map(({ statement }) => statement);
  });
  return [principal, ...refs.map(({ policy }) => policy)];
}

/** Text of events is not ours, and whole: what is compared must not be cut. */
function safe(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}

const outcomeWords = {
  matched: "matched",
  disabled: "disabled",
  "not-matched": "does not match",
  "kept-back":
    "kept back, as the rule does not ask for management events that only read (readOnlyManagementEvents)",
} as const;
