import type { StackPlan, Topology } from "../../../infra/topology/index.js";
import type { LetterQueue } from "../../../operations/dead-letters/letter-queues.js";
import type { LetterRow } from "../../../operations/dead-letters/plan.js";
import type { QueueState } from "../../../operations/dead-letters/queue.js";
import type { LostAnswers, ReadingEnd } from "../../../operations/dead-letters/read.js";
import type { CommandContext } from "../../terminal/command-line.js";

/** What was found in one queue of one account. */
export interface LetterFacts {
  readonly topology: Topology;
  readonly account: StackPlan;
  readonly queue: LetterQueue;
  /** The chosen ones. */
  readonly letters: readonly LetterRow[];
  /** Messages that were read and not chosen. */
  readonly others: number;
  readonly state: QueueState;
  readonly ended: ReadingEnd;
  readonly problem: string | undefined;
  readonly lost: LostAnswers | undefined;
  /** Why the rules of the member's bus could not be listed. */
  readonly rulesProblem: string | undefined;
  readonly now: Date;
  readonly context: CommandContext;
}

/** SQS counts from when the message was sent. */
export function expiry(sentAt: Date | undefined, { retentionSeconds }: QueueState): Date | undefined {
  return sentAt === undefined || retentionSeconds === undefined
    ? undefined
    : new Date(sentAt.getTime() + retentionSeconds * 1_000);
}

/** The name at the end of an ARN, which is what people know. */
export function lastPart(arn: string | undefined): string {
  return arn?.split(/[/:]/).at(-1) ?? "?";
}
