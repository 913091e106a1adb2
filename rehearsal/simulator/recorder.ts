import { parseArn } from "./arn.js";
import type { Arrival, Delivery, Miss, Step, Via } from "./steps.js";

/** Collects what happens to the events of one call. */
export class Recorder {
  private readonly steps: Step[] = [];
  private readonly arrivals: Arrival[] = [];
  private readonly lost: Miss[] = [];
  private readonly undecided: Miss[] = [];

  add(step: Step): void {
    this.steps.push(step);
    const { outcome } = step;
    const list = outcome === "undecided" ? this.undecided : this.lost;
    if (step.kind === "rule" || !["undecided", "lost", "not-admitted"].includes(outcome)) return;
    list.push({
      arn: "rule" in step ? step.to : step.bus,
      eventId: step.eventId,
      reason: step.reason ?? "check-undecided",
      ...("rule" in step ? { via: { rule: step.rule, target: step.target } } : {}),
    });
  }

  arrive(kind: Arrival["kind"], arn: string, eventId: string, via?: Via): void {
    const account = parseArn(arn)?.account ?? "";
    this.arrivals.push({ kind, account, arn, eventId, ...(via === undefined ? {} : { via }) });
  }

  finish(): Delivery {
    const { steps, arrivals, lost, undecided } = this;
    const puts = steps.filter((step) => step.kind === "put-events");
    const accepted =
      puts.length > 0 && puts.every(({ outcome }) => outcome === "accepted" || outcome === "lost");
    return { accepted, steps, arrivals, lost, undecided };
  }
}
