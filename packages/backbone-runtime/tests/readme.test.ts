import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as runtime from "../src/index.js";
import { answersTo } from "./examples/isolated.js";
import { OrderArchived } from "./examples/json-schema.js";
import { poll } from "./examples/poll.js";
import { placeOrder } from "./examples/publish.js";
import { checkDetail } from "../src/contract.js";
import { eventOf, fakeHost, metadataOf } from "./host.js";
import { order } from "./shop.js";

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = here("../README.md");
const examples = [...readme.matchAll(/^<!-- example: (.+) -->\n\n```ts\n([^]*?)^```$/gm)].map(
  ([, file = "", code = ""]) => ({ file, code }),
);

describe("the README", () => {
  it.each(examples)("shows $file as it is run here", ({ file, code }) => {
    expect(code).toBe(here(`examples/${file}`));
    expect(code.split("\n").length).toBeLessThanOrEqual(22);
  });

  it("shows every example, and no code that is none", () => {
    const shown = examples.map(({ file }) => file);
    expect(readdirSync(new URL("examples", import.meta.url)).filter((file) => !shown.includes(file))).toEqual(
      ["delivery-contracts.ts"],
    );
    expect(readme.match(/^```ts$/gm)).toHaveLength(examples.length);
  });

  it("names every environment variable that is read, and none besides", () => {
    const source = readdirSync(new URL("../src", import.meta.url)).map((file) => here(`../src/${file}`));
    const namesIn = (text: string) => [...new Set(text.match(/\bBACKBONE_[A-Z_]+/g))].sort();
    expect(namesIn(readme)).toEqual(namesIn(source.join("\n")));
  });

  it("names only what the package has", () => {
    const called = [...readme.matchAll(/`(\w+)\(/g)].map(([, name = ""]) => name);
    expect(called.filter((name) => !(name in runtime))).toEqual([]);
  });
});

describe("its examples", () => {
  it("place an order, which is published", async () => {
    const host = fakeHost();
    await host.run(() => placeOrder("ord-2"));
    expect(metadataOf(host)).toHaveLength(1);
  });

  it("answer an order with a delivery, once for a fact", async () => {
    expect(await answersTo(eventOf())).toMatchObject([{ DetailType: "Delivery.Updated" }]);
    const lost = { ...order, items: [{ sku: "lost-pot", quantity: 1 }] };
    await expect(answersTo(eventOf({ detail: lost }))).rejects.toThrow(runtime.Rejected);
  });

  it("take from a queue what was handled, and leave the rest", async () => {
    const removed: (string | undefined)[] = [];
    const messages = [
      { MessageId: "a", Body: JSON.stringify(eventOf()) },
      { MessageId: "b", Body: "{" },
    ];
    await fakeHost().run(() =>
      poll(messages, ({ MessageId }) => Promise.resolve(void removed.push(MessageId))),
    );
    expect(removed).toEqual(["a"]);
  });

  it("check a detail by a JSON Schema", async () => {
    expect(await checkDetail(OrderArchived, {})).toMatchObject({ ok: false });
    expect(await checkDetail(OrderArchived, { orderId: "1" })).toMatchObject({ ok: true });
  });
});
