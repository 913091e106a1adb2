/**
 * Final: no retry will help. With `BACKBONE_LETTERS_QUEUE_URL` it goes to the letters at once, without it when the queue's
 * `maxReceiveCount` is reached.
 */
export class Rejected extends Error {
  /** Such as `REJECTED`, a handler's own; stands in the letter as `ERROR_CODE`. */
  readonly code: string;

  constructor(message: string, options: ErrorOptions & { readonly code?: string } = {}) {
    super(message, options);
    this.name = "Rejected";
    this.code = options.code ?? "REJECTED";
  }
}
