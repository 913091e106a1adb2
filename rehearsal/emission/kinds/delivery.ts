import { type TargetData, targetKindOf } from "eventbridge-simulator";
import { z } from "zod";
import { arnOf } from "../arns.js";
import {
  anything,
  attachment,
  described,
  kind,
  named,
  policyText,
  type Setting,
  text,
  within,
} from "./kind.js";

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
      state: z.enum(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]).optional(),
      isEnabled: z.boolean().default(true),
      roleArn: z.string().optional(),
      forceDestroy: anything,
      ...described,
    },
    part: ({ name, eventPattern, state, isEnabled, roleArn }, { arn, place }) => ({
      arn,
      name,
      eventPattern,
      state: state ?? (isEnabled ? "ENABLED" : "DISABLED"),
      /** Who made it, which need not be the account of its bus. */
      creator: place.accountId,
      roleArn,
    }),
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
      // API reference, RetryPolicy.
      retryPolicy: z
        .strictObject({
          maximumEventAgeInSeconds: within(60, 86_400).optional(),
          maximumRetryAttempts: within(0, 185).optional(),
        })
        .optional(),
      kinesisTarget: z
        .strictObject({
          partitionKeyPath: z.string().startsWith("$.", 'is no JSONPath: it begins with "$."').optional(),
        })
        .optional(),
      sqsTarget: anything,
      forceDestroy: anything,
    },
    part: (inputs, setting) => {
      const { rule, eventBusName, targetId: id = setting.name, arn, roleArn, deadLetterConfig } = inputs;
      tellUnfit(inputs, setting.report);
      const target: TargetData = {
        id,
        arn,
        roleArn,
        deadLetterArn: deadLetterConfig?.arn,
        inputTransformer: inputs.inputTransformer,
      };
      return {
        ...target,
        of: arnOf.ruleOn(arnOf.busNamed(setting.place, eventBusName), rule),
        retry: inputs.retryPolicy,
        /** Where in the event a stream's partition key is; its id where none is said. */
        partitionKeyPath: inputs.kinesisTarget?.partitionKeyPath,
      };
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

/** What AWS takes on targets of some kinds only (PutTargets), and what is handed on in place of the event. */
function tellUnfit(
  target: { readonly arn: string; readonly [property: string]: unknown },
  report: Setting["report"],
): void {
  const kind = targetKindOf(target.arn);
  for (const property of ["input", "inputPath", "retryPolicy", "sqsTarget", "kinesisTarget"]) {
    if (target[property] === undefined) continue;
    const mend = `take ${property} away`;
    if (!takes(kind, property)) {
      const called = kind === "other" ? "of this kind" : `that is a ${kind.replace("-", " ")}`;
      report(`AWS takes no ${property} on a target ${called}`, mend);
    } else if (property === "sqsTarget") {
      report("sqsTarget is for FIFO queues, which the rehearsal does not follow", mend);
    } else if (property.startsWith("input")) {
      report(
        `${property}: ${target.arn} is handed something else than the event, which nobody follows here`,
        mend,
      );
    }
  }
}

function takes(kind: ReturnType<typeof targetKindOf>, property: string): boolean {
  switch (property) {
    case "kinesisTarget":
      return kind === "stream";
    case "sqsTarget":
      return kind === "queue";
    case "retryPolicy":
      return kind !== "bus";
    default:
      return kind !== "bus" && kind !== "log-group";
  }
}
