import type { MalformedReason, WorldReason } from "./reasons.js";

/** One thing in the data of a world that AWS would not have accepted, or that has no meaning. */
export interface WorldProblem {
  readonly reason: WorldReason | MalformedReason;
  /** ARN of what is wrong, and the part of it. */
  readonly at: string;
  /** The wrong value, or more about it. */
  readonly subject: string;
}

/** Collects problems while a world is built. */
export type ReportProblem = (reason: WorldProblem["reason"], at: string, subject?: string) => void;
