import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { AccountSession } from "../aws/session.js";
import { OperationError } from "../run.js";
import { writeWhole } from "./journal.js";
import { batchSize, deleteMessages, type DeletionFailure } from "./queue.js";
import type { HeldLetter } from "./read.js";

export interface DiscardResult {
  /** Message ids that are in the file, and deleted. */
  readonly discarded: readonly string[];
  /** In the file, but not known to be deleted. `isRefused`: SQS refused to, so the message is still in the queue. */
  readonly undeleted: readonly (DeletionFailure & { readonly messageId: string })[];
  readonly untouched: readonly string[];
  readonly stopped: string | undefined;
}

export interface DiscardOptions {
  /** Is added to, never overwritten. */
  readonly file: string;
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Throws letters away, each batch after its text is on the disk: one line of JSON a letter, with everything it said.
 * Ends at the first batch that cannot be deleted.
 * @throws OperationError if the file cannot be opened
 */
export async function discard(
  session: AccountSession,
  url: string,
  letters: readonly HeldLetter[],
  { file, signal, progress }: DiscardOptions,
): Promise<DiscardResult> {
  const descriptor = attempt(file, () => openSync(file, "a+", 0o600));
  const discarded: string[] = [];
  const undeleted: (DeletionFailure & { messageId: string })[] = [];
  let stopped: string | undefined;
  try {
    for (let start = 0; start < letters.length && stopped === undefined; start += batchSize) {
      if (signal.aborted) {
        stopped = "interrupted";
        break;
      }
      const batch = letters.slice(start, start + batchSize);
      attempt(file, () => {
        writeWhole(descriptor, `${startOfLine(descriptor)}${batch.map(lineOf).join("")}`);
      });
      const failures = await deleteMessages(session, url, batch);
      for (const letter of batch) {
        const failure = failures.get(letter);
        if (failure === undefined) discarded.push(letter.messageId);
        else undeleted.push({ messageId: letter.messageId, ...failure });
      }
      const [failure] = failures.values();
      if (failure !== undefined) stopped = `deletion failed: ${failure.problem}`;
      progress?.(discarded.length, letters.length);
    }
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    stopped = error.message;
  } finally {
    closeSync(descriptor);
  }
  const done = new Set([...discarded, ...undeleted.map(({ messageId }) => messageId)]);
  const untouched = letters.map(({ messageId }) => messageId).filter((id) => !done.has(id));
  return { discarded, undeleted, untouched, stopped };
}

/** What must come before the next line: something else, or a write that was cut short, may have left half a line. */
function startOfLine(descriptor: number): string {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size === 0 || readSync(descriptor, last, 0, 1, size - 1) === 0) return "";
  return last.toString() === "\n" ? "" : "\n";
}

function lineOf({ letter: { messageId, sentAt, attributes, body } }: HeldLetter): string {
  return `${JSON.stringify({ messageId, sentAt, attributes, body })}\n`;
}

function attempt<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new OperationError(
      `letters cannot be written to ${file}: ${message}; nothing is deleted before that`,
      {
        cause: error,
      },
    );
  }
}
