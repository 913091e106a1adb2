import type { TargetData } from "eventbridge-simulator";
import { z } from "zod";
import { arnOf, queueUrl } from "../arns.js";
import { anything, attachment, described, kind, named, policyText, type Setting, text } from "./kind.js";

const daySeconds = 86_400;
/** What an event may have, and a message of a queue (API references of PutEvents and SQS). */
const mostBytes = 1_048_576;
/** State of a rule that is enabled for more than rules usually are. */
const enabledForMore = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";

/** Buses, what is on them, and where their events go. */
export const deliveryKinds = {
  buses: kind({
    type: "aws:cloudwatch/eventBus:EventBus",
    arn: named(arnOf.bus),
    shape: {
      name: z.string(),
      kmsKeyIdentifier: z.string().optional(),
      deadLetterConfig: z.strictObject({ arn: z.string().optional() }).optional(),
      logConfig: z
        .strictObject({ level: z.string().optional(), includeDetail: z.string().optional() })
        .optional(),
      ...described,
    },
    part: ({ name, kmsKeyIdentifier, deadLetterConfig, logConfig }, { arn, keyArn }) => ({
      name,
      arn,
      keyArn: keyArn(kmsKeyIdentifier),
      /** ARN of the queue for events that the key could not be used on. */
      deadLetterArn: deadLetterConfig?.arn,
      /** What the bus logs of its own work, and whether with the events' details. */
      logLevel: logConfig?.level,
      logDetail: logConfig?.includeDetail,
    }),
  }),
  busPolicies: attachment({
    type: "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    owner: "buses",
    words: ["bus policy", "bus"],
    isOnly: true,
    shape: { eventBusName: z.string().optional(), policy: policyText },
    part: ({ eventBusName, policy }, { place }) => ({ of: arnOf.busNamed(place, eventBusName), policy }),
  }),
  rules: kind({
    type: "aws:cloudwatch/eventRule:EventRule",
    arn: (inputs, place) => {
      const { eventBusName } = inputs;
      const bus = arnOf.busNamed(place, typeof eventBusName === "string" ? eventBusName : undefined);
      return arnOf.ruleOn(bus, text(inputs, "name"));
    },
    shape: {
      name: z.string(),
      eventBusName: z.string().optional(),
      eventPattern: z.string(),
      state: z.enum(["ENABLED", "DISABLED", enabledForMore]).optional(),
      isEnabled: z.boolean().default(true),
      roleArn: z.string().optional(),
      forceDestroy: anything,
      ...described,
    },
    part: ({ name, eventPattern, state, isEnabled, roleArn }, { arn, place, report }) => {
      const written = state ?? (isEnabled ? "ENABLED" : "DISABLED");
      if (written === enabledForMore) {
        const more = "takes the management events of CloudTrail that only read, too";
        report(`rule ${arn} is enabled, and ${more}: ${written}`, 'let its state be "ENABLED"');
      }
      return {
        arn,
        name,
        eventPattern,
        state: written === "DISABLED" ? written : "ENABLED",
        /** Who made it, which need not be the account of its bus. */
        creator: place.accountId,
        roleArn,
      };
    },
  }),
  targets: attachment({
    type: "aws:cloudwatch/eventTarget:EventTarget",
    owner: "rules",
    words: ["target", "rule"],
    isOnly: false,
    shape: {
      rule: z.string(),
      eventBusName: z.string().optional(),
      targetId: z.string().optional(),
      arn: z.string(),
      roleArn: z.string().optional(),
      deadLetterConfig: z.strictObject({ arn: z.string().optional() }).optional(),
      inputTransformer: z
        .strictObject({
          inputPaths: z.record(z.string(), z.string()).default({}),
          inputTemplate: z.string(),
        })
        .optional(),
      input: anything,
      inputPath: anything,
      retryPolicy: anything,
      sqsTarget: anything,
      forceDestroy: anything,
    },
    part: (inputs, setting) => {
      const { rule, eventBusName, targetId: id = setting.name, arn, roleArn, deadLetterConfig } = inputs;
      tellUnfit(inputs, setting.report);
      return {
        of: arnOf.ruleOn(arnOf.busNamed(setting.place, eventBusName), rule),
        id,
        arn,
        roleArn,
        deadLetterArn: deadLetterConfig?.arn,
        inputTransformer: inputs.inputTransformer,
      } satisfies TargetData & { readonly of: string };
    },
  }),
  logGroups: kind({
    type: "aws:cloudwatch/logGroup:LogGroup",
    arn: named(arnOf.logGroup),
    shape: {
      name: z.string(),
      retentionInDays: z.number().optional(),
      kmsKeyId: z.string().optional(),
      // Nobody can search or follow a log of another class, and one for delivery keeps a day.
      logGroupClass: z.literal("STANDARD").optional(),
      skipDestroy: anything,
      deletionProtectionEnabled: anything,
      ...described,
    },
    part: ({ kmsKeyId }, { arn, keyArn }) => ({ arn, keyArn: keyArn(kmsKeyId) }),
  }),
  logPolicies: attachment({
    type: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    owner: "logGroups",
    words: ["log policy", "log group"],
    isOnly: true,
    shape: {
      policyDocument: policyText,
      resourceArn: z.string().optional(),
      policyName: z.string().optional(),
    },
    part: ({ policyDocument: policy, resourceArn: of, policyName }, { place, report }) => {
      if ((of === undefined) === (policyName === undefined)) {
        report(
          "needs exactly one of resourceArn and policyName",
          "name the log group by resourceArn, and no policyName",
        );
      }
      return { of, policy, name: policyName ?? "", account: place.accountId, region: place.region };
    },
  }),
  queues: kind({
    type: "aws:sqs/queue:Queue",
    arn: named(arnOf.queue),
    answers: (inputs, place) => ({ url: queueUrl(place, text(inputs, "name")) }),
    shape: {
      name: z.string(),
      fifoQueue: z.boolean().default(false),
      // The provider's own values where nothing is said.
      messageRetentionSeconds: z.number().default(4 * daySeconds),
      maxMessageSize: z.number().default(262_144),
      sqsManagedSseEnabled: anything,
      kmsMasterKeyId: z.string().optional(),
      kmsDataKeyReusePeriodSeconds: anything,
      policy: policyText.optional(),
      visibilityTimeoutSeconds: anything,
      receiveWaitTimeSeconds: anything,
      delaySeconds: anything,
      redriveAllowPolicy: anything,
      ...described,
    },
    part: (inputs, { arn, keyArn, report }) => {
      const { fifoQueue: fifo, messageRetentionSeconds, maxMessageSize, kmsMasterKeyId, policy } = inputs;
      if (messageRetentionSeconds < 4 * daySeconds) {
        const kept = `keeps dead letters for ${messageRetentionSeconds} seconds, less than four days`;
        report(`queue ${arn} ${kept}`, "let its messageRetentionSeconds be 1209600, which is fourteen days");
      }
      if (maxMessageSize < mostBytes) {
        const taken = `takes messages of ${maxMessageSize} bytes, and an event may have ${mostBytes}`;
        report(`queue ${arn} ${taken}`, `let its maxMessageSize be ${mostBytes}`);
      }
      return { arn, fifo, keyArn: keyArn(kmsMasterKeyId), policy };
    },
  }),
  queuePolicies: attachment({
    type: "aws:sqs/queuePolicy:QueuePolicy",
    owner: "queues",
    words: ["queue policy", "queue"],
    isOnly: true,
    shape: { queueUrl: z.string(), policy: policyText },
    part: ({ queueUrl: url, policy }, { place, report }) => {
      const of = arnOf.queueByUrl(place, url);
      if (of === undefined) {
        const prefix = queueUrl(place, "");
        report(`${url} is no queue URL of its account and Region`, `name the queue as ${prefix}<name>`);
      }
      return { of, policy };
    },
  }),
  archives: kind({
    type: "aws:cloudwatch/eventArchive:EventArchive",
    arn: named(arnOf.archive),
    shape: {
      name: z.string(),
      description: described.description,
      eventSourceArn: z.string(),
      // Without one an archive takes every event; never those of a replay (API reference, CreateArchive).
      eventPattern: z.string().default('{"replay-name":[{"exists":false}]}'),
      // For ever.
      retentionDays: z.number().default(0),
      kmsKeyIdentifier: z.string().optional(),
    },
    part: ({ eventSourceArn: bus, eventPattern, retentionDays, kmsKeyIdentifier }, { arn, keyArn }) => ({
      arn,
      /** ARN of the bus it keeps events of. */
      bus,
      /** JSON text. */
      eventPattern,
      retentionDays,
      keyArn: keyArn(kmsKeyIdentifier),
    }),
  }),
  deliverySources: kind({
    type: "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    arn: named(arnOf.deliverySource),
    shape: { name: z.string(), logType: z.string(), resourceArn: z.string(), tags: described.tags },
    part: ({ name, logType, resourceArn: bus }, { arn }) => ({ name, arn, bus, logType }),
  }),
  deliveryDestinations: kind({
    type: "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    arn: named(arnOf.deliveryDestination),
    shape: {
      name: z.string(),
      deliveryDestinationConfiguration: z.strictObject({ destinationResourceArn: z.string() }),
      tags: described.tags,
    },
    part: ({ deliveryDestinationConfiguration: { destinationResourceArn: logGroup } }, { arn }) => ({
      arn,
      logGroup,
    }),
  }),
  deliveries: kind({
    type: "aws:cloudwatch/logDelivery:LogDelivery",
    arn: undefined,
    shape: { deliverySourceName: z.string(), deliveryDestinationArn: z.string(), tags: described.tags },
    part: ({ deliverySourceName: source, deliveryDestinationArn: destination }) => ({ source, destination }),
  }),
};

/** What AWS refuses of a target, by its kind (PutTargets), and what is handed on in place of the event. */
function tellUnfit(
  target: { readonly arn: string; readonly [property: string]: unknown },
  report: Setting["report"],
): void {
  const isBus = target.arn.includes(":event-bus/");
  const isLog = target.arn.includes(":log-group:");
  for (const property of ["input", "inputPath", "retryPolicy", "sqsTarget"]) {
    if (target[property] === undefined) continue;
    const mend = `take ${property} away`;
    if (isBus || (isLog && property !== "retryPolicy")) {
      report(`AWS takes no ${property} on a target that is a ${isBus ? "bus" : "log group"}`, mend);
    } else if (property === "sqsTarget") {
      report("sqsTarget is for FIFO queues, which the rehearsal does not follow", mend);
    } else if (property !== "retryPolicy") {
      report(
        `${property}: ${target.arn} is handed something else than the event, which nobody follows here`,
        mend,
      );
    }
  }
}
