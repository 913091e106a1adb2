import { describe, expect, it } from "vitest";
import type { ProofFailure } from "../../rehearsal/claim.js";
import type { RecordedPlan, RecordedResource } from "../../rehearsal/emission/plan-file.js";
import { expectationsOf } from "../../rehearsal/expectations.js";
import { inventoryChecks } from "../../rehearsal/proofs/inventory.js";
import { limitChecks } from "../../rehearsal/proofs/limits.js";
import { stackChecks } from "../../rehearsal/proofs/stacks.js";
import { openStage } from "../../rehearsal/stage.js";
import { editedAll, removed } from "../fixtures/edit.js";
import {
  added,
  all,
  type Change,
  copy,
  everywhere,
  gone,
  inputs,
  options,
  output,
} from "../fixtures/plan-changes.js";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { rehearse, type Rehearsed } from "../fixtures/rehearsed.js";

const quiet = editedAll(example, [
  [["environments", "dev", "alarms"], removed],
  [["environments", "dev", "archive"], removed],
]);
const environments = [
  { name: "prod", rehearsed: await rehearse(example, "prod") },
  { name: "dev", rehearsed: await rehearse(example, "dev") },
  { name: "dev with little switched on", rehearsed: await rehearse(quiet, "dev") },
] as const;
const [prod, dev] = environments;

/** What inventory, settings, stacks and limits say of a changed plan; undefined if it cannot even be read. */
function told({ registry, environment, plan }: Rehearsed, change: Change): ProofFailure[] | undefined {
  const opened = openStage(registry, environment, change(plan));
  if (!opened.ok) return undefined;
  const { stage } = opened;
  const expected = expectationsOf(stage.registry, stage.environment);
  const checks = [
    ...inventoryChecks(stage, expected),
    ...stackChecks(stage, expected),
    ...limitChecks(stage),
  ];
  return checks.flatMap(({ run }) => run().failures);
}

/** Without the ARNs behind names, which would make the sentences long. */
function problems(rehearsed: Rehearsed, change: Change): string {
  return (told(rehearsed, change) ?? [])
    .map(({ problem }) => problem.replaceAll(/ \(arn:[^)]*\)/g, ""))
    .join("\n");
}

function emitted({ stacks }: RecordedPlan) {
  return stacks.flatMap(({ account, resources }) =>
    resources
      .filter(({ type }) => !type.startsWith("backbone:") && !type.startsWith("pulumi:"))
      .map((resource) => ({ account, resource, reference: referenceOf(resource) })),
  );
}

function referenceOf({ type, name }: RecordedResource): string {
  return `${type.split(":").at(-1) ?? ""} ${name}`;
}

describe.each(environments)("in $name", ({ rehearsed }) => {
  const resources = emitted(rehearsed.plan);

  it("nothing is said of what is emitted", () => {
    expect(told(rehearsed, (plan) => plan)).toEqual([]);
  });

  it("every resource is missed by name, with what needs it and where it would be", () => {
    const silent = resources.filter(({ account, reference }) => {
      const failures = told(rehearsed, gone(account, reference));
      return (
        failures?.some(
          ({ problem, at = [] }) => problem.includes("is missing, which is needed for") && at.length > 0,
        ) === false
      );
    });
    expect(silent.map(({ account, reference }) => `${account} ${reference}`)).toEqual([]);
  });

  it("every resource that is there again is refused by name", () => {
    const silent = resources.filter(({ account, reference, resource }) => {
      const failures = told(rehearsed, copy(account, reference, "again", {}));
      return (
        failures?.some(
          ({ problem }) =>
            problem.includes(`${resource.type}::again`) && problem.includes("is emitted 2 times"),
        ) === false
      );
    });
    expect(silent.map(({ account, reference }) => `${account} ${reference}`)).toEqual([]);
  });

  it("every option that is turned round is told, and what waits for something waits for it", () => {
    const turned = resources.flatMap(({ account, reference, resource }) => {
      const { protect, deleteBeforeReplace, retainOnDelete, dependsOn } = resource.options;
      const changes: readonly Partial<RecordedResource["options"]>[] = [
        { protect: !protect },
        { deleteBeforeReplace: !deleteBeforeReplace },
        { retainOnDelete: retainOnDelete === true ? undefined : true },
        ...(resource.options.replacementTrigger === undefined
          ? []
          : [{ replacementTrigger: "something else" }]),
        ...(dependsOn.length === 0 || isDivided(resource) ? [] : [{ dependsOn: [] }]),
      ];
      return changes.map((change) => ({ account, reference, change }));
    });
    const silent = turned.filter(({ account, reference, change }) => {
      return told(rehearsed, options(account, reference, change))?.length === 0;
    });
    expect(
      silent.map(({ account, reference, change }) => `${account} ${reference} ${JSON.stringify(change)}`),
    ).toEqual([]);
  });
});

/** A forward's rules wait for each other only where it is divided. */
function isDivided({ type }: RecordedResource): boolean {
  return type.endsWith(":EventRule");
}

const stray = "arn:aws:sqs:eu-west-1:777777777777:loot";
const onDefault = all(
  inputs("global", "EventRule forward-delivery", { eventBusName: "default" }),
  inputs("global", "EventTarget forward-delivery", { eventBusName: "default" }),
);

/** What is wrong, and the sentence that leads to it. */
const sentences: readonly (readonly [what: string, change: Change, says: string])[] = [
  [
    "a rule on the default bus",
    onDefault,
    "rule forward-delivery is on bus default; it should be on bus backbone-global, for the forward to delivery",
  ],
  [
    "a misspelt rule",
    everywhere("global", "forward-delivery", "forward-delivrey"),
    "rule on bus backbone-global is called forward-delivrey; it should be called forward-delivery",
  ],
  [
    "a misspelt parameter",
    inputs("orders", "Parameter local-bus-arn", { name: "/backbone/orders/local-bus-am" }),
    "SSM parameter is called /backbone/orders/local-bus-am; it should be called /backbone/orders/local-bus-arn",
  ],
  [
    "a policy in another account's stack",
    all(
      gone("orders", "Policy publish-orders"),
      added("delivery", "aws:iam/policy:Policy", "publish-orders", {
        name: "backbone-publish-orders",
        policy:
          '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"events:PutEvents","Resource":"*"}]}',
      }),
    ),
    "managed policy backbone-publish-orders is in the stack of delivery; it should be in the stack of orders",
  ],
  [
    "a second key",
    copy("orders", "Key customer-key", "second", { description: "Another" }),
    "customer key of orders is emitted 2 times, as aws:kms/key:Key::customer-key and as aws:kms/key:Key::second",
  ],
  [
    "a target that keeps what is refused elsewhere",
    inputs("delivery", "EventTarget event-log", { deadLetterConfig: { arn: stray } }),
    `target of rule log-all-events on bus backbone-delivery has deadLetterConfig.arn ${stray}; it should be arn:aws:sqs:eu-west-1:333333333333:backbone-delivery-dead-letters`,
  ],
  [
    "a forward to the wrong member",
    inputs("global", "EventTarget forward-delivery", {
      arn: "arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders",
    }),
    "target of rule forward-delivery on bus backbone-global has arn arn:aws:events:eu-west-1:222222222222:event-bus/backbone-orders; it should be arn:aws:events:eu-west-1:333333333333:event-bus/backbone-delivery",
  ],
  [
    "a trail that is forgotten earlier",
    inputs("global", "Trail audit-trail", {
      cloudWatchLogsGroup: {
        enable: true,
        args: { name: "/aws/cloudtrail/backbone-trail", retentionInDays: 30 },
      },
    }),
    "trail backbone-trail has cloudWatchLogsGroup.args.retentionInDays 30; it should be 365",
  ],
  [
    "a role that is taken on last, of another account",
    inputs("orders", "aws aws", {
      assumeRoles:
        '[{"roleArn":"arn:aws:iam::222222222222:role/deploy"},{"roleArn":"arn:aws:iam::111111111111:role/deploy"}]',
    }),
    "the stack of orders is deployed by arn:aws:iam::111111111111:role/deploy, which is not of its account 222222222222",
  ],
  [
    "an output that is gone",
    output("orders", "redriveRoleArn", ""),
    "output redriveRoleArn of stack orders is ; it should be arn:aws:iam::222222222222:role/backbone-redrive-orders",
  ],
  [
    "an output that leaves a rule out",
    output("global", "forwardRules", "forward-orders"),
    "output forwardRules of stack global is forward-orders; it should be forward-delivery,forward-orders",
  ],
  [
    "a policy's name that AWS refuses",
    inputs("global", "RolePolicy redrive", { name: "put back" }),
    'inline policy of role backbone-redrive-global has name "put back"; AWS takes letters, digits and +=,.@_-',
  ],
  [
    "a pattern that is too complex",
    inputs("global", "EventRule forward-delivery", {
      eventPattern: JSON.stringify({
        source: Array.from({ length: 12 }, (_, at) => ({ wildcard: `*${at}*` })),
      }),
    }),
    "wildcard states in its pattern; AWS takes at most 10",
  ],
  [
    "an archive's pattern that is too long",
    inputs("global", "EventArchive archive", {
      eventPattern: JSON.stringify({ source: Array.from({ length: 300 }, (_, at) => `com.example.${at}`) }),
    }),
    "characters in its pattern; AWS takes at most 2048",
  ],
  [
    "messages that are too large",
    inputs("orders", "Queue dead-letters", { maxMessageSize: 2_097_152 }),
    "queue backbone-orders-dead-letters has 2097152 bytes for a message; AWS takes at most 1048576",
  ],
];

describe("what is said of a resource that is not as the registry has it", () => {
  it.each(sentences)("leads to %s", (_what, change, says) => {
    expect(problems(prod.rehearsed, change)).toContain(says);
  });

  it("is one failure where a target is misplaced with its rule, with both ARNs and the mend", () => {
    const failures = told(prod.rehearsed, onDefault) ?? [];
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      expected: "rule forward-delivery on bus backbone-global in the stack of global",
      found: "rule forward-delivery on bus default in the stack of global",
      at: [
        "arn:aws:events:eu-west-1:111111111111:rule/forward-delivery",
        "arn:aws:events:eu-west-1:111111111111:rule/backbone-global/forward-delivery",
      ],
    });
    expect(failures[0]?.mend).toContain(
      'eventBusName: "backbone-global" (without one AWS takes the default bus)',
    );
  });

  it("follows no missing resource: what waits for it, and what lists it, is not at fault", () => {
    const failures = told(prod.rehearsed, all(gone("global", "RolePolicy forward-delivery"))) ?? [];
    expect(failures.map(({ problem }) => problem)).toEqual([
      "inline policy of role backbone-forward-delivery (arn:aws:iam::111111111111:role/backbone-forward-delivery) is missing, which is needed for the forward to delivery",
    ]);
  });
});

describe("accounts that are one AWS account", () => {
  it("cannot have a name twice, though each stack has it once", () => {
    const change = copy("orders", "Parameter local-bus-arn", "again", {
      name: "/backbone-dev/delivery/local-bus-arn",
    });
    expect(problems(dev.rehearsed, change)).toContain(
      "SSM parameter /backbone-dev/delivery/local-bus-arn is in the stack of orders and in that of delivery, which are one AWS account",
    );
  });
});
