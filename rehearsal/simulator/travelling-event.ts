import type { JsonObject } from "./json.js";

/** An event on its way. Forwarding inside a region changes nothing in the envelope (facts, one-hop rule). */
export interface TravellingEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  /** What rules see. */
  readonly envelope: JsonObject;
  /** Whether a rule of another bus sent it to the bus it is on. */
  readonly cameFromBus: boolean;
}
