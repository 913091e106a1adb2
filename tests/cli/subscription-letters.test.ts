import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { runCli } from "../fixtures/cli.js";
import { eventText, orderDetail } from "../fixtures/fake-backbone.js";
import { operateAccounts } from "../fixtures/operated-accounts.js";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import { newStateFolder } from "../fixtures/redrive-run.js";
import type { FinishedProcess } from "../fixtures/run-process.js";

const queue = "backbone-delivery-dead-letters";
const target = "backbone-delivery--start-delivery";
const givenUp = `${target}-letters`;

const accounts = operateAccounts();
let state: string;
let aws: OperatedAws;

beforeEach(() => {
  state = newStateFolder();
  aws = accounts.aws;
  for (const name of [queue, target, givenUp]) aws.createQueue(name);
});

async function deadLetters(...args: readonly string[]): Promise<FinishedProcess> {
  return runCli(["dead-letters", ...args, "--profile", "prod-{account}"], {
    env: { ...accounts.env(), EVENT_BACKBONE_STATE: state },
  });
}

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const common = "--env prod --profile 'prod-{account}'";

const ofSubscription = {
  RULE_ARN: "arn:aws:events:eu-west-1:333333333333:rule/backbone-delivery/delivery--start-delivery.0",
  TARGET_ARN: `arn:aws:sqs:eu-west-1:333333333333:${target}`,
  ERROR_CODE: "NO_PERMISSIONS",
};

function addGivenUp(): void {
  aws.addMessage(givenUp, eventText({ id: "tired-1" }), {}, ago(60));
  aws.addMessage(
    givenUp,
    eventText({ id: "refused-1", detail: orderDetail.replace("o-1", "o-2") }),
    { ERROR_CODE: "REJECTED", ERROR_MESSAGE: "no such customer", TARGET_ARN: ofSubscription.TARGET_ARN },
    ago(5),
  );
}

describe("backbone dead-letters of an account with subscriptions", () => {
  it("tells of queues in which consumers' letters wait, with the command for each", async () => {
    addGivenUp();
    const { exitCode, stdout } = await deadLetters("delivery");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("What consumers gave up, in queues of their own");
    expect(stdout).toContain(
      `delivery/start-delivery: about 2: npx backbone dead-letters delivery --queue delivery/start-delivery ${common}`,
    );
    expect(
      aws.requestsOf("ReceiveMessage").every(({ input }) => String(input.QueueUrl).endsWith(queue)),
    ).toBe(true);
  });

  it("says nothing of such queues where they are empty, and so where one cannot be counted", async () => {
    expect((await deadLetters("delivery")).stdout).not.toContain("What consumers gave up");
    aws.deleteQueue(givenUp);
    const { stdout } = await deadLetters("delivery", "--json");
    const { givenUp: told } = z.looseObject({ givenUp: z.unknown() }).parse(JSON.parse(stdout));
    expect(told).toEqual([{ queue: "delivery/start-delivery" }]);
    expect((await deadLetters("delivery")).stdout).toContain("delivery/start-delivery: could not be counted");
  });

  it("misses a subscription's rule that is not on the bus", async () => {
    aws.rules.set("backbone-delivery", [{ name: "log-all-events", state: "ENABLED", eventPattern: "{}" }]);
    expect((await deadLetters("delivery")).stdout).toContain(
      "rule delivery--start-delivery.0 is not on backbone-delivery: npx pulumi up --refresh -s delivery",
    );
  });

  it("gives a letter of a subscription to its target, however many rules of the bus take such events", async () => {
    aws.rules.set("backbone-delivery", [
      { name: "pack", state: "ENABLED", eventPattern: '{"detail-type":["Order.Created"]}' },
    ]);
    aws.addMessage(queue, eventText({ id: "event-1" }), ofSubscription, ago(1));
    const { exitCode, stdout, stderr } = await deadLetters("delivery", "--redrive", "--yes");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`1 event in 1 letter to ${target}`);
    expect(stdout).toContain("The target of a subscription gets the event as it was");
    expect(stdout).not.toContain("Nothing is put on a bus");
    expect(stdout).toContain(`event-1 was accepted by ${target} as ${aws.messagesIn(target)[0]?.id ?? "?"}`);
    expect(aws.accepted).toEqual([]);
  });

  it("does not send to the logs for what only the target can know", async () => {
    aws.addMessage(queue, eventText({ id: "doubt-1" }), ofSubscription, ago(1));
    aws.fault = ({ action }) => (action === "SendMessageBatch" ? { kind: "cut-after" } : undefined);
    const knows = `no log of the backbone can show it: whoever takes from ${target} knows`;
    const first = await deadLetters("delivery", "--redrive", "--yes");
    expect(first.stdout).toContain(`doubt-1 may or may not have come to ${target}`);
    expect(first.stdout).toContain(knows);
    aws.fault = () => undefined;
    const second = await deadLetters("delivery", "--redrive", "--yes");
    expect(second.stdout).toContain(knows);
    expect(second.stdout).not.toContain("backbone find --id");
    expect(aws.messagesIn(target)).toHaveLength(1);
  });
});

describe("backbone dead-letters --queue <service>/<subscription>", () => {
  const own = ["delivery", "--queue", "delivery/start-delivery"];

  it("lists what the consumer gave up: why, and how often it was handed out", async () => {
    addGivenUp();
    const { exitCode, stdout } = await deadLetters(...own, "--all");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Dead letters of delivery in prod: ${givenUp}`);
    expect(stdout).toContain("RECEIVES_EXHAUSTED (1): its consumer took it as often as the queue allows");
    expect(stdout).toContain("it says: no such customer");
    expect(stdout).toMatch(/60 min +RECEIVES_EXHAUSTED +1 .* tired-1$/m);
    expect(stdout).toContain(`2 events in 2 letters to ${target}`);
  });

  it("puts it back on the subscription's queue", async () => {
    addGivenUp();
    const args = ["--redrive", "--yes", "--json", "--error", "RECEIVES_EXHAUSTED"];
    const { exitCode, stdout, stderr } = await deadLetters(...own, ...args);
    expect({ exitCode, stderr: stderr.includes("1 event in 1 letter") }).toEqual({
      exitCode: 0,
      stderr: true,
    });
    const { redrive } = z.looseObject({ redrive: z.unknown() }).parse(JSON.parse(stdout));
    expect(redrive).toMatchObject({ complete: true, left: 0 });
    expect(aws.messagesIn(target).map(({ body }) => body)).toEqual([eventText({ id: "tired-1" })]);
    expect(aws.messagesIn(givenUp)).toHaveLength(1);
    expect(aws.requestsOf("DeleteMessageBatch")[0]?.caller).toContain("backbone-redrive-delivery");
  });

  it("throws it away, by the command that a letter which stays is told with", async () => {
    aws.addMessage(givenUp, eventText({ id: "broken-1", detail: "{}" }), {}, ago(1));
    const { stdout } = await deadLetters(...own);
    const command = `npx backbone dead-letters delivery --queue delivery/start-delivery --reason breaks-contract --discard --to delivery-breaks-contract.jsonl ${common}`;
    expect(stdout).toContain(command);
    const file = join(state, "gone.jsonl");
    const args = ["--reason", "breaks-contract", "--discard", "--to", file, "--yes"];
    expect((await deadLetters(...own, ...args)).exitCode).toBe(0);
    expect(await readFile(file, "utf8")).toContain("broken-1");
    expect(aws.messagesIn(givenUp)).toEqual([]);
  });

  it.each([
    [
      ["delivery", "--queue", "delivery/start"],
      '"delivery" has no queue of letters named "delivery/start"; there are: dead-letters, delivery/start-delivery',
    ],
    [["global", "--queue", "delivery/start-delivery"], "there are: dead-letters"],
    [[...own, "--also-to", "pack", "--redrive", "--yes"], "go to its own queue, where no rule sees them"],
  ])("%j is a call that is wrong", async (args, says) => {
    const { exitCode, stderr } = await deadLetters(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });
});
