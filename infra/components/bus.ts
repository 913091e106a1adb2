import { EventBus, EventBusPolicy } from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedBus, PlannedBusLog } from "../topology/index.js";
import type { DeadLetterQueue } from "./dead-letter-queue.js";
import { diesWithOwner, fixedName } from "./fixed-name.js";

export interface BusArgs {
  readonly bus: PlannedBus;
  /** What the bus logs of its own work, if anything. */
  readonly busLog: PlannedBusLog | undefined;
  /** The account's customer key, if it has one, and the queue for events that it could not be used on. */
  readonly encryption: BusEncryption | undefined;
  readonly protect: boolean;
}

export interface BusEncryption {
  /** Undefined while encryption ends. */
  readonly keyArn: pulumi.Input<string> | undefined;
  readonly failures: DeadLetterQueue;
}

/** A bus and its one resource policy. EventBusPolicy owns the whole document; EventPermission would fight it. */
abstract class Bus extends pulumi.ComponentResource {
  readonly bus: EventBus;
  readonly policy: EventBusPolicy;

  constructor(type: string, name: string, args: BusArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    const { bus, busLog, encryption, protect } = args;
    this.bus = new EventBus(
      name,
      {
        name: bus.name,
        description: bus.description,
        ...(busLog === undefined
          ? {}
          : { logConfig: { level: busLog.level, includeDetail: busLog.includeDetail } }),
        ...(encryption === undefined
          ? {}
          : {
              kmsKeyIdentifier: encryption.keyArn,
              deadLetterConfig: { arn: encryption.failures.queue.arn },
            }),
      },
      {
        parent: this,
        protect,
        dependsOn: encryption === undefined ? [] : [encryption.failures.policy],
        ...fixedName,
      },
    );
    this.policy = new EventBusPolicy(
      name,
      { eventBusName: this.bus.name, policy: JSON.stringify(bus.policy) },
      { parent: this, protect, ...diesWithOwner },
    );
    this.registerOutputs({ busArn: this.bus.arn });
  }
}

/** The bus every service publishes on; there is one per environment, in the backbone account. */
export class GlobalBus extends Bus {
  constructor(name: string, args: BusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:GlobalBus", name, args, opts);
  }
}

/** The bus a member receives on; its consumers write their rules here. */
export class LocalBus extends Bus {
  constructor(name: string, args: BusArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:LocalBus", name, args, opts);
  }
}
