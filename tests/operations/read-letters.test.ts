import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../operations/run.js";
import type { Letter } from "../../operations/dead-letters/letter.js";
import { queueUrl, release, type HeldMessage } from "../../operations/dead-letters/queue.js";
import {
  readLetters,
  type HeldLetter,
  type Reading,
  type ReadingOptions,
} from "../../operations/dead-letters/read.js";
import { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, forwardAttributes, openFake } from "../fixtures/fake-backbone.js";

const queue = "backbone-global-dead-letters";
const sentAt = new Date("2026-01-01T11:00:05Z");

let aws: OperatedAws;

beforeEach(async () => {
  aws = new OperatedAws();
  aws.createQueue(queue);
  await aws.start();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

function addLetters(count: number): void {
  for (let index = 0; index < count; index += 1) {
    aws.addMessage(queue, eventText({ id: `event-${index}` }), forwardAttributes("delivery"), sentAt);
  }
}

interface ReadOptions extends Partial<ReadingOptions<HeldLetter>> {
  readonly isChosen?: (letter: Letter) => boolean;
}

async function read({ isChosen = () => true, ...options }: ReadOptions = {}): Promise<Reading<HeldLetter>> {
  const session = await openFake(aws, "global");
  const url = queueUrl(session, queue);
  const held = new Map<string, HeldMessage>();
  const reading = await readLetters(session, url, {
    held,
    choose: (letters) => Promise.resolve(letters.filter(({ letter }) => isChosen(letter))),
    limit: 1_000,
    hiddenSeconds: 120,
    clock: systemClock,
    signal: new AbortController().signal,
    ...options,
  });
  await release(session, url, [...held.values()]);
  return reading;
}

const hidden = () => aws.hiddenIn(queue).length;

describe("reading dead letters", () => {
  it("reads all of them and shows them to others again", async () => {
    addLetters(23);
    const { letters, ended, queue: state } = await read();
    expect({ letters: letters.length, ended, hidden: hidden() }).toEqual({
      letters: 23,
      ended: "empty",
      hidden: 0,
    });
    expect(state).toEqual({ visible: 0, hidden: 23, retentionSeconds: 1_209_600 });
    expect(letters[0]?.letter).toMatchObject({
      errorCode: "NO_PERMISSIONS",
      ruleArn: "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery",
      sentAt,
      event: { id: "event-0", detailType: "Order.Created" },
    });
  });

  it("tells how many letters the answers that were lost may have hidden", async () => {
    addLetters(23);
    let failing = 2;
    aws.fault = ({ action }) => {
      if (action !== "ReceiveMessage" || failing === 0) return undefined;
      failing -= 1;
      return { kind: "cut-after" };
    };
    const { letters, lost } = await read();
    expect({ letters: letters.length, lost: lost?.letters, hidden: hidden() }).toEqual({
      letters: 3,
      lost: 20,
      hidden: 20,
    });
    expect(lost?.hiddenUntil.getTime()).toBeGreaterThan(Date.now() + 100_000);
  });

  it("does not take AWS's own throttling for a lost answer: it hides nothing", async () => {
    addLetters(3);
    let isThrottled = false;
    aws.fault = ({ action }) => {
      if (action !== "ReceiveMessage" || isThrottled) return undefined;
      isThrottled = true;
      return { kind: "error", type: "RequestThrottled" };
    };
    expect(await read()).toMatchObject({ letters: { length: 3 }, lost: undefined });
  });

  it("takes no more into hand than asked for", async () => {
    addLetters(23);
    let most = 0;
    const { letters, ended } = await read({ limit: 5 }).finally(
      () => (most = aws.requestsOf("ReceiveMessage").length),
    );
    expect({ letters: letters.length, ended, most }).toEqual({ letters: 5, ended: "limit", most: 1 });
    expect(hidden()).toBe(0);
  });

  it("reads on past letters that are not chosen, and releases those too", async () => {
    addLetters(23);
    const { letters, others } = await read({ isChosen: ({ event }) => event?.id === "event-20", limit: 1 });
    expect(letters).toHaveLength(1);
    expect(others).toBeGreaterThanOrEqual(20);
    expect(hidden()).toBe(0);
  });

  it("takes one empty answer for chance", async () => {
    addLetters(30);
    const seed = [0.01, 0.01];
    let turn = 0;
    aws.chance = () => seed[turn++] ?? ((turn * 7_919) % 1_000) / 1_000;
    const { letters, ended } = await read();
    expect({ letters: letters.length, ended }).toEqual({ letters: 30, ended: "empty" });
  });

  it("repeats a reading whose answer was garbled", async () => {
    addLetters(5);
    aws.fault = ({ action }) =>
      action === "ReceiveMessage" && aws.requestsOf("ReceiveMessage").length === 1
        ? { kind: "gateway", status: 200, body: '{"Mess', handled: false }
        : undefined;
    expect((await read()).letters).toHaveLength(5);
  });

  it("keeps what it has read when reading fails later, and says why it ended", async () => {
    addLetters(25);
    aws.fault = ({ action }) =>
      action === "ReceiveMessage" && aws.requestsOf("ReceiveMessage").length > 1
        ? { kind: "error", type: "AccessDeniedException", message: "no" }
        : undefined;
    const { letters, ended, problem } = await read();
    expect({ letters: letters.length, ended }).toEqual({ letters: 10, ended: "failed" });
    expect(problem).toContain("may not read the dead-letter queue");
    expect(hidden()).toBe(0);
  });

  it("says that it was interrupted", async () => {
    addLetters(25);
    const { ended } = await read({ signal: AbortSignal.abort() });
    expect(ended).toBe("interrupted");
  });

  it("says in one sentence that it may not", async () => {
    aws.fault = ({ service }) =>
      service === "sqs" ? { kind: "error", type: "AccessDeniedException", message: "no" } : undefined;
    await expect(read()).rejects.toThrow(
      'arn:aws:iam::111111111111:user/administrator may not look at the dead-letter queue in account "global" (111111111111): no',
    );
  });

  it("asks whether the stack has been deployed if there is no queue", async () => {
    aws.deleteQueue(queue);
    await expect(read()).rejects.toThrow("has the account's stack been deployed?");
  });
});
