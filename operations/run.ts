import { setTimeout as wait } from "node:timers/promises";

/** Something at AWS is not as it must be, told in one sentence with its mend: wrong account, no permission. */
export class OperationError extends Error {
  override readonly name = "OperationError";
}

/** What operations know of time; tests bring their own. */
export interface Clock {
  readonly now: () => Date;
  /** Ends early, without an error, when the signal is raised. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => {
    try {
      await wait(milliseconds, undefined, { signal });
    } catch {
      // The only way this wait fails is the signal, which the caller looks at itself.
    }
  },
};

/** Enough to look through a hundred accounts in seconds, and few enough not to be throttled. */
const atOnce = 8;

/**
 * Does the same for many items, a few at a time.
 * @param progress is told after each one
 * @returns the results in the order of the items
 * @throws the first error; nothing new is begun after it
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const waiting = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    // All workers take from one iterator, so that each item is taken once.
    for (const [index, item] of waiting) {
      try {
        results.set(index, await work(item));
      } catch (error) {
        failed = true;
        throw error;
      }
      progress(results.size, items.length);
      if (failed) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
}
