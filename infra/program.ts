import type { EventBus } from "@pulumi/aws/cloudwatch/index.js";
import { Policy } from "@pulumi/aws/iam/index.js";
import { Provider } from "@pulumi/aws/provider.js";
import { Parameter } from "@pulumi/aws/ssm/index.js";
import * as pulumi from "@pulumi/pulumi";
import { fileURLToPath } from "node:url";
import { bundleHandlers, type Bundles } from "./code/bundle.js";
import { Alarms } from "./components/alarms.js";
import { Archive } from "./components/archive.js";
import { AuditTrail } from "./components/audit-trail.js";
import { BusLog } from "./components/bus-log.js";
import { type BusEncryption, GlobalBus, LocalBus } from "./components/bus.js";
import { CustomerKey } from "./components/customer-key.js";
import { DeadLetterQueue } from "./components/dead-letter-queue.js";
import { EventLog } from "./components/event-log.js";
import { fixedName } from "./components/fixed-name.js";
import { Forward } from "./components/forward.js";
import { RedriveRole } from "./components/redrive-role.js";
import { RoutingWatch } from "./components/routing-watch.js";
import { Subscription } from "./components/subscription.js";
import {
  type AssumedRole,
  handlersOf,
  type PlannedEncryption,
  type PlannedForward,
  type StackPlan,
} from "./topology/index.js";

/** Paths of handlers begin here. */
const projectFolder = fileURLToPath(new URL("..", import.meta.url));

/** Stack outputs by name; flat, so that `pulumi stack output busArn` finds each. */
export type StackOutputs = Readonly<Record<string, pulumi.Input<string> | pulumi.Input<string>[]>>;

/**
 * Registers one stack's resources; the same function serves `pulumi up` and the rehearsal.
 * @param plan what to emit; nothing is decided here
 * @param handlers code of the plan's functions; bundled before any resource where it is not given
 * @param assumeRoles roles the provider takes on, first to last; none uses the credentials as they are; a secret stays one in the state
 */
export function deployStack(
  plan: StackPlan,
  assumeRoles: pulumi.Input<readonly AssumedRole[]> = [],
  handlers: Bundles = bundleHandlers(projectFolder, handlersOf(plan)),
): StackOutputs {
  const { protect } = plan;
  const provider = new Provider(
    "aws",
    {
      region: plan.region,
      // Wrong credentials fail here, before anything is touched.
      allowedAccountIds: [plan.accountId],
      defaultTags: { tags: { ...plan.tags } },
      assumeRoles: pulumi.output(assumeRoles).apply((roles) => [...roles]),
    },
    // Registered first, so that a protected stack whose identity changes is refused before anything is touched.
    { protect, replacementTrigger: plan.bus.arn },
  );
  const opts = { provider, transformations: [replacedWithIdentity(plan)] };

  const encryption = plan.encryption && deployEncryption(plan, plan.encryption, opts);
  const keyArn = encryption?.keyArn;
  const busArgs = { bus: plan.bus, busLog: plan.busLog, encryption, protect };
  const ownBus =
    plan.kind === "backbone"
      ? new GlobalBus("global-bus", busArgs, opts)
      : new LocalBus("local-bus", busArgs, opts);
  const { bus } = ownBus;
  const opensLast = plan.kind === "backbone" && plan.opens === "last";
  const openedBy = opensLast ? undefined : ownBus.open();
  const deadLetterQueue = new DeadLetterQueue(
    "dead-letters",
    { deadLetterQueue: plan.deadLetterQueue, protect },
    opts,
  );
  const { role: redriveRole } = new RedriveRole("redrive", { redrive: plan.redrive }, opts);
  const { logGroup } = new EventLog(
    "event-log",
    { bus, log: plan.log, deadLetterQueue, keyArn, protect },
    opts,
  );
  deploySwitchedOn(plan, { bus, deadLetterQueue, keyArn }, opts);
  for (const { leaf, name, value } of plan.parameters) {
    new Parameter(leaf, { name, type: "String", insecureValue: value }, { ...opts, ...fixedName });
  }
  const outputs = {
    busName: bus.name,
    busArn: bus.arn,
    logGroupName: logGroup.name,
    deadLetterQueueArn: deadLetterQueue.queue.arn,
    redriveRoleArn: redriveRole.arn,
  };

  const forwarding = (forward: PlannedForward, after: typeof openedBy) =>
    new Forward(`forward-${forward.key}`, { bus, forward, deadLetterQueue, openedBy: after }, opts);
  const isOwn = ({ busName }: PlannedForward) => busName === undefined;
  const forwards = plan.forwards.filter(isOwn).map((forward) => forwarding(forward, openedBy));
  // What comes from another bus does not hang on who is let in to this one.
  for (const forward of plan.forwards.filter((one) => !isOwn(one))) forwarding(forward, undefined);
  if (plan.kind === "backbone") {
    if (opensLast) ownBus.open(forwards.flatMap(({ lastMade }) => lastMade ?? []));
    return {
      ...outputs,
      forwardRules: forwards.flatMap(({ rules }) => rules.map((rule) => rule.name)),
      ...(opensLast ? { publishing: "organisation" } : {}),
    };
  }
  const publisherPolicies = new Map(
    plan.publisherPolicies.map(({ service, name, description, policy }) => [
      service,
      new Policy(
        `publish-${service}`,
        { name, description, policy: JSON.stringify(policy) },
        { ...opts, ...fixedName },
      ),
    ]),
  );
  for (const subscription of plan.subscriptions) {
    const { service, name } = subscription;
    const code = handlers.get(subscription.function?.handler ?? "");
    const publisherPolicy = publisherPolicies.get(service);
    new Subscription(
      `${service}--${name}`,
      { bus, subscription, deadLetterQueue, code, publisherPolicy, keyArn },
      opts,
    );
  }
  return {
    ...outputs,
    ...Object.fromEntries(
      [...publisherPolicies].map(([service, { arn }]) => [`publisherPolicyArn-${service}`, arn]),
    ),
  };
}

/**
 * The bus's ARN holds all that a stack is: AWS account, Region, prefix and account's name. Resources do not move with
 * it, but to the provider another account is an update of itself (pulumi-aws, issue 6385) and another name a change
 * here and there. With the ARN as trigger the engine replaces the whole stack or, where it is protected, nothing.
 */
function replacedWithIdentity({ bus }: StackPlan): pulumi.ResourceTransformation {
  const replacementTrigger = bus.arn;
  return ({ type, props, opts }) =>
    type.startsWith("aws:") ? { props, opts: { ...opts, replacementTrigger } } : undefined;
}

/**
 * The account's key comes first: everything it encrypts waits for it. While encryption ends, key and queue stay for
 * what they hold, and may go when that has expired: the word says so, and protection would stop it.
 */
function deployEncryption(
  plan: StackPlan,
  encryption: PlannedEncryption,
  opts: pulumi.ComponentResourceOptions,
): BusEncryption {
  const protect = plan.protect && encryption.encrypts;
  const { key } = new CustomerKey("customer-key", { encryption, protect }, opts);
  const failures = new DeadLetterQueue(
    "encryption-failures",
    { deadLetterQueue: encryption.failures, protect },
    opts,
  );
  return { keyArn: encryption.encrypts ? key.arn : undefined, failures };
}

interface Operated {
  readonly bus: EventBus;
  readonly deadLetterQueue: DeadLetterQueue;
  readonly keyArn: pulumi.Input<string> | undefined;
}

/** Whatever the environment's switches add to the account. */
function deploySwitchedOn(
  plan: StackPlan,
  { bus, deadLetterQueue, keyArn }: Operated,
  opts: pulumi.ComponentResourceOptions,
): void {
  const { archive, busLog, auditTrail, protect } = plan;
  if (archive !== undefined) new Archive("archive", { bus, archive, keyArn, protect }, opts);
  if (busLog !== undefined) new BusLog("bus-log", { bus, busLog, keyArn, protect }, opts);
  const alarms = plan.alarms && new Alarms("alarms", { alarms: plan.alarms }, opts);
  if (auditTrail === undefined) return;
  new AuditTrail("audit-trail", { auditTrail, keyArn, protect }, opts);
  if (alarms === undefined) return;
  new RoutingWatch("routing-watch", { rule: auditTrail.rule, alarms, deadLetterQueue }, opts);
}
