import { describe, expect, it } from "vitest";
import { editedAll, type EditPath, removed } from "../fixtures/edit.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { registry as subscribers } from "../fixtures/registries/subscribers.js";
import { subscriptionDamages } from "../fixtures/subscription-damages.js";

/** What a subscription needs, and what is told of it where it is wrong. */

const shop = await rehearse(example, "prod");
const many = await rehearse(subscribers, "prod");

const prod = ["environments", "prod"] as const;

describe("subscriptions of every kind", () => {
  it.each(["prod", "dev"])("are proven in %s", async (environment) => {
    const { ok, checks } = verifyPlan(await rehearse(subscribers, environment));
    expect(ok).toBe(true);
    const of = (contract: string) => checks.find(({ id }) => id === `delivery:${contract}`)?.title;
    expect(of("orders/Order.Created")).toBe(
      "orders/Order.Created reaches archive, delivery (send-invoice, start-delivery, watch-orders), and their logs, once",
    );
    expect(of("delivery/Delivery.Updated")).toContain("delivery (count-deliveries)");
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        "filter:orders/Order.Created:delivery/large-orders",
        "exact-subscription:reports/order-status",
        "subscription-role:reports/everything",
        "function-policies:delivery",
      ]),
    );
  });

  const key = "arn:aws:kms:eu-west-1:333333333333:key/11111111-2222-3333-4444-555555555555";
  it.each([
    { what: "rules that are divided", edits: [[[...prod, "quotas"], { eventPatternCharacters: 120 }]] },
    { what: "roles of a path", edits: [[[...prod, "roles"], { path: "/mesh/", redrivers: ["on-call"] }]] },
    { what: "customer keys", edits: [[[...prod, "encryption"], true]] },
    { what: "alarms", edits: [[[...prod, "alarms"], {}]] },
    {
      what: "a queue under a key",
      edits: [[["subscriptions", "delivery", "large-orders", "to"], { queue: { name: "theirs", key } }]],
    },
    { what: "a former source", edits: [[["services", "orders", "alsoSources"], ["com.acme.former"]]] },
    {
      what: "two filters on one contract",
      edits: [
        [
          ["subscriptions", "billing", "send-invoice", "filter"],
          { total: { amount: [{ numeric: ["<", 1_000] }] } },
        ],
        [["subscriptions", "delivery", "start-delivery"], removed],
        [["subscriptions", "delivery", "watch-orders"], removed],
      ],
    },
    {
      what: "two that give to one queue",
      edits: [[["subscriptions", "delivery", "watch-orders", "to"], { queue: { name: "large-orders" } }]],
    },
  ] satisfies readonly { what: string; edits: readonly (readonly [EditPath, unknown])[] }[])(
    "are proven with $what",
    async ({ edits }) => {
      const rehearsed = await rehearse(editedAll(subscribers, edits), "prod");
      expect(verifyPlan(rehearsed).failures).toEqual([]);
    },
  );

  it("have functions of their own in the example", () => {
    const { ok, checks } = verifyPlan(shop);
    expect(ok).toBe(true);
    expect(checks.find(({ id }) => id === "delivery:orders/Order.Created")?.title).toContain(
      "reaches delivery (start-delivery), and",
    );
    expect(checks.map(({ id }) => id)).toContain("function-role:delivery/start-delivery");
  });
});

describe("a plan in which", () => {
  it.each(subscriptionDamages)("$what has one cause", ({ of, change, says: told, by, follows = {} }) => {
    const rehearsed = { shop, many }[of];
    const { failures } = verifyPlan(rehearsed, change(rehearsed.plan));
    expect(failures.map(({ id, cause }) => `${id}: ${cause}`)).toEqual([
      expect.stringMatching(new RegExp(`^${by}.*${told.replace(/[.*]/gu, "\\$&")}`, "su")),
    ]);
    const followers = failures.flatMap((cause) => cause.follows.map(({ id, cause: why }) => `${id}: ${why}`));
    for (const [id, why] of Object.entries(follows))
      expect(followers.find((one) => one.startsWith(id))).toContain(why);
  });
});
