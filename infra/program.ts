import { Policy } from "@pulumi/aws/iam/index.js";
import { Provider } from "@pulumi/aws/provider.js";
import { Parameter } from "@pulumi/aws/ssm/index.js";
import type * as pulumi from "@pulumi/pulumi";
import { GlobalBus, LocalBus } from "./components/bus.js";
import { DeadLetterQueue } from "./components/dead-letter-queue.js";
import { EventLog } from "./components/event-log.js";
import { fixedName } from "./components/fixed-name.js";
import { Forward } from "./components/forward.js";
import { RedriveRole } from "./components/redrive-role.js";
import type { AssumedRole, StackPlan } from "./topology/index.js";

/** Stack outputs by name; flat, so that `pulumi stack output busArn` finds each. */
export type StackOutputs = Readonly<Record<string, pulumi.Input<string> | pulumi.Input<string>[]>>;

/**
 * Registers one stack's resources; the same function serves `pulumi up` and the rehearsal.
 * @param plan what to emit; nothing is decided here
 * @param assumeRoles roles the provider takes on, first to last; none uses the credentials as they are
 */
export function deployStack(plan: StackPlan, assumeRoles: readonly AssumedRole[] = []): StackOutputs {
  const provider = new Provider("aws", {
    region: plan.region,
    // Wrong credentials fail here, before anything is touched.
    allowedAccountIds: [plan.accountId],
    defaultTags: { tags: { ...plan.tags } },
    assumeRoles: assumeRoles.map((role) => ({ ...role })),
  });
  const opts = { provider };

  const { bus } =
    plan.kind === "backbone"
      ? new GlobalBus("global-bus", { bus: plan.bus }, opts)
      : new LocalBus("local-bus", { bus: plan.bus }, opts);
  const deadLetterQueue = new DeadLetterQueue(
    "dead-letters",
    { deadLetterQueue: plan.deadLetterQueue },
    opts,
  );
  const { role: redriveRole } = new RedriveRole("redrive", { redrive: plan.redrive }, opts);
  const { logGroup } = new EventLog("event-log", { bus, log: plan.log, deadLetterQueue }, opts);
  for (const { leaf, name, value } of plan.parameters) {
    new Parameter(leaf, { name, type: "String", insecureValue: value }, { ...opts, ...fixedName });
  }
  const outputs = {
    busName: bus.name,
    busArn: bus.arn,
    logGroupName: logGroup.name,
    deadLetterQueueArn: deadLetterQueue.queue.arn,
    redriveRoleArn: redriveRole.arn,
  };

  if (plan.kind === "backbone") {
    const forwards = plan.forwards.map(
      (forward) => new Forward(`forward-${forward.member}`, { bus, forward, deadLetterQueue }, opts),
    );
    return { ...outputs, forwardRules: forwards.flatMap(({ rules }) => rules.map((rule) => rule.name)) };
  }
  const publisherPolicyArns = plan.publisherPolicies.map(({ service, name, description, policy }) => {
    const { arn } = new Policy(
      `publish-${service}`,
      { name, description, policy: JSON.stringify(policy) },
      { ...opts, ...fixedName },
    );
    return [`publisherPolicyArn-${service}`, arn] as const;
  });
  return { ...outputs, ...Object.fromEntries(publisherPolicyArns) };
}
