import type { Message } from "@aws-sdk/client-sqs";
import { handler } from "./consume.js";

/** Deletes what was handled; the rest comes again. */
export async function poll(
  messages: readonly Message[],
  remove: (message: Message) => Promise<void>,
): Promise<void> {
  for (const message of messages) {
    try {
      await handler(message);
      await remove(message);
    } catch {
      // It has been logged, and is visible again in time.
    }
  }
}
