import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import type { RegistryDefinition, RouteDefinition } from "../../infra/registry/define.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { textOf } from "../fixtures/recordings.js";
import {
  changeInput,
  changeResource,
  everyFailure,
  rehearse,
  type Rehearsed,
  verifyPlan,
} from "../fixtures/rehearsed.js";

let prod: Rehearsed;
let dev: Rehearsed;
beforeAll(async () => {
  prod = await rehearse(example, "prod");
  dev = await rehearse(example, "dev");
});

describe("the proof of the example", () => {
  it("holds for prod and dev", () => {
    expect(verifyPlan(prod).failures).toEqual([]);
    expect(verifyPlan(dev).failures).toEqual([]);
    expect(verifyPlan(prod).ok && verifyPlan(dev).ok).toBe(true);
  });

  it("claims something about every contract, account and service", () => {
    const ids = verifyPlan(prod).checks.map(({ id }) => id);
    for (const contract of prod.registry.contracts.keys()) expect(ids).toContain(`delivery:${contract}`);
    for (const account of prod.registry.accounts.keys()) expect(ids).toContain(`redrive-role:${account}`);
    for (const { name, account } of prod.registry.services.values())
      expect(ids).toContain(`publisher-policy:${name}:${account}`);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("tries at least one case for every claim", () => {
    expect(verifyPlan(prod).checks.filter(({ cases }) => cases === 0)).toEqual([]);
  });

  it("says what a shared AWS account cannot promise", () => {
    expect(verifyPlan(dev).notes.join("\n")).toContain("share one AWS account");
    expect(verifyPlan(prod).notes).toEqual([]);
  });
});

/** What is broken, and what the first failure about it must say. */
const damages = [
  {
    what: "the forward rule is disabled",
    stack: "global",
    reference: "EventRule forward-delivery",
    inputs: { state: "DISABLED" },
    failure: {
      contract: "orders/Order.Created",
      account: "delivery",
      step: "forward",
      says: "forward-delivery is disabled",
    },
  },
  {
    what: "the target names a wrong bus",
    stack: "global",
    reference: "EventTarget forward-delivery",
    inputs: { arn: "arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivrey" },
    failure: {
      contract: "orders/Order.Created",
      account: "delivery",
      step: "forward",
      says: "event-bus/backbone-delivrey, which no stack emits",
    },
  },
  {
    what: "the receiver admits another role",
    stack: "orders",
    reference: "EventBusPolicy local-bus",
    inputs: {
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AllowForward",
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
            Action: "events:PutEvents",
            Resource: "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders",
            Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/somebody" } },
          },
        ],
      }),
    },
    failure: {
      contract: "delivery/Delivery.Updated",
      account: "orders",
      step: "forward",
      says: "AllowForward does not allow it: condition ArnEquals aws:PrincipalArn wants arn:aws:iam::111111111111:role/somebody; the request has arn:aws:iam::111111111111:role/backbone-forward-orders",
    },
  },
  {
    what: "the log group refuses its rule",
    stack: "delivery",
    reference: "LogResourcePolicy event-log",
    inputs: {
      policyDocument:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"logs:PutLogEvents","Resource":"*"}]}',
    },
    failure: {
      contract: "orders/Order.Created",
      account: "delivery",
      step: "event log",
      says: "the log group does not accept events of this rule",
    },
  },
  {
    what: "a publisher may not publish",
    stack: "orders",
    reference: "Policy publish-orders",
    inputs: {
      policy:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
    },
    failure: {
      contract: "orders/Order.Created",
      account: "orders",
      step: "put events on the global bus",
      says: "no identity policy of the caller allows it",
    },
  },
] as const;

describe("a failure names the contract, the account, the step and the mend", () => {
  it.each(damages)("when $what", ({ stack, reference, inputs, failure }) => {
    const plan = changeInput(prod.plan, stack, reference, inputs);
    expect(verifyPlan(prod, plan).ok).toBe(false);
    const found = everyFailure(prod, plan).find(
      ({ contract, account, step }) =>
        contract === failure.contract && account === failure.account && step === failure.step,
    );
    expect([found?.problem, ...(found?.evidence ?? [])].join("\n")).toContain(failure.says);
    expect(found?.mend).toMatch(/\w/);
  });

  it("when a rule with its target is on the default bus", () => {
    const onDefault = { eventBusName: "default" };
    const plan = changeInput(
      changeInput(prod.plan, "global", "EventRule forward-delivery", onDefault),
      "global",
      "EventTarget forward-delivery",
      onDefault,
    );
    const evidence = everyFailure(prod, plan).flatMap((failure) => failure.evidence);
    expect(evidence).toContainEqual(
      expect.stringMatching(
        /^rule \S+:rule\/forward-delivery has this target, but is on \S+:event-bus\/default; it should be on \S+:event-bus\/backbone-global$/,
      ),
    );
  });

  it("when a stack is missing from the plan", () => {
    const plan = { ...prod.plan, stacks: prod.plan.stacks.filter(({ stack }) => stack !== "orders") };
    expect(everyFailure(prod, plan).map(({ problem }) => problem)).toEqual([
      'account "orders" has no stack in the plan',
    ]);
  });

  it("when the plan is of another environment", () => {
    expect(everyFailure(prod, dev.plan).map(({ problem }) => problem)).toEqual([
      'the plan is of environment "dev", not "prod"',
    ]);
  });

  it("when a parameter leads publishers to a bus that is not there", () => {
    const plan = changeInput(prod.plan, "orders", "Parameter global-bus-arn", {
      insecureValue: "arn:aws:events:eu-west-1:111111111111:event-bus/backbone-globe",
    });
    const failures = everyFailure(prod, plan);
    expect(failures.map(({ id }) => id)).toContain("settings:orders");
    expect(failures.map(({ problem }) => problem).join("\n")).toContain(
      "orders cannot publish it on arn:aws:events:eu-west-1:111111111111:event-bus/backbone-globe",
    );
  });

  it("when a rule has lost its target", () => {
    const plan = changeResource(prod.plan, "global", "EventTarget forward-orders", () => undefined);
    expect(everyFailure(prod, plan).map(({ problem }) => problem)).toContainEqual(
      expect.stringContaining(
        "no rule on arn:aws:events:eu-west-1:111111111111:event-bus/backbone-global has the target",
      ),
    );
  });
});

const filtered: RouteDefinition = {
  events: "orders/Order.Created",
  to: "delivery",
  filter: { total: { amount: [{ numeric: [">", 100] }] } },
};

describe("content filters", () => {
  const withFilter: RegistryDefinition = {
    ...example,
    routes: [filtered, ...example.routes.filter(({ events }) => events !== "orders/Order.Created")],
    // They want all of it.
    subscriptions: {},
  };

  it("are proven with an event that passes and one that does not", async () => {
    const rehearsed = await rehearse(withFilter, "prod");
    const { ok, checks } = verifyPlan(rehearsed);
    expect(ok).toBe(true);
    expect(checks).toContainEqual(
      expect.objectContaining({ id: "filter:orders/Order.Created:delivery", ok: true, cases: 3 }),
    );
  });

  it("fail the proof when the emitted pattern has another one", async () => {
    const rehearsed = await rehearse(withFilter, "prod");
    const wrong = changeResource(rehearsed.plan, "global", "EventRule forward-delivery", (rule) => ({
      ...rule,
      inputs: {
        ...rule.inputs,
        eventPattern: textOf(rule, "eventPattern").replace('">",100', '">",1000000'),
      },
    }));
    expect(everyFailure(rehearsed, wrong).map(({ id }) => id)).toContain(
      "filter:orders/Order.Created:delivery",
    );
  });
});

describe("any valid registry", () => {
  it("is proven, whatever is routed where", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        async (members, receives, wildcard) => {
          const generated = generateRegistry({ members, receives });
          const listener: RegistryDefinition = {
            ...generated,
            accounts: { ...generated.accounts, lake: { description: "Listens to everything." } },
            environments: Object.fromEntries(
              Object.entries(generated.environments).map(([name, environment]) => [
                name,
                {
                  ...environment,
                  accountIds:
                    typeof environment.accountIds === "string"
                      ? environment.accountIds
                      : { ...environment.accountIds, lake: "300000000000" },
                },
              ]),
            ),
            routes: [...generated.routes, { events: "*", to: "lake" }],
          };
          const { failures } = verifyPlan(await rehearse(wildcard ? listener : generated, "prod"));
          expect(failures).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });
});
