import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import type { RecordedResource } from "../../rehearsal/emission/plan-file.js";
import { all, type Change, inputs, text } from "../fixtures/plan-changes.js";
import { resourceOf, withRule } from "../fixtures/rule-damages.js";
import { stackOf } from "../fixtures/recordings.js";
import { changeResource, everyFailure, rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { registry as everySwitch } from "../fixtures/registries/every-switch.js";

const plain = await rehearse(example, "prod");
const encrypted = await rehearse(everySwitch, "prod");

/** A mistake that somebody made when accounts were crossed, as public reports tell them. */
interface Mistake {
  readonly what: string;
  readonly on?: typeof plain;
  readonly damage: Change;
  /** What is damaged, as the cause must name it. */
  readonly names: string;
  /** What should be there, and what is. */
  readonly old: string;
  readonly now: string;
}

const region = "eu-west-1";
const forward = `arn:aws:events:${region}:111111111111:rule/backbone-global/forward-delivery`;
const bus = `arn:aws:events:${region}:333333333333:event-bus/backbone-delivery`;
const role = "arn:aws:iam::111111111111:role/backbone-forward-delivery";
const letters = `arn:aws:sqs:${region}:111111111111:backbone-global-dead-letters`;
const ownLetters = `arn:aws:sqs:${region}:333333333333:backbone-delivery-dead-letters`;
const log = `arn:aws:logs:${region}:333333333333:log-group:/aws/events/backbone-delivery`;
const topic = `arn:aws:sns:${region}:333333333333:backbone-delivery-alarms`;

function without(account: string, reference: string, input: string): Change {
  return (plan) =>
    changeResource(plan, account, reference, (resource) => {
      const kept = Object.entries(resource.inputs).filter(([name]) => name !== input);
      return { ...resource, inputs: Object.fromEntries(kept) };
    });
}

const target = (changed: RecordedResource["inputs"]) =>
  inputs("global", "EventTarget forward-delivery", changed);
const toTarget = (what: string, arn: string): Mistake => ({
  what: `a target ${what}`,
  damage: target({ arn }),
  names: forward,
  old: bus,
  now: arn,
});
const byRole = (what: string, roleArn: string): Mistake => ({
  what: `a target with ${what}`,
  damage: target({ roleArn }),
  names: forward,
  old: role,
  now: roleArn,
});

const misplaced: readonly Mistake[] = [
  {
    what: "a bus target without its role",
    damage: without("global", "EventTarget forward-delivery", "roleArn"),
    names: forward,
    old: role,
    now: "has no roleArn",
  },
  byRole("another member's role", role.replace("forward-delivery", "forward-orders")),
  byRole("a misspelt role", role.replace("delivery", "delivrey")),
  byRole("a role of the receiver's account", role.replace("111111111111", "333333333333")),
  byRole("the redrive role", role.replace("forward-delivery", "redrive-global")),
  toTarget("in another account", bus.replace("333333333333", "222222222222")),
  toTarget("in an account that nobody knows", bus.replace("333333333333", "333333333334")),
  toTarget("in another Region", bus.replace(region, "us-east-1")),
  toTarget("with a misspelt name", bus.replace("delivery", "delivrey")),
  toTarget("that is another member's bus", `arn:aws:events:${region}:222222222222:event-bus/backbone-orders`),
  toTarget("that is the rule itself", forward),
  toTarget("that is a queue", letters),
  {
    what: "rule and target on the default bus",
    damage: all(
      inputs("global", "EventRule forward-delivery", { eventBusName: "default" }),
      target({ eventBusName: "default" }),
    ),
    names: `arn:aws:events:${region}:111111111111:rule/forward-delivery`,
    old: "it should be on bus backbone-global",
    now: "is on bus default",
  },
  {
    what: "the rule of a log on the default bus",
    damage: all(
      inputs("delivery", "EventRule event-log", { eventBusName: "default" }),
      inputs("delivery", "EventTarget event-log", { eventBusName: "default" }),
    ),
    names: `arn:aws:events:${region}:333333333333:rule/log-all-events`,
    old: "it should be on bus backbone-delivery",
    now: "is on bus default",
  },
  {
    what: "another account's dead-letter queue",
    damage: target({ deadLetterConfig: { arn: ownLetters } }),
    names: forward,
    old: letters,
    now: ownLetters,
  },
  {
    what: "no dead-letter queue",
    damage: without("global", "EventTarget forward-delivery", "deadLetterConfig"),
    names: forward,
    old: letters,
    now: "has no deadLetterConfig.arn",
  },
  {
    what: "a disabled rule",
    damage: inputs("global", "EventRule forward-delivery", { state: "DISABLED" }),
    names: forward,
    old: "ENABLED",
    now: "DISABLED",
  },
  {
    what: "a log in another account",
    damage: inputs("delivery", "EventTarget event-log", { arn: log.replace("333333333333", "222222222222") }),
    names: `arn:aws:events:${region}:333333333333:rule/backbone-delivery/log-all-events`,
    old: log,
    now: log.replace("333333333333", "222222222222"),
  },
  {
    what: "a log target with a role",
    damage: inputs("delivery", "EventTarget event-log", {
      roleArn: role.replace("111111111111", "333333333333"),
    }),
    names: `arn:aws:events:${region}:333333333333:rule/backbone-delivery/log-all-events`,
    old: "should have none",
    now: role.replace("111111111111", "333333333333"),
  },
  {
    what: "a parameter with another account's bus",
    damage: text("orders", "Parameter global-bus-arn", "insecureValue", "111111111111", "111111111112"),
    names: "global-bus-arn",
    old: `arn:aws:events:${region}:111111111111:event-bus/backbone-global`,
    now: `arn:aws:events:${region}:111111111112:event-bus/backbone-global`,
  },
  {
    what: "a pattern with a misspelt source",
    damage: text(
      "global",
      "EventRule forward-delivery",
      "eventPattern",
      "com.example.orders",
      "com.example.order",
    ),
    names: forward,
    old: "source com.example.orders",
    now: "source com.example.order,",
  },
  {
    what: "a queue under AWS's own key",
    on: encrypted,
    damage: all(
      without("delivery", "Queue dead-letters", "sqsManagedSseEnabled"),
      inputs("delivery", "Queue dead-letters", { kmsMasterKeyId: "alias/aws/sqs" }),
    ),
    names: ownLetters,
    old: "should have none",
    now: "alias/aws/sqs",
  },
  {
    what: "a topic under AWS's own key",
    on: encrypted,
    damage: inputs("delivery", "Topic alarms", { kmsMasterKeyId: "alias/aws/sns" }),
    names: topic,
    old: "no key",
    now: "alias/aws/sns",
  },
  {
    what: "a bus under a key that is not there",
    on: encrypted,
    damage: (plan) =>
      changeResource(plan, "delivery", "EventBus local-bus", (resource) => ({
        ...resource,
        inputs: { ...resource.inputs, kmsKeyIdentifier: `arn:aws:kms:${region}:333333333333:key/another` },
      })),
    names: bus,
    old: `arn:aws:kms:${region}:333333333333:key/`,
    now: `arn:aws:kms:${region}:333333333333:key/another`,
  },
];

const localBus = (from: string, to: string) =>
  text("delivery", "EventBusPolicy local-bus", "policy", from, to);
const account = (id: string) => `arn:aws:iam::${id}:root`;

/** Policies that say something else. */
const miswritten: readonly Mistake[] = [
  {
    what: "a local bus that admits another account",
    damage: localBus(account("111111111111"), account("111111111112")),
    names: bus,
    old: "111111111111",
    now: "111111111112",
  },
  {
    what: "a local bus that admits a service",
    damage: localBus(`"AWS":"${account("111111111111")}"`, '"Service":"events.amazonaws.com"'),
    names: bus,
    old: "111111111111",
    now: "events.amazonaws.com",
  },
  {
    what: "a local bus that admits a session in place of its role",
    damage: localBus(role, "arn:aws:sts::111111111111:assumed-role/backbone-forward-delivery/x"),
    names: bus,
    old: role,
    now: "arn:aws:sts::111111111111:assumed-role/backbone-forward-delivery/x",
  },
  {
    what: "a global bus that admits another account as publisher",
    damage: text(
      "global",
      "EventBusPolicy global-bus",
      "policy",
      account("222222222222"),
      account("222222222223"),
    ),
    names: "event-bus/backbone-global",
    old: "222222222222",
    now: "222222222223",
  },
  {
    what: "a log that lets another service in",
    damage: text(
      "delivery",
      "LogResourcePolicy event-log",
      "policyDocument",
      '"events.amazonaws.com"',
      '"lambda.amazonaws.com"',
    ),
    names: log,
    old: "events.amazonaws.com",
    now: "lambda.amazonaws.com",
  },
  {
    what: "a queue that asks a service for its organisation",
    damage: text(
      "delivery",
      "QueuePolicy dead-letters",
      "policy",
      '"Bool":{"aws:PrincipalIsAWSService":"false"}',
      '"StringNotEquals":{"aws:PrincipalOrgID":"o-example0000"}',
    ),
    names: ownLetters,
    old: "DenyAllButServices",
    now: "aws:PrincipalOrgID",
  },
  {
    what: "a role that may put events on another account's bus",
    damage: text("global", "RolePolicy forward-delivery", "policy", "333333333333", "222222222222"),
    names: role,
    old: bus,
    now: bus.replace("333333333333", "222222222222"),
  },
  {
    what: "a trust policy for rules of another account",
    damage: text("global", "Role forward-delivery", "assumeRolePolicy", "111111111111", "111111111112"),
    names: role,
    old: "111111111111",
    now: "111111111112",
  },
  {
    what: "a trust policy for rules of another Region",
    damage: text("global", "Role forward-delivery", "assumeRolePolicy", region, "us-east-1"),
    names: role,
    old: region,
    now: "us-east-1",
  },
  {
    what: "a publisher policy with another source",
    damage: text("orders", "Policy publish-orders", "policy", "com.example.orders", "com.example.order"),
    names: "policy/backbone-publish-orders",
    old: "com.example.orders",
    now: "com.example.order",
  },
];

function expectOneCause({ on = plain, damage, names, old, now }: Mistake): void {
  const { failures } = verifyPlan(on, damage(on.plan));
  const [first] = failures;
  expect(first?.cause).toContain(names);
  const values = [first?.cause, first?.expected, first?.found, ...(first?.evidence ?? [])].join("\n");
  expect(values).toContain(old);
  expect(values).toContain(now);
  expect(failures.slice(1)).toEqual([]);
}

describe("what stands in a wrong place is the one cause of all that fails", () => {
  it.each(misplaced)("$what", expectOneCause);
});

/** The claim on policies compares them part by part, and says what differs. */
const probe = localBus(account("111111111111"), account("111111111112"));
const comparesPolicies = verifyPlan(plain, probe(plain.plan)).failures[0]?.expected !== undefined;

describe("a policy that says something else", () => {
  it.skipIf(!comparesPolicies).each(miswritten)("is the one cause: $what", expectOneCause);

  it.each(miswritten)("is told by whoever is refused: $what", ({ damage, old, now }) => {
    const failures = everyFailure(plain, damage(plain.plan));
    const evidence = failures.filter(({ passes }) => passes !== undefined).flatMap((one) => one.evidence);
    const said = evidence.join("\n");
    expect(said).toContain(now);
    expect(said).toContain(old);
  });
});

describe("a second hop", () => {
  it("is named as such where its copy ends in a dead-letter queue", () => {
    const back = `arn:aws:events:${region}:111111111111:event-bus/backbone-global`;
    const everything = { source: [{ prefix: "" }] };
    const roleArn = "arn:aws:iam::333333333333:role/backbone-redrive-delivery";
    const plan = withRule(plain.plan, "delivery", everything, { arn: back, roleArn });
    const [first] = verifyPlan(plain, plan).failures;
    expect(first?.cause).toContain("nothing in the registry needs rule stray on bus backbone-delivery");
    const delivered = first?.follows.find(({ id }) => id === "delivery:orders/Order.Created");
    expect(delivered?.cause).toContain("the event already came from another bus");
  });
});

describe("what a forward is made of, missing as a whole", () => {
  it("is told as the role that is not there, and blames no policy", () => {
    const gone = ["Role", "RolePolicy"].reduce(
      (plan, type) => changeResource(plan, "global", `${type} forward-delivery`, () => undefined),
      plain.plan,
    );
    expect(resourceOf(stackOf(gone, "global"), "EventTarget forward-delivery").inputs.roleArn).toBe(role);
    const { failures } = verifyPlan(plain, gone);
    const said = JSON.stringify(failures);
    expect(failures[0]?.cause).toContain(role);
    expect(said).not.toContain("bus policy of");
  });
});
