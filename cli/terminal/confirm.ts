import { createInterface } from "node:readline/promises";
import { CallError, Failure } from "../errors.js";

/** Options of commands that change something in a running account. */
export interface ConsentOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Whether there is somebody to ask. */
export function canAsk({ json }: ConsentOptions): boolean {
  return json !== true && process.stdin.isTTY && process.stderr.isTTY;
}

/**
 * Refuses at once where nobody can be asked, before anything has been looked at.
 * @throws CallError
 */
export function requireConsent(options: ConsentOptions, what: string): void {
  if (options.yes === true || canAsk(options)) return;
  throw new CallError(`${what} needs --yes where nobody can be asked (no terminal, or --json)`);
}

/**
 * Asks once; anything but "yes" or "y" is a no. The question goes to stderr, as stdout is for results.
 * @throws Failure if whoever was asked has left (Ctrl-C, Ctrl-D): that ends the command
 */
export async function confirm(
  options: ConsentOptions,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (options.yes === true) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // While a question is open the terminal takes Ctrl-C and Ctrl-D for itself, and would leave us waiting.
  const gone = new AbortController();
  const leave = (): void => {
    gone.abort();
  };
  terminal.on("SIGINT", leave).on("close", leave);
  try {
    const signals = AbortSignal.any([signal, gone.signal]);
    const answer = await terminal.question(`${question} [y/N] `, { signal: signals });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch (error) {
    if (!gone.signal.aborted && !signal.aborted) throw error;
    throw new Failure("nothing was done");
  } finally {
    terminal.close();
  }
}
