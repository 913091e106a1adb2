import type { MalformedReason } from "../reasons.js";

/** One thing for which AWS would refuse to keep a policy. */
export interface Malformed {
  readonly reason: MalformedReason;
  /** What is wrong, as written. */
  readonly subject: string;
  /** Sid or `#<index>`; absent if the document as a whole is wrong. */
  readonly statement?: string | undefined;
}

/** Collects the problems of one statement. */
export type Report = (reason: MalformedReason, subject?: string) => void;
