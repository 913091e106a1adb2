import { isJsonObject, readEvent } from "event-patterns";
import {
  type Arrival,
  type CallerData,
  deliverEvents,
  type Delivery,
  type PutEventsEntry,
  type Step,
} from "eventbridge-simulator";
import {
  type Conformity,
  conformityOf,
  type Contract,
  contractOf,
  isSourceOfAws,
} from "../infra/registry/index.js";
import { EventError } from "./given-event.js";
import { administratorOf, publisherOf, putByAws, rehearsalTime, type Stage } from "./stage.js";

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
  /** Account that published it; of an event of AWS, whose bus it was put on. */
  readonly from: string;
  /** ARN of the role that published it; of an event of AWS its source, as nobody else says who put it there. */
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
 * Follows one event from its publisher to every bus, log and queue, with the reasons at each step; an event of AWS from
 * the bus that AWS or a partner puts it on.
 * @param from account of the publisher, or of that bus
 * @throws EventError if it is an event of AWS whose detail is no JSON object
 */
export function traceEvent(stage: Stage, entry: PutEventsEntry, from: string): Trace {
  const event = { source: entry.Source ?? "", detailType: entry.DetailType ?? "" };
  const { id: account } = stage.account(from);
  const { principal, delivery } = isSourceOfAws(event.source)
    ? { principal: event.source, delivery: publishedByAws(stage, entry, from) }
    : published(stage, entry, from);
  return {
    event,
    contract: conformityOf(
      stage.registry,
      { ...event, account, detail: entry.Detail ?? "" },
      stage.environment,
    ),
    from,
    principal,
    accepted: delivery.accepted,
    deliveries: delivery.arrivals.flatMap((arrival) => tracedDelivery(stage, arrival)),
    lost: delivery.lost,
    undecided: delivery.undecided,
    steps: delivery.steps,
  };
}

const tracedId = "00000000-0000-4000-8000-000000000001";

function published(stage: Stage, entry: PutEventsEntry, from: string) {
  const caller = callerFor(stage, entry, from);
  const delivery = deliverEvents(
    stage.world,
    {
      caller,
      region: stage.environment.region,
      time: rehearsalTime,
      entries: [
        {
          id: tracedId,
          entry: { ...entry, EventBusName: entry.EventBusName ?? stage.globalBusFor(from) },
        },
      ],
    },
    "trace",
  );
  return { principal: caller.arn, delivery };
}

function publishedByAws(stage: Stage, entry: PutEventsEntry, from: string): Delivery {
  const { Source: source = "", DetailType: detailType = "", Detail = "", Resources = [], Time } = entry;
  const detail = readEvent(Detail);
  if (!detail.ok || !isJsonObject(detail.value)) throw new EventError("its detail is no JSON object");
  const { id: account } = stage.account(from);
  const origin = contractOf(stage.registry, { source, detailType, account }, stage.environment)?.origin;
  const delivery = putByAws(
    stage,
    {
      id: tracedId,
      account: from,
      // Partners mostly call their buses as their source.
      bus: origin?.bus ?? (source.startsWith("aws.partner/") ? source : "default"),
      source,
      detailType,
      detail: detail.value,
      resources: Resources,
      time: typeof Time === "string" ? Time : undefined,
    },
    "trace",
  );
  return { ...delivery, accepted: delivery.arrivals.length > 0 };
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
  // The name of a partner's bus has slashes, that of a rule none.
  return [
    { account, bus: arn.slice(arn.indexOf("/") + 1), via: via.rule.slice(via.rule.lastIndexOf("/") + 1) },
  ];
}
