/** Counts what runs, so that whoever waits for the end of all needs no timer. */
export class InFlight {
  #running = 0;
  #waiting: (() => void)[] = [];
  #failure: Error | undefined;

  readonly begin = (): void => {
    this.#running += 1;
  };

  readonly end = (): void => {
    this.#running -= 1;
    if (this.#running > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  };

  /** Whoever waits now, or else next, is told. */
  fail(error: Error): void {
    this.#failure ??= error;
  }

  /** @throws what has failed since the last time */
  async settled(): Promise<void> {
    while (this.#running > 0)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }
}
