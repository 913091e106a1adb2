import { EventBus, EventBusPolicy } from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedBus } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface BusArgs {
  readonly bus: PlannedBus;
}

/** A bus and its one resource policy. EventBusPolicy owns the whole document; EventPermission would fight it. */
abstract class Bus extends pulumi.ComponentResource {
  readonly bus: EventBus;
  readonly policy: EventBusPolicy;

  constructor(type: string, name: string, { bus }: BusArgs, opts?: pulumi.ComponentResourceOptions) {
    super(type, name, {}, opts);
    this.bus = new EventBus(
      name,
      { name: bus.name, description: bus.description },
      { parent: this, protect: bus.protect, ...fixedName },
    );
    this.policy = new EventBusPolicy(
      name,
      { eventBusName: this.bus.name, policy: JSON.stringify(bus.policy) },
      { parent: this, ...fixedName },
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
