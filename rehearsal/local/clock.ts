import { type Clock, VirtualClock } from "aws-stand-in";
import { setImmediate } from "node:timers/promises";

/** Time that passes only when it is told to, from one thing that is due to the next: between two all that is running ends. */
export class SteppingClock implements Clock {
  readonly #clock = new VirtualClock();
  readonly #due = new Set<{ readonly time: number }>();

  readonly now = this.#clock.now;

  readonly at = (time: number, run: () => void): (() => void) => {
    const appointment = { time };
    this.#due.add(appointment);
    const cancel = this.#clock.at(time, () => {
      this.#due.delete(appointment);
      run();
    });
    return () => {
      this.#due.delete(appointment);
      cancel();
    };
  };

  /** @param settled resolves when nothing is running */
  async advance(milliseconds: number, settled: () => Promise<void>): Promise<void> {
    // What has just come is begun first, or it would begin after the time that passes now.
    await setImmediate();
    const end = this.now() + milliseconds;
    for (let next = this.#next(); next <= end; next = this.#next()) {
      this.#clock.advance(Math.max(0, next - this.now()));
      await settled();
    }
    this.#clock.advance(Math.max(0, end - this.now()));
  }

  #next(): number {
    let next = Infinity;
    for (const { time } of this.#due) next = Math.min(next, time);
    return next;
  }
}

const units = { second: 1_000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

export type Duration = `${number} ${keyof typeof units}${"" | "s"}`;

/** Milliseconds. @throws TypeError if it is no duration */
export function millisecondsOf(duration: Duration): number {
  const [, amount = "", unit = ""] = /^(\d+(?:\.\d+)?) (second|minute|hour|day)s?$/.exec(duration) ?? [];
  const milliseconds = Object.entries(units).find(([name]) => name === unit)?.[1];
  if (milliseconds === undefined)
    throw new TypeError(
      `${JSON.stringify(duration)} is no duration: write "30 seconds", "5 minutes", "2 hours" or "1 day"`,
    );
  return Number(amount) * milliseconds;
}
