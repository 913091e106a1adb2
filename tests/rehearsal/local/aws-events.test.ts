import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createBackbone, playStories, senderOf } from "../../../rehearsal/local/index.js";
import { projectFolder, stageFor } from "../../../rehearsal/local/stages.js";
import { registry as shop } from "../../fixtures/handled/uploads-registry.js";
import { registry } from "../../fixtures/registries/aws-events.js";

const batch = z.object({ Records: z.array(z.object({ body: z.string() })) });

const created = "uploads/Object Created";
const uploads = "billing/uploads";
const own = "billing/own";
const nothing = () => Promise.resolve(undefined);
const handlers = { [uploads]: nothing, [own]: nothing, "billing/payments": nothing };
const object = (bucket: string, key: string) => ({ bucket: { name: bucket }, object: { key } });

const backboneOf = () => createBackbone(registry, { handlers });
const call = (readOnly: boolean) => ({
  eventSource: "iam.amazonaws.com",
  eventName: readOnly ? "ListRoles" : "CreateRole",
  readOnly,
  managementEvent: true,
});

describe("put of an event of AWS", () => {
  it.each<{ name: string; contract: string; as?: string; detail?: unknown; says: string }>([
    {
      name: "is on the default bus that it comes from, and comes to those who want it",
      contract: created,
      says: `uploads/Object Created by aws.s3 on the default bus of orders\n  ${uploads}: done`,
    },
    {
      name: "comes to another's bus of the same source and detail-type",
      contract: "invoices/Object Created",
      says: `invoices/Object Created by aws.s3 on the default bus of billing\n  ${own}: done`,
    },
    {
      name: "comes to bus rules where no subscription takes it",
      contract: "uploads/Object Deleted",
      says: "uploads/Object Deleted by aws.s3 on the default bus of orders: accepted, for the rules of orders",
    },
    {
      name: "is on a partner's bus",
      contract: "payments/Payment Succeeded",
      says: "payments/Payment Succeeded by aws.partner/example.com/prod/payments on the partner's bus of billing\n  billing/payments: done",
    },
    {
      name: "is on the bus of the account that is named",
      contract: "trail/AWS API Call via CloudTrail",
      as: "billing",
      says: "trail/AWS API Call via CloudTrail by aws.iam on the default bus of billing\n  watch/everything: queued",
    },
    {
      name: "is on the bus of the account that an id is of",
      contract: "trail/AWS API Call via CloudTrail",
      as: "222222222222",
      says: "trail/AWS API Call via CloudTrail by aws.iam on the default bus of audit\n  watch/everything: queued",
    },
    {
      name: "may only read, where such are asked for",
      contract: "trail/AWS API Call via CloudTrail",
      detail: call(true),
      says: "trail/AWS API Call via CloudTrail by aws.iam on the default bus of audit\n  watch/everything: queued",
    },
  ])("$name", async ({ contract, as, detail, says }) => {
    await using backbone = await backboneOf();
    const put = await backbone.put(contract, detail, as === undefined ? {} : { as });
    expect(put.refused).toBeUndefined();
    expect(backbone.story()).toBe(says);
  });

  it.each([
    {
      contract: created,
      as: "billing",
      says: 'uploads/Object Created does not come from "billing", as AWS puts such events on buses of orders only; write one of these',
    },
    { contract: created, as: "uploads", says: 'does not come from "uploads"' },
    { contract: "payments/Payment Succeeded", as: "nobody", says: "on buses of billing only" },
  ])("is an error of one sentence from $as", async ({ contract, as, says }) => {
    await using backbone = await backboneOf();
    await expect(backbone.put(contract, undefined, { as })).rejects.toThrow(says);
    expect(backbone.events()).toEqual([]);
  });

  it("is held against its own contract, and against none where that is asked", async () => {
    await using backbone = await backboneOf();
    const wrong = backbone.put("invoices/Object Created", { bucket: {} });
    await expect(wrong).rejects.toThrow(/^detail does not satisfy invoices\/Object Created: .*bucket\.name/);
    const { deliveries } = await backbone.put(
      created,
      { bucket: { name: "uploads" }, object: { key: "a.csv" }, metadata: { id: "AWS's own" } },
      { unchecked: true },
    );
    expect(deliveries).toMatchObject([{ subscription: uploads, outcome: "done" }]);
    await expect(backbone.put(created, "text", { unchecked: true })).rejects.toThrow(
      "aws.s3/Object Created: the detail of an event is a JSON object",
    );
  });

  it("gives handlers the envelope that AWS would, and the detail whole", async () => {
    const seen: unknown[] = [];
    await using backbone = await createBackbone(registry, {
      handlers: { ...handlers, [uploads]: (event) => Promise.resolve(void seen.push(event)) },
    });
    const detail = { ...object("uploads", "a.csv"), metadata: { id: "AWS's own" } };
    const { id } = await backbone.put(created, detail, { unchecked: true });
    const [body = ""] = seen.flatMap((event) => batch.parse(event).Records.map((record) => record.body));
    expect(JSON.parse(body)).toMatchObject({
      id,
      source: "aws.s3",
      "detail-type": "Object Created",
      account: "444444444444",
      region: "eu-west-1",
      detail,
    });
    expect(backbone.events()).toMatchObject([{ id, detail, account: "orders" }]);
    expect(backbone.events().map(({ metadata }) => metadata)).toEqual([{}]);
  });

  it.each([
    {
      name: "another filter",
      contract: created,
      detail: object("uploads", "a.png"),
      at: uploads,
      says: /^filtered: detail\.object\.key: wanted a value ending with "\.csv"/,
    },
    {
      name: "another contract",
      contract: created,
      detail: undefined,
      at: own,
      says: /^no route: billing\/own takes invoices/,
    },
  ])("says why it did not come: $name", async ({ contract, detail, at, says }) => {
    await using backbone = await backboneOf();
    const { id } = await backbone.put(contract, detail);
    expect(backbone.why(at, id)).toMatch(says);
  });

  it("says that EventBridge keeps back what only reads from rules that do not ask", async () => {
    const trail = registry.services.trail;
    if (trail === undefined || !("from" in trail)) expect.fail();
    const key = "AWS API Call via CloudTrail";
    const { detail } = trail.contracts[key] ?? expect.fail();
    const contract = { version: 1, description: "…", detail, examples: { change: call(false) } };
    const quiet = {
      ...registry,
      services: {
        ...registry.services,
        trail: { ...trail, readOnlyManagementEvents: false, contracts: { [key]: contract } },
      },
    };
    await using backbone = await createBackbone(quiet, { handlers });
    const { id } = await backbone.put(`trail/${key}`, call(true));
    expect(backbone.why("watch/everything", id)).toMatch(
      /^kept back: the rule backbone-forward-audit\.default\S* does not ask for management events that only read; write readOnlyManagementEvents: true in trail$/,
    );
    expect((await backbone.put(`trail/${key}`, call(false))).deliveries).toHaveLength(1);
  });

  it("comes from the one default bus where all accounts are one, whoever is named of them", async () => {
    await using backbone = await createBackbone(registry, {
      environment: "dev",
      handlers: { [uploads]: nothing },
    });
    for (const as of ["orders", "billing", "555555555555"]) {
      const { deliveries } = await backbone.put(created, undefined, { as });
      expect(deliveries).toMatchObject([{ subscription: uploads, outcome: "done" }]);
    }
  });

  it("is no service's to publish, whatever it is called", async () => {
    const stage = await stageFor(registry);
    expect(() => senderOf(stage, "uploads")).toThrow(
      /^uploads are events of AWS, which no code publishes; there are the services billing, orders, watch and the accounts /,
    );
    await using backbone = await backboneOf();
    await expect(backbone.as("uploads", () => undefined)).rejects.toThrow("no code publishes");
    await expect(backbone.put("orders/Order.Created", undefined, { as: "trail" })).rejects.toThrow(
      "no code publishes",
    );
  });

  it("goes back to its target alone when its letters do", async () => {
    let isBroken = true;
    await using backbone = await createBackbone(registry, {
      handlers: {
        ...handlers,
        [uploads]: () => (isBroken ? Promise.reject(new Error("no")) : nothing()),
      },
    });
    const { id } = await backbone.put(created);
    await backbone.advance("12 hours");
    expect(backbone.deadLetters(uploads)).toMatchObject([{ id, detailType: "Object Created" }]);
    isBroken = false;
    expect(await backbone.redrive(uploads)).toMatchObject([{ subscription: uploads, outcome: "done" }]);
    expect(backbone.events()).toHaveLength(1);
  });
});

describe("a story that AWS begins, or goes on with", () => {
  it("is played by the services' own code", async () => {
    const stage = await stageFor(shop);
    const played = await playStories(stage, stage.registry.stories, projectFolder);
    expect(played.get("uploaded")).toEqual({
      ok: true,
      missing: [],
      told: [
        "uploads/Object Created by aws.s3 on the default bus of orders",
        "  orders/import-order: done",
        "    orders/Order.Created by orders",
        "      delivery/start-delivery: done",
        "        delivery/Delivery.Updated by delivery",
        "          orders/update-order: done",
        "            orders/Order.Updated by orders: accepted, for the rules of archive",
      ].join("\n"),
    });
    const later = played.get("uploaded-later");
    expect(later).toMatchObject({ ok: true, missing: [] });
    expect(later?.told.match(/^\S.* by .+$/gm)).toHaveLength(2);
  });
});
