import {
  type EventBus,
  EventRule,
  EventTarget,
  LogGroup,
  LogResourcePolicy,
} from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedEventLog } from "../topology/index.js";
import type { DeadLetterQueue } from "./dead-letter-queue.js";
import { fixedName } from "./fixed-name.js";

export interface EventLogArgs {
  /** Bus to log; lives in this stack. */
  readonly bus: EventBus;
  readonly log: PlannedEventLog;
  readonly deadLetterQueue: DeadLetterQueue;
  /** Customer key of the account, if it has one. */
  readonly keyArn: pulumi.Input<string> | undefined;
  readonly protect: boolean;
}

/** Writes every event of a bus to a log group of the same account. */
export class EventLog extends pulumi.ComponentResource {
  readonly logGroup: LogGroup;
  readonly rule: EventRule;

  constructor(name: string, args: EventLogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:EventLog", name, {}, opts);
    const { bus, log, deadLetterQueue, keyArn, protect } = args;
    const options = { parent: this, protect, ...fixedName };
    this.logGroup = new LogGroup(
      name,
      { name: log.logGroupName, retentionInDays: log.retentionDays, kmsKeyId: keyArn },
      options,
    );
    const mayWrite = new LogResourcePolicy(
      name,
      { resourceArn: this.logGroup.arn, policyDocument: JSON.stringify(log.policy) },
      options,
    );
    this.rule = new EventRule(
      name,
      {
        name: log.ruleName,
        description: "Logs every event of the bus",
        eventBusName: bus.name,
        eventPattern: JSON.stringify(log.eventPattern),
        state: "ENABLED",
      },
      options,
    );
    // A log group takes no role: its own policy lets EventBridge in. Without the policy in place the first
    // events would be refused, and a refused delivery is never retried.
    new EventTarget(
      name,
      {
        rule: this.rule.name,
        eventBusName: bus.name,
        targetId: log.targetId,
        arn: this.logGroup.arn,
        deadLetterConfig: { arn: deadLetterQueue.queue.arn },
      },
      { ...options, dependsOn: [mayWrite, deadLetterQueue.policy] },
    );
    this.registerOutputs({ logGroupName: this.logGroup.name });
  }
}
