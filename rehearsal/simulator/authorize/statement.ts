import type { Condition, UnknownThing } from "./condition.js";
import type { PrincipalPart } from "./principal-part.js";
import type { AccessRequest } from "./request.js";
import type { StatementPart } from "./statement-part.js";
import type { Tri } from "./tri.js";
import type { PartEvidence } from "./verdict.js";

/** One statement, compiled. */
export interface Statement {
  /** Its Sid, or `#<index>`. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  /** Absent in identity policies: they speak about whoever carries them. */
  readonly principal: PrincipalPart | undefined;
  /** Principal, action and resource, cheapest first; only those that the statement has. */
  readonly parts: readonly StatementPart[];
  readonly conditions: readonly Condition[];
}

/**
 * Whether a statement speaks about a request. A known part that fails settles it, whatever else is unknown.
 */
export function evaluateStatement(statement: Statement, request: AccessRequest): Tri {
  let answer: Tri = "yes";
  for (const part of statement.parts) {
    const tri = part.test(request);
    if (tri === "no") return "no";
    if (tri === "unknown") answer = "unknown";
  }
  for (const condition of statement.conditions) {
    const tri = condition.test(request.context);
    if (tri === "no") return "no";
    if (tri === "unknown") answer = "unknown";
  }
  return answer;
}

/** Every unknown thing of a statement that answered "unknown". */
export function unknownThings(statement: Statement, request: AccessRequest): readonly UnknownThing[] {
  const parts = statement.parts.filter((part) => part.test(request) === "unknown");
  const conditions = statement.conditions.filter(
    (condition) => condition.test(request.context) === "unknown",
  );
  return [
    ...parts.map((part) => part.unknown(request)),
    ...conditions.map((condition) => condition.unknown(request.context)),
  ];
}

/** Why a statement that answered "no" does not speak: every part and every condition that differs. */
export function differences(statement: Statement, request: AccessRequest): readonly PartEvidence[] {
  return [
    ...statement.parts.filter((part) => part.test(request) === "no").map((part) => part.evidence(request)),
    ...conditionEvidence(
      statement.conditions.filter((condition) => condition.test(request.context) === "no"),
      request,
    ),
  ];
}

/** Why a statement that answered "yes" speaks: what narrows it, all of which holds. */
export function narrowing(statement: Statement, request: AccessRequest): readonly PartEvidence[] {
  const parts = statement.parts.map((part) => part.evidence(request));
  return [
    ...parts.filter((part) => (part.part === "principal" ? part.wants.length > 0 : part.negated)),
    ...conditionEvidence(statement.conditions, request),
  ];
}

function conditionEvidence(
  conditions: readonly Condition[],
  { context }: AccessRequest,
): readonly PartEvidence[] {
  return conditions.map((condition) => ({ part: "condition", ...condition.evidence(context) }));
}
