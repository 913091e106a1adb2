import {
  type EventBus,
  EventRule,
  EventTarget,
  LogGroup,
  LogResourcePolicy,
} from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedEventLog, PlannedInputTransformer } from "../topology/index.js";
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

interface LogTarget {
  readonly targetId: string;
  readonly inputTransformer?: PlannedInputTransformer;
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
    // A log group takes no role: its own policy lets EventBridge in. Without the policy in place the first
    // events would be refused, and a refused delivery is never retried.
    const writes = { ...options, dependsOn: [mayWrite, deadLetterQueue.policy] };
    const write = (child: string, rule: EventRule, { targetId, inputTransformer }: LogTarget): EventTarget =>
      new EventTarget(
        child,
        {
          rule: rule.name,
          eventBusName: bus.name,
          targetId,
          arn: this.logGroup.arn,
          ...(inputTransformer === undefined ? {} : { inputTransformer }),
          deadLetterConfig: { arn: deadLetterQueue.queue.arn },
        },
        writes,
      );
    const { sensitive } = log;
    // What becomes sensitive is taken by the second rule before the first leaves it out.
    const taken =
      sensitive &&
      write(
        `${name}-sensitive`,
        new EventRule(
          `${name}-sensitive`,
          {
            name: sensitive.ruleName,
            description: "Logs the sensitive events of the bus without their detail",
            eventBusName: bus.name,
            eventPattern: JSON.stringify(sensitive.eventPattern),
            state: "ENABLED",
          },
          options,
        ),
        sensitive,
      );
    this.rule = new EventRule(
      name,
      {
        name: log.ruleName,
        description:
          sensitive === undefined
            ? "Logs every event of the bus"
            : "Logs every event of the bus that is not sensitive",
        eventBusName: bus.name,
        eventPattern: JSON.stringify(log.eventPattern),
        state: "ENABLED",
      },
      { ...options, ...(taken === undefined ? {} : { dependsOn: [taken] }) },
    );
    write(name, this.rule, log);
    this.registerOutputs({ logGroupName: this.logGroup.name });
  }
}
