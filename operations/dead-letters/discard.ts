import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { AccountSession } from "../aws/session.js";
import { OperationError } from "../run.js";
import { writeWhole } from "./journal.js";
import { batchSize, deleteMessages, type DeletionFailure } from "./queue.js";
import type { Missed } from "./hand.js";
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
  /** Called with the number of letters that are gone. */
  readonly progress?: (discarded: number) => void;
}

/**
 * Throws letters away, each batch after its text is on the disk: one line of JSON a letter, with everything it said.
 * Ends at the first batch that cannot be deleted.
 */
export class Discard {
  readonly #session: AccountSession;
  readonly #url: string;
  readonly #options: DiscardOptions;
  readonly #descriptor: number;
  readonly #discarded: string[] = [];
  readonly #undeleted: (DeletionFailure & { messageId: string })[] = [];
  readonly #untouched: string[] = [];
  #stopped: string | undefined;

  /** @throws OperationError if the file cannot be opened */
  constructor(session: AccountSession, url: string, options: DiscardOptions) {
    this.#session = session;
    this.#url = url;
    this.#options = options;
    this.#descriptor = attempt(options.file, () => openSync(options.file, "a+", 0o600));
  }

  /** @returns whether more may follow */
  async add(letters: readonly HeldLetter[]): Promise<boolean> {
    let done = 0;
    try {
      for (; done < letters.length && this.#stopped === undefined; done += batchSize) {
        if (this.#options.signal.aborted) {
          this.#stopped = "interrupted";
          break;
        }
        await this.#addBatch(letters.slice(done, done + batchSize));
      }
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      this.#stopped = error.message;
    }
    this.#untouched.push(...letters.slice(done).map(({ messageId }) => messageId));
    return this.#stopped === undefined;
  }

  async #addBatch(batch: readonly HeldLetter[]): Promise<void> {
    attempt(this.#options.file, () => {
      writeWhole(this.#descriptor, `${startOfLine(this.#descriptor)}${batch.map(lineOf).join("")}`);
    });
    const failures = await deleteMessages(this.#session, this.#url, batch);
    for (const letter of batch) {
      const failure = failures.get(letter);
      if (failure === undefined) this.#discarded.push(letter.messageId);
      else this.#undeleted.push({ messageId: letter.messageId, ...failure });
    }
    const [failure] = failures.values();
    if (failure !== undefined) this.#stopped = `deletion failed: ${failure.problem}`;
    this.#options.progress?.(this.#discarded.length);
  }

  /** @param missed letters that never came to be thrown away */
  result({ messageIds, problem }: Missed): DiscardResult {
    return {
      discarded: this.#discarded,
      undeleted: this.#undeleted,
      untouched: [...this.#untouched, ...messageIds],
      stopped: this.#stopped ?? problem,
    };
  }

  close(): void {
    closeSync(this.#descriptor);
  }
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
