import type { StackPlan, Topology } from "../../infra/topology/index.js";
import type { Letter, LetterEvent } from "./letter.js";

/** Why a message is left where it is. */
export const stayReasons = {
  "not-an-event": "it is no event: EventBridge did not write it, or the rule transforms its input",
  "no-rule": "it does not say which rule it was refused for",
  "foreign-rule": "its rule is on no bus of this account",
  "global-log":
    "its event was forwarded, only the log of the global bus lacks it: putting it back would deliver it to everyone again; replay it to the log with `backbone replay --account`",
  "unknown-target": "its target is no local bus of this environment",
  "no-route": "no route leads to that bus any more, so its policy admits nobody",
} as const;

export type StayReason = keyof typeof stayReasons;

/** Where a dead letter belongs. */
export type Destination =
  | { readonly kind: "bus"; readonly account: string; readonly bus: string; readonly event: LetterEvent }
  | { readonly kind: "stays"; readonly reason: StayReason };

/**
 * Decides where a letter of an account's queue goes: that of a forward rule to the local bus that refused it, that
 * of a local rule to its own bus. Nothing goes to the global bus, where everyone would receive it again.
 */
export function destinationOf(topology: Topology, account: StackPlan, letter: Letter): Destination {
  const { event, ruleArn, targetArn } = letter;
  if (event === undefined) return stays("not-an-event");
  if (ruleArn === undefined) return stays("no-rule");
  if (!ruleArn.startsWith(`${account.bus.arn.replace(":event-bus/", ":rule/")}/`))
    return stays("foreign-rule");
  const receiver =
    account.kind === "member"
      ? account
      : [...topology.stacks.values()].find(({ kind, bus }) => kind === "member" && bus.arn === targetArn);
  if (receiver === undefined) {
    return stays(targetArn === account.log.logGroupArn ? "global-log" : "unknown-target");
  }
  if (!isReached(topology, receiver.account)) return stays("no-route");
  return { kind: "bus", account: receiver.account, bus: receiver.bus.arn, event };
}

function stays(reason: StayReason): Destination {
  return { kind: "stays", reason };
}

function isReached({ stacks }: Topology, member: string): boolean {
  return [...stacks.values()].some(
    (stack) => stack.kind === "backbone" && stack.forwards.some((forward) => forward.member === member),
  );
}
