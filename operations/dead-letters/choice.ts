import { contractOf, type Registry } from "../../infra/registry/index.js";
import type { StayReason } from "./fate.js";
import type { Letter } from "./letter.js";

/** Which letters are meant; within one field any of its values, all fields together. Empty: all. */
export interface Choice {
  /** Names or ARNs. */
  readonly rules: readonly string[];
  readonly errors: readonly string[];
  /** Keys, `orders/Order.Created`. */
  readonly contracts: readonly string[];
  /** Of the message, of the event, or of the event before its first redrive. */
  readonly ids: readonly string[];
  /** Letters that EventBridge gave up before this. */
  readonly before: Date | undefined;
  /** Why they stay. */
  readonly reasons: readonly StayReason[];
}

/** Everything but the reason, which is known only after all have been read. */
export function isChosen(choice: Choice, registry: Registry, letter: Letter): boolean {
  const { rules, errors, contracts, ids, before } = choice;
  const { event, ruleArn, errorCode, messageId, sentAt } = letter;
  const has = (wanted: readonly string[], values: readonly (string | undefined)[]) =>
    wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value));
  return (
    has(rules, [ruleArn, ruleArn?.split("/").at(-1)]) &&
    has(errors, [errorCode]) &&
    has(contracts, [event === undefined ? undefined : contractOf(registry, event)?.key]) &&
    has(ids, [messageId, event?.id, event?.rounds.firstId]) &&
    (before === undefined || (sentAt !== undefined && sentAt < before))
  );
}

export function isEmpty({ rules, errors, contracts, ids, before, reasons }: Choice): boolean {
  return before === undefined && [rules, errors, contracts, ids, reasons].every(({ length }) => length === 0);
}
