import type { EventBus } from "@pulumi/aws/cloudwatch/index.js";
import { Role, RolePolicy } from "@pulumi/aws/iam/index.js";
import { Permission } from "@pulumi/aws/lambda/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedSubscription } from "../topology/index.js";
import { carryingRules } from "./carrying-rules.js";
import type { DeadLetterQueue } from "./dead-letter-queue.js";
import { fixedName } from "./fixed-name.js";
import { SubscriptionQueue } from "./subscription-queue.js";

export interface SubscriptionArgs {
  /** The account's local bus; lives in this stack. */
  readonly bus: EventBus;
  readonly subscription: PlannedSubscription;
  /** Keeps what the target refuses. */
  readonly deadLetterQueue: DeadLetterQueue;
}

/** Gives events of the local bus to the one thing that a service has them sent to. */
export class Subscription extends pulumi.ComponentResource {
  constructor(name: string, args: SubscriptionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:Subscription", name, {}, opts);
    const { bus, subscription, deadLetterQueue } = args;
    const { rules, targetId, targetArn, partitionKeyPath, retry } = subscription;
    const { roleArn, queueArn, after } = this.#admit(name, subscription);
    carryingRules(
      {
        bus,
        rules,
        target: {
          targetId,
          arn: queueArn ?? targetArn,
          ...(roleArn === undefined ? {} : { roleArn }),
          ...(retry === undefined ? {} : { retryPolicy: { ...retry } }),
          ...(partitionKeyPath === undefined ? {} : { kinesisTarget: { partitionKeyPath } }),
          deadLetterConfig: { arn: deadLetterQueue.queue.arn },
        },
        after: [...after, deadLetterQueue.policy],
      },
      { parent: this },
    );
    this.registerOutputs();
  }

  /** Whatever lets the rules in: an execution role, a statement in a function's policy, or the policy of a queue of ours. */
  #admit(
    name: string,
    { role: planned, permission, queue }: PlannedSubscription,
  ): {
    readonly roleArn?: pulumi.Output<string>;
    readonly queueArn?: pulumi.Output<string>;
    readonly after: pulumi.Resource[];
  } {
    const options = { parent: this, ...fixedName };
    if (queue !== undefined) {
      const made = new SubscriptionQueue(name, { queue }, { parent: this });
      return { queueArn: made.queue.arn, after: [made.policy] };
    }
    if (permission !== undefined) {
      const admitted = new Permission(
        name,
        {
          statementId: permission.statementId,
          action: "lambda:InvokeFunction",
          function: permission.function,
          principal: "events.amazonaws.com",
          sourceArn: permission.sourceArn,
        },
        options,
      );
      return { after: [admitted] };
    }
    if (planned === undefined) return { after: [] };
    const role = new Role(
      name,
      {
        name: planned.roleName,
        path: planned.path,
        permissionsBoundary: planned.permissionsBoundary,
        description: planned.description,
        assumeRolePolicy: JSON.stringify(planned.trustPolicy),
      },
      options,
    );
    const mayGive = new RolePolicy(
      name,
      { name: "give-to-target", role: role.name, policy: JSON.stringify(planned.policy) },
      options,
    );
    return { roleArn: role.arn, after: [mayGive] };
  }
}
