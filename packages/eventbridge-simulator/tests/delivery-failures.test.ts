import { describe, expect, it } from "vitest";
import { deliverDeadLetter, type TargetData, type TargetStep, type WorldData } from "../src/index.js";
import {
  accounts,
  arrivals,
  buses,
  everything,
  forward,
  forwardRole,
  forwardRule,
  forwardTarget,
  globalBus,
  globalLetters,
  globalLog,
  globalLogging,
  globalLogRule,
  lettersPolicy,
  localBus,
  localBusPolicy,
  localLetters,
  logPolicy,
  mayPut,
  orderCreated,
  policy,
  put,
  region,
  role,
  threeAccounts,
  trustPolicy,
  worldOf,
} from "./delivery-world.js";

/** The world with one forward rule, whose only target is changed. */
function withTarget(change: Partial<TargetData>, more: Partial<WorldData> = {}): Partial<WorldData> {
  return { rules: [{ ...forward, targets: [{ ...forwardTarget, ...change }] }], ...more };
}

function targetStep(changes: Partial<WorldData>): TargetStep | undefined {
  return put(worldOf(changes)).steps.find((step) => step.kind === "target");
}

const withoutLocalBus = buses.filter(({ arn }) => arn !== localBus);
const elsewhere = localBus.replace(region, "eu-west-2");

describe("a forward", () => {
  const roleOf = (change: Partial<typeof role>): Partial<WorldData> =>
    withTarget({}, { roles: [{ ...role, ...change }] });
  const inline = (text: string): Partial<WorldData> =>
    roleOf({ inlinePolicies: [{ name: "put-events", policy: text }] });
  const localPolicy = (text: string | undefined): Partial<WorldData> =>
    withTarget({}, { buses: [...withoutLocalBus, { arn: localBus, policy: text }] });

  it.each([
    ["without its execution role", withTarget({}, { roles: [] }), "role-not-found", "NO_PERMISSIONS"],
    [
      "whose role trusts another rule",
      roleOf({ trustPolicy: trustPolicy.replace("to-delivery", "to-orders") }),
      "assume-role-denied",
      "NO_PERMISSIONS",
    ],
    [
      "whose role trusts another account's rules",
      roleOf({ trustPolicy: trustPolicy.replace(`"${accounts.global}"`, `"${accounts.orders}"`) }),
      "assume-role-denied",
      "NO_PERMISSIONS",
    ],
    [
      "whose role trusts another service",
      roleOf({ trustPolicy: trustPolicy.replace("events.amazonaws.com", "scheduler.amazonaws.com") }),
      "assume-role-denied",
      "NO_PERMISSIONS",
    ],
    ["whose role has no policy", roleOf({ inlinePolicies: [] }), "forward-denied", "NO_PERMISSIONS"],
    ["whose role may put on another bus", inline(mayPut(globalBus)), "forward-denied", "NO_PERMISSIONS"],
    [
      "whose role is denied",
      inline(policy({ Effect: "Deny", Action: "*", Resource: "*" })),
      "forward-denied",
      "NO_PERMISSIONS",
    ],
    ["to a bus without policy", localPolicy(undefined), "forward-denied", "NO_PERMISSIONS"],
    [
      "to a bus that allows another role",
      localPolicy(localBusPolicy.replace("forward-delivery", "forward-orders")),
      "forward-denied",
      "NO_PERMISSIONS",
    ],
    [
      "to a bus that allows another account",
      localPolicy(localBusPolicy.replace(`${accounts.global}:root`, `${accounts.orders}:root`)),
      "forward-denied",
      "NO_PERMISSIONS",
    ],
    [
      "to a bus that wants direct calls",
      localPolicy(localBusPolicy.replace('"true"', '"false"')),
      "forward-denied",
      "NO_PERMISSIONS",
    ],
  ])("%s is refused and goes to the dead-letter queue", (_name, changes, reason, errorCode) => {
    const delivery = put(worldOf(changes));
    expect(delivery.steps).toContainEqual(expect.objectContaining({ outcome: "failed", reason, errorCode }));
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `dead-letter ${globalLetters}`]);
    expect([delivery.lost, delivery.undecided]).toEqual([[], []]);
  });

  it("to a bus that does not exist is lost without a trace on AWS, and reported here", () => {
    const delivery = put(worldOf(withTarget({}, { buses: withoutLocalBus })));
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`]);
    expect(delivery.lost).toEqual([
      {
        arn: localBus,
        eventId: "event-0",
        reason: "bus-missing",
        via: { rule: forwardRule, target: "delivery" },
      },
    ]);
  });

  it("to a bus that does not exist is still refused if its own role does not allow it", () => {
    const changes = withTarget({}, { buses: withoutLocalBus, roles: [{ ...role, inlinePolicies: [] }] });
    expect(targetStep(changes)).toMatchObject({ outcome: "failed", reason: "forward-denied" });
  });

  it.each([["without a role", { roleArn: undefined }, "target-role-missing"]])(
    "%s is no target that AWS takes",
    (_name, change, reason) => {
      const delivery = put(worldOf(withTarget(change)));
      expect(delivery.steps).toContainEqual(expect.objectContaining({ outcome: "not-admitted", reason }));
      expect(delivery.lost).toMatchObject([{ arn: localBus, reason }]);
      expect(arrivals(delivery)).toEqual([`bus ${globalBus}`]);
    },
  );

  it.each([
    ["to another region", withTarget({ arn: elsewhere }), "unmodelled-region"],
    [
      "to a default bus that is not in the world",
      withTarget(
        { arn: localBus.replace("/local", "/default") },
        { roles: [{ ...role, inlinePolicies: [{ name: "all", policy: mayPut("*") }] }] },
      ),
      "unmodelled-default-bus",
    ],
    [
      "by a role with a permissions boundary",
      roleOf({ permissionsBoundary: "arn:aws:iam::999999999999:policy/edge" }),
      "check-undecided",
    ],
    [
      "by a role whose policy nobody can evaluate",
      inline(mayPut(localBus).replace("}]", ',"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]')),
      "check-undecided",
    ],
    [
      "by a trust that nobody can evaluate",
      roleOf({ trustPolicy: trustPolicy.replace("aws:SourceAccount", "aws:SourceOwner") }),
      "check-undecided",
    ],
  ])("%s cannot be decided", (_name, changes, reason) => {
    const delivery = put(worldOf(changes));
    expect(delivery.undecided).toMatchObject([{ reason }]);
    expect([arrivals(delivery), delivery.lost]).toEqual([[`bus ${globalBus}`], []]);
  });

  it("takes the attached managed policies of the role as its own", () => {
    const arn = `arn:aws:iam::${accounts.global}:policy/forward`;
    const changes = roleOf({ inlinePolicies: [], managedPolicies: [arn] });
    const delivery = put(worldOf({ ...changes, managedPolicies: [{ arn, policy: mayPut(localBus) }] }));
    expect(arrivals(delivery)).toContain(`bus ${localBus}`);
  });
});

describe("a log group", () => {
  const [localLogGroup] = threeAccounts.logGroups.filter(({ arn }) => arn !== globalLog);
  const withLog = (text: string | undefined): Partial<WorldData> => ({
    rules: [globalLogging],
    logGroups: [
      { arn: globalLog, resourcePolicies: text === undefined ? [] : [{ name: "global-log", policy: text }] },
      ...(localLogGroup === undefined ? [] : [localLogGroup]),
    ],
  });
  const logTarget = (change: Partial<TargetData>): Partial<WorldData> => ({
    rules: [
      { ...globalLogging, targets: [{ id: "log", arn: globalLog, deadLetterArn: globalLetters, ...change }] },
    ],
  });
  const good = logPolicy(globalLog, globalLogRule);

  it.each([
    ["without a policy", undefined],
    ["that allows another rule", logPolicy(globalLog, forwardRule)],
    ["that allows only creating streams", good.replace("logs:PutLogEvents", "logs:CreateLogStream")],
    ["that allows only putting events", good.replace("logs:CreateLogStream", "logs:PutLogEvents")],
    ["whose policy leaves out the :*", good.replaceAll(":*", "")],
    [
      "whose policy asks CreateLogStream for the rule",
      good.replace(`:*"}`, `:*","Condition":{"ArnEquals":{"aws:SourceArn":"${globalLogRule}"}}}`),
    ],
    ["whose policy lets in another service only", good.replace("events.amazonaws.com", "sns.amazonaws.com")],
  ])("%s refuses, and the event goes to the dead-letter queue", (_name, text) => {
    const delivery = put(worldOf(withLog(text)));
    expect(delivery.steps).toContainEqual(
      expect.objectContaining({ outcome: "failed", reason: "log-group-denied" }),
    );
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `dead-letter ${globalLetters}`]);
  });

  it("accepts by a policy of the whole account and region as well, but not of another", () => {
    const shared = { name: "all-logs", policy: good, account: accounts.global, region };
    const changes = withLog(undefined);
    expect(arrivals(put(worldOf({ ...changes, logResourcePolicies: [shared] })))).toContain(
      `log-group ${globalLog}`,
    );
    for (const other of [
      { ...shared, account: accounts.orders },
      { ...shared, region: "eu-west-2" },
    ]) {
      const delivery = put(worldOf({ ...changes, logResourcePolicies: [other] }));
      expect(arrivals(delivery)).not.toContain(`log-group ${globalLog}`);
    }
  });

  it("whose policy asks CreateLogStream for the account cannot be decided", () => {
    const text = good.replace(
      `:*"}`,
      `:*","Condition":{"StringEquals":{"aws:SourceAccount":"${accounts.global}"}}}`,
    );
    expect(put(worldOf(withLog(text))).undecided).toMatchObject([
      { arn: globalLog, reason: "check-undecided" },
    ]);
  });

  it.each([['"*"'], ['{"AWS":"*"}']])(
    "whose policy lets everyone in by %s cannot be decided",
    (principal) => {
      const text = good.replaceAll(
        '{"Service":["events.amazonaws.com","delivery.logs.amazonaws.com"]}',
        principal,
      );
      expect(put(worldOf(withLog(text))).undecided).toMatchObject([{ arn: globalLog }]);
    },
  );

  it("that does not exist fails to the dead-letter queue", () => {
    const delivery = put(worldOf({ rules: [globalLogging], logGroups: [] }));
    expect(delivery.steps).toContainEqual(
      expect.objectContaining({ reason: "log-group-missing", errorCode: "NO_RESOURCE" }),
    );
    expect(arrivals(delivery)).toContain(`dead-letter ${globalLetters}`);
  });

  it.each([
    ["with a role", { roleArn: forwardRole }, "target-role-refused"],
    ["written with :*", { arn: `${globalLog}:*` }, "target-log-group-form"],
    [
      "of another account",
      { arn: globalLog.replace(accounts.global, accounts.orders) },
      "target-log-group-elsewhere",
    ],
    ["of another region", { arn: globalLog.replace(region, "eu-west-2") }, "target-log-group-elsewhere"],
  ])("%s is no target that AWS takes", (_name, change, reason) => {
    const delivery = put(worldOf(logTarget(change)));
    expect(delivery.lost).toMatchObject([{ reason }]);
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`]);
  });
});

describe("a queue", () => {
  const jobs = globalLetters.replace("letters", "jobs");
  const toQueue = (
    change: Partial<TargetData>,
    text = lettersPolicy(jobs, forwardRule),
  ): Partial<WorldData> =>
    withTarget(
      { arn: jobs, roleArn: undefined, ...change },
      { queues: [...threeAccounts.queues, { arn: jobs, policy: text }] },
    );

  it("accepts events of a rule that its policy allows", () => {
    expect(arrivals(put(worldOf(toQueue({}))))).toEqual([`bus ${globalBus}`, `queue ${jobs}`]);
  });

  it("refuses events of other rules", () => {
    const delivery = put(worldOf(toQueue({}, lettersPolicy(jobs, globalLogRule))));
    expect(delivery.steps).toContainEqual(expect.objectContaining({ reason: "send-message-denied" }));
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `dead-letter ${globalLetters}`]);
  });

  it("that does not exist fails to the dead-letter queue", () => {
    expect(targetStep(withTarget({ arn: jobs, roleArn: undefined }))).toMatchObject({
      errorCode: "NO_RESOURCE",
    });
  });

  it.each([
    [
      "of another account",
      { arn: jobs.replace(accounts.global, accounts.orders) },
      "unmodelled-target-account",
    ],
    ["of another region", { arn: jobs.replace(region, "eu-west-2") }, "unmodelled-region"],
    ["that is a pipe", { arn: `arn:aws:pipes:${region}:${accounts.global}:pipe/jobs` }, "unmodelled-target"],
    [
      "that is a topic of another account",
      { arn: `arn:aws:sns:${region}:${accounts.orders}:jobs` },
      "unmodelled-target-account",
    ],
  ])("%s is not modelled, and that is said", (_name, change, reason) => {
    expect(put(worldOf(toQueue(change))).undecided).toMatchObject([{ reason }]);
  });
});

describe("a dead letter", () => {
  /** The forward fails for want of a role; its dead letter meets this queue. */
  const letter = (deadLetterArn: string | undefined, queues = threeAccounts.queues): ReturnType<typeof put> =>
    put(worldOf(withTarget({ deadLetterArn }, { roles: [], queues })));

  it.each([
    ["has no queue", letter(undefined), "dead-letter-absent"],
    ["is sent to something else", letter(globalBus), "dead-letter-not-a-queue"],
    ["is sent to a FIFO queue", letter(`${globalLetters}.fifo`), "dead-letter-fifo"],
    ["is sent to another region", letter(globalLetters.replace(region, "eu-west-2")), "dead-letter-region"],
    ["is sent to a queue that does not exist", letter(`${globalLetters}-2`), "queue-missing"],
    [
      "is sent to a queue without policy",
      letter(globalLetters, [{ arn: globalLetters }]),
      "send-message-denied",
    ],
    ["is sent to the queue of other rules", letter(localLetters), "send-message-denied"],
  ])("that %s is lost", (_name, delivery, reason) => {
    expect(delivery.lost).toMatchObject([{ reason, via: { rule: forwardRule, target: "delivery" } }]);
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`]);
  });

  it("may go to a queue of another account that accepts it", () => {
    const open = { arn: localLetters, policy: lettersPolicy(localLetters, forwardRule) };
    expect(arrivals(letter(localLetters, [open]))).toContain(`dead-letter ${localLetters}`);
  });

  it("cannot be decided where the queue's policy cannot", () => {
    const text = lettersPolicy(globalLetters, forwardRule).replace("aws:SourceArn", "aws:SourceVpc");
    expect(letter(globalLetters, [{ arn: globalLetters, policy: text }]).undecided).toMatchObject([
      { arn: globalLetters },
    ]);
  });

  it("is not written for a target that AWS never took, nor for an event that is silently dropped", () => {
    for (const changes of [withTarget({ roleArn: undefined }), withTarget({}, { buses: withoutLocalBus })]) {
      expect(put(worldOf(changes)).steps.map(({ kind }) => kind)).not.toContain("dead-letter");
    }
  });

  it("can be tried for every target of a sound world without breaking it", () => {
    const world = worldOf();
    const outcomes = [...world.rules.values()].flatMap((rule) =>
      rule.targets.map((target) => deliverDeadLetter(world, rule, target).outcome),
    );
    expect(outcomes).toEqual(["delivered", "delivered", "delivered"]);
  });
});

describe("a rule with several targets", () => {
  it("delivers to the others when one fails", () => {
    const targets = [
      { ...forwardTarget, roleArn: undefined },
      { ...forwardTarget, id: "second" },
    ];
    const delivery = put(
      worldOf({ rules: [{ ...forward, eventPattern: everything, targets }] }),
      orderCreated,
    );
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `bus ${localBus}`]);
    expect(delivery.lost).toHaveLength(1);
  });
});
