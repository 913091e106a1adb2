import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { fixtureRegistry, runCli } from "../fixtures/cli.js";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, forwardAttributes, localAttributes } from "../fixtures/fake-backbone.js";
import { operateAccounts } from "../fixtures/operated-accounts.js";
import { newStateFolder } from "../fixtures/redrive-run.js";
import type { FinishedProcess } from "../fixtures/run-process.js";

const queue = "backbone-global-dead-letters";
const localQueue = "backbone-delivery-dead-letters";

const accounts = operateAccounts();
let state: string;
let aws: OperatedAws;

beforeEach(() => {
  state = newStateFolder();
  aws = accounts.aws;
  for (const name of [queue, localQueue, "backbone-global-encryption-failures"]) aws.createQueue(name);
});

async function deadLetters(...args: readonly string[]): Promise<FinishedProcess> {
  return runCli(["dead-letters", ...args, "--profile", "prod-{account}"], {
    env: { ...accounts.env(), EVENT_BACKBONE_STATE: state },
  });
}

/** In the example nothing is encrypted with a customer key. */
const encrypted = ["--registry", fixtureRegistry("every-switch")];

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

function addLetters(): void {
  aws.addMessage(queue, eventText({ id: "event-1" }), forwardAttributes("delivery"), ago(180));
  aws.addMessage(queue, eventText({ id: "event-2" }), forwardAttributes("delivery", "THROTTLING"), ago(5));
  aws.addMessage(queue, '{"transformed":true}', forwardAttributes("delivery"), ago(1));
}

const redriveShape = z.object({
  letters: z.array(z.looseObject({})),
  redrive: z.looseObject({ complete: z.boolean(), left: z.number(), agreed: z.boolean() }),
});

describe("backbone dead-letters", () => {
  it("shows first what there is by cause, when it expires, what each code means and what a redrive does", async () => {
    addLetters();
    const { exitCode, stdout, stderr } = await deadLetters("global");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(
      /^ +2 +NO_PERMISSIONS +forward-delivery +backbone-delivery +3 h +in 13 d \(\d{4}-/m,
    );
    expect(stdout).not.toContain("event-1");
    expect(stdout).toContain("THROTTLING (1): the target was too busy until the retries ran out");
    expect(stdout).toContain(
      "mend: run `npx backbone verify`, then `npx pulumi up --refresh` for the stacks of both accounts",
    );
    expect(stdout).toContain("AWS says: The target refused the event.");
    expect(stdout).toContain("2 events in 2 letters to backbone-delivery");
    expect(stdout).toContain("1 letter stays: it is no event");
    expect(stdout).toContain(
      "npx backbone dead-letters global --reason not-an-event --discard --to global-not-an-event.jsonl --env prod --profile 'prod-{account}'",
    );
    expect(aws.requestsOf("PutEvents")).toEqual([]);
    expect(aws.requestsOf("DeleteMessageBatch")).toEqual([]);
  });

  it("shows a row for each letter with --all, soonest gone first, with the event's own time", async () => {
    addLetters();
    const { stdout } = await deadLetters("global", "--all");
    const rows = stdout.split("\n").filter((line) => /^ +in 1\d d/.test(line));
    expect(rows[0]).toMatch(/3 h +NO_PERMISSIONS +0 +forward-delivery .* 2026-01-01T11:00:00Z .* event-1$/);
    expect(rows).toHaveLength(3);
    expect(rows[2]).toContain("no event");
  });

  it("prints what others wrote on one line, whatever is in it", async () => {
    aws.addMessage(
      queue,
      eventText({ id: "\\u001b[2Jgone", detailType: "Order.Created\\nfake row" }),
      { ...forwardAttributes("delivery"), ERROR_MESSAGE: "a\u001b[31mred" },
      ago(1),
    );
    const { stdout } = await deadLetters("global", "--all");
    expect(stdout).not.toContain("\u001b");
    expect(stdout).not.toContain("\nfake row");
  });

  it("says what else it can be if there is nothing, each with a command", async () => {
    aws.rules.set("backbone-global", [
      { name: "log-all-events", state: "ENABLED", eventPattern: "{}" },
      { name: "forward-delivery", state: "DISABLED", eventPattern: "{}" },
    ]);
    const { exitCode, stdout } = await deadLetters("global", ...encrypted);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(
      "rule forward-orders is not on backbone-global: npx pulumi up --refresh -s global",
    );
    expect(stdout).toContain(
      "aws events enable-rule --event-bus-name backbone-global --name forward-delivery --region eu-west-1",
    );
    expect(stdout).toContain("npx backbone replay --from 15d --to 14d --dry-run --env prod");
    expect(stdout).toContain("npx backbone dead-letters delivery --env prod");
    expect(stdout).toContain("npx backbone dead-letters global --queue encryption-failures --env prod");
  });

  it("does not call a queue empty whose letters are in somebody's hand", async () => {
    addLetters();
    aws.holdAll(queue);
    const { exitCode, stdout } = await deadLetters("global", "--redrive", "--yes", "--json");
    expect(exitCode).toBe(1);
    expect(redriveShape.parse(JSON.parse(stdout)).redrive).toMatchObject({ complete: false, agreed: false });
    expect((await deadLetters("global")).stdout).toContain("none that can be had now: about 3 in the hand");
  });

  it("says that answers were lost, until when they hide letters, and exits with 1", async () => {
    addLetters();
    let isLost = false;
    aws.fault = ({ action }) => {
      if (action !== "ReceiveMessage" || isLost) return undefined;
      isLost = true;
      return { kind: "cut-after" };
    };
    const { exitCode, stdout } = await deadLetters("global");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("none that can be had now: about 3 are hidden");
    expect(stdout).toMatch(
      /answers of SQS to this run were lost: up to 10 letters may be hidden by them until \S+Z: look again then \(.*read the dead-letter queue.+\)/,
    );
  });

  it("shows what a bus could not encrypt, which goes nowhere by itself", async () => {
    const failures = "backbone-global-encryption-failures";
    aws.addMessage(failures, eventText({ id: "e" }), {}, ago(1));
    const { exitCode, stdout } = await deadLetters("global", "--queue", "encryption-failures", ...encrypted);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("1 letter stays: the bus could not encrypt or decrypt it");
    expect(stdout).toContain("nothing can be sent");
  });
});

describe("backbone dead-letters --redrive", () => {
  it("explains before it sends, tells what became of each, and exits with 1 as one is left", async () => {
    addLetters();
    const { exitCode, stdout, stderr } = await deadLetters("global", "--redrive", "--yes");
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    const [first] = aws.accepted;
    expect(stdout).toContain(
      `event-1 was accepted by backbone-delivery as ${String(first?.eventId)}, and its letter deleted`,
    );
    expect(stdout).toContain("2 sent and deleted, 0 sent before and deleted now");
    expect(aws.messagesIn(queue)).toHaveLength(1);
  });

  it("exits with 0 when everything that was chosen is gone", async () => {
    addLetters();
    const { exitCode, stdout } = await deadLetters(
      "global",
      "--redrive",
      "--yes",
      "--json",
      "--error",
      "THROTTLING",
    );
    expect(exitCode).toBe(0);
    expect(redriveShape.parse(JSON.parse(stdout)).redrive).toMatchObject({
      complete: true,
      left: 0,
      agreed: true,
    });
    expect(aws.accepted).toHaveLength(1);
    expect(aws.hiddenIn(queue)).toEqual([]);
  });

  it("prints JSON only on stdout, and exits with 1 if anything is left that should have gone", async () => {
    addLetters();
    aws.entryFault = () => "InternalFailure";
    const { exitCode, stdout } = await deadLetters("global", "--redrive", "--yes", "--json");
    expect(exitCode).toBe(1);
    expect(redriveShape.parse(JSON.parse(stdout)).redrive).toMatchObject({ complete: false, left: 3 });
    expect(aws.messagesIn(queue)).toHaveLength(3);
  });

  it("names the rules of a local bus that would see a letter again, and sends it only when they are named", async () => {
    aws.addMessage(
      localQueue,
      eventText({ id: "event-1" }),
      localAttributes("delivery", "to-warehouse"),
      ago(1),
    );
    aws.rules.set("backbone-delivery", [
      { name: "log-all-events", state: "ENABLED", eventPattern: '{"source":[{"prefix":""}]}' },
      { name: "to-warehouse", state: "ENABLED", eventPattern: '{"detail-type":["Order.Created"]}' },
      { name: "to-bill", state: "ENABLED", eventPattern: '{"detail-type":["Order.Created"]}' },
    ]);
    const refused = await deadLetters("delivery", "--redrive", "--yes");
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toContain("other rules of the bus would see it again");
    expect(refused.stdout).toMatch(/^ +to-bill$/m);
    expect(aws.accepted).toEqual([]);

    const wrong = await deadLetters("delivery", "--redrive", "--yes", "--also-to", "to-bil");
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("there are: log-all-events, to-warehouse, to-bill");

    const agreed = await deadLetters("delivery", "--redrive", "--yes", "--also-to", "to-bill");
    expect(agreed.exitCode).toBe(0);
    expect(agreed.stdout).toContain("where to-bill will see them too, as agreed");
    expect(aws.accepted).toHaveLength(1);
  });

  it("gives the exact search for what is in doubt, which --yes does not send again and --again does", async () => {
    aws.addMessage(queue, eventText({ id: "doubt-1" }), forwardAttributes("delivery"), ago(1));
    aws.fault = ({ action }) => (action === "PutEvents" ? { kind: "cut-after" } : undefined);
    const first = await deadLetters("global", "--redrive", "--yes");
    expect(first.exitCode).toBe(1);
    const look = "npx backbone find --id doubt-1 --since 2026-01-01T11:00:00.000Z --env prod";
    expect(first.stdout).toContain(`look: ${look}`);
    aws.fault = () => undefined;
    const second = await deadLetters("global", "--redrive", "--yes");
    expect(second.stdout).toContain("an earlier run sent it and got no answer");
    expect(second.stdout).toContain(look);
    const id = aws.messagesIn(queue)[0]?.id ?? "";
    expect(second.stdout).toContain(`there:     npx backbone dead-letters global --id ${id} --discard --to`);
    expect(second.stdout).toContain(
      `not there: npx backbone dead-letters global --id ${id} --redrive --again`,
    );
    expect(aws.accepted).toHaveLength(1);
    const third = await deadLetters("global", "--redrive", "--yes", "--again");
    expect(third.exitCode).toBe(0);
    expect(aws.accepted).toHaveLength(2);
  });

  it("chooses by the reason that a letter has, whatever then lets it go", async () => {
    const marked = eventText({ id: "again-1", resources: ["event-backbone:redriven:first-1:2"] });
    aws.addMessage(queue, marked, forwardAttributes("delivery"), ago(1));
    aws.addMessage(queue, eventText({ id: "other-1" }), forwardAttributes("delivery"), ago(1));
    const args = ["global", "--redrive", "--yes", "--reason", "many-rounds", "--again"];
    const { exitCode, stdout } = await deadLetters(...args);
    expect(stdout).toContain("again-1 was accepted by backbone-delivery");
    expect({ exitCode, accepted: aws.accepted.length }).toEqual({ exitCode: 0, accepted: 1 });
  });

  it("is not complete while others have letters in hand", async () => {
    aws.addMessage(queue, eventText({ id: "held-1" }), forwardAttributes("delivery"), ago(1));
    aws.holdAll(queue);
    aws.addMessage(queue, eventText({ id: "free-1" }), forwardAttributes("delivery"), ago(1));
    const { exitCode, stdout } = await deadLetters("global", "--redrive", "--yes", "--json");
    expect(exitCode).toBe(1);
    expect(redriveShape.parse(JSON.parse(stdout)).redrive).toMatchObject({ complete: false, left: 0 });
  });

  it("says who may not take on which role, before anything is read", async () => {
    addLetters();
    aws.closedRoles.add("arn:aws:iam::111111111111:role/backbone-redrive-global");
    const { exitCode, stderr } = await deadLetters("global", "--redrive", "--yes");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'arn:aws:iam::111111111111:user/administrator may not take on arn:aws:iam::111111111111:role/backbone-redrive-global in account "global" (111111111111)',
    );
    expect(aws.requestsOf("ReceiveMessage")).toEqual([]);
  });
});

describe("backbone dead-letters --discard", () => {
  it("writes what was chosen into a file before it deletes it, and leaves the rest", async () => {
    addLetters();
    const file = join(state, "gone.jsonl");
    const { exitCode, stdout } = await deadLetters(
      "global",
      "--discard",
      "--to",
      file,
      "--reason",
      "not-an-event",
      "--yes",
    );
    expect({ exitCode, left: aws.messagesIn(queue).length }).toEqual({ exitCode: 0, left: 2 });
    expect(stdout).toContain("1 written to");
    const [line = ""] = (await readFile(file, "utf8")).split("\n");
    expect(JSON.parse(line)).toMatchObject({
      body: '{"transformed":true}',
      attributes: { ERROR_CODE: "NO_PERMISSIONS" },
    });
  });

  it("counts --limit by the reason, and begins a line of its own in a file that ends in half a line", async () => {
    addLetters();
    aws.addMessage(queue, '{"transformed":"again"}', forwardAttributes("delivery"), ago(1));
    const file = join(state, "gone.jsonl");
    await mkdir(state, { recursive: true });
    await writeFile(file, '{"old":1}');
    const args = ["global", "--discard", "--to", file, "--reason", "not-an-event", "--limit", "1", "--yes"];
    const { exitCode, stdout } = await deadLetters(...args);
    expect(stdout).toMatch(/about \d more \(raise --limit, or choose with --rule\)/);
    expect({ exitCode, left: aws.messagesIn(queue).length }).toEqual({ exitCode: 0, left: 3 });
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(lines.map((line) => Object.keys(z.looseObject({}).parse(JSON.parse(line)))[0])).toEqual([
      "old",
      "messageId",
    ]);
  });

  it("throws away more than it holds at once, in rounds", async () => {
    const large = "x".repeat(255_000);
    for (let index = 0; index < 70; index += 1) {
      aws.addMessage(
        queue,
        `{"transformed":${index},"by":"${large}"}`,
        forwardAttributes("delivery"),
        ago(1),
      );
    }
    const file = join(state, "gone.jsonl");
    const args = ["global", "--discard", "--to", file, "--reason", "not-an-event", "--yes"];
    const { exitCode, stdout } = await deadLetters(...args);
    expect(stdout).toContain("70 written to");
    expect({ exitCode, left: aws.messagesIn(queue).length }).toEqual({ exitCode: 0, left: 0 });
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    expect(new Set(lines.map((line) => /transformed\W+(\d+)/.exec(line)?.[1])).size).toBe(70);
    // Each is handed out twice: to be asked about, and to be thrown away.
    expect(aws.requestsOf("ReceiveMessage").length).toBeGreaterThanOrEqual(14);
  });

  it("deletes nothing if the file cannot be written", async () => {
    addLetters();
    const file = join(state, "no-such-folder", "gone.jsonl");
    const { exitCode, stderr } = await deadLetters(
      "global",
      "--discard",
      "--to",
      file,
      "--older-than",
      "1s",
      "--yes",
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("cannot be written");
    expect(existsSync(file)).toBe(false);
    expect(aws.messagesIn(queue)).toHaveLength(3);
  });
});
