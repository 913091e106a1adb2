/** The time that models go by, in milliseconds since 1970. */
export interface Clock {
  readonly now: () => number;
  /**
   * Runs something once the time has come, at the earliest after the call has returned.
   * @returns takes it back
   */
  readonly at: (time: number, run: () => void) => () => void;
}

export const systemClock: Clock = {
  now: Date.now,
  at: (time, run) => {
    const timer = setTimeout(run, Math.max(0, time - Date.now()));
    return () => {
      clearTimeout(timer);
    };
  },
};

interface Appointment {
  readonly time: number;
  readonly run: () => void;
}

/** Time that passes only when it is told to. */
export class VirtualClock implements Clock {
  #now: number;
  readonly #appointments = new Set<Appointment>();

  constructor(start: number | Date = Date.parse("2026-01-01T12:00:00Z")) {
    this.#now = Number(start);
  }

  readonly now = (): number => this.#now;

  /** How many things wait for their time. */
  get appointments(): number {
    return this.#appointments.size;
  }

  readonly at = (time: number, run: () => void): (() => void) => {
    const appointment = { time, run };
    this.#appointments.add(appointment);
    return () => this.#appointments.delete(appointment);
  };

  /** Lets milliseconds pass; what falls due meanwhile runs in its order, and sees its own time. */
  readonly advance = (milliseconds: number): void => {
    const end = this.#now + milliseconds;
    for (let next = this.#next(); next !== undefined && next.time <= end; next = this.#next()) {
      this.#appointments.delete(next);
      this.#now = Math.max(this.#now, next.time);
      next.run();
    }
    this.#now = end;
  };

  #next(): Appointment | undefined {
    let next: Appointment | undefined;
    for (const one of this.#appointments) if (next === undefined || one.time < next.time) next = one;
    return next;
  }
}
