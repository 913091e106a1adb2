/** The call itself is wrong: a file that is not there, an account nobody knows. Exit code 2. */
export class CallError extends Error {
  override readonly name = "CallError";
}

/** The registry, the topology or the proof does not hold, and it has been said. Exit code 1. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Whoever read stdout has closed it (`| head`): nothing is left to say, nor anyone to say it to. */
export class ReaderGone extends Error {
  override readonly name = "ReaderGone";
}

/** A reader that is gone ends us as SIGPIPE ends others (128 + 13): whether all holds was not said. */
export const exitCodes = { holds: 0, fails: 1, wrongCall: 2, readerGone: 141 } as const;

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
