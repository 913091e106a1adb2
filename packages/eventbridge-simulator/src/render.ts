import { type Arn, parseArn } from "./arn.js";
import type { WorldProblem } from "./build-world.js";
import type { PartEvidence, StatementRef, Unknown, Verdict } from "./iam/verdict.js";
import { type Reason, reasons } from "./reasons.js";
import type { Check } from "./steps.js";

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

function renderUnknown({ reason, subject, policy, statement }: Unknown): string {
  const where = [policy, statement].filter((part) => part !== undefined && part !== "").join(" ");
  return where === "" ? renderReason(reason, subject) : `${where}: ${renderReason(reason, subject)}`;
}

/** What a part of a statement asks for, and what the request has. */
export function renderDifference(evidence: PartEvidence): string {
  switch (evidence.part) {
    case "principal":
      return renderPrincipal(evidence);
    case "action":
    case "resource":
      return renderActionOrResource(evidence);
    case "condition":
      return `condition ${evidence.operator} ${evidence.key} ${renderCondition(evidence, "wants")}`;
  }
}

/** What made a Deny bite. All of it holds, or it would not have spoken. */
function holding(parts: readonly PartEvidence[]): string {
  if (parts.length === 0) return ": it speaks of everybody, without any condition";
  const told = parts.map((evidence) =>
    evidence.part === "condition"
      ? `${evidence.operator} ${evidence.key} holds: the statement ${renderCondition(evidence, "says")}`
      : renderDifference(evidence),
  );
  return `, because ${told.join("; and ")}`;
}

type PartOf<Part extends PartEvidence["part"]> = Extract<PartEvidence, { part: Part }>;

function renderPrincipal({ wants, has }: PartOf<"principal">): string {
  return `it names ${oneOf(wants, "nobody")}; the request comes from ${caller(has)}`;
}

function renderActionOrResource({ part, negated, wants, has }: PartOf<"action" | "resource">): string {
  const element = part === "action" ? "NotAction" : "NotResource";
  return negated
    ? `${element} leaves out ${oneOf(wants, "nothing")}; the request has ${has}${arnDifference(wants, [has])}`
    : `${part} wants ${oneOf(wants, "nothing")}; the request has ${has}${arnDifference(wants, [has])}`;
}

/** @param verb of a positive condition; a negated one spares its values */
function renderCondition(
  { key, negated, presence, wants, has }: PartOf<"condition">,
  verb: "wants" | "says",
): string {
  const had = has === undefined ? `does not carry ${key}` : `has ${has.join(", ")}`;
  if (presence) {
    const meant = wants.map((value) =>
      value === "true" ? "that the request does not carry it" : "that the request carries it",
    );
    return `${verb} ${oneOf(meant, "nothing")}; the request ${had}`;
  }
  const difference = has === undefined ? "" : arnDifference(wants, has);
  return `${negated ? "spares" : verb} ${oneOf(wants, "no value")}; the request ${had}${difference}`;
}

function oneOf(values: readonly string[], none: string): string {
  return values.length === 0 ? none : values.join(" or ");
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
