import type { AccountSession } from "../aws/session.js";
import { readLetter, type Letter } from "./letter.js";
import { countMessages, receive, release, type HeldMessage } from "./queue.js";

/** Long enough to look through a thousand messages without seeing one twice. */
const hiddenSeconds = 120;

export interface LetterList {
  readonly letters: readonly Letter[];
  /** About how many messages the queue holds altogether. */
  readonly total: number;
}

export interface ListOptions {
  /** Messages to look at, at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Looks at the messages of a queue and lets them go again: only their receive count has changed afterwards.
 * @throws OperationError if the queue cannot be read
 */
export async function listLetters(
  session: AccountSession,
  url: string,
  { limit, signal, progress }: ListOptions,
): Promise<LetterList> {
  const total = await countMessages(session, url);
  const letters = new Map<string, Letter>();
  const held: HeldMessage[] = [];
  try {
    while (letters.size < limit && !signal.aborted) {
      const messages = await receive(session, url, hiddenSeconds);
      const before = letters.size;
      for (const message of messages) {
        const letter = readLetter(message);
        held.push({ messageId: letter.messageId, receiptHandle: message.ReceiptHandle ?? "" });
        if (letters.size < limit) letters.set(letter.messageId, letter);
      }
      // Empty, or nothing but what has been seen: the first ones have come back meanwhile.
      if (letters.size === before) break;
      progress?.(letters.size, Math.max(total, letters.size));
    }
  } finally {
    await release(session, url, held);
  }
  return { letters: [...letters.values()], total: Math.max(total, letters.size) };
}
