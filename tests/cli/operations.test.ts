import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { stringify as stringifyYaml } from "yaml";
import { runCli } from "../fixtures/cli.js";
import { FakeAws, type AcceptedEvent } from "../fixtures/fake-aws.js";
import { eventText } from "../fixtures/fake-backbone.js";
import { ProjectCopy, projectRoot } from "../fixtures/project-copy.js";
import type { FinishedProcess } from "../fixtures/run-process.js";

/** The example's accounts in prod. */
const ids = { global: "111111111111", orders: "222222222222", delivery: "333333333333" };
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
  for (const account of Object.keys(ids)) aws.logs.set(logOf(account), []);
  await aws.start();
});

afterEach(async () => {
  await aws.stop();
});

/** As people run it: one profile per account, at the fake. */
async function backbone(...args: readonly string[]): Promise<FinishedProcess> {
  return backboneIn(projectRoot, ...args);
}

async function backboneIn(root: string, ...args: readonly string[]): Promise<FinishedProcess> {
  const credentials = { AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") };
  return runCli([...args, "--profile", "prod-{account}"], {
    root,
    env: { ...aws.environment(ids.global), ...credentials },
  });
}

describe("an operation", () => {
  it.each([
    { args: ["dead-letters", "global", "--redrive"], says: "--redrive needs --yes" },
    { args: ["dead-letters", "global", "--redrive", "--json"], says: "--redrive needs --yes" },
    { args: ["replay", "--from", "2h", "--to", "1h"], says: "a replay needs --yes" },
    { args: ["dead-letters", "globl"], says: 'did you mean "global"?' },
    { args: ["dead-letters", "global", "--redrive", "--discard", "--yes"], says: "are two things" },
    { args: ["dead-letters", "global", "--discard", "--yes"], says: "--to <file>" },
    { args: ["dead-letters", "global", "--to", "x.jsonl"], says: "add --discard" },
    { args: ["dead-letters", "global", "--discard", "--to", "x.jsonl", "--yes"], says: "say which letters" },
    { args: ["dead-letters", "global", "--also-to", "bill"], says: "leave it out" },
    { args: ["dead-letters", "global", "--reason", "bad"], says: "write one of not-an-event" },
    { args: ["dead-letters", "global", "--contract", "orders/Order.Creatd"], says: "orders/Order.Created" },
    { args: ["dead-letters", "global", "--older-than", "soon"], says: '"soon" is no length of time' },
    {
      args: ["dead-letters", "global", "--queue", "encryption-failures", "--redrive", "--yes"],
      says: "go nowhere by themselves",
    },
    {
      args: ["dead-letters", "global", "--queue", "encryption-failures", "--env", "dev"],
      says: "has no encryption",
    },
    { args: ["dead-letters", "global", "--limit", "0"], says: "write a whole number from 1 on" },
    { args: ["replay", "--from", "yesterday", "--to", "1h", "--yes"], says: '"yesterday" is no time' },
    { args: ["replay", "--from", "1h", "--to", "2h", "--yes"], says: "--from must be before --to" },
    { args: ["replay", "--from", "1h", "--yes"], says: "a replay needs --from and --to" },
    {
      args: ["replay", "--from", "2h", "--to", "1h", "--dry-run", "--contract", "orders/Order.Creatd"],
      says: 'did you mean "orders/Order.Created"?',
    },
    { args: ["find"], says: "name either an event id or --detail key=value" },
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

describe("a stack whose roles are encrypted", () => {
  let copy: ProjectCopy;

  beforeAll(async () => {
    copy = await ProjectCopy.create();
    await copy.write(
      "Pulumi.global.yaml",
      stringifyYaml({
        config: {
          "event-backbone:account": "global",
          "event-backbone:assumeRoles": [
            { roleArn: "arn:aws:iam::111111111111:role/deploy", externalId: { secure: "v1:ciphertext" } },
          ],
        },
      }),
    );
  });

  afterAll(async () => {
    await copy.remove();
  });

  it.each([
    { args: ["dead-letters", "global"] },
    { args: ["find", "event-1"] },
    { args: ["replay", "--from", "2h", "--to", "1h", "--dry-run"] },
    { args: ["canary"] },
  ])("needs a profile that leads there by itself: $args", async ({ args }) => {
    const { exitCode, stdout, stderr } = await runCli(args, {
      root: copy.root,
      env: aws.environment(ids.global),
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe(
      'stack "global": event-backbone:assumeRoles[0].externalId is encrypted, and this command cannot decrypt; use --profile with a profile that is of account "global" (111111111111) by itself, as the stack\'s roles are then left out\n',
    );
    expect(aws.requests).toEqual([]);
  });

  it("is opened by that profile alone", async () => {
    aws.queues.set("backbone-global-dead-letters", []);
    const { exitCode, stderr } = await backboneIn(copy.root, "dead-letters", "global");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(aws.requestsOf("AssumeRole")).toEqual([]);
  });

  it("asks nothing of those who open other accounts", async () => {
    aws.queues.set("backbone-delivery-dead-letters", []);
    const { exitCode } = await runCli(["dead-letters", "delivery"], {
      root: copy.root,
      env: aws.environment(ids.delivery),
    });
    expect(exitCode).toBe(0);
  });
});

describe("backbone replay", () => {
  beforeEach(() => {
    aws.archives.set("backbone-global", {
      ArchiveArn: "arn:aws:events:eu-west-1:111111111111:archive/backbone-global",
      State: "ENABLED",
      RetentionDays: 30,
      CreationTime: Date.parse("2026-01-01T00:00:00Z") / 1_000,
    });
  });

  const hour = ["--from", "2026-02-01T10:00:00Z", "--to", "2026-02-01T11:00:00Z"];

  it("lists what the rules deliver besides, and starts nothing in a dry run", async () => {
    const { exitCode, stdout, stderr } = await backbone(
      "replay",
      ...hour,
      "--contract",
      "orders/Order.Created",
      "--dry-run",
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^ +forward-delivery +delivery +orders\/Order\.Created +orders\/Order\.Updated$/m);
    expect(stdout).toContain("note: a replay is limited by rules, so these deliver all they carry.");
    expect(stdout).toContain("Nothing was started.");
    expect(aws.requestsOf("StartReplay")).toEqual([]);
  });

  it("starts the replay of those rules and follows it to its end", async () => {
    const { exitCode, stdout, stderr } = await backbone(
      "replay",
      ...hour,
      "--account",
      "orders",
      "--yes",
      "--poll",
      "1s",
      "--json",
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain("forward-orders");
    expect(JSON.parse(stdout)).toMatchObject({ replay: { state: "COMPLETED" } });
    const [replay] = aws.replays.values();
    expect(replay?.input).toMatchObject({
      EventStartTime: Date.parse("2026-02-01T10:00:00Z") / 1_000,
      Destination: {
        Arn: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global",
        FilterArns: ["arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-orders"],
      },
    });
  });
});

describe("backbone find", () => {
  const created = (id: string) => eventText({ id, detail: '{"orderId":"ord-1001"}' });

  it("names the last hop an event did not reach, and the rule that should have carried it", async () => {
    aws.logs.get(logOf("global"))?.push(created("event-1"));
    const { exitCode, stdout, stderr } = await backbone("find", "event-1");
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout).toContain('com.example.orders "Order.Created" event-1');
    expect(stdout).toContain("✓ global: seen at 2026-01-01T12:00:00.000Z");
    expect(stdout).toContain(
      "✗ delivery: not seen; rule forward-delivery on backbone-global should have carried it to backbone-delivery",
    );
    expect(stdout).toContain("next: backbone dead-letters global");
  });

  it("finds events by their detail, and exits with 0 if they are where the rehearsal brings them", async () => {
    for (const account of ["global", "delivery"]) aws.logs.get(logOf(account))?.push(created("event-1"));
    const { exitCode, stdout } = await backbone("find", "--detail", "orderId=ord-1001", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      searched: ["global", "delivery", "orders"],
      found: [
        {
          id: "event-1",
          contract: "orders/Order.Created",
          seen: [{ account: "global" }, { account: "delivery" }],
          missing: [],
          unexpected: [],
        },
      ],
    });
  });

  it("says where to look if nobody has seen it", async () => {
    const { exitCode, stdout } = await backbone("find", "event-1");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("Not seen in the event logs of global, delivery, orders (prod) since ");
    expect(stdout).toContain("FailedEntryCount");
  });
});

describe("backbone canary", () => {
  const showsIn =
    (...accounts: readonly string[]) =>
    ({ eventId, detail }: AcceptedEvent) => {
      for (const account of accounts) {
        aws.logs.get(logOf(account))?.push(eventText({ id: eventId, detail }));
      }
    };

  it("exits with 0 when every routed account's log shows it", async () => {
    aws.onAccepted = showsIn("global", "delivery");
    const { exitCode, stdout, stderr } = await backbone("canary", "--json");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      contract: "orders/Order.Updated",
      hops: [{ account: "global" }, { account: "delivery" }],
    });
    expect(aws.accepted).toMatchObject([{ caller: "arn:aws:iam::222222222222:user/administrator" }]);
  });

  it("exits with 1 and names the missing hop", async () => {
    aws.onAccepted = showsIn("global");
    const { exitCode, stdout } = await backbone("canary", "--timeout", "1s", "--poll", "1s");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("✗ delivery: not seen");
    expect(stdout).toContain(
      "missing hop: rule forward-delivery on backbone-global did not bring it to delivery",
    );
  });
});
