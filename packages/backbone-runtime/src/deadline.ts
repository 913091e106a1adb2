import type { Runtime } from "./runtime.js";

/** What AWS Lambda says of an invocation. */
export interface HostContext {
  readonly getRemainingTimeInMillis?: () => number;
  readonly functionName?: string;
}

/** What is kept for the answer: a tenth of the time, or half a second. */
const reserve = { part: 0.1, milliseconds: 500 };

export interface Deadline {
  /** When the host ends it, in milliseconds since 1970. */
  readonly endsAt: number | undefined;
  /** Fires shortly before. */
  readonly signal: AbortSignal;
  /** To be called when all is done. */
  readonly cancel: () => void;
}

export function startDeadline({ now, sleep }: Runtime, context: HostContext | undefined): Deadline {
  const over = new AbortController();
  const done = new AbortController();
  const remaining = context?.getRemainingTimeInMillis?.();
  const endsAt = remaining === undefined ? undefined : now() + remaining;
  if (remaining !== undefined) {
    const wait = remaining - Math.min(remaining * reserve.part, reserve.milliseconds);
    void sleep(wait, done.signal).then(() => {
      if (!done.signal.aborted) over.abort(new DeadlineReached());
    });
  }
  return {
    endsAt,
    signal: over.signal,
    cancel: () => {
      done.abort();
    },
  };
}

class DeadlineReached extends Error {
  constructor() {
    super(
      "it was not done when the host's time was over; give the function more time, or the handler less to do",
    );
    this.name = "DeadlineReached";
  }
}

/** What work comes to, or the signal's reason, whichever is first. */
export function orAborted(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(new DeadlineReached());
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort);
    void work()
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener("abort", abort);
      });
  });
}
