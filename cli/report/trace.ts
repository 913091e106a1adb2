import colors from "picocolors";
import {
  describeMismatch,
  renderCheck,
  renderReason,
  type Check,
  type Step,
} from "../../rehearsal/simulator/index.js";
import type { Trace } from "../../rehearsal/trace.js";
import { indent } from "../table.js";

export interface TraceStyle {
  /** Whether rules that did not match are told too. */
  readonly everyRule: boolean;
}

/** One event's way as a story: where it went, by which statement, rule and role, and why not elsewhere. */
export function renderTrace(trace: Trace, { everyRule }: TraceStyle): string {
  const { event, from, deliveries, lost, undecided } = trace;
  const receivers = deliveries.map(({ account }) => account).join(", ");
  return [
    `${colors.bold(`${event.source} "${event.detailType}"`)} from ${from}${receivers === "" ? "" : ` → ${receivers}`}`,
    ...trace.steps.flatMap((step) => renderStep(step, everyRule)).map((line) => indent(line)),
    ...(trace.accepted && deliveries.length === 0 ? [indent(colors.yellow("nobody receives it"))] : []),
    ...lost.map(({ arn, reason }) =>
      indent(colors.red(`lost: ${arn ?? "no dead-letter queue"}: ${renderReason(reason)}`)),
    ),
    ...undecided.map(({ arn, reason }) =>
      indent(colors.yellow(`undecided: ${arn ?? ""}: ${renderReason(reason)}`)),
    ),
  ].join("\n");
}

const good = colors.green("✓");
const bad = colors.red("✗");
const neutral = colors.dim("·");

function renderStep(step: Step, everyRule: boolean): string[] {
  switch (step.kind) {
    case "put-events":
      return [
        `${step.outcome === "accepted" ? good : bad} ${roleName(step.principal)} puts it on ${name(step.bus)}: ${step.outcome}${because(step.reason, step.subject)}`,
        ...evidence(step.checks, step.outcome === "accepted"),
      ];
    case "encryption":
      if (step.outcome === "encrypted" && !everyRule) return [];
      return [
        `${step.outcome === "encrypted" ? good : bad} encrypted on ${name(step.bus)}: ${step.outcome}${because(step.reason)}`,
        ...evidence(step.checks, step.outcome === "encrypted"),
      ].map((line) => indent(line));
    case "rule":
      if (step.outcome !== "matched" && !everyRule) return [];
      return [
        `${indent(step.outcome === "matched" ? good : neutral)} rule ${name(step.rule)} on ${name(step.bus)}: ${step.outcome === "not-matched" ? "does not match" : step.outcome}${step.mismatch === undefined ? "" : `, ${describeMismatch(step.mismatch)}`}`,
      ];
    case "target":
      return [
        `${indent(indent(step.outcome === "delivered" ? good : bad))} ${step.targetKind === "log-group" ? "logged in" : "to"} ${name(step.to)}: ${step.outcome}${because(step.reason)}`,
        ...(step.targetKind === "log-group" && step.outcome === "delivered"
          ? []
          : evidence(step.checks, step.outcome === "delivered").map((line) => indent(indent(line)))),
      ];
    case "dead-letter":
      return [
        `${indent(indent(step.outcome === "delivered" ? colors.yellow("!") : bad))} dead letter to ${step.to === undefined ? "nowhere" : name(step.to)}: ${step.outcome}${because(step.reason)}`,
        ...evidence(step.checks, step.outcome === "delivered").map((line) => indent(indent(line))),
      ];
  }
}

function because(reason: Parameters<typeof renderReason>[0] | undefined, subject = ""): string {
  return reason === undefined ? "" : `, ${renderReason(reason, subject)}`;
}

/** The statements that allowed are worth a line; a refusal is worth all it can say. */
function evidence(checks: readonly Check[], ok: boolean): string[] {
  return checks.flatMap((check) => {
    const lines = renderCheck(check).map(shortenArns);
    return (ok ? lines.slice(0, 1) : lines).map((line) => colors.dim(indent(line)));
  });
}

/** ARNs repeat account and Region on every line; names say enough for people, `--json` has it all. */
function shortenArns(line: string): string {
  return line.replace(
    /arn:[\w-]+:(?:events|iam|kms|logs|sns|sqs):[\w-]*:\d{12}:(?:event-bus\/|role\/|policy\/|log-group:|rule\/)?/g,
    "",
  );
}

/** A log group's name begins with a slash and is kept whole; a rule's ARN has its bus before it. */
function name(arn: string): string {
  const short = shortenArns(arn);
  return arn.includes(":rule/") ? short.slice(short.lastIndexOf("/") + 1) : short;
}

function roleName(arn: string): string {
  return shortenArns(arn);
}
