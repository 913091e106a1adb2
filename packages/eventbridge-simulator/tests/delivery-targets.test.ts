import { describe, expect, it } from "vitest";
import { ask, givingTo, type TargetData, targetKindOf, type WorldData } from "../src/index.js";
import {
  accounts,
  arrivals,
  type Document,
  globalBus,
  globalLetters,
  globalLog,
  globalLogging,
  globalLogRule,
  policy,
  problemsOf,
  put,
  region,
  threeAccounts,
  worldOf,
} from "./delivery-world.js";

const at = `${region}:${accounts.global}`;
const roleArn = `arn:aws:iam::${accounts.global}:role/tell-jobs`;
const keyArn = `arn:aws:kms:${at}:key/1`;
const everybody = { AWS: `arn:aws:iam::${accounts.global}:root` };

interface Row {
  readonly kind: string;
  readonly arn: string;
  readonly actions: readonly string[];
  /** The world that has it, with a policy of its own; undefined where nobody emits such a thing. */
  readonly having?: (policy: string | undefined) => Partial<WorldData>;
  readonly missing: string;
  /** Why its own policy refuses. */
  readonly denied?: string;
}

const rows: readonly Row[] = [
  {
    kind: "queue",
    arn: `arn:aws:sqs:${at}:jobs`,
    actions: ["sqs:SendMessage"],
    having: (own) => ({ queues: [...threeAccounts.queues, { arn: `arn:aws:sqs:${at}:jobs`, policy: own }] }),
    missing: "queue-missing",
    denied: "send-message-denied",
  },
  {
    kind: "topic",
    arn: `arn:aws:sns:${at}:jobs`,
    actions: ["sns:Publish"],
    having: (own) => ({ topics: [{ arn: `arn:aws:sns:${at}:jobs`, policy: own }] }),
    missing: "topic-missing",
    denied: "topic-denied",
  },
  {
    kind: "function",
    arn: `arn:aws:lambda:${at}:function:jobs`,
    actions: ["lambda:InvokeFunction"],
    having: (own) => ({ functions: [{ arn: `arn:aws:lambda:${at}:function:jobs`, policy: own }] }),
    missing: "target-missing",
    denied: "function-denied",
  },
  {
    kind: "state-machine",
    arn: `arn:aws:states:${at}:stateMachine:jobs`,
    actions: ["states:StartExecution"],
    missing: "target-missing",
  },
  {
    kind: "stream",
    arn: `arn:aws:kinesis:${at}:stream/jobs`,
    actions: ["kinesis:PutRecord"],
    missing: "target-missing",
  },
  {
    kind: "firehose",
    arn: `arn:aws:firehose:${at}:deliverystream/jobs`,
    actions: ["firehose:PutRecord", "firehose:PutRecordBatch"],
    missing: "target-missing",
  },
];
const owned = rows.flatMap((row) =>
  row.having === undefined ? [] : [{ ...row, having: row.having, denied: row.denied ?? "" }],
);

const trust = (rule = globalLogRule): string =>
  policy({
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sts:AssumeRole",
    Condition: {
      ArnLike: { "aws:SourceArn": rule },
      StringEquals: { "aws:SourceAccount": accounts.global },
    },
  });

const roles = (statements: readonly Document[], trustPolicy = trust()): Partial<WorldData> => ({
  roles: [
    {
      arn: roleArn,
      trustPolicy,
      inlinePolicies: [{ name: "tell", policy: policy(...statements) }],
      managedPolicies: [],
    },
  ],
});
const may = (Action: readonly string[], Resource: string): Document => ({
  Effect: "Allow",
  Action,
  Resource,
});

/** One rule that hands every event to the target, as a world that has it by name only. */
const handing = (target: Partial<TargetData> & { arn: string }, more: Partial<WorldData> = {}) =>
  put(
    worldOf({
      rules: [{ ...globalLogging, targets: [{ id: "jobs", deadLetterArn: globalLetters, ...target }] }],
      assumed: [{ arn: target.arn }],
      ...more,
    }),
  );
const stepOf = (delivery: ReturnType<typeof put>) =>
  delivery.steps.find((step) => step.kind === "target") ?? expect.fail("no target was tried");

/** What is changed, and the reason it ends with. */
type Case = readonly [name: string, change: Partial<WorldData>, reason: string];

describe.each(rows)("a $kind by an execution role", ({ kind, arn, actions, missing }) => {
  const good = [may(actions, arn)];

  it("receives what the role may give", () => {
    const delivery = handing({ arn, roleArn }, roles(good));
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `${kind} ${arn}`]);
    expect(stepOf(delivery)).toMatchObject({ targetKind: kind, outcome: "delivered" });
    expect([delivery.lost, delivery.undecided]).toEqual([[], []]);
  });

  it.each<Case>([
    ["that is not there", { roles: [] }, "role-not-found"],
    ["that trusts another rule", roles(good, trust(`${globalLogRule}-2`)), "assume-role-denied"],
    ["that may give to another", roles([may(actions, `${arn}-2`)]), "target-role-denied"],
    ...actions.map((one): Case => [
      `without ${one}`,
      roles([may(["sqs:GetQueueUrl", ...actions.filter((other) => other !== one)], arn)]),
      "target-role-denied",
    ]),
    [
      "that is denied it",
      roles([...good, { Effect: "Deny", Action: actions, Resource: "*" }]),
      "target-role-denied",
    ],
  ])("%s is refused, and the event goes to the dead-letter queue", (_name, more, reason) => {
    const delivery = handing({ arn, roleArn }, more);
    expect(stepOf(delivery)).toMatchObject({ outcome: "failed", reason, errorCode: "NO_PERMISSIONS" });
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `dead-letter ${globalLetters}`]);
  });

  it("that nobody emits and nobody names fails to the dead-letter queue", () => {
    const delivery = handing({ arn, roleArn }, { ...roles(good), assumed: [] });
    expect(stepOf(delivery)).toMatchObject({ outcome: "failed", reason: missing, errorCode: "NO_RESOURCE" });
    expect(arrivals(delivery)).toContain(`dead-letter ${globalLetters}`);
  });

  it.each([
    [
      "in another account",
      arn.replace(accounts.global, accounts.orders),
      roleArn,
      "unmodelled-target-account",
    ],
    ["in another Region", arn.replace(region, "eu-west-2"), roleArn, "unmodelled-region"],
    ["with another account's role", arn, roleArn.replace(accounts.global, accounts.orders), "role-elsewhere"],
  ])("%s cannot be decided", (_name, to, role, reason) => {
    expect(handing({ arn: to, roleArn: role }, roles(good)).undecided).toMatchObject([{ reason }]);
  });

  it("cannot be decided where the role's policy hangs on whether EventBridge names the rule", () => {
    const conditional = { ...may(actions, arn), Condition: { ArnLike: { "aws:SourceArn": globalLogRule } } };
    expect(handing({ arn, roleArn }, roles([conditional])).undecided).toMatchObject([
      { reason: "check-undecided" },
    ]);
  });

  it("gets its dead letters back by the same actions, and no others", () => {
    expect(targetKindOf(arn)).toBe(kind);
    expect(givingTo(arn)?.actions).toEqual(actions);
    const world = worldOf({ assumed: [{ arn }] });
    const answer = (statements: readonly Document[]) => {
      const caller = { arn: roleArn, policies: [{ name: "redrive", policy: policy(...statements) }] };
      return ask(world, { may: "give", caller, to: arn });
    };
    expect(answer(good).outcome).toBe("allowed");
    expect(answer([may(["events:PutEvents"], "*")])).toMatchObject({
      outcome: "denied",
      reason: "target-role-denied",
    });
  });
});

describe.each(owned)("a $kind by its own policy", ({ kind, arn, actions, having, denied }) => {
  const statement = {
    Sid: "Rule",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: actions[0],
    Resource: arn,
    Condition: { ArnLike: { "AWS:SourceArn": globalLogRule } },
  };

  it("receives what it lets the rule give, though it is known by name besides", () => {
    const delivery = handing({ arn }, having(policy(statement)));
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `${kind} ${arn}`]);
  });

  it.each([
    ["has none", undefined],
    ["lets another service in", policy({ ...statement, Principal: { Service: "sns.amazonaws.com" } })],
    [
      "is for another rule",
      policy({ ...statement, Condition: { ArnLike: { "AWS:SourceArn": `${globalLogRule}-2` } } }),
    ],
  ])("refuses it where it %s", (_name, own) => {
    const delivery = handing({ arn }, having(own));
    expect(stepOf(delivery)).toMatchObject({ outcome: "failed", reason: denied });
    expect(arrivals(delivery)).toContain(`dead-letter ${globalLetters}`);
  });

  it("cannot be decided where nobody knows its policy", () => {
    expect(handing({ arn }).undecided).toMatchObject([{ arn, reason: "unmodelled-policy" }]);
  });

  it("is overruled by no execution role, where it denies", () => {
    const deny = { Effect: "Deny", Principal: "*", Action: actions[0], Resource: arn };
    const by = (...statements: readonly Document[]) =>
      stepOf(handing({ arn, roleArn }, { ...roles([may(actions, arn)]), ...having(policy(...statements)) }));
    expect(by({ ...deny, Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } } })).toMatchObject({
      reason: "target-role-denied",
    });
    expect(by({ ...deny, Condition: { ArnNotEquals: { "aws:PrincipalArn": roleArn } } })).toMatchObject({
      outcome: "delivered",
    });
  });
});

describe("a target", () => {
  it.each(rows.filter(({ having }) => having === undefined))(
    "that is a $kind is not taken by AWS without a role",
    ({ arn }) => {
      expect(handing({ arn }).lost).toMatchObject([{ arn, reason: "target-role-missing" }]);
    },
  );

  it.each(["sqs", "sns"])("of %s is not taken by AWS if it is FIFO", (service) => {
    const arn = `arn:aws:${service}:${at}:jobs.fifo`;
    for (const by of [{}, { roleArn }])
      expect(handing({ arn, ...by }).lost).toMatchObject([{ arn, reason: "target-fifo" }]);
  });

  it("that is a log group asks all of its policies, of which any may deny", () => {
    const statement = (Effect: string) =>
      policy({ Effect, Principal: "*", Action: "logs:CreateLogStream", Resource: "*" });
    const world = (...texts: readonly string[]) =>
      worldOf({
        logGroups: [
          {
            arn: globalLog,
            resourcePolicies: texts.map((text, index) => ({ name: String(index), policy: text })),
          },
        ],
        rules: [],
      });
    const all = policy({ Effect: "Allow", Action: "*", Resource: "*" });
    const caller = { arn: roleArn, policies: [{ name: "all", policy: all }] };
    const by = (...texts: readonly string[]) =>
      ask(world(...texts), { may: "give", caller, to: globalLog }).outcome;
    const ofEvents = policy({
      Effect: "Allow",
      Principal: { Service: "events.amazonaws.com" },
      Action: "logs:PutLogEvents",
      Resource: "*",
    });
    expect([by(ofEvents), by(ofEvents, statement("Deny"))]).toEqual(["allowed", "undecided"]);
  });

  it("whose function has a policy of another service's actions makes no world", () => {
    const wrong = policy({ Effect: "Allow", Principal: everybody, Action: "sqs:SendMessage", Resource: "*" });
    expect(problemsOf({ functions: [{ arn: `arn:aws:lambda:${at}:function:jobs`, policy: wrong }] })).toEqual(
      ["malformed-action-not-admitted"],
    );
    expect(problemsOf({ functions: [{ arn: `arn:aws:sqs:${at}:jobs` }] })).toEqual(["world-arn"]);
    expect(problemsOf({ assumed: [{ arn: "jobs" }] })).toEqual(["world-arn"]);
  });
});

describe.each(owned.filter(({ kind }) => kind !== "function"))("a $kind under a customer key", (row) => {
  const { arn, actions } = row;
  const keyActions = ["kms:Decrypt", "kms:GenerateDataKey"];
  const context = row.kind === "queue" ? "aws:sqs:arn" : "aws:sns:topicArn";
  const key = (...statements: readonly Document[]) => ({
    keys: [{ arn: keyArn, policy: policy(...statements) }],
  });
  const delegating = { Effect: "Allow", Principal: everybody, Action: "kms:*", Resource: "*" };
  const underKey = (use: readonly Document[], more: Partial<WorldData>) =>
    stepOf(
      handing(
        { arn, roleArn },
        { ...roles([may(actions, arn), ...use]), assumed: [{ arn, keyArn }], ...more },
      ),
    );
  const byName = { assumed: [{ arn, keyArn }, { arn: keyArn }] };

  it("needs a role that may use the key, by its own policy and by the key's", () => {
    const use = [may(keyActions, keyArn)];
    expect(underKey(use, key(delegating))).toMatchObject({ outcome: "delivered" });
    expect(underKey([], key(delegating))).toMatchObject({ reason: "role-key-denied" });
    expect(underKey([may(["kms:Decrypt"], keyArn)], key(delegating))).toMatchObject({
      reason: "role-key-denied",
    });
    const forOthers = { ...delegating, Principal: { AWS: accounts.orders } };
    expect(underKey(use, key(forOthers))).toMatchObject({ reason: "role-key-denied" });
    expect(underKey(use, {})).toMatchObject({ reason: "key-missing" });
  });

  it("lets the role use a key that is known by name only, if its own policy does", () => {
    expect(underKey([may(keyActions, keyArn)], byName)).toMatchObject({ outcome: "delivered" });
    expect(underKey([may(keyActions, `${keyArn}2`)], byName)).toMatchObject({ reason: "role-key-denied" });
  });

  it("is told in the call to the key", () => {
    const only = (value: string): Document => ({
      ...may(keyActions, keyArn),
      Condition: { StringEquals: { [`kms:EncryptionContext:${context}`]: value } },
    });
    expect(underKey([only(arn)], byName)).toMatchObject({ outcome: "delivered" });
    expect(underKey([only(`${arn}-2`)], byName)).toMatchObject({ reason: "role-key-denied" });
  });
});
