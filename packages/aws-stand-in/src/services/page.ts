import { AwsError } from "../aws-error.js";

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined of the last page. */
  readonly next: string | undefined;
}

/**
 * One page of a list.
 * @param token as the page before gave it
 * @throws AwsError if it did not
 */
export function pageOf<Item>(all: readonly Item[], token: string | undefined, size: number): Page<Item> {
  const start = Number(token ?? 0);
  if (!Number.isInteger(start) || start < 0) {
    throw new AwsError("ValidationException", "The token is not one that was given.", {
      queryCode: "InvalidParameter",
    });
  }
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? String(end) : undefined };
}
