/** The call itself is wrong: a file that is not there, an account nobody knows. Exit code 2. */
export class CallError extends Error {
  override readonly name = "CallError";
}

/** The registry, the topology or the proof does not hold, and it has been said. Exit code 1. */
export class Failure extends Error {
  override readonly name = "Failure";
}

export const exitCodes = { holds: 0, fails: 1, wrongCall: 2 } as const;
