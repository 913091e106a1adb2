import { createRuntime, type PutEventsEntry, withRuntime } from "backbone-runtime";
import { handler } from "./consume.js";

/** What the handler publishes for an event, without AWS. */
export async function answersTo(event: unknown): Promise<readonly PutEventsEntry[]> {
  const published: PutEventsEntry[] = [];
  const runtime = createRuntime({
    environment: { BACKBONE_BUS_ARN: "bus", BACKBONE_SUBSCRIPTION: "start-delivery" },
    write: () => undefined,
    putEvents: ({ Entries }) => {
      published.push(...Entries);
      return Promise.resolve({ Entries: Entries.map((_, index) => ({ EventId: `${index}` })) });
    },
  });
  await withRuntime(runtime, () => handler(event));
  return published;
}
