import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { runCliProcess } from "../fixtures/cli.js";
import { eventText, type LetterText } from "../fixtures/fake-backbone.js";
import { deployRules, ids, logOf, operateAccounts } from "../fixtures/operated-accounts.js";

const accounts = operateAccounts();

describe("backbone find", () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const detail =
    '{"orderId":"ord-1001","customerId":"c","items":[{"sku":"tea","quantity":1}],"total":{"amount":5,"currency":"EUR"}}';
  const created = (id: string, rest: LetterText = {}) => eventText({ id, detail, time: ago(10), ...rest });
  const log = (account: string, ...lines: readonly string[]) => {
    accounts.aws.log(logOf(account), ...lines);
  };

  beforeEach(() => {
    deployRules(accounts.aws);
  });

  it("names the hop that a log does not show, its rules' states, the time that is true for, and what to do", async () => {
    log("global", created("event-1"));
    const { exitCode, stdout, stderr } = await accounts.backbone("find", "event-1");
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout).toContain('com.example.orders "Order.Created" event-1');
    expect(stdout).toContain("✓ global: seen at 2026-01-01T12:00:00.000Z");
    expect(stdout).toMatch(
      /✗ delivery: not found in \/aws\/events\/backbone-delivery, which holds records by the event's own time, from \S+Z to \S+Z\n/,
    );
    expect(stdout).toContain(
      "rule forward-delivery on backbone-global (enabled) should have carried it to backbone-delivery, and rule log-all-events there (enabled) should have logged it",
    );
    expect(stdout).toContain(
      "letters in the dead-letter queues now: global could not be asked, delivery could not be asked",
    );
    expect(stdout).toContain(
      "next: npx backbone dead-letters global --env prod --profile 'prod-{account}' (where it is if backbone-delivery refused it)",
    );
    expect(stdout).toContain("then: npx backbone dead-letters delivery");
    expect(stdout).toMatch(/then: npx backbone find event-1 --since \S+Z --until \S+Z --env prod/);
    expect(stdout).not.toContain("did not arrive");
  });

  it.each([
    {
      letters: { global: 2, delivery: 0 },
      next: "npx backbone dead-letters global --env prod --profile 'prod-{account}' (where it is if backbone-delivery refused it)",
      not: "backbone dead-letters delivery",
    },
    {
      letters: { global: 0, delivery: 1 },
      next: "npx backbone dead-letters delivery --env prod --profile 'prod-{account}' (where it is if only the log of delivery refused it)",
      not: "backbone dead-letters global",
    },
    {
      letters: { global: 0, delivery: 0 },
      next: "neither queue has a letter, as far as SQS tells: it is on its way, or its letter expired, was redriven or discarded",
      not: "backbone dead-letters",
    },
  ])(
    "tells a log's failure from a forward's by the queues that have letters: $letters",
    async ({ letters, next, not }) => {
      log("global", created("event-1"));
      for (const [account, number] of Object.entries(letters)) {
        const queue = `backbone-${account}-dead-letters`;
        accounts.aws.createQueue(queue);
        for (let count = 0; count < number; count += 1) accounts.aws.addMessage(queue, "{}", {}, new Date());
      }
      const { stdout } = await accounts.backbone("find", "event-1");
      expect(stdout).toContain(
        `letters in the dead-letter queues now: global about ${letters.global}, delivery about ${letters.delivery}`,
      );
      expect(stdout).toContain(next);
      expect(stdout).not.toContain(not);
      expect(accounts.aws.requestsOf("ReceiveMessage")).toEqual([]);
    },
  );

  it.each([
    {
      name: "a disabled forward",
      state: "DISABLED",
      says: "forward-delivery on backbone-global (disabled now)",
    },
    {
      name: "a forward that is gone",
      state: undefined,
      says: "forward-delivery on backbone-global (not there now)",
    },
  ] as const)("names $name, and the replay that mends it", async ({ state, says }) => {
    log("global", created("event-1"));
    accounts.aws.rules.set(
      "backbone-global",
      state === undefined ? [] : [{ name: "forward-delivery", state: state, eventPattern: "{}" }],
    );
    const { stdout } = await accounts.backbone("find", "event-1");
    expect(stdout).toContain(says);
    expect(stdout).toContain("next: npx pulumi up --refresh -s global (brings the rule back;");
    expect(stdout).toMatch(
      /then: npx backbone replay --from \S+Z --to \S+Z --contract orders\/Order\.Created --account delivery/,
    );
    expect(stdout).not.toContain("next: npx backbone dead-letters");
  });

  it("finds events by detail, contract and source, and names the rules that take them where they arrived", async () => {
    for (const account of ["global", "delivery"]) log(account, created("event-1"));
    for (const how of [
      ["--detail", "orderId=ord-1001"],
      ["--contract", "orders/Order.Created"],
      ["--source", "com.example.orders", "--id", "event-1"],
    ]) {
      const { exitCode, stdout } = await accounts.backbone("find", ...how);
      expect(stdout).toContain("✓ delivery: arrived; rules that take it: pack (enabled), bill (disabled)\n");
      expect(exitCode).toBe(0);
    }
    const { exitCode, stdout } = await accounts.backbone("find", "event-1", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      searched: ["global", "delivery", "orders"],
      unsearched: [],
      interrupted: false,
      clock: "the event's own time",
      found: [
        {
          id: "event-1",
          contract: "orders/Order.Created",
          seen: [{ account: "global" }, { account: "delivery" }],
          arrived: [{ account: "delivery", rules: [{ name: "pack" }, { name: "bill", state: "disabled" }] }],
          missing: [],
          unknown: [],
          unexpected: [],
        },
      ],
    });
  });

  it.each([
    { name: "15 days old", minutes: 15 * 24 * 60, says: "takes no record that is older than 14 days" },
    { name: "31 days old", minutes: 31 * 24 * 60, says: "keeps 30 days" },
    { name: "but it is nearly 2 hours ahead", minutes: -119, says: undefined },
  ])("blames no rule for what a log need not show: $name", async ({ minutes, says }) => {
    log("global", created("event-1", { time: ago(minutes) }));
    const { exitCode, stdout } = await accounts.backbone("find", "event-1", "--since", "40d");
    expect(exitCode).toBe(1);
    if (says === undefined) expect(stdout).toContain("✗ delivery: not found in");
    else {
      expect(stdout).toContain(`? delivery: cannot be told: /aws/events/backbone-delivery ${says}`);
      expect(stdout).not.toContain("should have carried");
    }
  });

  it("prints what it knows of the others when an account cannot be asked", async () => {
    for (const account of ["global", "delivery"]) log(account, created("event-1"));
    accounts.aws.fault = ({ service, caller }) =>
      service === "sts" && caller.includes(ids.orders)
        ? { kind: "error", status: 403, type: "ExpiredToken", message: "it is over" }
        : undefined;
    const text = await accounts.backbone("find", "event-1");
    expect(text.exitCode).toBe(1);
    expect(text.stdout).toContain("✓ delivery: seen");
    expect(text.stdout).toContain('! orders: not searched, because the credentials for account "orders"');
    const { exitCode, stdout } = await accounts.backbone("find", "event-1", "--json");
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      searched: ["global", "delivery"],
      unsearched: [{ account: "orders" }],
      found: [{ id: "event-1" }],
    });
  });

  it("does not blame a hop whose log could not be searched", async () => {
    log("global", created("event-1"));
    accounts.aws.fault = ({ action, caller }) =>
      action === "FilterLogEvents" && caller.includes(ids.delivery)
        ? { kind: "error", type: "AccessDeniedException", message: "no" }
        : undefined;
    const { stdout } = await accounts.backbone("find", "event-1");
    expect(stdout).toContain("? delivery: not searched, because");
    expect(stdout).not.toContain("✗");
  });

  it("searches only the accounts that are named", async () => {
    for (const account of ["global", "orders"]) log(account, created("event-1"));
    const { stdout } = await accounts.backbone(
      "find",
      "event-1",
      "--account",
      "global",
      "--account",
      "orders",
    );
    expect(stdout).toContain("? delivery: not searched, because --account leaves it out");
    expect(accounts.aws.requests.some(({ caller }) => caller.includes(ids.delivery))).toBe(false);
  });

  it("shows the newest of many, none of them with an invented hop, and says how many there are", async () => {
    accounts.aws.logOptions.pageSize = 100;
    for (let index = 0; index < 150; index += 1) {
      const one = created(`event-${index}`, { time: ago(59 - index / 10) });
      log("global", one);
      log("delivery", one, one);
    }
    const { exitCode, stdout } = await accounts.backbone(
      "find",
      "--detail",
      "orderId=ord-1001",
      "--limit",
      "3",
    );
    expect([...stdout.matchAll(/"Order\.Created" (\S+)/g)].map(([, id]) => id)).toEqual([
      "event-149",
      "event-148",
      "event-147",
    ]);
    expect(stdout).toContain("… and 147 older events that match (raise --limit)");
    expect(stdout).toContain("! 150 events of this in 15 minutes");
    expect(stdout).not.toContain("✗");
    expect(exitCode).toBe(0);
    const traffic = await accounts.backbone("find", "--contract", "orders/Order.Created", "--limit", "3");
    expect(traffic.stdout).not.toContain("events of this in");
  });

  it("joins a redriven event with the one it was, names replays and canaries, and breaches of the contract", async () => {
    const time = ago(10);
    log("global", created("first", { time }));
    log("delivery", created("second", { time, resources: ["event-backbone:redriven:first:1"] }));
    const redriven = await accounts.backbone("find", "second");
    expect(redriven.stdout).toMatch(
      /✓ global: seen at \S+\n +✓ delivery: seen at \S+ \(redriven as second\)/,
    );
    expect(redriven.exitCode).toBe(0);

    const canary = { resources: ["event-backbone:canary:run"], detail: '{"orderId":7}' };
    log("global", created("canary", canary));
    log("delivery", created("canary", { ...canary, replay: "again" }));
    const { stdout } = await accounts.backbone("find", "canary");
    expect(stdout).toContain("(orders/Order.Created, a canary)");
    expect(stdout).toContain("(by replay again)");
    expect(stdout).toContain("! detail does not satisfy orders/Order.Created: orderId:");
  });

  it("spells out what an event would do to a terminal", async () => {
    log("global", eventText({ id: "event-1", detailType: "\\u001b[31mred", time: ago(10) }));
    const { stdout } = await accounts.backbone("find", "event-1");
    expect(stdout).toContain("\\u001b[31mred");
    expect(stdout).not.toContain("\u001b");
  });

  it("says for which time nothing was found, by which clock, and what that does not prove", async () => {
    const { exitCode, stdout } = await accounts.backbone("find", "event-1", "--since", "2h", "--until", "1h");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(
      /^Not found in the event logs of global, delivery, orders \(prod\), which hold records by the event's own time, from \S+Z to \S+Z\.$/m,
    );
    expect(stdout).toContain("FailedEntryCount");
  });

  it("tells what it has found so far when it is interrupted, and says nothing of the logs it did not read", async () => {
    accounts.aws.logOptions.pageSize = 1;
    for (let index = 0; index < 5_000; index += 1) log("global", created(`event-${index}`));
    const interruptAt = new Promise<void>((resolve) => {
      accounts.aws.fault = () => {
        if (accounts.aws.requestsOf("FilterLogEvents").length > 20) resolve();
        return undefined;
      };
    });
    const { exitCode, stdout } = await runCliProcess(
      ["find", "--detail", "orderId=ord-1001", "--json", "--profile", "prod-{account}"],
      { env: accounts.env(), interruptAt },
    );
    expect(exitCode).toBe(1);
    const result = z
      .looseObject({
        interrupted: z.literal(true),
        found: z.array(z.looseObject({ missing: z.array(z.unknown()) })),
      })
      .parse(JSON.parse(stdout));
    expect(result.found.length).toBeGreaterThan(0);
    expect(result.found.flatMap(({ missing }) => missing)).toEqual([]);
  });
});
