import type { DeniedReason, MalformedReason, UnknownReason } from "../reasons.js";

/** Where in the policies something stands: the policy's name and the statement's Sid, or `#<index>` without one. */
export interface StatementRef {
  readonly policy: string;
  readonly statement: string;
}

/** Why a statement does not speak about a request: the first part of it that fails, or every failing condition. */
export type StatementMismatch =
  | { readonly part: "principal"; readonly has: string }
  | { readonly part: "action"; readonly has: string; readonly wants: readonly string[] }
  | { readonly part: "resource"; readonly has: string; readonly wants: readonly string[] }
  | { readonly part: "condition"; readonly failures: readonly ConditionFailure[] };

export interface ConditionFailure {
  /** As written, with prefix and suffix: `ForAllValues:StringEquals`. */
  readonly operator: string;
  readonly key: string;
  readonly wants: readonly string[];
  /** Values of the request; undefined if it does not carry the key. */
  readonly has: readonly string[] | undefined;
}

/** An Allow that named the caller and yet did not allow. */
export interface NearMiss {
  readonly statement: StatementRef;
  readonly mismatch: StatementMismatch;
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
  readonly deniedBy: readonly StatementRef[];
  /** Only collected when asked to explain. */
  readonly nearMisses: readonly NearMiss[];
}

/** Never an allow: something unknown stands between the request and a sound answer. */
export interface CannotDecide {
  readonly outcome: "cannot-decide";
  readonly unknowns: readonly Unknown[];
}

/** The answer to one request, with its evidence. */
export type Verdict = Allowed | Denied | CannotDecide;
