import { describe, expect, it } from "vitest";
import { type DynamoClient, dynamoStore, memoryStore, once, type OnceStore } from "../src/index.js";
import { batchOf, eventOf, failed, fakeHost, recordOf } from "./host.js";
import { consume } from "../src/index.js";
import { fakeTable } from "./fake-table.js";
import { OrderCreated } from "./shop.js";

interface Clock {
  now: number;
}
const day = 86_400_000;

const stores: readonly (readonly [string, (clock: Clock) => OnceStore])[] = [
  ["memory", (clock) => memoryStore({ now: () => clock.now, expiryMilliseconds: 90 * day })],
  [
    "a table",
    (clock) =>
      dynamoStore("runs", { client: fakeTable(), now: () => clock.now, expiryMilliseconds: 90 * day }),
  ],
];

describe.each(stores)("what is remembered in %s", (_, storeAt) => {
  const lease = 30_000;
  const begun = (clock: Clock = { now: 1_790_000_000_000 }) => {
    const store = storeAt(clock);
    return { clock, store, begin: (token: string) => store.begin("key", token, lease) };
  };

  it("is begun by one, and others wait until it is done", async () => {
    const { store, begin } = begun();
    expect(await begin("a")).toBe("begun");
    expect(await begin("b")).toBe("busy");
    expect(await store.finish("key", "a")).toBe(true);
    expect(await begin("b")).toBe("done");
  });

  it("is apart for each key", async () => {
    const { store } = begun();
    expect(await store.begin("one", "a", lease)).toBe("begun");
    expect(await store.begin("two", "b", lease)).toBe("begun");
  });

  it("is forgotten when it failed, so that a retry begins", async () => {
    const { store, begin } = begun();
    await begin("a");
    await store.forget("key", "a");
    expect(await begin("b")).toBe("begun");
  });

  it("goes to another when its lease has ended, as after a crash", async () => {
    const { clock, begin } = begun();
    await begin("a");
    clock.now += lease - 1;
    expect(await begin("b")).toBe("busy");
    clock.now += 1;
    expect(await begin("b")).toBe("begun");
  });

  it("is neither finished nor erased by a run that comes too late", async () => {
    const { clock, store, begin } = begun();
    await begin("late");
    clock.now += lease;
    await begin("second");
    await store.forget("key", "late");
    expect(await begin("third")).toBe("busy");
    expect(await store.finish("key", "late")).toBe(false);
    expect(await begin("third")).toBe("busy");
    expect(await store.finish("key", "second")).toBe(true);
    await store.forget("key", "late");
    expect(await begin("third")).toBe("done");
  });

  it("is finished by a run that is late, if nobody else has begun", async () => {
    const { clock, store, begin } = begun();
    await begin("a");
    clock.now += lease * 2;
    expect(await store.finish("key", "a")).toBe(true);
    expect(await begin("b")).toBe("done");
  });

  it("is done for as long as was said, and no longer", async () => {
    const { clock, store, begin } = begun();
    await begin("a");
    await store.finish("key", "a");
    clock.now += 90 * day - 1_000;
    expect(await begin("b")).toBe("done");
    clock.now += 1_000;
    expect(await begin("b")).toBe("begun");
  });
});

describe("a table", () => {
  it("is begun by a run whose first answer was lost, and meets its own", async () => {
    const table = fakeTable();
    let lost = 1;
    const client: DynamoClient = {
      ...table,
      putItem: async (input) => {
        await table.putItem(input);
        // The SDK asks again.
        return lost-- > 0 ? table.putItem(input) : undefined;
      },
    };
    expect(await dynamoStore("runs", { client }).begin("key", "a", 1_000)).toBe("begun");
  });

  it("that cannot be asked is an error and no answer", async () => {
    const client: DynamoClient = {
      putItem: () => Promise.reject(new Error("no such table")),
      deleteItem: () => Promise.reject(new Error("no such table")),
    };
    const store = dynamoStore("runs", { client });
    await expect(store.begin("key", "a", 1_000)).rejects.toThrow("no such table");
    await expect(store.finish("key", "a")).rejects.toThrow("no such table");
    await expect(store.forget("key", "a")).rejects.toThrow("no such table");
  });

  it("is called by its name, with the time to live in seconds", async () => {
    const table = fakeTable();
    await dynamoStore("runs", { client: table, now: () => 5_500, expiryMilliseconds: 1_000 }).begin(
      "key",
      "a",
      1_000,
    );
    expect(table.items("runs")).toEqual([
      { id: { S: "key" }, holder: { S: "a" }, leaseEnds: { N: "6500" }, expiresAt: { N: "6" } },
    ]);
  });
});

describe("once", () => {
  it("does its work once for a key, and says whether it did", async () => {
    const store = memoryStore();
    let works = 0;
    const work = () => (works += 1);
    expect(await once("a", store, work)).toBe(true);
    expect(await once("a", store, work)).toBe(false);
    expect(await once("b", store, work)).toBe(true);
    expect(works).toBe(2);
  });

  it("does it again after it failed, and throws what it threw", async () => {
    const store = memoryStore();
    await expect(once("a", store, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await once("a", store, () => undefined)).toBe(true);
  });

  it("throws while another run is at it, which is a retry", async () => {
    const store = memoryStore();
    let inner: unknown;
    await once("a", store, async () => {
      inner = await once("a", store, () => undefined).catch((error: unknown) => error);
    });
    expect(inner).toMatchObject({ message: "another run is at work on a; it is tried again later" });
  });

  it("throws what the work threw, also where that cannot be forgotten, and logs that", async () => {
    const host = fakeHost();
    const store = { ...memoryStore(), forget: () => Promise.reject(new Error("no table")) };
    await expect(
      host.run(() => once("a", store, () => Promise.reject(new Error("no stock")))),
    ).rejects.toThrow("no stock");
    expect(host.lines).toMatchObject([{ level: "WARN", key: "a", error: { message: "no table" } }]);
  });

  it("says in the log when it took longer than its lease and another has begun", async () => {
    const host = fakeHost();
    const store = { ...memoryStore(), finish: () => Promise.resolve(false) };
    expect(await host.run(() => once("a", store, () => undefined))).toBe(true);
    expect(host.lines).toMatchObject([{ level: "WARN", key: "a" }]);
  });

  it("holds it as long as the host lets a delivery run, and a little more", async () => {
    const leases: number[] = [];
    const store: OnceStore = {
      ...memoryStore(),
      begin: (_key, _token, lease) => {
        leases.push(lease);
        return Promise.resolve("begun");
      },
    };
    const consumer = consume(OrderCreated, (_, { key }) => once(key, store, () => undefined));
    const { run } = fakeHost({ sleep: () => new Promise(() => undefined) });
    await run(() => consumer(eventOf(), { getRemainingTimeInMillis: () => 30_000 }));
    await run(() => consumer(eventOf()));
    expect(leases).toEqual([35_000, 1_000_000]);
  });

  it("in a handler makes one of a message that comes twice, at once or later", async () => {
    let works = 0;
    const consumer = consume(OrderCreated, (_, { key }) => once(key, () => (works += 1)));
    const { run } = fakeHost();
    const event = eventOf();
    const answers = [
      await run(() => consumer(batchOf(recordOf("a", { event }), recordOf("b", { event })))),
      await run(() => consumer(batchOf(recordOf("b", { event })))),
    ];
    expect(answers).toEqual([failed("b"), failed()]);
    expect(works).toBe(1);
  });

  it("remembers the newest of very many in memory", async () => {
    const store = memoryStore();
    for (let key = 0; key <= 10_000; key += 1) await once(`${key}`, store, () => undefined);
    expect(await once("10000", store, () => undefined)).toBe(false);
    expect(await once("0", store, () => undefined)).toBe(true);
  });
});
