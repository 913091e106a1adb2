import type { UnknownThing } from "./condition.js";
import type { AccessRequest } from "./request.js";
import type { Tri } from "./tri.js";
import type { PartEvidence } from "./verdict.js";

/** Principal, action, resource or conditions of a statement. A statement speaks if every part says "yes". */
export interface StatementPart {
  readonly test: (request: AccessRequest) => Tri;
  /** What it asks and what the request has, whatever the answer. */
  readonly evidence: (request: AccessRequest) => PartEvidence;
  /** Evidence for an "unknown". */
  readonly unknown: (request: AccessRequest) => UnknownThing;
}

export function negate(answer: Tri): Tri {
  if (answer === "unknown") return "unknown";
  return answer === "yes" ? "no" : "yes";
}
