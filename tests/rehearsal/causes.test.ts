import { describe, expect, it } from "vitest";
import { type Cause, causesOf, type ClaimFailure } from "../../rehearsal/causes.js";

const bus = "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery";
const rule = "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery";
const role = "arn:aws:iam::111111111111:role/backbone-forward-delivery";
const queue = "arn:aws:sqs:eu-west-1:333333333333:backbone-delivery-dead-letters";

function failure(id: string, about: Partial<ClaimFailure> = {}): ClaimFailure {
  const problem = `${id} fails`;
  const compared = { expected: "this", found: "that" };
  return { id, step: "step", problem, ...compared, mend: "mend it", evidence: [], ...about };
}

/** Who leads, and who follows whom. */
function shape(causes: readonly Cause[]): (readonly [string, readonly string[]])[] {
  return causes.map(({ id, follows }) => [id, follows.map((one) => one.id)] as const);
}

interface Case {
  readonly what: string;
  readonly failures: readonly ClaimFailure[];
  readonly causes: readonly (readonly [string, readonly string[]])[];
}

const cases: readonly Case[] = [
  { what: "nothing", failures: [], causes: [] },
  {
    what: "two failures at one resource as one cause, the first leading",
    failures: [failure("inventory", { at: [rule] }), failure("rules", { at: [rule] })],
    causes: [["inventory", ["rules"]]],
  },
  {
    what: "a rule that is elsewhere and is missing where it belongs as one cause",
    failures: [failure("inventory", { at: [rule] }), failure("rules", { at: [`${rule}-elsewhere`, rule] })],
    causes: [["inventory", ["rules"]]],
  },
  {
    what: "what passed a fault as following from it, whichever is found first",
    failures: [failure("delivery:a/A", { passes: [bus, rule] }), failure("rules", { at: [rule] })],
    causes: [["rules", ["delivery:a/A"]]],
  },
  {
    what: "what passed two faults as following from the nearer",
    failures: [
      failure("rules", { at: [rule] }),
      failure("global-bus", { at: [bus] }),
      failure("delivery:a/A", { passes: [bus, rule] }),
    ],
    causes: [
      ["rules", []],
      ["global-bus", ["delivery:a/A"]],
    ],
  },
  {
    what: "by the resources it names where it does not say what it passed",
    failures: [
      failure("rules", { at: [rule] }),
      failure("dead-letters:global", { problem: `what target x of ${rule} refuses is lost` }),
      failure("global-bus", { evidence: [`allowed by ${rule}.`], step: "other" }),
    ],
    causes: [["rules", ["dead-letters:global", "global-bus"]]],
  },
  {
    what: "a role's own policies as the role's",
    failures: [failure("strangers", { at: [role] }), failure("direct:a", { passes: [`${role}/put-events`] })],
    causes: [["strangers", ["direct:a"]]],
  },
  {
    what: "things apart of which one begins like the other",
    failures: [failure("rules", { at: [bus] }), failure("forged-letters:a", { passes: [queue, `${bus}-2`] })],
    causes: [
      ["rules", []],
      ["forged-letters:a", []],
    ],
  },
  {
    what: "structure first, then policies, then what was tried",
    failures: [
      failure("global-bus", { at: [bus] }),
      failure("delivery:a/A"),
      failure("rules", { at: [rule] }),
    ],
    causes: [
      ["rules", []],
      ["global-bus", []],
      ["delivery:a/A", []],
    ],
  },
  {
    what: "the same words once, but for whom they are about",
    failures: ["orders/Order.Created", "orders/Order.Updated"].map((contract) =>
      failure("spoofing:delivery", {
        contract,
        account: "delivery",
        problem: `possible: delivery publishes com.example.orders "${contract.split("/")[1] ?? ""}" (${contract})`,
      }),
    ),
    causes: [["spoofing:delivery", ["spoofing:delivery"]]],
  },
  {
    what: "things apart that passed what nobody can name",
    failures: [failure("a", { passes: [""] }), failure("b", { passes: [""] })],
    causes: [
      ["a", []],
      ["b", []],
    ],
  },
  {
    what: "the same words about two steps as two",
    failures: [failure("a", { problem: "p" }), failure("b", { problem: "p", step: "another" })],
    causes: [
      ["a", []],
      ["b", []],
    ],
  },
  {
    what: "the same evidence, and what the same policy refuses, as one",
    failures: [
      failure("delivery:a/A", { evidence: ["denied"] }),
      failure("customer-key:a", { evidence: ["denied"], passes: [bus, rule] }),
      failure("bus-log:a", { evidence: ["denied otherwise"], passes: [bus] }),
    ],
    causes: [["delivery:a/A", ["customer-key:a", "bus-log:a"]]],
  },
];

describe("causes", () => {
  it.each(cases)("tells $what", ({ failures, causes }) => {
    expect(shape(causesOf(failures))).toEqual(causes);
  });

  it("are one with 71 following for one mistake that 72 cases meet", () => {
    const failures = Array.from({ length: 72 }, (_, index) =>
      failure("routing-watch", { evidence: ["the key denies it"], problem: `call ${index} is not told` }),
    );
    const causes = causesOf(failures);
    expect(causes).toHaveLength(1);
    expect(causes[0]?.follows).toHaveLength(71);
  });

  it("lose no failure and tell none twice", () => {
    for (const { failures } of cases) {
      const told = causesOf(failures).flatMap(({ cause, follows }) => [
        cause,
        ...follows.map((one) => one.cause),
      ]);
      expect(told.toSorted()).toEqual(failures.map(({ problem }) => problem).toSorted());
    }
  });
});
