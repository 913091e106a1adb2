import { describeTarget, type Subscription } from "../infra/registry/index.js";
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
