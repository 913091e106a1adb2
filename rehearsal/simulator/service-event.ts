import type { JsonObject } from "./json.js";
import type { World } from "./built-world.js";
import { Recorder } from "./recorder.js";
import { Router, type Telling } from "./routing.js";
import type { Delivery } from "./steps.js";

/** An event that an AWS service puts on the default bus, as rules see it. */
export type ServiceEvent = JsonObject & {
  readonly id: string;
  readonly source: string;
  readonly "detail-type": string;
};

/**
 * Follows an event of an AWS service from an account's default bus on. No caller puts it there, so nothing is
 * authorised at the door.
 * @param busArn a default bus of the world; without it the event reaches nobody
 */
export function deliverServiceEvent(
  world: World,
  busArn: string,
  event: ServiceEvent,
  telling: Telling = "proof",
): Delivery {
  const recorder = new Recorder();
  const bus = world.buses.get(busArn);
  const { id, source, "detail-type": detailType } = event;
  if (bus !== undefined) {
    new Router(world, recorder, telling).arrive(bus, {
      id,
      source,
      detailType,
      envelope: event,
      cameFromBus: false,
    });
  }
  return recorder.finish();
}
