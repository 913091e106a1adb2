import { EventBridgeClient, type PutEventsRequestEntry, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { renderBanner } from "../../cli/commands/dev/banner.js";
import { linesOf } from "../../cli/commands/dev/narrate.js";
import { containing, Dev, matching } from "../fixtures/dev-server.js";
import { registry } from "../fixtures/handled/uploads-registry.js";

const answer = z.looseObject({ id: z.string().default(""), problem: z.string().optional() });
const registryView = z.object({ contracts: z.array(z.looseObject({ origin: z.unknown().optional() })) });
const created = "uploads/Object Created";
const detail = { bucket: { name: "uploads" }, object: { key: "orders/o-9.csv" } };

let dev: Dev;
beforeAll(async () => {
  dev = await Dev.open({ registry });
});
afterAll(async () => {
  expect(dev.bugs).toEqual([]);
  await dev[Symbol.asyncDispose]();
});

const tell = (id: string) => dev.running.live.backbone.tell(id) ?? expect.fail(`no event ${id}`);
const ask = async (path: string, value: object) => answer.parse(await (await dev.post(path, value)).json());
async function put(value: object): Promise<string> {
  const { id } = await ask("/_backbone/publish", value);
  await dev.running.live.backbone.settle();
  return id;
}

const entry = (parts: PutEventsRequestEntry): PutEventsRequestEntry => ({
  EventBusName: "default",
  DetailType: "Object Created",
  Detail: JSON.stringify(detail),
  ...parts,
});
const putEvents = (as: string, ...Entries: PutEventsRequestEntry[]) =>
  new EventBridgeClient(dev.client(as)).send(new PutEventsCommand({ Entries }));

describe("an event of AWS in dev", () => {
  it("is put where it comes from by the page, and handled", async () => {
    const id = await put({ contract: created });
    expect(tell(id)).toMatchObject({
      by: "aws.s3 on the default bus of orders",
      account: "orders",
      detail: { object: { key: "orders/o-7.csv" } },
      metadata: {},
      deliveries: [{ subscription: "orders/import-order", outcome: "done" }],
    });
    expect(tell(tell(id).causes[0] ?? "")).toMatchObject({ contract: "orders/Order.Created", by: "orders" });
    expect(linesOf(tell(id))[0]).toMatch(
      / {2}uploads\/Object Created {2}by aws\.s3 on the default bus of orders {2}/,
    );
  });

  it("has a view that says how a test puts it again, and what it looks like", async () => {
    const id = await put({ contract: created, detail, as: "orders" });
    expect(await (await dev.get(`/_backbone/events/${id}`)).json()).toMatchObject({
      code: `await backbone.put("uploads/Object Created", ${JSON.stringify(detail, undefined, 2)}, { as: "orders" });`,
      as: { rule: { source: "aws.s3", account: "222222222222", detail } },
      tree: { by: "aws.s3 on the default bus of orders", causes: [{ contract: "orders/Order.Created" }] },
    });
  });

  it("comes once more as it was, or changed", async () => {
    const id = await put({ contract: created, detail });
    const next = await ask("/_backbone/again", { id });
    expect(tell(next.id)).toMatchObject({ by: tell(id).by, detail, metadata: {} });
    const changed = { ...detail, object: { key: "other.csv" } };
    const other = await ask("/_backbone/again", { id, detail: changed, as: "orders" });
    expect(tell(other.id)).toMatchObject({ by: tell(id).by, detail: changed, metadata: {} });
  });

  it("comes from no other account, which is said", async () => {
    const response = await dev.post("/_backbone/publish", { contract: created, as: "delivery" });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: containing("on buses of orders only") });
  });

  it("is told in banner and registry with the bus that it comes from", async () => {
    expect(renderBanner(dev.running, { url: dev.url, seconds: 1 })).toMatch(
      /^uploads {3}comes from the default bus of orders: put there by the page, or POST \/_backbone\/publish$/m,
    );
    const { contracts } = registryView.parse(await (await dev.get("/_backbone/registry")).json());
    expect(contracts.filter(({ origin }) => origin !== undefined)).toMatchObject([
      { key: created, origin: { bus: "default", accounts: ["orders"], title: "the default bus of orders" } },
    ]);
  });

  it("is nobody's to sign as", async () => {
    expect(dev.running.live.callers.names).toEqual(["delivery", "orders", "archive", "global"]);
    expect(renderBanner(dev.running, { url: dev.url, seconds: 1 })).not.toMatch(/who you are: .*uploads/);
    await expect(putEvents("uploads", entry({ Source: "com.example.x" }))).rejects.toThrow(
      "set AWS_ACCESS_KEY_ID to the key of a service",
    );
  });
});

describe("PutEvents with a source of AWS", () => {
  it("is refused entry by entry in AWS's words, and the others go through", async () => {
    const { FailedEntryCount, Entries } = await putEvents(
      "archive",
      entry({ Source: "aws.s3" }),
      entry({ Source: "com.example.orders", DetailType: "Order.Created" }),
      entry({ Source: "aws.partner/example.com/payments" }),
    );
    const refused = {
      ErrorCode: "NotAuthorizedForSourceException",
      ErrorMessage: "Not authorized for the source.",
    };
    expect(FailedEntryCount).toBe(2);
    expect(Entries).toEqual([refused, { EventId: matching(/^[\da-f-]{36}$/) }, refused]);
    const [first] = dev.running.live.backbone.told().slice(-3);
    expect(first).toMatchObject({
      by: "archive",
      refused: containing('a source must not begin with "aws."'),
    });
  });

  it("is refused whole by the policies of who may publish other sources only", async () => {
    await expect(
      putEvents("orders", entry({ Source: "aws.s3", EventBusName: dev.bus })),
    ).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});
