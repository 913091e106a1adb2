import fc from "fast-check";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type RoundSize, roundsOf } from "../../operations/dead-letters/hand.js";
import type { LetterRow } from "../../operations/dead-letters/plan.js";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, forwardAttributes, localAttributes, numberedOrder } from "../fixtures/fake-backbone.js";
import { LetterDesk, queue, sentAt } from "../fixtures/letter-desk.js";
import { runRedrive } from "../fixtures/redrive-run.js";

let desk: LetterDesk;
let aws: OperatedAws;
let state: string;

beforeEach(async () => {
  desk = await LetterDesk.open();
  ({ aws, state } = desk);
});

afterEach(async () => {
  await desk.close();
});

const roundOf = (letters: number): RoundSize => ({ letters, characters: 1_000_000 });
const hidden = () => aws.hiddenIn(queue).length;

setFlagsFromString("--expose-gc");

/** Of these, those that something still holds. */
function alive(letters: readonly WeakRef<object>[]): number {
  // The flag was set too late for `globalThis` to have it.
  runInNewContext("gc()");
  return letters.filter((letter) => letter.deref() !== undefined).length;
}

describe("a redrive of more letters than one round takes", () => {
  it("sends all of them, the first alone, and holds the bodies of one round at a time", async () => {
    desk.addForwardLetters(95);
    const seen: WeakRef<object>[] = [];
    const held: number[] = [];
    let rows = "";
    const { result } = await runRedrive(aws, {
      account: "global",
      state,
      size: roundOf(20),
      onPlanned: (planned) => (rows = JSON.stringify(planned)),
      onRound: (letters) => {
        seen.push(...letters.map(({ letter }) => new WeakRef(letter)));
        held.push(letters.length, alive(seen));
      },
    });
    expect(result).toMatchObject({ redriven: { length: 95 }, untouched: [], stopped: undefined });
    expect({ sent: aws.accepted.length, left: desk.remaining() }).toEqual({ sent: 95, left: [] });
    expect(JSON.stringify(aws.requestsOf("PutEvents")[0]?.input).split("redriven:")).toHaveLength(2);
    expect(held).toEqual([20, 20, 20, 20, 20, 20, 20, 20, 15, 15]);
    expect(rows).toContain("event-94");
    // What an event carries is in no row.
    expect(rows).not.toContain("customerId");
  });

  it("neither asks about a letter that stays twice nor lets it go before the end", async () => {
    const stays = Array.from({ length: 7 }, (_, index) =>
      aws.addMessage(queue, `{"number":${index}}`, forwardAttributes("delivery"), sentAt),
    );
    desk.addForwardLetters(45);
    const hiddenThen: number[] = [];
    const { planned, result } = await runRedrive(aws, {
      account: "global",
      state,
      size: roundOf(10),
      onRound: () => hiddenThen.push(hidden()),
    });
    expect(planned).toHaveLength(52);
    expect(result).toMatchObject({ redriven: { length: 45 }, untouched: [] });
    // All that is left then: those that stay, and those whose turn comes later.
    expect(hiddenThen).toEqual([52, 42, 32, 22, 12]);
    expect({ left: desk.remaining(), hidden: hidden() }).toEqual({ left: stays, hidden: 0 });
  });

  it("sends nothing that came after it was agreed to, and shows it again", async () => {
    desk.addForwardLetters(25);
    let late = "";
    const { result } = await runRedrive(aws, {
      account: "global",
      state,
      size: roundOf(10),
      onPlanned: () => {
        const body = eventText({ id: "late", detail: numberedOrder(1_000) });
        late = aws.addMessage(queue, body, forwardAttributes("delivery"), sentAt);
      },
    });
    expect(result.redriven).toHaveLength(25);
    expect({ left: desk.remaining(), hidden: hidden() }).toEqual({ left: [late], hidden: 0 });
  });

  it("leaves what somebody else has taken meanwhile, and says nothing of it but that", async () => {
    const ids = desk.addForwardLetters(25);
    let rounds = 0;
    const { result } = await runRedrive(aws, {
      account: "global",
      state,
      size: roundOf(10),
      onRound: () => {
        rounds += 1;
        if (rounds === 1) aws.takeAway(queue, ids[24] ?? "");
      },
    });
    expect(result).toMatchObject({ redriven: { length: 24 }, untouched: [ids[24]] });
    expect(result.stopped).toContain("did not come to hand again");
  });

  it("sends an event once for all targets that refused it, however far apart its letters are", async () => {
    const body = eventText({ id: "twice", detail: numberedOrder(1_000) });
    const add = () => aws.addMessage(queue, body, forwardAttributes("delivery"), sentAt);
    add();
    desk.addForwardLetters(30);
    add();
    const { result } = await runRedrive(aws, { account: "global", state, size: roundOf(10) });
    expect({ told: result.redriven.length, sent: aws.accepted.length }).toEqual({ told: 32, sent: 31 });
    expect(desk.remaining()).toEqual([]);
  });

  it("looks at the rules again in each round: who was not agreed to sees nothing", async () => {
    const local = "backbone-delivery-dead-letters";
    const quiet = {
      name: "pack",
      state: "ENABLED",
      eventPattern: '{"detail-type":["Order.Created"]}',
    } as const;
    aws.rules.set("backbone-delivery", [quiet]);
    for (let index = 0; index < 25; index += 1) {
      const body = eventText({ id: `event-${index}`, detail: numberedOrder(index) });
      aws.addMessage(local, body, localAttributes("delivery", "pack"), sentAt);
    }
    const { result } = await runRedrive(aws, {
      account: "delivery",
      state,
      size: roundOf(10),
      onRound: () => aws.rules.set("backbone-delivery", [quiet, { ...quiet, name: "bill" }]),
    });
    expect({ redriven: result.redriven.length, untouched: result.untouched.length }).toEqual({
      redriven: 10,
      untouched: 15,
    });
    expect(aws.accepted).toHaveLength(10);
  });

  it.each(["ReceiveMessage", "GetQueueAttributes"])(
    "tells what was done when %s fails between two rounds",
    async (failing) => {
      desk.addForwardLetters(25);
      const { result } = await runRedrive(aws, {
        account: "global",
        state,
        size: roundOf(10),
        onRound: () => {
          aws.fault = ({ action }) =>
            action === failing ? { kind: "error", type: "AccessDeniedException" } : undefined;
        },
      });
      expect(result).toMatchObject({ redriven: { length: 10 }, untouched: { length: 15 } });
      expect(result.stopped).toContain("the dead-letter queue");
      expect({ left: desk.remaining().length, hidden: hidden() }).toEqual({ left: 15, hidden: 0 });
    },
  );

  it("tells what was done when it is interrupted between two rounds", async () => {
    desk.addForwardLetters(15);
    const controller = new AbortController();
    const interrupted = await runRedrive(aws, {
      account: "global",
      state,
      size: roundOf(10),
      signal: controller.signal,
      onRound: () => {
        aws.fault = ({ action }) => {
          if (action === "GetQueueAttributes") controller.abort();
          return undefined;
        };
      },
    });
    expect(interrupted.result).toMatchObject({
      redriven: { length: 10 },
      untouched: { length: 5 },
      stopped: "interrupted",
    });
    expect({ left: desk.remaining().length, hidden: hidden() }).toEqual({ left: 5, hidden: 0 });
  });
});

it("rounds hold every letter once, all about one event together, and no more than they may", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ event: fc.nat({ max: 30 }), size: fc.nat({ max: 9 }) }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 60 }),
      (letters, most, characters) => {
        const sizes = new Map(letters.map(({ event, size }) => [event, size]));
        const rows = letters.map(({ event }, index) => rowOf(index, event, sizes.get(event) ?? 0));
        const rounds = roundsOf(rows, { letters: most, characters });
        expect(rounds.flat().map(idOf).sort()).toEqual(rows.map(idOf).sort());
        for (const round of rounds) {
          const events = new Set(round.map(({ letter }) => letter.digest));
          for (const digest of events) {
            const all = rows.filter(({ letter }) => letter.digest === digest);
            expect(round.filter(({ letter }) => letter.digest === digest)).toEqual(all);
          }
          const size = round.reduce((sum, { letter }) => sum + letter.size, 0);
          if (events.size > 1)
            expect({ few: round.length <= most, small: size <= characters }).toEqual({
              few: true,
              small: true,
            });
        }
      },
    ),
  );
});

const idOf = ({ letter }: LetterRow) => letter.messageId;

function rowOf(index: number, event: number, size: number): LetterRow {
  const unknown = { sentAt: undefined, receives: 0, ruleArn: undefined, targetArn: undefined };
  const more = {
    errorCode: undefined,
    errorMessage: undefined,
    retryAttempts: undefined,
    exhausted: undefined,
    event: undefined,
  };
  return {
    letter: { ...unknown, ...more, messageId: `m-${index}`, digest: `d-${event}`, size },
    fate: { kind: "stays", reason: "not-an-event" },
  };
}
