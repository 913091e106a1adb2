import { describe, expect, it } from "vitest";
import { ask, type WorldData } from "../src/index.js";
import {
  accounts,
  attacker,
  buses,
  type Document,
  everything,
  forward,
  forwardTarget,
  globalBus,
  globalLetters,
  globalLog,
  globalLogging,
  globalLogRule,
  localBus,
  policy,
  put,
  region,
  role,
  threeAccounts,
  worldOf,
} from "./delivery-world.js";

/** Where several things must all allow, a certain refusal outweighs a doubt, in whatever order they are asked. */

const service = { Service: "events.amazonaws.com" };
/** Nobody knows what it holds. */
const doubtful = { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } };

function saying(Action: string, Resource: string | undefined, more: Document): string {
  const of = Resource === undefined ? {} : { Resource };
  return policy({ Effect: "Allow", Principal: service, Action, ...of, ...more });
}

const keyArn = `arn:aws:kms:${region}:${accounts.global}:key/1`;
const closedKey = [
  { arn: keyArn, policy: saying("kms:*", "*", { Principal: { Service: "sqs.amazonaws.com" } }) },
];
const openKey = [
  {
    arn: keyArn,
    policy: saying("kms:*", "*", {
      Principal: { Service: ["events.amazonaws.com", `logs.${region}.amazonaws.com`] },
    }),
  },
];
const topicArn = `arn:aws:sns:${region}:${accounts.global}:told`;
const toOnly = (arn: string): WorldData["rules"] => [
  { ...globalLogging, eventPattern: everything, targets: [{ id: "one", arn, deadLetterArn: globalLetters }] },
];
const doubtfulLog = {
  arn: globalLog,
  keyArn,
  resourcePolicies: [
    {
      name: "log",
      policy: saying("logs:*", "*", {
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Condition: doubtful,
      }),
    },
  ],
};
const doubtfulQueue = {
  arn: globalLetters,
  keyArn,
  policy: saying("sqs:SendMessage", globalLetters, { Condition: doubtful }),
};
const doubtfulTopic = {
  arn: topicArn,
  keyArn,
  policy: saying("sns:Publish", topicArn, { Condition: doubtful }),
};
const otherQueues = threeAccounts.queues.filter(({ arn }) => arn !== globalLetters);

/** A thing that doubts, under a key. */
const doubting: Readonly<Record<string, Partial<WorldData>>> = {
  "a log group": { rules: toOnly(globalLog), logGroups: [doubtfulLog] },
  "a queue": { rules: toOnly(globalLetters), queues: [doubtfulQueue, ...otherQueues] },
  "a topic": { rules: toOnly(topicArn), topics: [doubtfulTopic] },
};

function outcomes(changes: Partial<WorldData>): readonly string[] {
  return put(worldOf(changes)).steps.flatMap((step) => (step.kind === "target" ? [step.outcome] : []));
}

describe.each(Object.entries(doubting))("%s whose policy cannot be decided", (_, changes) => {
  it("is refused by a key that refuses", () => {
    expect(outcomes({ ...changes, keys: closedKey })).toEqual(["failed"]);
  });

  it("is undecided under a key that serves", () => {
    expect(outcomes({ ...changes, keys: openKey })).toEqual(["undecided"]);
  });
});

describe("a forward whose trust policy cannot be decided", () => {
  const trustPolicy = saying("sts:AssumeRole", undefined, { Condition: doubtful });
  const by = (local: Document): Partial<WorldData> => ({
    rules: [{ ...forward, targets: [forwardTarget] }],
    roles: [{ ...role, trustPolicy }],
    buses: [...buses.filter(({ arn }) => arn !== localBus), { arn: localBus, policy: policy(local) }],
  });
  const open = { Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: localBus };

  it("is refused by a bus that refuses", () => {
    expect(outcomes(by({ ...open, Effect: "Deny" }))).toEqual(["failed"]);
  });

  it("is undecided on a bus that is open", () => {
    expect(outcomes(by(open))).toEqual(["undecided"]);
  });
});

describe("asking the same of a log group, a topic, a dead-letter queue", () => {
  const world = (keys: WorldData["keys"]) =>
    worldOf({
      logGroups: [
        {
          ...doubtfulLog,
          resourcePolicies: [
            {
              name: "log",
              policy: saying("logs:*", "*", {
                Principal: { Service: "delivery.logs.amazonaws.com" },
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Condition: doubtful,
              }),
            },
          ],
        },
      ],
      topics: [doubtfulTopic],
      queues: [doubtfulQueue, ...otherQueues],
      keys,
    });

  it.each([
    [
      "deliver-log",
      {
        may: "deliver-log",
        source: `arn:aws:logs:${region}:${accounts.global}:delivery-source:one`,
        logGroup: globalLog,
      },
    ],
    ["publish", { may: "publish", service: "events.amazonaws.com", source: globalLogRule, topic: topicArn }],
  ] as const)("a refusal of the key outweighs the doubt: %s", (_, question) => {
    expect(ask(world(closedKey), question)).toMatchObject({ outcome: "denied", reason: "key-denied" });
    expect(ask(world(openKey), question)).toMatchObject({ outcome: "undecided" });
  });

  it("what is not there refuses, and says so", () => {
    expect(ask(world([]), { may: "encrypt", key: keyArn, uses: [] })).toEqual({
      outcome: "denied",
      reason: "key-missing",
      subject: keyArn,
      checks: [],
    });
    const caller = attacker(accounts.global);
    const call = { may: "call", caller, action: "sqs:ReceiveMessage", on: `${globalBus}-not` } as const;
    expect(ask(world([]), call)).toMatchObject({ outcome: "denied", reason: "resource-missing" });
    expect(ask(world([]), { ...call, on: globalLetters }).outcome).toBe("allowed");
  });
});
