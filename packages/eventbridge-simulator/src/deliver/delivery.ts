import type { JsonObject } from "event-patterns";
import { parseBusArn } from "../arn.js";
import { checkPublisher } from "../ask/ask.js";
import { compileIdentity, type Identity } from "../iam/identity.js";
import type { Reason } from "../reasons.js";
import { type Check, type Delivery, type PutEventsStep, Recorder } from "../steps.js";
import type { CallerData, World } from "../world.js";
import { busOfEntry, checkCall, type PutEventsEntry, readEntry, type TravellingEvent } from "./put-events.js";
import { Router, type Telling } from "./routing.js";

/** One entry, with the id that EventBridge would give its event. */
export interface OfferedEntry {
  readonly id: string;
  readonly entry: PutEventsEntry;
}

/** One call of PutEvents. */
export interface PutEventsCall {
  readonly caller: CallerData;
  /** Region in which the call is made. */
  readonly region: string;
  /** When it is made, as date and time: the simulator has no clock. */
  readonly time: string;
  readonly entries: readonly OfferedEntry[];
}

/**
 * Runs one PutEvents call through a world: the caller is authorised, each event goes on its bus, rules hand it to
 * their targets, refused deliveries go to dead-letter queues.
 *
 * A call is authorised for each of its buses with the sources and detail-types of all its entries; one that is
 * denied refuses the whole call, as AWS does. An entry that is not valid refuses only itself.
 * @param telling `proof` for the fast path, `trace` for every rule and near miss
 * @returns the steps in order, and what arrived, was lost, or cannot be decided; never throws
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export function deliverEvents(world: World, call: PutEventsCall, telling: Telling = "proof"): Delivery {
  const recorder = new Recorder();
  const router = new Router(world, recorder, telling);
  const identity = compileIdentity(call.caller);
  const admission =
    identity === undefined
      ? stopAll({ outcome: "refused", reason: "caller-not-a-role", subject: call.caller.arn, checks: [] })
      : admitCall(world, identity, call, telling);
  for (const offered of call.entries) {
    const account = identity?.principal.account ?? "";
    const bus = busOfEntry(offered.entry, account, call.region);
    const fate = admission.stop ?? admitEntry(world, account, call, offered, bus, admission.checks);
    recorder.add({
      kind: "put-events",
      account,
      principal: call.caller.arn,
      bus: bus ?? offered.entry.EventBusName ?? "default",
      eventId: offered.id,
      ...fate.step,
    });
    const arrivedOn = fate.event === undefined ? undefined : world.buses.get(bus ?? "");
    if (fate.event !== undefined && arrivedOn !== undefined) router.arrive(arrivedOn, fate.event);
  }
  return recorder.finish();
}

/** What becomes of an entry at the door. */
interface Fate {
  readonly step: Pick<PutEventsStep, "outcome" | "reason" | "subject" | "checks">;
  /** The event, if it arrives on its bus. */
  readonly event?: TravellingEvent;
}

interface Admission {
  /** The fate of every entry, if the call as a whole is stopped. */
  readonly stop?: Fate;
  /** The check of each bus that the call names, by ARN. */
  readonly checks: ReadonlyMap<string, Check>;
}

function stopAll(step: Fate["step"]): Admission {
  return { stop: { step }, checks: new Map() };
}

function admitCall(world: World, identity: Identity, call: PutEventsCall, telling: Telling): Admission {
  const entries = call.entries.map(({ entry }) => entry);
  const refusal = checkCall(entries);
  if (refusal !== undefined) return stopAll({ outcome: "refused", ...refusal, checks: [] });
  const claims = {
    sources: entries.map(({ Source = "" }) => Source),
    detailTypes: entries.map(({ DetailType = "" }) => DetailType),
  };
  const evidence = telling === "trace" ? "full" : "brief";
  const arns = entries.flatMap((entry) => busOfEntry(entry, identity.principal.account, call.region) ?? []);
  const checks = new Map(
    [...new Set(arns)].map((arn) => [arn, checkPublisher(world, identity, arn, claims, evidence)]),
  );
  const [denied] = [...checks.values()].filter(({ verdict }) => verdict.outcome === "denied");
  if (denied !== undefined)
    return stopAll({ outcome: "refused", reason: "put-events-denied", checks: [denied] });
  const [doubtful] = [...checks.values()].filter(({ verdict }) => verdict.outcome === "cannot-decide");
  if (doubtful === undefined) return { checks };
  return stopAll({ outcome: "undecided", reason: "check-undecided", checks: [doubtful] });
}

function admitEntry(
  world: World,
  account: string,
  { region, time }: PutEventsCall,
  { id, entry }: OfferedEntry,
  busArn: string | undefined,
  checksByBus: ReadonlyMap<string, Check>,
): Fate {
  const check = checksByBus.get(busArn ?? "");
  const checks = check === undefined ? [] : [check];
  const stop = (outcome: PutEventsStep["outcome"], reason: Reason, subject: string): Fate => ({
    step: { outcome, reason, subject, checks },
  });
  const bus = parseBusArn(busArn ?? "");
  if (busArn === undefined || bus === undefined)
    return stop("refused", "entry-bus", entry.EventBusName ?? "");
  const reading = readEntry(entry, { account, region, id, time });
  if (!reading.ok) return stop("refused", reading.refusal.reason, reading.refusal.subject);
  if (bus.region !== region) return stop("undecided", "unmodelled-region", bus.region);
  if (!world.buses.has(busArn)) {
    return bus.name === "default"
      ? stop("undecided", "unmodelled-default-bus", busArn)
      : stop("lost", "bus-missing", busArn);
  }
  const { Source: source = "", DetailType: detailType = "" } = entry;
  return {
    step: { outcome: "accepted", checks },
    event: { id, source, detailType, envelope: reading.event, cameFromBus: false },
  };
}

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
