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
  readonly #name: string;
  readonly #args: BusArgs;

  constructor(type: string, name: string, args: BusArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.#name = name;
    this.#args = args;
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
    this.registerOutputs({ busArn: this.bus.arn });
  }

  /**
   * Lets in whom the policy says; a bus without one is closed to other accounts.
   * @param after what must be there, or be so, before anybody new is let in
   */
  open(after: readonly pulumi.Resource[] = []): EventBusPolicy {
    const { bus, protect } = this.#args;
    return new EventBusPolicy(
      this.#name,
      { eventBusName: this.bus.name, policy: JSON.stringify(bus.policy) },
      { parent: this, protect, dependsOn: [...after], ...diesWithOwner },
    );
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
