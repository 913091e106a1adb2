import type { Gift } from "./destinations/index.js";
import { destinationsOf } from "./fate.js";
import { letterKey } from "./history.js";
import type { EventHead } from "./letter.js";
import type { PlannedLetter } from "./plan.js";
import type { HeldLetter } from "./read.js";

/** One message and the event in it. */
export interface RedrivenLetter {
  readonly messageId: string;
  /** Of the event in the letter. */
  readonly eventId: string;
  /** What it was called before its first redrive; it stands in `resources` from now on. */
  readonly firstId: string;
  /** The event's own time. */
  readonly time: string;
  /** ARN of what gets the event. */
  readonly to: string;
}

/** One event on its way to one destination, with all letters it is in: two targets may have refused it. */
export interface Shipment extends Gift {
  readonly to: string;
  /** Account whose redrive role gives it, if not the queue's own. */
  readonly by: string | undefined;
  /** Keys of letters that other rules, which will see it too, may have about it. */
  readonly alsoSeen: readonly string[];
  readonly letters: HeldLetter[];
  /** Of the letters those that may have other destinations, too. */
  readonly legs: Set<HeldLetter>;
}

export function shipmentsOf(planned: readonly PlannedLetter[]): Shipment[] {
  const shipments = new Map<string, Shipment>();
  for (const { held, letter, fate } of planned) {
    const { event, digest, body, messageId, ruleArn = "" } = letter;
    if (fate.kind !== "goes" || event === undefined) continue;
    const beside = ruleArn.slice(0, ruleArn.lastIndexOf("/") + 1);
    const alsoSeen = fate.also.map((name) => letterKey({ ruleArn: `${beside}${name}`, body }));
    const isDirect = fate.direct !== undefined;
    for (const { account, to, partitionKey } of destinationsOf(fate)) {
      // By the whole text: an id alone could be another's.
      const key = `${to} ${digest}`;
      const by = isDirect ? account : undefined;
      const gift = { event, body, messageId, partitionKey };
      const shipment = shipments.get(key) ?? { ...gift, to, by, alsoSeen, letters: [], legs: new Set() };
      shipment.letters.push(held);
      if (isDirect) shipment.legs.add(held);
      shipments.set(key, shipment);
    }
  }
  return [...shipments.values()];
}

export function describe(messageId: string, event: EventHead | undefined, to: string): RedrivenLetter {
  return {
    messageId,
    eventId: event?.id ?? "",
    firstId: event?.rounds.firstId ?? "",
    time: event?.time ?? "",
    to,
  };
}
