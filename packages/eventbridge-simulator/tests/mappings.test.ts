import { describe, expect, it } from "vitest";
import type { MappingStep, WorldData } from "../src/index.js";
import {
  accounts,
  arrivals,
  type Document,
  globalBus,
  globalLetters,
  globalLogging,
  globalLogRule,
  lettersPolicy,
  policy,
  problemsOf,
  put,
  region,
  threeAccounts,
  worldOf,
} from "./delivery-world.js";

const at = `${region}:${accounts.global}`;
const queue = `arn:aws:sqs:${at}:jobs`;
const fed = `arn:aws:lambda:${at}:function:jobs`;
const roleArn = `arn:aws:iam::${accounts.global}:role/jobs`;
const keyArn = `arn:aws:kms:${at}:key/1`;
const takes = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

const trust = (service: string, more: Document = {}) =>
  policy({ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", ...more });
const role = (statements: readonly Document[], trustPolicy = trust("lambda.amazonaws.com")) => ({
  roles: [
    {
      arn: roleArn,
      trustPolicy,
      inlinePolicies: [{ name: "own", policy: policy(...statements) }],
      managedPolicies: [],
    },
  ],
});
const may = (Action: readonly string[], Resource: string): Document => ({
  Effect: "Allow",
  Action,
  Resource,
});
const good = may(takes, queue);
const account = { "aws:SourceAccount": accounts.global };

/** Every event goes into a queue from which Lambda feeds a function. */
const feeding = (more: Partial<WorldData> = {}) =>
  put(
    worldOf({
      rules: [{ ...globalLogging, targets: [{ id: "jobs", arn: queue, deadLetterArn: globalLetters }] }],
      queues: [...threeAccounts.queues, { arn: queue, policy: lettersPolicy(queue, globalLogRule) }],
      functions: [{ arn: fed, roleArn }],
      mappings: [{ queue, function: fed }],
      ...role([good]),
      ...more,
    }),
  );
const stepOf = (delivery: ReturnType<typeof put>): MappingStep =>
  delivery.steps.find((step) => step.kind === "mapping") ?? expect.fail("nothing was taken from the queue");

/** What is changed, and the reason it ends with. */
type Case = readonly [name: string, change: Partial<WorldData>, reason: string];

describe("an event in a queue from which Lambda feeds a function", () => {
  it("reaches the function, once, and says by which rule", () => {
    const delivery = feeding();
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `queue ${queue}`, `function ${fed}`]);
    expect(delivery.arrivals.at(-1)?.via?.rule).toBe(globalLogRule);
    expect(stepOf(delivery)).toMatchObject({
      outcome: "delivered",
      queue,
      to: fed,
      account: accounts.global,
    });
  });

  it.each<Case>([
    ...takes.map((one): Case => [
      `the role may not ${one}`,
      role([
        may(
          takes.filter((other) => other !== one),
          queue,
        ),
      ]),
      "mapping-denied",
    ]),
    ["the role may take from another queue", role([may(takes, `${queue}-2`)]), "mapping-denied"],
    ["the role trusts EventBridge only", role([good], trust("events.amazonaws.com")), "mapping-role-denied"],
    ["the role is not there", { roles: [] }, "role-not-found"],
    ["the function has no role", { functions: [{ arn: fed }] }, "role-not-found"],
    ["the function is not there", { functions: [] }, "target-missing"],
  ])("stays there where %s, and that is said", (_name, more, reason) => {
    const delivery = feeding(more);
    expect(stepOf(delivery)).toMatchObject({ outcome: "waiting", reason });
    expect(arrivals(delivery)).toEqual([`bus ${globalBus}`, `queue ${queue}`]);
    expect([delivery.lost, delivery.undecided]).toEqual([[], []]);
  });

  it("cannot be decided where the trust asks what AWS does not say that Lambda tells", () => {
    const asking = trust("lambda.amazonaws.com", { Condition: { StringEquals: account } });
    const { undecided } = feeding(role([good], asking));
    expect(undecided).toMatchObject([{ arn: fed, reason: "check-undecided" }]);
  });

  it("under a customer key needs a role that may decrypt with it", () => {
    const delegating = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accounts.global}:root`, Service: "events.amazonaws.com" },
      Action: "kms:*",
      Resource: "*",
    };
    const encrypted = {
      queues: [...threeAccounts.queues, { arn: queue, keyArn, policy: lettersPolicy(queue, globalLogRule) }],
      keys: [{ arn: keyArn, policy: policy(delegating) }],
    };
    const decrypting = role([good, may(["kms:Decrypt"], keyArn)]);
    expect(stepOf(feeding({ ...encrypted, ...decrypting }))).toMatchObject({ outcome: "delivered" });
    expect(stepOf(feeding(encrypted))).toMatchObject({ outcome: "waiting", reason: "role-key-denied" });
  });

  it("is taken from a queue of dead letters, too", () => {
    const letters = lettersPolicy(globalLetters, globalLogRule);
    const delivery = feeding({
      queues: [{ arn: globalLetters, policy: letters }],
      mappings: [{ queue: globalLetters, function: fed }],
      ...role([may(takes, globalLetters)]),
    });
    expect(arrivals(delivery)).toEqual([
      `bus ${globalBus}`,
      `dead-letter ${globalLetters}`,
      `function ${fed}`,
    ]);
  });

  it("makes no world where it names what is no ARN", () => {
    expect(problemsOf({ mappings: [{ queue: "jobs", function: fed }] })).toEqual(["world-arn"]);
  });
});
