import type { EventBus } from "@pulumi/aws/cloudwatch/index.js";
import { Role, RolePolicy } from "@pulumi/aws/iam/index.js";
import { Permission } from "@pulumi/aws/lambda/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedSubscription } from "../topology/index.js";
import type { Bundle } from "../code/bundle.js";
import { carryingRules } from "./carrying-rules.js";
import type { DeadLetterQueue } from "./dead-letter-queue.js";
import { fixedName } from "./fixed-name.js";
import { SubscriptionFunction } from "./subscription-function.js";
import { SubscriptionQueue } from "./subscription-queue.js";

export interface SubscriptionArgs {
  /** The account's local bus; lives in this stack. */
  readonly bus: EventBus;
  readonly subscription: PlannedSubscription;
  /** Keeps what the target refuses. */
  readonly deadLetterQueue: DeadLetterQueue;
  /** Of a handler, if it has one. */
  readonly code: Bundle | undefined;
  /** The policy its service publishes with; lives in this stack. */
  readonly publisherPolicy: pulumi.Resource | undefined;
  /** Customer key of the account, if it has one. */
  readonly keyArn: pulumi.Input<string> | undefined;
}

/** Gives events of the local bus to the one thing that a service has them sent to. */
export class Subscription extends pulumi.ComponentResource {
  constructor(name: string, args: SubscriptionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:Subscription", name, {}, opts);
    const { bus, subscription, deadLetterQueue } = args;
    const { rules, targetId, targetArn, partitionKeyPath, retry } = subscription;
    const { roleArn, queueArn, after } = this.#admit(name, args);
    carryingRules(
      {
        bus: bus.name,
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
    { subscription, code, publisherPolicy, keyArn }: SubscriptionArgs,
  ): {
    readonly roleArn?: pulumi.Output<string>;
    readonly queueArn?: pulumi.Output<string>;
    readonly after: pulumi.Resource[];
  } {
    const { role: planned, permission, queue, function: handling } = subscription;
    const options = { parent: this, ...fixedName };
    if (queue !== undefined) {
      const made = new SubscriptionQueue(name, { queue }, { parent: this });
      if (handling !== undefined) {
        if (code === undefined) throw new Error(`${handling.handler} has not been bundled`);
        new SubscriptionFunction(
          name,
          { function: handling, code, queue: made.queue, publisherPolicy, keyArn },
          { parent: this },
        );
      }
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
