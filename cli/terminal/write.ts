import { Failure, ReaderGone } from "../errors.js";

// Each write hears of its own error; one without a listener would be thrown besides.
process.stdout.on("error", () => undefined);
// A terminal that has gone takes no more text; what is in hand must still be finished.
process.stderr.on("error", () => undefined);

/**
 * Writes to stdout and waits until it is taken: a large plan must not be cut off by the end of the process.
 * @throws ReaderGone if stdout has been closed by its reader
 * @throws Failure if it takes no more for another reason, such as a full disk
 */
export async function writeText(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`, (error) => {
      if (error) reject("code" in error && error.code === "EPIPE" ? new ReaderGone() : notWritten(error));
      else resolve();
    });
  });
}

/** What was done stays done: it is only not told in full. */
function notWritten({ message }: Error): Failure {
  return new Failure(`the output cannot be written: ${message}; what it would have told of has been done`);
}

export async function writeJson(value: unknown): Promise<void> {
  await writeText(JSON.stringify(value, undefined, 2));
}

/** Warnings go to stderr: they are no part of the answer. */
export function writeWarnings(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
}

/** What is right as it stands, but may not be meant; no part of the answer either. */
export function writeNotes(notes: readonly string[]): void {
  for (const note of notes) process.stderr.write(`note: ${note}\n`);
}
