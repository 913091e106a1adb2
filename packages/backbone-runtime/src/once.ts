import { randomUUID } from "node:crypto";
import { log } from "./log.js";
import { currentScope } from "./runtime.js";
import type { OnceStore } from "./store.js";

/** How long a run has where no host says when it will end it: longer than a function of AWS Lambda can. */
const longestLease = 1_000_000;
/** What clocks may differ by. */
const leaseMargin = 5_000;

type Work = () => unknown;

/**
 * Does work once for a key, such as a delivery's. At least once still: a crash between the work and what is remembered of it repeats the work.
 * @param store where it is remembered. Default: the runtime's
 * @returns whether it was done now; false: an earlier run has done it
 * @throws Error if another run is at it, which a retry mends, and whatever the work throws, which is forgotten then
 */
export function once(key: string, work: Work): Promise<boolean>;
export function once(key: string, store: OnceStore, work: Work): Promise<boolean>;
export async function once(key: string, first: Work | OnceStore, second?: Work): Promise<boolean> {
  const { runtime, handling } = currentScope();
  const [store, work] = typeof first === "function" ? [runtime.store(), first] : [first, second];
  const token = randomUUID();
  // Nobody else begins while this one may still be at work, and not much later, as retries do not wait for ever.
  const lease = handling?.endsAt === undefined ? longestLease : handling.endsAt - runtime.now() + leaseMargin;
  const state = await store.begin(key, token, lease);
  if (state === "done") return false;
  if (state === "busy") throw new Error(`another run is at work on ${key}; it is tried again later`);
  try {
    await work?.();
  } catch (error) {
    await forget(store, key, token);
    throw error;
  }
  if (!(await store.finish(key, token)))
    log.warn("done, but another run had begun since: it took longer than its lease", { key });
  return true;
}

/** That the work has failed is what must be told, whatever becomes of the record of it. */
async function forget(store: OnceStore, key: string, token: string): Promise<void> {
  try {
    await store.forget(key, token);
  } catch (error) {
    log.warn("could not be forgotten: retries wait until its lease ends", { key, error });
  }
}
