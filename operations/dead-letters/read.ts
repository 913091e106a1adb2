import { messageOf } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";
import { type Clock, OperationError } from "../run.js";
import { type Letter, type LetterHead, readLetter } from "./letter.js";
import { batchSize, type HeldMessage, lookAtQueue, type QueueState, receive } from "./queue.js";

/** A letter in hand. */
export interface HeldLetter extends HeldMessage {
  readonly letter: Letter;
}

export interface Reading<Kept> {
  /** What is kept of those that were chosen. */
  readonly letters: readonly Kept[];
  /** Messages that came by and were not chosen. */
  readonly others: number;
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
export type ReadingEnd = "empty" | "limit" | "interrupted" | "failed";

export interface ReadingOptions<Kept> {
  /** Takes up every message that comes to hand, by id, with its latest receipt: to be deleted or released. */
  readonly held: Map<string, HeldMessage>;
  /** Called with all that come; returns what is to be kept of those that are meant. */
  readonly choose: (letters: readonly HeldLetter[]) => Promise<readonly Kept[]>;
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

/**
 * Takes messages into hand once; whoever calls this deletes or releases all that are held.
 * @throws OperationError if the queue cannot be looked at, or nothing at all be read
 */
export async function readLetters<Kept extends { readonly letter: LetterHead }>(
  session: AccountSession,
  url: string,
  options: ReadingOptions<Kept>,
): Promise<Reading<Kept>> {
  const { held, choose, limit, hiddenSeconds, clock, signal, progress } = options;
  const before = await lookAtQueue(session, url);
  const total = before.visible + before.hidden;
  const seen = new Set<string>();
  const letters = new Map<string, Kept>();
  let empty = 0;
  let lost: LostAnswers | undefined;
  const read = async (): Promise<ReadingEnd> => {
    for (;;) {
      if (letters.size >= limit) return "limit";
      if (signal.aborted) return "interrupted";
      const hiddenUntil = new Date(clock.now().getTime() + hiddenSeconds * 1_000);
      const before = seen.size;
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
      const came = messages.map((message): HeldLetter => {
        const letter = readLetter(message);
        const { messageId } = letter;
        const inHand = { messageId, receiptHandle: message.ReceiptHandle ?? "", hiddenUntil };
        seen.add(messageId);
        held.set(messageId, inHand);
        return { ...inHand, letter };
      });
      // Handed out twice: the latest receipt counts.
      for (const kept of await choose(came)) letters.set(kept.letter.messageId, kept);
      progress?.(seen.size, Math.max(total, seen.size));
      empty = seen.size === before ? empty + 1 : 0;
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
    if (!(error instanceof OperationError) || held.size === 0) throw error;
    ended = "failed";
    problem = messageOf(error);
  }
  // What is in hand must be told and released, whether or not it can be counted again.
  const queue = await lookAtQueue(session, url).catch(() => before);
  const others = seen.size - letters.size;
  return { letters: [...letters.values()], others, queue, ended, problem, lost };
}
