import { describe, expect, it } from "vitest";
import { afterSight, fateOf, type FateFacts } from "../../operations/dead-letters/fate.js";
import { letterKey, noHistory } from "../../operations/dead-letters/history.js";
import { readLetter } from "../../operations/dead-letters/letter.js";
import { stayReasons } from "../../operations/dead-letters/stay-reasons.js";
import type { BusRule } from "../../operations/rules.js";
import {
  eventText,
  forwardAttributes,
  localAttributes,
  orderDetail,
  registry,
  stack,
  topology,
  type LetterText,
} from "../fixtures/fake-backbone.js";

const everything = '{"source":[{"prefix":""}]}';
const orders = '{"detail-type":["Order.Created"]}';

function rule(name: string, pattern: string, changes: Partial<BusRule> = {}): BusRule {
  return { name, isEnabled: true, pattern, isManaged: false, ...changes };
}

const { TARGET_ARN: localTarget = "" } = localAttributes("delivery", "pack");

const quietRules = [
  rule("pack", orders),
  rule("log-all-events", everything),
  rule("other", '{"source":["x"]}'),
];

interface Case {
  readonly name: string;
  readonly account?: string;
  readonly event?: LetterText;
  readonly body?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly facts?: Partial<FateFacts>;
}

function letterOf({ account = "global", event = {}, body, attributes }: Case) {
  const own = account === "global" ? forwardAttributes("delivery") : localAttributes(account, "pack");
  return readLetter({
    MessageId: "m-1",
    Body: body ?? eventText(event),
    MessageAttributes: Object.fromEntries(
      Object.entries({ ...own, ...attributes })
        .filter(([, value]) => value !== "")
        .map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
    ),
  });
}

/** Of the usual letter of the global queue, whatever message it is in. */
const keyOf = () => letterKey(letterOf({ name: "" }));

function fate(one: Case) {
  const { account = "global", facts = {} } = one;
  return fateOf(
    {
      registry,
      topology,
      account: stack(account),
      queue: { kind: "dead-letters", as: "dead-letters", name: "q", arn: "q" },
      rules: account === "global" ? undefined : quietRules,
      targets: new Map([["pack", [localTarget]]]),
      history: noHistory,
      alsoTo: new Set(),
      without: new Set(),
      receivers: new Map(),
      again: false,
      ...facts,
    },
    letterOf(one),
  );
}

const globalRules = "arn:aws:events:eu-west-1:111111111111:rule/backbone-global";

describe("a letter that goes", () => {
  it.each<Case & { readonly bus: string; readonly also?: readonly string[] }>([
    { name: "a forward's, to the bus that refused it", bus: "delivery" },
    {
      name: "a forward's of a wildcard",
      bus: "archive",
      attributes: forwardAttributes("archive"),
    },
    { name: "a local rule's, if nobody else sees it", account: "delivery", bus: "delivery" },
    {
      name: "a local rule's beside the archive's own rule",
      account: "delivery",
      bus: "delivery",
      facts: {
        rules: [...quietRules, rule("Events-Archive-backbone-delivery", everything, { isManaged: true })],
      },
    },
    {
      name: "a local rule's beside a disabled one",
      account: "delivery",
      bus: "delivery",
      facts: { rules: [...quietRules, rule("bill", orders, { isEnabled: false })] },
    },
    {
      name: "a local rule's beside one that was agreed to",
      account: "delivery",
      bus: "delivery",
      facts: { rules: [...quietRules, rule("bill", orders)], alsoTo: new Set(["bill"]) },
      also: ["bill"],
    },
  ])("$name", ({ bus, also = [], ...letter }) => {
    expect(fate(letter)).toMatchObject({ kind: "goes", to: stack(bus).bus.arn, also });
  });
});

const stays: readonly (Case & { readonly reason: keyof typeof stayReasons; readonly detail?: string })[] = [
  { name: "text that is no JSON", body: "hello", reason: "not-an-event" },
  { name: "what a rule made of an event", body: '{"orderId":"o-1"}', reason: "not-an-event" },
  {
    name: "a canary",
    event: { resources: ["event-backbone:canary:night"] },
    reason: "canary",
  },
  {
    name: "a canary of a log rule",
    account: "delivery",
    event: { resources: ["event-backbone:canary:x"] },
    reason: "canary",
  },
  { name: "what a replay brought", event: { replay: "monday" }, reason: "replay", detail: "monday" },
  {
    name: "what could not be encrypted",
    facts: { queue: { kind: "encryption-failures", as: "encryption-failures", name: "q", arn: "q" } },
    reason: "encryption-failure",
  },
  { name: "one without a rule", attributes: { RULE_ARN: "" }, reason: "no-rule" },
  {
    name: "the backbone's own rule on the default bus",
    attributes: { RULE_ARN: "arn:aws:events:eu-west-1:111111111111:rule/backbone-routing-changes" },
    reason: "routing-watch",
  },
  {
    name: "a rule of another account",
    attributes: { RULE_ARN: "arn:aws:events:eu-west-1:555555555555:rule/backbone-global/forward-delivery" },
    reason: "foreign-rule",
  },
  {
    name: "a bus whose name only begins like ours",
    attributes: { RULE_ARN: `${globalRules}-2/forward-delivery` },
    reason: "foreign-rule",
  },
  { name: "the global log's", attributes: { RULE_ARN: `${globalRules}/log-all-events` }, reason: "log" },
  {
    name: "a local log's",
    account: "delivery",
    attributes: localAttributes("delivery", "log-all-events"),
    reason: "log",
  },
  {
    name: "a rule on the global bus that is no forward",
    attributes: { RULE_ARN: `${globalRules}/no-such-rule` },
    reason: "no-forward",
  },
  {
    name: "a forward to a bus that is not its own",
    attributes: { TARGET_ARN: stack("orders").bus.arn },
    reason: "other-target",
  },
  { name: "a forward without a target", attributes: { TARGET_ARN: "" }, reason: "other-target" },
  {
    name: "an event that the forward does not carry",
    event: {
      source: "com.example.delivery",
      detailType: "Delivery.Updated",
      detail: '{"orderId":"o","status":"delivered"}',
    },
    reason: "no-match",
  },
  {
    name: "a forged event for a forward",
    event: { source: "com.undeclared", detailType: "Evil" },
    reason: "no-match",
  },
  {
    name: "a local rule, if nobody knows the rules",
    account: "delivery",
    facts: { rules: undefined },
    reason: "rules-unknown",
  },
  {
    name: "a local rule that is gone",
    account: "delivery",
    attributes: localAttributes("delivery", "gone"),
    reason: "rule-gone",
    detail: "gone",
  },
  {
    name: "a local rule that has lost its target",
    account: "delivery",
    facts: { targets: new Map([["pack", []]]) },
    reason: "target-gone",
    detail: `pack: ${localTarget}`,
  },
  {
    name: "a local rule that hands events to another target now",
    account: "delivery",
    facts: { targets: new Map([["pack", [`${localTarget}-2`]]]) },
    reason: "target-gone",
  },
  {
    name: "a local rule of whose targets nobody knows",
    account: "delivery",
    facts: { targets: new Map() },
    reason: "rules-unknown",
    detail: "targets of pack",
  },
  {
    name: "a local rule that is disabled",
    account: "delivery",
    facts: { rules: [rule("pack", orders, { isEnabled: false })] },
    reason: "rule-disabled",
  },
  {
    name: "a local rule whose pattern was changed",
    account: "delivery",
    facts: { rules: [rule("pack", '{"detail-type":["Order.Updated"]}')] },
    reason: "no-match",
  },
  {
    name: "a local rule that asks for the account, which a redrive changes",
    account: "delivery",
    facts: { rules: [rule("pack", '{"account":["222222222222"]}')] },
    reason: "no-match",
  },
  {
    name: "a local rule, if another sees it",
    account: "delivery",
    facts: { rules: [...quietRules, rule("bill", orders), rule("ship", everything)] },
    reason: "seen-by-others",
    detail: "bill, ship",
  },
  {
    name: "a local rule, if one of two others was agreed to",
    account: "delivery",
    facts: {
      rules: [...quietRules, rule("bill", orders), rule("ship", everything)],
      alsoTo: new Set(["bill"]),
    },
    reason: "seen-by-others",
    detail: "ship",
  },
  {
    name: "a local rule, if another cannot be read",
    account: "delivery",
    facts: { rules: [...quietRules, rule("new", '{"source":[{"future":1}]}')] },
    reason: "seen-by-others",
    detail: "new",
  },
  {
    name: "a contract that is gone",
    account: "delivery",
    event: { detailType: "Order.Forgotten" },
    facts: { rules: [rule("pack", everything)] },
    reason: "no-contract",
    detail: "no contract has source com.example.orders and detail-type Order.Forgotten",
  },
  {
    name: "a detail that breaks its contract",
    event: { detail: orderDetail.replace('"amount":5', '"amount":"5"') },
    reason: "breaks-contract",
    detail: "detail does not satisfy orders/Order.Created: total.amount: expected number, received string",
  },
  {
    name: "a code that says that the target has it",
    attributes: { ERROR_CODE: "RESOURCE_ALREADY_EXISTS" },
    reason: "never-again",
  },
  {
    name: "what an earlier run left in doubt",
    facts: { history: { ...noHistory, doubtful: new Map([["m-1", { at: "2026-01-01T00:00:00Z" }]]) } },
    reason: "in-doubt",
    detail: "sent at 2026-01-01T00:00:00Z",
  },
  {
    name: "what an earlier run left in doubt for another letter of the rule",
    facts: { history: { ...noHistory, doubtful: new Map([[keyOf(), { at: "2026-01-01T00:00:00Z" }]]) } },
    reason: "in-doubt",
  },
  {
    name: "what an earlier run gave back for another letter of the rule",
    facts: { history: { ...noHistory, accepted: new Map([[keyOf(), { to: "b", acceptedAs: "n" }]]) } },
    reason: "given-back",
    detail: "accepted as n",
  },
  {
    name: "a third round",
    event: { resources: ["event-backbone:redriven:first:2"] },
    reason: "many-rounds",
    detail: "2 rounds since first",
  },
];

describe("a letter that stays", () => {
  it.each(stays)("$name: $reason", ({ reason, detail, ...letter }) => {
    expect(fate(letter)).toMatchObject({
      kind: "stays",
      reason,
      ...(detail === undefined ? {} : { detail }),
    });
  });

  it("has a case for every reason but those of a bus and of a subscription", () => {
    const tried = new Set(stays.map(({ reason }) => reason));
    const ofAws = ["no-way-back", "not-for-all", "receiver-closed", "aws-breaks-contract"];
    const untried = Object.keys(stayReasons).filter((reason) => !new Set<string>(tried).has(reason));
    expect(untried).toEqual(["no-subscription", "no-partition-key", ...ofAws, "bus-missing", "bus-not-seen"]);
  });

  it("does not for what was agreed to", () => {
    for (const { reason, ...letter } of stays) {
      if (!["in-doubt", "given-back", "many-rounds"].includes(reason)) continue;
      expect(fate({ ...letter, facts: { ...letter.facts, again: true } }).kind).toBe("goes");
    }
  });

  it.each([
    { sight: { kind: "there" }, expected: { kind: "goes" } },
    { sight: { kind: "missing" }, expected: { kind: "stays", reason: "bus-missing" } },
    {
      sight: { kind: "not-seen", problem: "no" },
      expected: { kind: "stays", reason: "bus-not-seen", detail: "no" },
    },
  ] as const)("if its bus is $sight.kind: $expected.kind", ({ sight, expected }) => {
    const sights = new Map([[stack("delivery").bus.arn, sight]]);
    expect(afterSight(fate({ name: "" }), sights)).toMatchObject(expected);
  });
});

it("a letter whose event an earlier run has sent is only deleted, whatever it is", () => {
  const accepted = new Map([["m-1", { to: "b", acceptedAs: "n" }]]);
  expect(fate({ name: "", body: "no event", facts: { history: { ...noHistory, accepted } } })).toEqual({
    kind: "sent",
    to: "b",
    acceptedAs: "n",
  });
});
