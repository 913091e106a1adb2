/** Something at AWS is not as it must be, told in one sentence with its mend: wrong account, no permission. */
export class OperationError extends Error {
  override readonly name = "OperationError";
}
