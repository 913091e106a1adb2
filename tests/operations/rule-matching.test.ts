import { describe, expect, it } from "vitest";
import {
  rulesTaking,
  rulesTakingSuch,
  stateOf,
  type BusRule,
  type RuleList,
} from "../../operations/rules.js";
import { eventText } from "../fixtures/fake-backbone.js";

function rule(name: string, pattern: object | string | undefined, rest: Partial<BusRule> = {}): BusRule {
  const text = typeof pattern === "object" ? JSON.stringify(pattern) : pattern;
  return { name, isEnabled: true, isManaged: false, pattern: text, ...rest };
}

const created = { "detail-type": ["Order.Created"] };
const rules: readonly BusRule[] = [
  rule("pack", created),
  rule("bill", created, { isEnabled: false }),
  rule("other", { "detail-type": ["Order.Updated"] }),
  rule("vip", { ...created, detail: { vip: [true] } }),
  rule("live-only", { ...created, "replay-name": [{ exists: false }] }),
  rule("broken", "{"),
  rule("nightly", undefined),
  rule("Events-Archive-a", { source: [{ prefix: "" }] }, { isManaged: true }),
];

describe("the rules that take an event", () => {
  it("are those that match it, whatever their state, but for AWS's own; the unreadable may", () => {
    expect(rulesTaking(rules, eventText())).toEqual([
      { name: "pack", state: "enabled", certain: true },
      { name: "bill", state: "disabled", certain: true },
      { name: "live-only", state: "enabled", certain: true },
      { name: "broken", state: "enabled", certain: false },
    ]);
  });

  it("of its kind are also those that look at other details, but not those that leave replays out", () => {
    const example = eventText({ replay: "again" });
    expect(rulesTakingSuch(rules, example).map(({ name, certain }) => [name, certain])).toEqual([
      ["pack", true],
      ["bill", true],
      ["vip", false],
      ["broken", false],
    ]);
  });
});

describe("the state of a rule", () => {
  const listed: RuleList = { kind: "listed", rules };

  it.each([
    { list: listed, name: "pack", state: "enabled" },
    { list: listed, name: "bill", state: "disabled" },
    { list: listed, name: "removed", state: "gone" },
    { list: { kind: "unknown", because: "denied" } as const, name: "pack", state: "unknown" },
  ])("$name: $state", ({ list, name, state }) => {
    expect(stateOf(list, name)).toBe(state);
  });
});
