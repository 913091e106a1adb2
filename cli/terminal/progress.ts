/** Tells people how far long work is, on stderr; short work stays silent. */
export class Progress {
  readonly #what: string;
  readonly #interval: number;
  #next: number;
  #shown = false;

  constructor(what: string) {
    this.#what = what;
    // A terminal line is overwritten and may change often; a log file should not fill up.
    this.#interval = process.stderr.isTTY ? 200 : 5_000;
    this.#next = Date.now() + Math.max(1_000, this.#interval);
  }

  /** @param more what else moves while nothing is done, such as ", 40 pages" */
  report(done: number, total: number, more = ""): void {
    const now = Date.now();
    if (now < this.#next) return;
    this.#next = now + this.#interval;
    const text = `${this.#what}: ${done} of ${total}${more}`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    this.#shown = true;
  }

  end(): void {
    if (this.#shown && process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}
