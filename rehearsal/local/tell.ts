import { describeTarget } from "../../infra/registry/index.js";
import type { Stage } from "../stage.js";
import { nameOfEntry } from "./answers.js";
import { metadataIn, ownDetail } from "./envelope.js";
import type { LiveAttempt, LiveCopy, LiveDelivery, LiveEvent } from "./event-log.js";
import { nameOfSender } from "./senders.js";
import { refusalOf, shortName } from "./way.js";

/** One event, as people and scripts read it: plain data, of this moment. */
export interface ToldEvent {
  readonly id: string;
  /** Key, `orders/Order.Created`; source and detail-type where no contract has them. */
  readonly contract: string;
  readonly source: string;
  readonly detailType: string;
  /** Without `metadata`; undefined if it is no JSON object. */
  readonly detail: Readonly<Record<string, unknown>> | undefined;
  /** What the event says of itself: only where it says so. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Service, or account, that published it; for people, where AWS or a partner did. */
  readonly by: string;
  /** Account that it was published from, or on whose bus AWS or a partner has put it. */
  readonly account: string;
  /** Subscription whose handler published it. */
  readonly from: string | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What became of it, in a sentence. */
  readonly outcome: string;
  /** Why the bus did not take it; undefined if it did. */
  readonly refused: string | undefined;
  /** Names of the accounts whose local bus it has come to. */
  readonly reached: readonly string[];
  readonly deliveries: readonly ToldDelivery[];
  readonly causedBy: string | undefined;
  readonly causes: readonly string[];
  /** Place of its last change in the order of all changes. */
  readonly changed: number;
}

export interface ToldDelivery {
  /** Key, `delivery/start-delivery`. */
  readonly subscription: string;
  /** `done`, `queued`, `attempt 2 of 5 …`, or what else has become of it. */
  readonly outcome: string;
  readonly attempts: readonly ToldAttempt[];
}

export interface ToldAttempt {
  readonly number: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds; undefined while it runs. */
  readonly duration: number | undefined;
  /** Undefined if it did not fail. */
  readonly error: { readonly name: string; readonly message: string; readonly stack?: string } | undefined;
  /** Of the log. */
  readonly lines: readonly string[];
}

/** What a sentence is made of besides the event. */
export interface Telling {
  readonly stage: Stage;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function tellEvent(telling: Telling, event: LiveEvent): ToldEvent {
  const { id, entry, contract, sender, at, verdict, reached, deliveries, causedBy, causes, changed } = event;
  const { Source: source = "", DetailType: detailType = "" } = entry;
  return {
    id,
    contract: contract?.key ?? nameOfEntry(entry),
    source,
    detailType,
    detail: ownDetail(entry),
    metadata: metadataIn(entry),
    by: nameOfSender(sender, source),
    account: sender.account,
    from: sender.subscription,
    at,
    outcome: outcomeOfEvent(telling, event),
    refused: verdict === "accepted" ? undefined : refusalOf(telling.stage, event),
    reached: [...reached],
    deliveries: [...deliveries.values()].map((delivery) => tellDelivery(telling, delivery)),
    causedBy,
    causes: [...causes],
    changed,
  };
}

export function tellDelivery(telling: Telling, delivery: LiveDelivery): ToldDelivery {
  return {
    subscription: delivery.subscription.key,
    outcome: outcomeOf(telling, delivery),
    attempts: delivery.attempts.map(tellAttempt),
  };
}

function tellAttempt({ number, at, duration, error, lines }: LiveAttempt): ToldAttempt {
  return { number, at, duration, error, lines };
}

/** What became of an event as a whole. */
export function outcomeOfEvent(
  { stage }: Telling,
  { verdict, reached, deliveries, entry }: LiveEvent,
): string {
  if (verdict === "refused" || verdict === "undecided")
    return `refused at ${busIn(stage, entry.EventBusName)}`;
  if (verdict === "lost") return `accepted, and lost: there is no bus ${String(entry.EventBusName)}`;
  if (reached.length === 0) return "accepted, nobody listens";
  return deliveries.size === 0 ? `accepted, for the rules of ${reached.join(", ")}` : "accepted";
}

function busIn(stage: Stage, bus = "default"): string {
  return bus === stage.busOf(stage.registry.backbone) ? "the global bus" : shortName(bus);
}

/** What became of an event at a subscription, in a sentence. */
export function outcomeOf(telling: Telling, delivery: LiveDelivery): string {
  const { handOver, reason = "", copies } = delivery;
  if (handOver === "dead-letter") return `dead letter: ${reason}`;
  if (handOver === "gone") return `lost: ${reason}`;
  if (handOver === "undecided") return `nobody can say: ${reason}`;
  const copy = mostTelling([...copies.values()]);
  return copy === undefined ? givenTo(delivery) : outcomeOfCopy(telling, delivery, copy);
}

function givenTo({ subscription: { target } }: LiveDelivery): string {
  return `given to ${describeTarget(target)}`;
}

/** Bad news first; what is done says nothing while another copy is not. */
const order: readonly LiveCopy["state"][] = [
  "letter",
  "rejected",
  "expired",
  "purged",
  "in-hand",
  "queued",
  "done",
];

function mostTelling(copies: readonly LiveCopy[]): LiveCopy | undefined {
  return copies.toSorted((left, right) => order.indexOf(left.state) - order.indexOf(right.state))[0];
}

function outcomeOfCopy({ now }: Telling, delivery: LiveDelivery, copy: LiveCopy): string {
  const { state, receives, error, visibleAt = now } = copy;
  const most = mostReceives(delivery);
  const of = Number.isFinite(most) ? ` of ${most}` : "";
  const after = error === undefined ? "" : `, after ${describeError(error)}`;
  const wait = Math.ceil((visibleAt - now) / 1_000);
  const when = wait > 0 ? `in ${wait} s` : "at the next receive";
  switch (state) {
    case "done":
      return "done";
    case "queued":
      if (delivery.reason !== undefined) return `queued, and stays there: ${delivery.reason}`;
      if (receives === 0) return wait > 0 ? `queued, delayed for ${wait} s` : "queued";
      return receives < most
        ? `attempt ${receives + 1}${of} ${when}${after}`
        : `given up after ${receives}${of} attempts, a letter ${when}${after}`;
    case "in-hand":
      return `attempt ${receives}${of} runs`;
    case "letter":
      return `letter after ${receives}${of} attempts${after}`;
    case "rejected":
      return `rejected, a letter${after}`;
    case "expired":
      return "lost: it was in the queue for longer than the queue keeps messages";
    case "purged":
      return "lost: the queue was purged";
  }
}

function mostReceives({ subscription: { target } }: LiveDelivery): number {
  return "maxReceiveCount" in target ? target.maxReceiveCount : Infinity;
}

export function describeError({
  name,
  message,
}: {
  readonly name: string;
  readonly message: string;
}): string {
  return message === "" ? name : `${name}: ${message}`;
}
