import { isMade, type Subscription, type SubscriptionTarget } from "../infra/registry/index.js";
import { renderTable } from "./table.js";

/** What services want to hear, and what gets it. */
export function renderSubscriptions(subscriptions: readonly Subscription[]): string {
  return renderTable(
    [{ title: "Subscription" }, { title: "In" }, { title: "Takes" }, { title: "Gives to" }],
    subscriptions.map(({ key, account, routes, target }) => [
      key,
      account,
      routes.map(({ events, filter }) => (filter === undefined ? events : `${events} (filtered)`)).join(", "),
      describeTarget(target),
    ]),
  );
}

/** Such as `queue billing-orders`, or `a queue of its own`. */
export function describeTarget(target: SubscriptionTarget): string {
  if (!isMade(target)) return `${called[target.kind]} ${target.name}`;
  return target.kind === "madeQueue" ? "a queue of its own" : `a function of ${target.handler}`;
}

const called = {
  queue: "queue",
  function: "function",
  stateMachine: "state machine",
  stream: "stream",
  topic: "topic",
  firehose: "delivery stream",
} as const;
