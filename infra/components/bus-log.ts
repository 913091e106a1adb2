import {
  type EventBus,
  LogDelivery,
  LogDeliveryDestination,
  LogDeliverySource,
  LogGroup,
  LogResourcePolicy,
} from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedBusLog } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface BusLogArgs {
  /** Bus whose own log it is; its level is set on the bus itself. Lives in this stack. */
  readonly bus: EventBus;
  readonly busLog: PlannedBusLog;
  /** Customer key of the account, if it has one. */
  readonly keyArn: pulumi.Input<string> | undefined;
  readonly protect: boolean;
}

/** Delivers what a bus logs of its own work to a log group of the same account. */
export class BusLog extends pulumi.ComponentResource {
  readonly logGroup: LogGroup;

  constructor(name: string, args: BusLogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:BusLog", name, {}, opts);
    const { bus, busLog, keyArn, protect } = args;
    this.logGroup = new LogGroup(
      name,
      { name: busLog.logGroupName, retentionInDays: busLog.retentionDays, kmsKeyId: keyArn },
      { parent: this, protect, ...fixedName },
    );
    const mayWrite = new LogResourcePolicy(
      name,
      { resourceArn: this.logGroup.arn, policyDocument: JSON.stringify(busLog.policy) },
      { parent: this, ...fixedName },
    );
    const destination = new LogDeliveryDestination(
      name,
      {
        name: busLog.destinationName,
        deliveryDestinationConfiguration: { destinationResourceArn: this.logGroup.arn },
      },
      { parent: this, ...fixedName },
    );
    // CloudWatch Logs refuses two deliveries made to one destination at the same time, so each waits for the last.
    let earlier: pulumi.Resource = mayWrite;
    for (const { level, name: sourceName, logType } of busLog.sources) {
      const source = new LogDeliverySource(
        `${name}-${level}`,
        { name: sourceName, logType, resourceArn: bus.arn },
        { parent: this, ...fixedName },
      );
      earlier = new LogDelivery(
        `${name}-${level}`,
        { deliverySourceName: source.name, deliveryDestinationArn: destination.arn },
        { parent: this, dependsOn: [earlier], ...fixedName },
      );
    }
    this.registerOutputs({ logGroupName: this.logGroup.name });
  }
}
