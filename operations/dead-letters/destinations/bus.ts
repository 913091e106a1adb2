import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { putEventsSize } from "backbone-runtime";
import { putEvents } from "../../aws/put-events.js";
import { markedResources } from "../../marks.js";
import { seeBus } from "../../rules.js";
import type { Gift, OpenChannel } from "./channel.js";

export const openChannel: OpenChannel = (session) => ({
  ...putEventsSize,
  sizeOf: (gift) => putEventsSize.sizeOf(entryOf(gift)),
  see: (arn) => seeBus(session, arn),
  give: (arn, gifts) =>
    putEvents(
      session,
      gifts.map((gift) => ({ EventBusName: arn, ...entryOf(gift) })),
    ),
});

/** The event as it was published, its time included, and marked; id and account are new, as EventBridge gives them. */
function entryOf({ event }: Gift): PutEventsRequestEntry {
  return {
    Source: event.source,
    DetailType: event.detailType,
    Detail: event.detail,
    Resources: markedResources(event),
    Time: new Date(event.time),
  };
}
