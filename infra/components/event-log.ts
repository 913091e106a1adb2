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

type LogRule = Pick<PlannedEventLog, "ruleName" | "eventPattern" | "targetId"> & {
  readonly inputTransformer?: PlannedInputTransformer;
};

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
    const write = (
      child: string,
      description: string,
      { ruleName, eventPattern, targetId, inputTransformer }: LogRule,
      opts: pulumi.CustomResourceOptions,
    ) => {
      const rule = new EventRule(
        child,
        {
          name: ruleName,
          description,
          eventBusName: bus.name,
          eventPattern: JSON.stringify(eventPattern),
          state: log.state,
        },
        opts,
      );
      // A log group takes no role: its own policy lets EventBridge in. Without the policy in place the first
      // events would be refused, and a refused delivery is never retried.
      const target = new EventTarget(
        child,
        {
          rule: rule.name,
          eventBusName: bus.name,
          targetId,
          arn: this.logGroup.arn,
          ...(inputTransformer === undefined ? {} : { inputTransformer }),
          deadLetterConfig: { arn: deadLetterQueue.queue.arn },
        },
        { ...opts, dependsOn: [mayWrite, deadLetterQueue.policy] },
      );
      return { rule, target };
    };
    const { sensitive } = log;
    if (sensitive === undefined) {
      this.rule = write(name, "Logs every event of the bus", log, options).rule;
    } else {
      // It holds nothing, and goes with the last sensitive contract: unprotected. It takes what becomes sensitive
      // before the other rule leaves it out.
      const { target } = write(
        `${name}-sensitive`,
        "Logs the sensitive events of the bus without their detail",
        sensitive,
        { ...options, protect: false },
      );
      const others = { ...options, dependsOn: [target] };
      this.rule = write(name, "Logs every event of the bus that is not sensitive", log, others).rule;
    }
    this.registerOutputs({ logGroupName: this.logGroup.name });
  }
}
