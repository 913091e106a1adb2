import type { ReplayProgress } from "../operations/replay.js";
import { Progress } from "./progress.js";

/** How far a replay has come, in minutes of the time it replays: AWS counts no events. */
export class ReplayProgressLine {
  readonly #progress = new Progress("minutes replayed");

  report({ from, to, reached }: ReplayProgress): void {
    if (from === undefined || to === undefined) return;
    const minutes = (until: Date) => Math.round((until.getTime() - from.getTime()) / 60_000);
    this.#progress.report(reached === undefined ? 0 : minutes(reached), minutes(to));
  }

  end(): void {
    this.#progress.end();
  }
}
