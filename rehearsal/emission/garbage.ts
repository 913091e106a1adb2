import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// V8 shows its collector only to a context made under this flag.
setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");
setFlagsFromString("--no-expose-gc");

/** Bytes after the last collection. */
let alive = process.memoryUsage().heapUsed;

/**
 * Collects what finished stacks have left, once that comes to half of what is alive. V8 by itself lets it come to
 * three times that, and later on a busy machine: a stack's resources outlive the first collections, so most of them die old.
 */
export function collectGarbage(): void {
  if (typeof collect !== "function" || process.memoryUsage().heapUsed < 1.5 * alive) return;
  Reflect.apply(collect, undefined, []);
  alive = process.memoryUsage().heapUsed;
}
