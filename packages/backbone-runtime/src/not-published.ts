/** An event that a bus has taken. */
export interface Published {
  /** Its place in the list that was given. */
  readonly index: number;
  /** Its `metadata.id`. */
  readonly id: string;
  /** The id that EventBridge gave it. */
  readonly eventId: string;
}

/** An event that no bus is known to have taken. */
export interface Refused {
  readonly index: number;
  /** Its `metadata.id`: published again with it, receivers know it should the first copy have arrived after all. */
  readonly id: string;
  /**
   * EventBridge's code for the entry; the error's name where the request failed, and the event may have been taken if its
   * answer was lost; `InvalidDetail` and `TooLarge` before anything was sent; `NotSent` after something else failed;
   * `NoAnswer` where an answer says nothing of it.
   */
  readonly code: string;
  readonly message: string;
}

const toldAtMost = 10;

/** Not every event was taken. */
export class NotPublished extends Error {
  readonly accepted: readonly Published[];
  readonly refused: readonly Refused[];

  constructor(contract: string, accepted: readonly Published[], refused: readonly Refused[]) {
    const what = accepted.length === 0 ? "nothing was published" : `${accepted.length} were published`;
    const more = refused.length > toldAtMost ? [`  and ${refused.length - toldAtMost} more`] : [];
    super(
      [
        `${refused.length} of ${contract} were not published, ${what}:`,
        ...refused.slice(0, toldAtMost).map(({ index, code, message }) => `  [${index}] ${code}: ${message}`),
        ...more,
      ].join("\n"),
    );
    this.name = "NotPublished";
    this.accepted = accepted;
    this.refused = refused;
  }
}
