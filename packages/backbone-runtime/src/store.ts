/**
 * Remembers what has been done, by key. Each run has a token of its own, so that a run that comes too late can neither
 * finish nor erase what another has begun since.
 */
export interface OnceStore {
  /** `busy`: another run has begun and its lease has not ended. */
  readonly begin: (
    key: string,
    token: string,
    leaseMilliseconds: number,
  ) => Promise<"begun" | "done" | "busy">;
  /** @returns whether it was still this run's */
  readonly finish: (key: string, token: string) => Promise<boolean>;
  /** Lets go of what failed, if it is still this run's. */
  readonly forget: (key: string, token: string) => Promise<void>;
}

export interface StoreOptions {
  readonly now?: () => number;
  /** How long it is remembered that something was done. Default: 90 days; longer than any replay reaches back is right. */
  readonly expiryMilliseconds?: number;
}

export const defaultExpiry = 90 * 86_400_000;

/** Oldest keys make room beyond so many: a process is no archive. */
const keptKeys = 10_000;

interface Run {
  /** Undefined once it is done. */
  readonly token: string | undefined;
  /** Until when it is another's, or remembered as done. */
  readonly until: number;
}

/** Remembers as long as the process lives: for a laptop and for tests. */
export function memoryStore({
  now = Date.now,
  expiryMilliseconds = defaultExpiry,
}: StoreOptions = {}): OnceStore {
  const runs = new Map<string, Run>();
  const keep = (key: string, run: Run) => {
    runs.delete(key);
    runs.set(key, run);
    if (runs.size > keptKeys) for (const oldest of [...runs.keys()].slice(0, 1)) runs.delete(oldest);
  };
  const isOwn = (key: string, token: string) => runs.get(key)?.token === token;
  return {
    begin: (key, token, leaseMilliseconds) => {
      const known = runs.get(key);
      if (known !== undefined && known.until > now())
        return Promise.resolve(known.token === undefined ? "done" : "busy");
      keep(key, { token, until: now() + leaseMilliseconds });
      return Promise.resolve("begun");
    },
    finish: (key, token) => {
      const own = isOwn(key, token);
      if (own) keep(key, { token: undefined, until: now() + expiryMilliseconds });
      return Promise.resolve(own);
    },
    forget: (key, token) => {
      if (isOwn(key, token)) runs.delete(key);
      return Promise.resolve();
    },
  };
}
