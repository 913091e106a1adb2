import { type Duration, millisecondsOf } from "./clock.js";

/** What goes wrong with a subscription, on purpose. */
export interface Faults {
  /** So many attempts fail before the handler sees anything. */
  failTimes: number;
  /** Seconds that messages take longer to their queue's consumer; at most 900. */
  delaySeconds: number;
  /** So many events come twice, as a standard queue may deliver them. */
  deliverTwice: number;
  /** Of so many calls of PutEvents that its handler makes the answer is lost, so that the SDK sends them again. */
  loseAnswers: number;
}

export const noFaults: Readonly<Faults> = { failTimes: 0, delaySeconds: 0, deliverTwice: 0, loseAnswers: 0 };

/** The next attempts fail. */
export const failTimes = (times: number): Partial<Faults> => ({ failTimes: times });

export const delay = (duration: Duration): Partial<Faults> => ({
  delaySeconds: Math.round(millisecondsOf(duration) / 1_000),
});

export const deliverTwice = (times = Infinity): Partial<Faults> => ({ deliverTwice: times });

/** What the handler publishes is accepted, and it is not told so. */
export const loseAnswers = (times = 1): Partial<Faults> => ({ loseAnswers: times });
