import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { runCli } from "../fixtures/cli.js";
import { FakeAws } from "../fixtures/fake-aws.js";
import { eventText, forwardAttributes } from "../fixtures/fake-backbone.js";
import type { FinishedProcess } from "../fixtures/run-process.js";

/** The example's accounts in prod. */
const ids = { global: "111111111111", orders: "222222222222", delivery: "333333333333" };
const queue = "backbone-global-dead-letters";
const localQueue = "backbone-delivery-dead-letters";
const logOf = (account: string) => `/aws/events/backbone-${account}`;

let folder: string;
let aws: FakeAws;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "event-backbone-aws-"));
  const profiles = Object.entries(ids).map(
    ([account, id]) => `[prod-${account}]\naws_access_key_id = AKIA${id}\naws_secret_access_key = secret\n`,
  );
  await writeFile(join(folder, "credentials"), profiles.join("\n"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  aws = new FakeAws();
  aws.queues.set(queue, []);
  for (const account of Object.keys(ids)) aws.logs.set(logOf(account), []);
  await aws.start();
});

afterEach(async () => {
  await aws.stop();
});

/** As people run it: one profile per account, at the fake. */
async function backbone(...args: readonly string[]): Promise<FinishedProcess> {
  const credentials = { AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") };
  return runCli([...args, "--profile", "prod-{account}"], {
    env: { ...aws.environment(ids.global), ...credentials },
  });
}

function addLetters(): void {
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  aws.addMessage(queue, eventText({ id: "event-1" }), forwardAttributes("delivery"), ago(180));
  aws.addMessage(queue, eventText({ id: "event-2" }), forwardAttributes("delivery", "THROTTLING"), ago(5));
  aws.addMessage(queue, '{"transformed":true}', forwardAttributes("delivery"), ago(1));
}

describe("backbone dead-letters", () => {
  it("shows what is in the queue, what each code means and how to mend it", async () => {
    addLetters();
    const { exitCode, stdout, stderr } = await backbone("dead-letters", "global");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /^ +3 h +NO_PERMISSIONS +forward-delivery +backbone-delivery +com\.example\.orders "Order\.Created" +event-1$/m,
    );
    expect(stdout).toMatch(/^ +6\d s +NO_PERMISSIONS .* no event /m);
    expect(stdout).toContain("THROTTLING (1): the target was too busy until the retries ran out");
    expect(stdout).toContain("mend: run `backbone verify`, then deploy the stacks of both accounts again");
    expect(stdout).toContain("AWS says: The target refused the event.");
    expect(aws.requestsOf("PutEvents")).toEqual([]);
    expect(aws.requestsOf("DeleteMessageBatch")).toEqual([]);
  });

  it("explains before it sends again, then tells what became of each", async () => {
    addLetters();
    const { exitCode, stdout, stderr } = await backbone("dead-letters", "global", "--redrive", "--yes");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("2 letters to backbone-delivery");
    expect(stdout).toContain("left: 1 message: it is no event");
    expect(stdout).toContain("Each event gets a new id");
    const [first] = aws.accepted;
    expect(stdout).toContain(`event-1 is on backbone-delivery as ${String(first?.eventId)}, and deleted`);
    expect(stdout).toContain(
      "2 sent and deleted, 0 sent but not deleted, 0 refused, 0 in doubt, 0 not touched",
    );
    expect(aws.queues.get(queue)).toHaveLength(1);
  });

  it("names the rules of a local bus that will see the events again", async () => {
    const rule = "arn:aws:events:eu-west-1:333333333333:rule/backbone-delivery/to-warehouse";
    const attributes = { RULE_ARN: rule, TARGET_ARN: "arn:aws:lambda:eu-west-1:333333333333:function:w" };
    aws.addMessage(localQueue, eventText({ id: "event-1" }), attributes, new Date());
    aws.rules.set("backbone-delivery", [
      { Name: "log-all-events", State: "ENABLED", EventPattern: '{"source":[{"prefix":""}]}' },
      { Name: "to-warehouse", State: "ENABLED", EventPattern: '{"detail-type":["Order.Created"]}' },
      { Name: "to-billing", State: "ENABLED", EventPattern: '{"detail-type":["Order.Updated"]}' },
      { Name: "off", State: "DISABLED", EventPattern: '{"source":[{"prefix":""}]}' },
    ]);
    const { exitCode, stdout } = await backbone("dead-letters", "delivery", "--redrive", "--yes");
    expect(exitCode).toBe(0);
    const named = [...stdout.matchAll(/seen again by rule (\S+):/g)].map(([, name]) => name);
    expect(named).toEqual(["log-all-events", "to-warehouse"]);
  });

  it("prints JSON only on stdout, and exits with 1 if anything is left that should have gone", async () => {
    addLetters();
    aws.entryFault = () => "InternalFailure";
    const { exitCode, stdout } = await backbone("dead-letters", "global", "--redrive", "--yes", "--json");
    expect(exitCode).toBe(1);
    const shape = z.object({
      letters: z.array(z.looseObject({ goesTo: z.string().optional() })).length(3),
      redrive: z.object({
        redriven: z.array(z.unknown()).length(0),
        refused: z.array(z.unknown()).length(2),
      }),
    });
    expect(shape.safeParse(JSON.parse(stdout)).error).toBeUndefined();
    expect(aws.queues.get(queue)).toHaveLength(3);
  });

  it.each([
    { args: ["dead-letters", "global", "--redrive"], says: "--redrive needs --yes" },
    { args: ["dead-letters", "global", "--redrive", "--json"], says: "--redrive needs --yes" },
    { args: ["replay", "--from", "2h", "--to", "1h"], says: "a replay needs --yes" },
    { args: ["dead-letters", "globl"], says: 'did you mean "global"?' },
    { args: ["dead-letters", "global", "--limit", "0"], says: "write a whole number from 1 on" },
    { args: ["replay", "--from", "yesterday", "--to", "1h", "--yes"], says: '"yesterday" is no time' },
    { args: ["replay", "--from", "1h", "--to", "2h", "--yes"], says: "--from must be before --to" },
    { args: ["replay", "--from", "1h", "--yes"], says: "a replay needs --from and --to" },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--dry-run", "--contract", "orders/Order.Creatd"],
      says: 'did you mean "orders/Order.Created"?',
    },
    { args: ["replay", "--list", "--from", "2h"], says: "name one of them" },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--yes", "--to-rule", "pack"],
      says: "say which with --account",
    },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--yes", "--to-rule", "pack", "--account", "orders"],
      says: 'account "orders" has no archive in prod: add orders to archive.local',
    },
    { args: ["find"], says: "name an event id, --detail key=value, --contract or --source" },
    { args: ["find", "a", "--since", "99999999d"], says: '--since: "99999999d" is too long' },
    { args: ["find", "a", "--since", "2999-01-01T00:00:00Z"], says: "is in the future" },
    { args: ["find", "a", "--account", "deliverry"], says: 'did you mean "delivery"?' },
    { args: ["find", "--contract", "orders/Order.Creatd"], says: 'did you mean "orders/Order.Created"?' },
    { args: ["canary", "--all"], says: "--all needs --yes" },
    { args: ["find", "--detail", "orderId"], says: "is no key=value" },
    { args: ["canary", "--timeout", "soon"], says: '--timeout: "soon" is no length of time' },
  ])("a wrong call exits with 2 and asks AWS nothing: $args", async ({ args, says }) => {
    const { exitCode, stdout, stderr } = await backbone(...args);
    expect(stderr).toContain(says);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(aws.requests).toEqual([]);
  });

  it("says in one sentence that the credentials are of another account, and exits with 1", async () => {
    const { exitCode, stdout, stderr } = await runCli(["dead-letters", "orders"], {
      env: aws.environment(ids.delivery),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toBe(
      'the credentials are of account 333333333333 (arn:aws:iam::333333333333:user/administrator), but "orders" is account 222222222222 in the registry; name others with --profile or in the stack\'s assumeRoles\n',
    );
  });
});
