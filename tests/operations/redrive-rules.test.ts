import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OperatedAws } from "../fixtures/operated-aws.js";
import { eventText, localAttributes } from "../fixtures/fake-backbone.js";
import { LetterDesk, sentAt } from "../fixtures/letter-desk.js";

let desk: LetterDesk;
let aws: OperatedAws;

beforeEach(async () => {
  desk = await LetterDesk.open();
  ({ aws } = desk);
});

afterEach(async () => {
  await desk.close();
});

describe("a redrive of a local rule's letters", () => {
  it("gives an event once to each of two rules that refused it, whichever comes first", async () => {
    const own = "backbone-delivery-dead-letters";
    const taking = { state: "ENABLED", eventPattern: '{"detail-type":["Order.Created"]}' } as const;
    aws.rules.set("backbone-delivery", [
      { name: "pack", ...taking },
      { name: "bill", ...taking },
    ]);
    aws.addMessage(own, eventText(), localAttributes("delivery", "pack"), sentAt);
    const first = await desk.redriveWith(undefined, { account: "delivery", alsoTo: ["bill"] });
    expect(first.redriven).toHaveLength(1);
    aws.addMessage(own, eventText(), localAttributes("delivery", "bill"), sentAt);
    const second = await desk.redriveWith(undefined, { account: "delivery", alsoTo: ["pack"] });
    expect(second.redriven).toEqual([]);
    expect(aws.accepted).toHaveLength(1);
  });

  it("keeps a letter whose rule has another target by now", async () => {
    const own = "backbone-delivery-dead-letters";
    aws.rules.set("backbone-delivery", [
      {
        name: "pack",
        state: "ENABLED",
        eventPattern: '{"detail-type":["Order.Created"]}',
        targets: ["arn:aws:sqs:eu-west-1:333333333333:other"],
      },
    ]);
    aws.addMessage(own, eventText(), localAttributes("delivery", "pack"), sentAt);
    await desk.redriveWith(undefined, { account: "delivery" });
    expect({ accepted: aws.accepted, left: desk.remaining(own).length }).toEqual({ accepted: [], left: 1 });
  });

  it("sends an event that two targets of its rule refused once, and deletes both letters", async () => {
    const own = "backbone-delivery-dead-letters";
    aws.rules.set("backbone-delivery", [
      {
        name: "pack",
        state: "ENABLED",
        eventPattern: '{"detail-type":["Order.Created"]}',
        targets: ["one", "two"],
      },
    ]);
    for (const target of ["one", "two"]) {
      aws.addMessage(
        own,
        eventText(),
        { ...localAttributes("delivery", "pack"), TARGET_ARN: target },
        sentAt,
      );
    }
    const { redriven } = await desk.redriveWith(undefined, { account: "delivery" });
    expect(redriven).toHaveLength(2);
    expect(aws.accepted).toHaveLength(1);
    expect(desk.remaining(own)).toEqual([]);
  });
});
