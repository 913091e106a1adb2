import { describe, expect, it } from "vitest";
import { loadPlan } from "../../rehearsal/emission/assemble.js";
import { added, all, type Change, copy, everywhere, gone, inputs, unset } from "../fixtures/plan-changes.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { stackOf, textOf } from "../fixtures/recordings.js";
import { everyFailure, rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { resourceOf } from "../fixtures/rule-damages.js";

/** What people write of resources, and what AWS makes of it. */

const prod = await rehearse(example, "prod");

const bus = "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global";
const rule = "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery";
const role = "arn:aws:iam::111111111111:role/backbone-forward-delivery";
const letters = "arn:aws:sqs:eu-west-1:111111111111:backbone-global-dead-letters";

/** Text of one input of one resource. */
function said(reference: string, input: string): string {
  return textOf(resourceOf(stackOf(prod.plan, "global"), reference), input);
}

const forwardPolicy = said("RolePolicy forward-delivery", "policy");
const queuePolicy = said("QueuePolicy dead-letters", "policy");
const keyOf = (text: string) => /key\/[\w-]+/.exec(text)?.[0] ?? "";
const keyArn = said("EventBus global-bus", "kmsKeyIdentifier");

const attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const managed = "aws:iam/policy:Policy";

/** The policy of a role, granted in another way. */
const granted = (otherwise: Change) => all(gone("global", "RolePolicy forward-delivery"), otherwise);
const emitted = added("global", managed, "forward", { name: "forward-delivery", policy: forwardPolicy });
const emittedArn = "arn:aws:iam::111111111111:policy/forward-delivery";

const harmless: Readonly<Record<string, Change>> = {
  "a bus by ARN, on rule, target and policy": all(
    inputs("global", "EventRule forward-delivery", { eventBusName: bus }),
    inputs("global", "EventTarget forward-delivery", { eventBusName: bus }),
    inputs("global", "EventBusPolicy global-bus", { eventBusName: bus }),
  ),
  "isEnabled for state": all(
    unset("global", "EventRule forward-delivery", "state"),
    inputs("global", "EventRule forward-delivery", { isEnabled: true }),
  ),
  "a rule with a role that its target has, too": inputs("global", "EventRule forward-delivery", {
    roleArn: role,
  }),
  "no id of a target": unset("global", "EventTarget forward-delivery", "targetId"),
  "its own Region on a resource": inputs("global", "Queue dead-letters", { region: "eu-west-1" }),
  "settings of a queue that events do not mind": inputs("global", "Queue dead-letters", {
    visibilityTimeoutSeconds: 30,
    receiveWaitTimeSeconds: 20,
    delaySeconds: 5,
  }),
  "the policy of a queue on the queue": all(
    gone("global", "QueuePolicy dead-letters"),
    inputs("global", "Queue dead-letters", { policy: queuePolicy }),
  ),
  "a role's policy inside of it": granted(
    inputs("global", "Role forward-delivery", {
      inlinePolicies: [{ name: said("RolePolicy forward-delivery", "name"), policy: forwardPolicy }],
    }),
  ),
  "a role's sessions": inputs("global", "Role forward-delivery", { maxSessionDuration: 3_600 }),
  "the key by alias": everywhere(
    "global",
    `"kmsKeyIdentifier":"${keyArn}"`,
    '"kmsKeyIdentifier":"alias/backbone-global"',
  ),
  "the key by the alias's ARN": everywhere(
    "global",
    `"kmsKeyIdentifier":"${keyArn}"`,
    '"kmsKeyIdentifier":"arn:aws:kms:eu-west-1:111111111111:alias/backbone-global"',
  ),
  "the key by id": everywhere(
    "global",
    `"kmsKeyIdentifier":"${keyArn}"`,
    `"kmsKeyIdentifier":"${keyOf(keyArn).slice("key/".length)}"`,
  ),
  "the log groups' key by alias": everywhere(
    "global",
    `"kmsKeyId":"${keyArn}"`,
    '"kmsKeyId":"alias/backbone-global"',
  ),
  "a key's alias by the key's ARN": inputs("global", "Alias customer-key", { targetKeyId: keyArn }),
  "an archive without pattern": unset("global", "EventArchive archive", "eventPattern"),
};

const notAnd = (statement: Readonly<Record<string, unknown>>) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
const everybodyOnDefault = added("global", "aws:cloudwatch/eventBusPolicy:EventBusPolicy", "default", {
  policy: notAnd({
    Sid: "Open",
    Effect: "Allow",
    Principal: "*",
    Action: "events:PutEvents",
    Resource: "arn:aws:events:eu-west-1:111111111111:event-bus/default",
  }),
});

const retold: readonly {
  readonly what: string;
  readonly change: Change;
  readonly says: string;
  /** ARN that the failure is at; undefined where another claim than that of the resources fails. */
  readonly at?: string;
}[] = [
  {
    what: "a rule without bus",
    change: all(
      unset("global", "EventRule forward-delivery", "eventBusName"),
      unset("global", "EventTarget forward-delivery", "eventBusName"),
    ),
    says: "is on arn:aws:events:eu-west-1:111111111111:event-bus/default",
  },
  {
    what: "a rule of which only the target says the bus",
    change: unset("global", "EventRule forward-delivery", "eventBusName"),
    says: "which its account does not have; its stack has arn:aws:events:eu-west-1:111111111111:rule/forward-delivery",
    at: rule,
  },
  {
    what: "the role on the rule",
    change: all(
      unset("global", "EventTarget forward-delivery", "roleArn"),
      inputs("global", "EventRule forward-delivery", { roleArn: role }),
    ),
    says: "AWS does not deliver by the role of a rule",
    at: rule,
  },
  {
    what: "a retry policy on a bus target",
    change: inputs("global", "EventTarget forward-delivery", { retryPolicy: { maximumRetryAttempts: 1 } }),
    says: "AWS takes no retryPolicy on a target that is a bus",
    at: rule,
  },
  {
    what: "a constant for a log group",
    change: inputs("global", "EventTarget event-log", { input: "{}" }),
    says: "AWS takes no input on a target that is a log group",
    at: "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/log-all-events",
  },
  {
    what: "a rule switched off by isEnabled",
    change: all(
      unset("global", "EventRule forward-delivery", "state"),
      inputs("global", "EventRule forward-delivery", { isEnabled: false }),
    ),
    says: "forward-delivery is disabled",
  },
  {
    what: "a policy of AWS's on a role",
    change: added("global", attachment, "admin", {
      role: "backbone-forward-delivery",
      policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
    }),
    says: "has the policy arn:aws:iam::aws:policy/AdministratorAccess, which no stack emits",
    at: role,
  },
  {
    what: "a role without name",
    change: unset("global", "Role forward-delivery", "name"),
    says: "has no name: AWS then chooses one",
    at: "aws:iam/role:Role::forward-delivery",
  },
  {
    what: "a policy that is no JSON",
    change: inputs("global", "EventBusPolicy global-bus", { policy: "{" }),
    says: "policy is not JSON text",
    at: "aws:cloudwatch/eventBusPolicy:EventBusPolicy::global-bus",
  },
  {
    what: "a policy for a bus of another account",
    change: inputs("orders", "EventBusPolicy local-bus", { eventBusName: bus }),
    says: "which its account does not have",
    at: bus,
  },
  {
    what: "two policies of one bus",
    change: copy("global", "EventBusPolicy global-bus", "second", {}),
    says: "has 2 resource policies; the last one deployed would win",
    at: bus,
  },
  {
    what: "the policy of a queue on the queue, and beside it",
    change: inputs("global", "Queue dead-letters", { policy: queuePolicy }),
    says: "has 2 resource policies",
    at: letters,
  },
  {
    what: "a queue under AWS's own key",
    change: inputs("global", "Queue dead-letters", { kmsMasterKeyId: "alias/aws/sqs" }),
    says: "the key is one of AWS's own (alias/aws/…), whose policy nobody can change",
  },
  {
    what: "a bus under AWS's own key",
    change: inputs("global", "EventBus global-bus", { kmsKeyIdentifier: "alias/aws/events" }),
    says: "the key is one of AWS's own (alias/aws/…), whose policy nobody can change",
  },
  {
    what: "a key under an alias that nobody gave",
    change: inputs("global", "EventBus global-bus", { kmsKeyIdentifier: "alias/other" }),
    says: "there is no such customer key: arn:aws:kms:eu-west-1:111111111111:alias/other",
  },
  {
    what: "a disabled key",
    change: inputs("global", "Key customer-key", { isEnabled: false }),
    says: "is disabled: what is under it can neither be written nor read",
    at: keyArn,
  },
  {
    what: "letters that go on to another queue",
    change: inputs("global", "Queue dead-letters", { redrivePolicy: "{}" }),
    says: 'redrivePolicy is {}; AWS takes {"deadLetterTargetArn"',
    at: letters,
  },
  {
    what: "a queue of messages that are too small, as none is said",
    change: unset("global", "Queue dead-letters", "maxMessageSize"),
    says: "takes messages of 262144 bytes, and an event may have 1048576",
    at: letters,
  },
  {
    what: "a state machine",
    change: added("global", "aws:sfn/stateMachine:StateMachine", "stray", { name: "stray" }),
    says: "the rehearsal does not model this resource type",
    at: "aws:sfn/stateMachine:StateMachine::stray",
  },
  {
    what: "a default bus that is open to everybody",
    change: everybodyOnDefault,
    says: "arn:aws:events:eu-west-1:111111111111:event-bus/default",
  },
  {
    what: "a queue in another Region",
    change: inputs("global", "Queue dead-letters", { region: "us-east-1" }),
    says: "arn:aws:sqs:eu-west-1:111111111111:backbone-global-dead-letters",
  },
];

function told(change: Change) {
  return everyFailure(prod, change(prod.plan));
}

describe("what people write otherwise, and AWS takes as the same", () => {
  it.each(Object.entries(harmless))("holds: %s", (_, change) => {
    expect(told(change)).toEqual([]);
  });
});

describe("a managed policy of a role", () => {
  const ways: Readonly<Record<string, Change>> = {
    attached: added("global", attachment, "forward", {
      role: "backbone-forward-delivery",
      policyArn: emittedArn,
    }),
    named: inputs("global", "Role forward-delivery", { managedPolicyArns: [emittedArn] }),
  };
  const undelivered = (change: Change) => told(change).filter(({ id }) => id.startsWith("delivery:"));

  it.each(Object.entries(ways))("grants what it says, %s", (_, change) => {
    expect(undelivered(granted(emitted))).not.toEqual([]);
    expect(undelivered(granted(all(emitted, change)))).toEqual([]);
  });
});

describe("what AWS refuses, or does otherwise", () => {
  it.each(retold.map((one) => [one.what, one] as const))("is told: %s", (_, { change, says, at }) => {
    const failures = told(change);
    const text = failures.map(({ problem, evidence }) => [problem, ...evidence].join("\n")).join("\n");
    expect(text).toContain(says);
    if (at === undefined) return;
    const causes = failures.filter(({ id }) => id === "emitted-resources");
    expect(causes.find(({ problem }) => problem.includes(says))?.at).toContain(at);
  });

  it("is told in words, and never by teaching the rehearsal", () => {
    const sentences = retold
      .filter(({ at }) => at !== undefined)
      .flatMap(({ change }) => told(change))
      .filter(({ id }) => id === "emitted-resources")
      .flatMap(({ problem, mend }) => [problem, mend]);
    expect(sentences.filter((sentence) => /Invalid|expected|undefined|teach/.test(sentence))).toEqual([]);
  });

  it("does not keep the other claims from being tested", () => {
    const { checks } = verifyPlan(prod);
    for (const { change } of retold) {
      const found = verifyPlan(prod, change(prod.plan)).checks;
      expect(found.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
    }
  });
});

describe("every property of every resource", () => {
  const seen = new Set<string>();
  const properties = prod.plan.stacks.flatMap(({ account, resources }) =>
    resources
      .filter(({ type }) => type.startsWith("aws"))
      .flatMap(({ type, name, inputs: known }) =>
        [...Object.keys(known), "unheardOf"]
          .filter((property) => seen.size < seen.add(`${type} ${property}`).size)
          .map((property) => ({ account, reference: `${type.split(":").at(-1) ?? ""} ${name}`, property })),
      ),
  );
  const problemsOf = (change: Change) => loadPlan(change(prod.plan), new Set()).problems;

  it("is told in words when it is missing, or of another type", () => {
    expect(properties.length).toBeGreaterThan(100);
    const changes = properties.flatMap(({ account, reference, property }) => [
      unset(account, reference, property),
      inputs(account, reference, { [property]: [["of another type"]] }),
    ]);
    const sentences = changes.flatMap(problemsOf).map(({ problem }) => problem);
    expect(sentences.filter((sentence) => /Invalid|undefined|\[object/.test(sentence))).toEqual([]);
  });

  it("is told by name, and where, when nobody has heard of it", () => {
    for (const { account, reference } of properties.filter(({ property }) => property === "unheardOf")) {
      const [problem, ...others] = problemsOf(inputs(account, reference, { unheardOf: true }));
      expect(problem?.problem, reference).toContain("does not model unheardOf");
      expect(problem?.at.join("")).not.toBe("");
      expect(others).toEqual([]);
    }
  });
});
