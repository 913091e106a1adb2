import { readJson } from "event-patterns";
import type { PlannedRule, PlannedSubscription } from "../../infra/topology/index.js";
import { matches } from "../rules.js";

/** What gets a letter's event. */
export interface Destination {
  /** Whose bus or target it is. */
  readonly account: string;
  /** ARN of the bus, or of the target of a subscription. */
  readonly to: string;
  /** What chooses the shard of a stream, if not the event's id. */
  readonly partitionKey?: string;
}

/** The target of a subscription, which gets the event as EventBridge would give it. */
export function targetOf(
  account: string,
  { targetArn, partitionKeyPath }: PlannedSubscription,
  body: string,
): Destination | { readonly missing: string } {
  const destination = { account, to: targetArn };
  if (partitionKeyPath === undefined) return destination;
  const partitionKey = textAt(body, partitionKeyPath);
  return partitionKey === undefined ? { missing: partitionKeyPath } : { ...destination, partitionKey };
}

/** Whether any of several rules takes an event: what was divided since carries it by another of them. */
export function takes(rules: readonly PlannedRule[], body: string): boolean {
  const read = readJson(body);
  return rules.some(({ eventPattern }) => matches(JSON.stringify(eventPattern), read) === true);
}

/** @param path such as `$.detail.orderId` */
function textAt(body: string, path: string): string | undefined {
  const value = path
    .split(".")
    .slice(1)
    .reduce<unknown>(
      (of, name) =>
        typeof of === "object" && of !== null ? new Map(Object.entries(of)).get(name) : undefined,
      JSON.parse(body),
    );
  const isText = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return isText && value !== "" ? String(value) : undefined;
}
