import { parseArn, type Arn } from "./arn.js";
import type { PartEvidence, StatementRef, Unknown, Verdict } from "./authorize/verdict.js";
import { reasons, type Reason } from "./reasons.js";
import type { Check } from "./steps.js";
import type { WorldProblem } from "./world-problem.js";

/** The words of a reason, with what it speaks of. */
export function renderReason(reason: Reason, subject = ""): string {
  return subject === "" ? reasons[reason] : `${reasons[reason]}: ${subject}`;
}

/** How things are called in a sentence; what is compared is always told whole. */
export type NameOf = (arn: string) => string;

const asItIs: NameOf = (arn) => arn;

/** A verdict in words: first the answer, then one line for each piece of evidence. */
export function renderVerdict(verdict: Verdict, nameOf = asItIs): readonly string[] {
  const name = ({ policy, statement }: StatementRef): string => `${nameOf(policy)} ${statement}`;
  switch (verdict.outcome) {
    case "allowed":
      return [`allowed by ${verdict.allowedBy.map(name).join(" and ")}`];
    case "denied": {
      const by = verdict.deniedBy.map(({ statement }) => name(statement)).join(", ");
      return [
        `denied: ${renderReason(verdict.reason, by)}`,
        ...verdict.deniedBy.map(({ statement, parts }) => `${name(statement)} denies it${holding(parts)}`),
        ...verdict.nearMisses.map(
          ({ statement, parts }) =>
            `${name(statement)} does not allow it: ${parts.map(renderDifference).join("; ")}`,
        ),
      ];
    }
    case "cannot-decide":
      return ["cannot decide", ...verdict.unknowns.map(renderUnknown)];
  }
}

/** A check in words: who asked for what, and the verdict. */
export function renderCheck(
  { check, principal, resource, verdict }: Check,
  nameOf = asItIs,
): readonly string[] {
  const [answer = "", ...evidence] = renderVerdict(verdict, nameOf);
  return [`${check} on ${nameOf(resource)} by ${nameOf(principal)}: ${answer}`, ...evidence];
}

export function renderWorldProblem({ reason, at, subject }: WorldProblem): string {
  return `${at}: ${renderReason(reason, subject)}`;
}

export function renderUnknown({ reason, subject, policy, statement }: Unknown): string {
  const where = [policy, statement].filter((part) => part !== undefined && part !== "").join(" ");
  return where === "" ? renderReason(reason, subject) : `${where}: ${renderReason(reason, subject)}`;
}

function renderDifference(evidence: PartEvidence): string {
  switch (evidence.part) {
    case "principal":
      return `it names ${oneOf(evidence.wants)}; the request comes from ${caller(evidence.has)}`;
    case "action":
    case "resource":
      return `${evidence.part} wants ${oneOf(evidence.wants)}; the request has ${evidence.has}${arnDifference(evidence.wants, [evidence.has])}`;
    case "condition":
      return `condition ${evidence.operator} ${evidence.key} wants ${compared(evidence)}`;
  }
}

/** Which conditions made a Deny bite. All of them hold, or it would not have spoken. */
function holding(parts: readonly PartEvidence[]): string {
  const conditions = parts.flatMap((evidence) => (evidence.part === "condition" ? [evidence] : []));
  if (conditions.length === 0) return " without any condition";
  const told = conditions.map((evidence) => {
    const says = /Not(?:Equals|Like)/u.test(evidence.operator) ? "spares" : "says";
    return `${evidence.operator} ${evidence.key} holds: the statement ${says} ${compared(evidence)}`;
  });
  return `, because ${told.join("; and ")}`;
}

function compared({ key, wants, has }: Extract<PartEvidence, { part: "condition" }>): string {
  if (has === undefined) return `${oneOf(wants)}; the request does not carry ${key}`;
  return `${oneOf(wants)}; the request has ${has.join(", ")}${arnDifference(wants, has)}`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 0 ? "nobody" : values.join(" or ");
}

function caller(principal: string): string {
  const account = parseArn(principal)?.account;
  return account === undefined ? principal : `${principal} of account ${account}`;
}

/** In which parts two ARNs differ, where one is compared with one: they are long, and look alike. */
function arnDifference(wants: readonly string[], has: readonly string[]): string {
  const [wanted, found] = [wants, has].map((values) =>
    values.length === 1 ? parseArn(values.join("")) : undefined,
  );
  if (wanted === undefined || found === undefined) return "";
  const differing = arnParts.filter((part) => wanted[part] !== found[part] && !/[*?$]/u.test(wanted[part]));
  return differing.length === 0
    ? ""
    : ` (${differing.map((part) => `${part} ${found[part]}, not ${wanted[part]}`).join("; ")})`;
}

const arnParts = [
  "partition",
  "service",
  "region",
  "account",
  "resource",
] as const satisfies readonly (keyof Arn)[];
