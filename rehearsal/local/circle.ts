import { nameOfEntry } from "./answers.js";
import type { EventLog, LiveEvent } from "./event-log.js";
import type { Sender } from "./senders.js";

/** One event has led to so many others that they probably never end. */
export class CircleError extends Error {
  override readonly name = "CircleError";
}

/**
 * Tells where a chain of events goes round.
 * @param cause the last that was accepted
 * @param next contract, or source and detail-type, of what was to be published in answer
 */
export function circleFrom(
  log: EventLog,
  cause: LiveEvent,
  next: string,
  sender: Sender,
  budget: number,
): CircleError {
  const way = [next];
  const via = (subscription: string | undefined) => (subscription === undefined ? [] : [subscription]);
  let { subscription } = sender;
  for (let event: LiveEvent | undefined = cause; event !== undefined;) {
    const contract = event.contract?.key ?? nameOfEntry(event.entry);
    way.unshift(contract, ...via(subscription));
    if (contract === next) break;
    ({ subscription } = event.sender);
    event = event.causedBy === undefined ? undefined : log.get(event.causedBy);
  }
  return new CircleError(
    `one event has led to more than ${budget} others, which go round in a circle: ${way.join(" → ")}; let one of them stop, such as by a filter or by publishing only what has changed`,
  );
}
