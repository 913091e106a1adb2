import type { DeniedReason, MalformedReason, UnknownReason } from "../reasons.js";
import type { AccessRequest } from "./request.js";

/** `brief` leaves out why: a proof asks a hundred thousand times and reads few answers. */
export type Evidence = "brief" | "full";

/** Where in the policies something stands: the policy's name and the statement's Sid, or `#<index>` without one. */
export interface StatementRef {
  readonly policy: string;
  readonly statement: string;
}

/** One part of a statement held against a request: what the statement says, and what the request has. */
export type PartEvidence =
  | {
      readonly part: "principal";
      /** Whom the statement names: `account 111111111111`, an ARN, a service. */
      readonly wants: readonly string[];
      /** Who asks: the ARN of a role, or a service. */
      readonly has: string;
    }
  | {
      readonly part: "action" | "resource";
      /** NotAction, NotResource: it speaks of everything but what it names. */
      readonly negated: boolean;
      readonly wants: readonly string[];
      readonly has: string;
    }
  | ({ readonly part: "condition" } & ConditionEvidence);

export interface ConditionEvidence {
  /** As written, with prefix and suffix: `ForAllValues:StringEquals`. */
  readonly operator: string;
  readonly key: string;
  /** Holds when no value fits: `StringNotEquals`. */
  readonly negated: boolean;
  /** Asks whether the key is there: `Null`. */
  readonly presence: boolean;
  readonly wants: readonly string[];
  /** Values of the request; undefined if it does not carry the key. */
  readonly has: readonly string[] | undefined;
}

/** A statement and why it speaks about a request, or why not. */
export interface StatementEvidence {
  readonly statement: StatementRef;
  /**
   * Of an Allow that did not allow, every part that differs; of a Deny, everything that narrows it, all of which
   * holds. Empty for a Deny without any, and where nobody asked for an explanation.
   */
  readonly parts: readonly PartEvidence[];
}

/** One thing that AWS would refuse, or that the simulator does not know. */
export interface Unknown {
  readonly reason: UnknownReason | MalformedReason;
  /** The unknown thing itself: an operator, a key, a value. */
  readonly subject: string;
  readonly policy: string;
  /** Absent where the whole document, or no document, is the matter. */
  readonly statement?: string | undefined;
}

export interface Allowed {
  readonly outcome: "allowed";
  /** One statement for each side that had to allow: identity first, then resource. */
  readonly allowedBy: readonly StatementRef[];
}

export interface Denied {
  readonly outcome: "denied";
  readonly reason: DeniedReason;
  /** The denying statements; empty unless the reason is `explicit-deny`. */
  readonly deniedBy: readonly StatementEvidence[];
  /** The Allow statements that came nearest to allowing; only collected when asked to explain. */
  readonly nearMisses: readonly StatementEvidence[];
}

/** Never an allow: something unknown stands between the request and a sound answer. */
export interface CannotDecide {
  readonly outcome: "cannot-decide";
  readonly unknowns: readonly Unknown[];
}

/** The answer to one request, with its evidence. */
export type Verdict = Allowed | Denied | CannotDecide;

/** The answer of a part of a policy to a request. "no" settles a statement; "unknown" never counts as "yes". */
export type Tri = "yes" | "no" | "unknown";

/** What stands between the simulator and an answer. */
export interface UnknownThing {
  readonly reason: UnknownReason;
  readonly subject: string;
}

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
