import { messageOf } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";
import { type Clock, OperationError } from "../run.js";
import { type Letter, readLetter } from "./letter.js";
import { batchSize, type HeldMessage, lookAtQueue, type QueueState, receive } from "./queue.js";

/** A letter in hand. */
export interface HeldLetter extends HeldMessage {
  readonly letter: Letter;
}

export interface Reading {
  readonly letters: readonly HeldLetter[];
  /** Messages that came by and were not chosen: in hand as well, until they are released. */
  readonly others: readonly HeldMessage[];
  /** As it was after reading. */
  readonly queue: QueueState;
  readonly ended: ReadingEnd;
  /** Why reading failed, after some had been read. */
  readonly problem: string | undefined;
  /** Answers of SQS that this run did not get: what they held is hidden from everybody. */
  readonly lost: LostAnswers | undefined;
}

export interface LostAnswers {
  /** Letters that may be in them, at most. */
  readonly letters: number;
  readonly hiddenUntil: Date;
  /** Why the last of them did not come. */
  readonly problem: string;
}

/** Why reading ended. `empty`: SQS had nothing more to hand out. */
export type ReadingEnd = "empty" | "limit" | "memory" | "interrupted" | "failed";

export interface ReadingOptions {
  readonly isChosen: (letter: Letter) => boolean;
  /** Letters to choose, at most. */
  readonly limit: number;
  /** Seconds that what is read stays hidden from others. */
  readonly hiddenSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/** So many empty answers in a row, and then the count, mean that there is nothing more: one alone may be chance. */
const emptyAnswers = 3;

/** Characters of letters to hold at once: ten thousand usual ones, and no more than a machine can bear. */
const memory = 128 * 1_048_576;

/**
 * Takes messages into hand once; whoever calls this deletes or releases all of them.
 * @throws OperationError if the queue cannot be looked at, or nothing at all be read
 */
export async function readLetters(
  session: AccountSession,
  url: string,
  options: ReadingOptions,
): Promise<Reading> {
  const { limit, hiddenSeconds, isChosen, clock, signal, progress } = options;
  const before = await lookAtQueue(session, url);
  const total = before.visible + before.hidden;
  const letters = new Map<string, HeldLetter>();
  const others = new Map<string, HeldMessage>();
  let size = 0;
  let empty = 0;
  let lost: LostAnswers | undefined;
  const read = async (): Promise<ReadingEnd> => {
    for (;;) {
      if (letters.size >= limit) return "limit";
      if (size >= memory) return "memory";
      if (signal.aborted) return "interrupted";
      const hiddenUntil = new Date(clock.now().getTime() + hiddenSeconds * 1_000);
      const seen = letters.size + others.size;
      // Nobody needs to miss what will not be looked at.
      const most = Math.min(batchSize, limit - letters.size);
      const { messages, lostAnswers } = await receive(session, url, most, hiddenSeconds);
      const problem = lostAnswers.at(-1);
      if (problem !== undefined) {
        const latest = new Date(clock.now().getTime() + hiddenSeconds * 1_000);
        lost = {
          letters: (lost?.letters ?? 0) + lostAnswers.length * most,
          hiddenUntil: latest,
          problem,
        };
      }
      for (const message of messages) {
        const letter = readLetter(message);
        const { messageId } = letter;
        const held = { messageId, receiptHandle: message.ReceiptHandle ?? "", hiddenUntil };
        // Handed out twice: the latest receipt counts.
        if (letters.has(messageId) || isChosen(letter)) {
          if (!letters.has(messageId)) size += letter.body.length;
          letters.set(messageId, { ...held, letter });
        } else others.set(messageId, held);
      }
      progress?.(letters.size + others.size, Math.max(total, letters.size + others.size));
      empty = letters.size + others.size === seen ? empty + 1 : 0;
      if (
        empty >= emptyAnswers &&
        ((await lookAtQueue(session, url)).visible === 0 || empty >= 3 * emptyAnswers)
      )
        return "empty";
    }
  };
  let ended: ReadingEnd;
  let problem: string | undefined;
  try {
    ended = await read();
  } catch (error) {
    if (!(error instanceof OperationError) || letters.size + others.size === 0) throw error;
    ended = "failed";
    problem = messageOf(error);
  }
  // What is in hand must be told and released, whether or not it can be counted again.
  const queue = await lookAtQueue(session, url).catch(() => before);
  return { letters: [...letters.values()], others: [...others.values()], queue, ended, problem, lost };
}
