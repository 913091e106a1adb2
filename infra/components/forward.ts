import type { EventBus, EventRule, EventTarget } from "@pulumi/aws/cloudwatch/index.js";
import { Role, RolePolicy } from "@pulumi/aws/iam/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedForward } from "../topology/index.js";
import { carryingRules } from "./carrying-rules.js";
import type { DeadLetterQueue } from "./dead-letter-queue.js";
import { fixedName } from "./fixed-name.js";

export interface ForwardArgs {
  /** The account's own bus; lives in this stack. */
  readonly bus: EventBus;
  /** What to match and where to send it, decided by the topology. */
  readonly forward: PlannedForward;
  readonly deadLetterQueue: DeadLetterQueue;
  /** The bus's policy, where that tells publishers apart: what a rule leaves to it must be refused before. */
  readonly openedBy: pulumi.Resource | undefined;
}

/** Sends matching events from a bus, the account's own or one of AWS's events, to one member's local bus. */
export class Forward extends pulumi.ComponentResource {
  readonly executionRole: Role;
  readonly rules: readonly EventRule[];
  /** What is made last of it: when it is there, all is. */
  readonly lastMade: EventTarget | undefined;

  constructor(name: string, args: ForwardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:Forward", name, {}, opts);
    const { bus, forward, deadLetterQueue, openedBy } = args;

    // A bus in another account is reached through a role in the sender's account; AWS has required one for
    // new targets since 2 March 2023 (user guide, eb-cross-account).
    this.executionRole = new Role(
      name,
      {
        name: forward.roleName,
        path: forward.path,
        permissionsBoundary: forward.permissionsBoundary,
        description: `Lets EventBridge forward events to ${forward.member}`,
        assumeRolePolicy: JSON.stringify(forward.trustPolicy),
      },
      { parent: this, ...fixedName },
    );
    const mayPutEvents = new RolePolicy(
      name,
      {
        name: "put-events",
        role: this.executionRole.name,
        policy: JSON.stringify(forward.executionPolicy),
      },
      { parent: this, ...fixedName },
    );

    // Neither a retry policy nor an input transformer: EventBridge accepts none on a bus target. A reference to the
    // role does not wait for its policy.
    const { rules, lastMade } = carryingRules(
      {
        bus: forward.busName ?? bus.name,
        rules: forward.rules,
        target: {
          targetId: forward.targetId,
          arn: forward.targetBus,
          roleArn: this.executionRole.arn,
          deadLetterConfig: { arn: deadLetterQueue.queue.arn },
        },
        after: [mayPutEvents, deadLetterQueue.policy],
        rulesAfter: openedBy === undefined ? [] : [openedBy],
      },
      { parent: this },
    );
    this.rules = rules;
    this.lastMade = lastMade;
    this.registerOutputs({ roleArn: this.executionRole.arn });
  }
}
