import { EventRule, EventTarget } from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedAuditTrail } from "../topology/index.js";
import type { Alarms } from "./alarms.js";
import type { DeadLetterQueue } from "./dead-letter-queue.js";
import { fixedName } from "./fixed-name.js";

export interface RoutingWatchArgs {
  readonly rule: PlannedAuditTrail["rule"];
  /** Whose topic tells of a change. */
  readonly alarms: Alarms;
  readonly deadLetterQueue: DeadLetterQueue;
}

/** AWS puts events about API calls on the account's default bus, and on no other. */
const defaultBus = "default";

/** Tells at once who changed the routing or what watches it, with the call itself. */
export class RoutingWatch extends pulumi.ComponentResource {
  constructor(name: string, args: RoutingWatchArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:RoutingWatch", name, {}, opts);
    const { rule: planned, alarms, deadLetterQueue } = args;
    const rule = new EventRule(
      name,
      {
        name: planned.name,
        description: planned.description,
        eventBusName: defaultBus,
        eventPattern: JSON.stringify(planned.eventPattern),
        state: "ENABLED",
      },
      { parent: this, ...fixedName },
    );
    // A topic takes no role: with one, deliveries to an encrypted topic may fail (eb-use-resource-based).
    new EventTarget(
      name,
      {
        rule: rule.name,
        eventBusName: defaultBus,
        targetId: planned.targetId,
        arn: alarms.topic.arn,
        deadLetterConfig: { arn: deadLetterQueue.queue.arn },
      },
      { parent: this, dependsOn: [alarms.topicPolicy, deadLetterQueue.policy], ...fixedName },
    );
    this.registerOutputs({ ruleArn: rule.arn });
  }
}
