import { namesIn } from "../filters/parts.js";
import { conjunctionsOf, listIn } from "../filters/schema.js";
import { isRecord } from "../read.js";
import type { DetailSchema } from "./schema.js";

/** Where an event says of itself what no contract says: its id, its time, what it belongs to. */
const metadata = "metadata";

/** Ways to satisfy a schema that are looked at. */
const MAX_WAYS = 500;

/** What is wrong with a contract that takes the field of every event's metadata for its own. */
export function metadataProblem(detail: DetailSchema): string | undefined {
  const schema = detail.asRead();
  if (schema === "unreadable") return undefined;
  let ways = 0;
  for (const conjunction of conjunctionsOf([schema.root], schema.root)) {
    const names = [...namesIn(conjunction), ...conjunction.flatMap(({ required }) => listIn(required))];
    if (names.includes(metadata))
      return `defines the field "${metadata}", in which events of every contract say what they are themselves (id, time, correlationId, …), and which no contract describes; give the field another name, or take it out if it holds just that`;
    ways += 1;
    if (ways > MAX_WAYS) return undefined;
  }
  return undefined;
}

/** A detail as its contract describes it. */
export function withoutMetadata(detail: unknown): unknown {
  if (!isRecord(detail)) return detail;
  return Object.fromEntries(Object.entries(detail).filter(([name]) => name !== metadata));
}
