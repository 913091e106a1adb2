/**
 * Runs work that Ctrl-C (or a SIGTERM, or the end of the terminal) asks to come to an end between two steps, so that
 * nothing is left half done. A second Ctrl-C ends the process at once, as usual.
 * @param what is done between the first and the second
 */
export async function untilInterrupted<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  what = "finishing the step in hand",
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (): void => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    if (controller.signal.aborted) return;
    controller.abort();
    process.stderr.write(`${what}; Ctrl-C again ends at once\n`);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  // Shell and system may both say that the terminal is gone, and nobody meant it as a second Ctrl-C.
  process.on("SIGHUP", interrupt);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    process.off("SIGHUP", interrupt);
  }
}
