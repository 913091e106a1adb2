import { ask, type AssumedData, deliverServiceEvent } from "eventbridge-simulator";
import { describe, expect, it } from "vitest";
import { loadPlan } from "../../rehearsal/emission/assemble.js";
import { inOneSpelling } from "../../rehearsal/emission/spelling.js";
import { all, type Change, inputs, unset } from "../fixtures/plan-changes.js";
import { stackOf, textOf } from "../fixtures/recordings.js";
import { everyFailure, rehearse } from "../fixtures/rehearsed.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { resourceOf } from "../fixtures/rule-damages.js";
import {
  accountId,
  bus,
  lambda,
  lettersQueue,
  made,
  permission,
  queue,
  queues,
  role,
  roleArn,
  table,
  target,
} from "../fixtures/subscription-resources.js";

/** What a subscription's resources make of an event, as the rehearsal reads them. */

const prod = await rehearse(example, "prod");
const at = `eu-west-1:${accountId}`;
const event = { id: "1", source: "com.example.orders", "detail-type": "Order.Created", detail: {} };

function loaded(change: Change, assumed: readonly AssumedData[] = []) {
  return loadPlan(change(prod.plan), new Set(), assumed);
}

function problems(change: Change, assumed: readonly AssumedData[] = []): string[] {
  return loaded(change, assumed).problems.map(({ problem }) => problem);
}

/** What the subscription's event reaches, beside the bus and its log. */
function reached(change: Change, assumed: readonly AssumedData[] = []): string[] {
  const { arrivals } = deliverServiceEvent(loaded(change, assumed).world, bus, event);
  return arrivals
    .filter(({ kind, via }) => kind !== "bus" && kind !== "log-group" && via?.rule.includes("--notify."))
    .map(({ kind, arn }) => `${kind} ${arn}`);
}

const named: readonly { readonly kind: string; readonly arn: string; readonly actions: readonly string[] }[] =
  [
    { kind: "queue", arn: `arn:aws:sqs:${at}:theirs`, actions: ["sqs:SendMessage"] },
    { kind: "topic", arn: `arn:aws:sns:${at}:theirs`, actions: ["sns:Publish"] },
    { kind: "stream", arn: `arn:aws:kinesis:${at}:stream/theirs`, actions: ["kinesis:PutRecord"] },
    {
      kind: "state-machine",
      arn: `arn:aws:states:${at}:stateMachine:theirs`,
      actions: ["states:StartExecution"],
    },
    {
      kind: "firehose",
      arn: `arn:aws:firehose:${at}:deliverystream/theirs`,
      actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
    },
  ];
const letter = `dead-letter arn:aws:sqs:${at}:backbone-delivery-dead-letters`;

describe.each(named)("a $kind that others deploy", ({ kind, arn, actions }) => {
  const subscribed = all(target(arn, { roleArn }), role(actions, arn));

  it("gets the event by its role, if it is there", () => {
    expect(problems(subscribed, [{ arn }])).toEqual([]);
    expect(reached(subscribed, [{ arn }])).toEqual([`${kind} ${arn}`]);
    expect(reached(subscribed)).toEqual([letter]);
  });

  it("gets nothing by a role for another", () => {
    const other = all(target(arn, { roleArn }), role(actions, `${arn}-2`));
    expect(reached(other, [{ arn }])).toEqual([letter]);
  });

  it("says where a partition key is only if it is a stream", () => {
    const keyed = all(
      target(arn, { roleArn, kinesisTarget: { partitionKeyPath: "$.detail.orderId" } }),
      role(actions, arn),
    );
    expect(problems(keyed, [{ arn }]).join("\n")).toContain(
      kind === "stream" ? "" : "AWS takes no kinesisTarget",
    );
    expect(problems(keyed, [{ arn }])).toHaveLength(kind === "stream" ? 0 : 1);
  });
});

describe("a queue under a key that others deploy", () => {
  const arn = `arn:aws:sqs:${at}:theirs`;
  const keyArn = `arn:aws:kms:${at}:key/1`;
  const assumed = [{ arn, keyArn }, { arn: keyArn }];
  const use = { Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: keyArn };

  it("gets the event by a role that may use the key", () => {
    const given = (...more: readonly unknown[]) =>
      reached(all(target(arn, { roleArn }), role(["sqs:SendMessage"], arn, ...more)), assumed);
    expect(given(use)).toEqual([`queue ${arn}`]);
    expect(given()).toEqual([letter]);
  });
});

describe("a function that others deploy", () => {
  const arn = `arn:aws:lambda:${at}:function:theirs`;
  const subscribed = all(target(arn), permission(arn));

  it("gets the event by its permission", () => {
    expect(problems(subscribed, [{ arn }])).toEqual([]);
    expect(reached(subscribed, [{ arn }])).toEqual([`function ${arn}`]);
    expect(reached(all(target(arn), permission("theirs")), [{ arn }])).toEqual([`function ${arn}`]);
  });

  it.each([
    ["another rule's", { sourceArn: `arn:aws:events:${at}:rule/backbone-delivery/other` }],
    ["another account's", { sourceAccount: "111111111111" }],
    ["another service's", { principal: "sns.amazonaws.com" }],
    ["an account's", { principal: accountId }],
    ["for another action", { action: "lambda:GetFunction" }],
  ])("gets nothing by a permission that is %s", (_, change) => {
    expect(reached(all(target(arn), permission(arn, change)), [{ arn }])).toEqual([letter]);
  });

  it("gets nothing by nobody's permission", () => {
    const { undecided } = deliverServiceEvent(loaded(target(arn), [{ arn }]).world, bus, event);
    expect(undecided).toMatchObject([{ arn, reason: "unmodelled-policy" }]);
  });

  it("is told if it is named nowhere", () => {
    expect(problems(subscribed).join("\n")).toContain(
      `a permission is for function theirs (${arn}), which its account does not have`,
    );
  });
});

describe("a queue that is made here", () => {
  const subscribed = all(target(queue), queues());

  it("gets the event by its policy", () => {
    expect(problems(subscribed)).toEqual([]);
    expect(reached(subscribed)).toEqual([`queue ${queue}`]);
  });

  it("takes messages of the redrive role and of nobody else", () => {
    const { world } = loaded(subscribed);
    const may = (role: string) => {
      const everything = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      });
      const caller = {
        arn: `arn:aws:iam::${accountId}:role/${role}`,
        policies: [{ name: "all", policy: everything }],
      };
      return ask(world, { may: "give", caller, to: queue }).outcome;
    };
    expect([may("backbone-redrive-delivery"), may("administrator")]).toEqual(["allowed", "denied"]);
  });

  const refused: readonly [string, Change, string][] = [
    ["gives up into nothing", queues({ redrivePolicy: text(`${queue}-other`, 3) }), "which no stack emits"],
    ["gives up after no try", queues({ redrivePolicy: text(lettersQueue, 0) }), "AWS takes {"],
    ["gives up in a word", queues({ redrivePolicy: "letters" }), "redrivePolicy is not JSON text"],
    [
      "gives up into what lets nobody",
      queues({}, { redriveAllowPolicy: '{"redrivePermission":"denyAll"}' }),
      "which does not let it",
    ],
    [
      "gives up into what lets another",
      queues(
        {},
        {
          redriveAllowPolicy: JSON.stringify({
            redrivePermission: "byQueue",
            sourceQueueArns: [lettersQueue],
          }),
        },
      ),
      "which does not let it",
    ],
    [
      "lets in by a word that AWS does not know",
      queues({}, { redriveAllowPolicy: '{"redrivePermission":"some"}' }),
      'redriveAllowPolicy is {"redrivePermission":"some"}; AWS takes',
    ],
    [
      "gives up into another account",
      queues({ redrivePolicy: text("arn:aws:sqs:eu-west-1:111111111111:backbone-global-dead-letters", 3) }),
      "which is of another kind, account or Region",
    ],
    ["hides messages for a day", queues({ visibilityTimeoutSeconds: 86_400 }), "from 0 to 43200"],
  ];

  it.each(refused)("that %s is told", (_, change, says) => {
    const [problem, ...others] = problems(all(target(queue), change));
    expect(problem).toContain(says);
    expect(others).toEqual([]);
  });

  function text(deadLetterTargetArn: string, maxReceiveCount: number): string {
    return JSON.stringify({ deadLetterTargetArn, maxReceiveCount });
  }
});

describe("a function that is made here", () => {
  const subscribed = all(target(queue), queues(), made(), table());

  it("gets the event from its queue", () => {
    expect(problems(subscribed)).toEqual([]);
    expect(reached(subscribed)).toEqual([`queue ${queue}`, `function ${lambda}`]);
  });

  it("leaves it in the queue if its role may not take it", () => {
    const change = all(target(queue), queues(), made({ actions: ["sqs:ReceiveMessage"] }));
    expect(reached(change)).toEqual([`queue ${queue}`]);
  });

  it("is named by name or by ARN, in one spelling", () => {
    const change = all(subscribed, permission("theirs"));
    const stack = stackOf(inOneSpelling(change(prod.plan)), "delivery");
    const input = (reference: string, key: string) => textOf(resourceOf(stack, reference), key);
    expect(input("EventSourceMapping notify", "functionName")).toBe(lambda);
    expect(input("Permission notify", "function")).toBe(`arn:aws:lambda:${at}:function:theirs`);
  });

  const ofFunction = (change: Parameters<typeof made>[0]) => all(target(queue), queues(), made(change));
  const refused: readonly [string, Change, string][] = [
    [
      "runs what AWS has given up",
      ofFunction({ function: { runtime: "nodejs16.x" } }),
      'runtime is "nodejs16.x"',
    ],
    [
      "has a handler in no file",
      ofFunction({ function: { handler: "main.handler" } }),
      "is called by main.handler, and its code has index.mjs",
    ],
    [
      "has its code in the plan",
      ofFunction({ function: { code: { "index.mjs": "export {}" } } }),
      "code.index.mjs is",
    ],
    [
      "runs for an hour",
      ofFunction({ function: { timeout: 3_600 } }),
      "timeout is not a whole number from 1 to 900",
    ],
    [
      "may work longer than its messages are hidden",
      ofFunction({ function: { timeout: 181 } }),
      "shows a message again after 180 seconds",
    ],
    ["never runs", ofFunction({ function: { reservedConcurrentExecutions: 0 } }), "it never runs"],
    ["has a network of its own", ofFunction({ function: { vpcConfig: {} } }), "does not model vpcConfig"],
    ["is fed by nothing", ofFunction({ mapping: { enabled: false } }), "it is not enabled"],
    [
      "is fed with what it does not get",
      ofFunction({ mapping: { filterCriteria: {} } }),
      "does not model filterCriteria",
    ],
    [
      "is fed from a queue of nobody",
      ofFunction({ mapping: { eventSourceArn: `${queue}-other` } }),
      "is fed from",
    ],
    ["is fed a hundred at once", ofFunction({ mapping: { batchSize: 100 } }), "AWS takes 10 at most"],
    [
      "forgets which messages failed",
      all(ofFunction({}), unset("delivery", "EventSourceMapping notify", "functionResponseTypes")),
      "has no functionResponseTypes",
    ],
    [
      "has a table of another key",
      all(subscribed, inputs("delivery", "Table notify", { hashKey: "other" })),
      "describes key only",
    ],
  ];

  it.each(refused)("that %s is told", (_, change, says) => {
    expect(problems(change).join("\n")).toContain(says);
  });
});

describe("how often EventBridge tries", () => {
  it.each([
    [{ maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 }, ""],
    [{ maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 }, ""],
    [{ maximumEventAgeInSeconds: 59 }, "maximumEventAgeInSeconds is not a whole number from 60 to 86400"],
    [{ maximumEventAgeInSeconds: 86_401 }, "from 60 to 86400"],
    [{ maximumRetryAttempts: 186 }, "maximumRetryAttempts is not a whole number from 0 to 185"],
    [{ maximumRetryAttempts: -1 }, "from 0 to 185"],
    [{ maximumRetryAttempts: 1.5 }, "from 0 to 185"],
    [{ other: 1 }, "does not model other"],
  ])("%j is told: %s", (retryPolicy, says) => {
    const told = problems(all(target(queue, { retryPolicy }), queues()));
    expect(told.join("\n")).toContain(says);
    expect(told).toHaveLength(says === "" ? 0 : 1);
  });
});

describe("what AWS takes of a function, its permission and its table", () => {
  const over = (change: Change) =>
    everyFailure(prod, change(prod.plan))
      .map(({ problem }) => problem)
      .join("\n");
  const ofLambda = (changed: Parameters<typeof made>[0]) => all(target(queue), queues(), made(changed));
  const bounds: readonly [string, Change, string][] = [
    ["a long name", ofLambda({ function: { name: "f".repeat(65) } }), "65 characters"],
    ["a dot in a name", ofLambda({ function: { name: "notify.now" } }), "notify.now"],
    [
      "a long description",
      ofLambda({ function: { description: "d".repeat(257) } }),
      "257 characters in its description",
    ],
    [
      "a large environment",
      ofLambda({ function: { environment: { variables: { ALL: "v".repeat(4_096) } } } }),
      "characters in its environment",
    ],
    ["a long id of a permission", permission("theirs", { statementId: "s".repeat(101) }), "101 characters"],
    ["a long name of a table", table({ name: "t".repeat(256) }), "256 characters"],
  ];

  it.each(bounds)("is told: %s", (_, change, says) => {
    expect(over(change)).toContain(says);
  });
});
