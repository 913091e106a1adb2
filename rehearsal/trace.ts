import {
  type Arrival,
  type CallerData,
  deliverEvents,
  type Delivery,
  type PutEventsEntry,
  type Step,
} from "eventbridge-simulator";
import { type Conformity, conformityOf, type Contract } from "../infra/registry/index.js";
import { administratorOf, publisherOf, rehearsalTime, type Stage } from "./stage.js";

/** A local bus that an event reached. */
export interface TracedDelivery {
  readonly account: string;
  /** Name of the bus. */
  readonly bus: string;
  /** Name of the rule that brought it. */
  readonly via: string;
}

/** One event's way through the backbone; what `backbone trace --json` prints. */
export interface Trace {
  readonly event: { readonly source: string; readonly detailType: string };
  /** Whether it is as its contract says. */
  readonly contract: Conformity;
  readonly from: string;
  /** ARN of the role that published it. */
  readonly principal: string;
  /** AWS acknowledged it; says nothing of who got it. */
  readonly accepted: boolean;
  readonly deliveries: readonly TracedDelivery[];
  /** Copies that are gone, or of which nobody can say whether they arrive. */
  readonly lost: Delivery["lost"];
  readonly undecided: Delivery["undecided"];
  readonly steps: readonly Step[];
}

/**
 * Follows one event from its publisher to every bus, log and queue, with the reasons at each step.
 * @param from account of the publisher
 */
export function traceEvent(stage: Stage, entry: PutEventsEntry, from: string): Trace {
  const caller = callerFor(stage, entry, from);
  const delivery = deliverEvents(
    stage.world,
    {
      caller,
      region: stage.environment.region,
      time: rehearsalTime,
      entries: [
        {
          id: "00000000-0000-4000-8000-000000000001",
          entry: { ...entry, EventBusName: entry.EventBusName ?? stage.globalBusFor(from) },
        },
      ],
    },
    "trace",
  );
  const event = { source: entry.Source ?? "", detailType: entry.DetailType ?? "" };
  return {
    event,
    contract: conformityOf(stage.registry, { ...event, detail: entry.Detail ?? "" }),
    from,
    principal: caller.arn,
    accepted: delivery.accepted,
    deliveries: delivery.arrivals.flatMap((arrival) => tracedDelivery(stage, arrival)),
    lost: delivery.lost,
    undecided: delivery.undecided,
    steps: delivery.steps,
  };
}

/** An event of a contract, as its owner publishes the example, the first of several. */
export function exampleEntry(contract: Contract): PutEventsEntry {
  return {
    Source: contract.source,
    DetailType: contract.detailType,
    Detail: JSON.stringify(contract.example),
  };
}

/**
 * The role that publishes: that of the account's service with this event, or source; of any service of the account
 * otherwise, to see it refused; without a service, an administrator's.
 */
function callerFor(stage: Stage, { Source, DetailType }: PutEventsEntry, from: string): CallerData {
  const publications = stage.publications.filter(({ account }) => account === from);
  const ofSource = publications.filter(({ source }) => source === Source);
  const ofType = ofSource.filter(({ detailTypes }) => detailTypes.includes(DetailType ?? ""));
  const publisher = ofType[0] ?? ofSource[0] ?? publications[0];
  return publisher === undefined ? administratorOf(stage, from) : publisherOf(stage, publisher);
}

function tracedDelivery(stage: Stage, { kind, arn, via }: Arrival): TracedDelivery[] {
  const account = stage.ownerOf(arn);
  if (kind !== "bus" || via === undefined || account === undefined) return [];
  return [{ account, bus: afterSlash(arn), via: afterSlash(afterSlash(via.rule)) }];
}

function afterSlash(arn: string): string {
  return arn.slice(arn.indexOf("/") + 1);
}
