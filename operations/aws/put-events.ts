import { PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { outcomesOf } from "backbone-runtime";
import { type GiveAnswer, giveOnce, type GiveOutcome } from "./give.js";
import type { AccountSession } from "./session.js";

/**
 * Puts events on a bus and never asks twice. An answer with status 200 may still hold refused entries.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function putEvents(
  session: AccountSession,
  entries: readonly PutEventsRequestEntry[],
): Promise<GiveAnswer> {
  const buses = [...new Set(entries.map(({ EventBusName = "default" }) => EventBusName))].join(", ");
  return giveOnce(session, `put events on ${buses}`, entries.length, async (options) => {
    const answer = await session.eventBridgeOnce.send(
      new PutEventsCommand({ Entries: [...entries] }),
      options,
    );
    return outcomesOf(entries.length, answer).map((outcome): GiveOutcome => {
      if (outcome.kind === "accepted") return { kind: "accepted", id: outcome.eventId };
      const { kind, message } = outcome;
      return { kind, problem: kind === "refused" ? `${outcome.code}: ${message}` : message };
    });
  });
}
