import { setTimeout as wait } from "node:timers/promises";

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
