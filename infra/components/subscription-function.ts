import { LogGroup } from "@pulumi/aws/cloudwatch/index.js";
import { Table } from "@pulumi/aws/dynamodb/index.js";
import { Role, RolePolicy, RolePolicyAttachment } from "@pulumi/aws/iam/index.js";
import { EventSourceMapping, Function } from "@pulumi/aws/lambda/index.js";
import type { Queue } from "@pulumi/aws/sqs/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { Bundle } from "../code/bundle.js";
import type { PlannedFunction } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface SubscriptionFunctionArgs {
  readonly function: PlannedFunction;
  readonly code: Bundle;
  /** What feeds it. */
  readonly queue: Queue;
  /** The policy its service publishes with; lives in this stack. */
  readonly publisherPolicy: pulumi.Resource | undefined;
  /** Customer key of the account, if it has one. */
  readonly keyArn: pulumi.Input<string> | undefined;
}

/** A function made of a handler, which takes the events of one subscription out of their queue. */
export class SubscriptionFunction extends pulumi.ComponentResource {
  constructor(name: string, args: SubscriptionFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:lambda:SubscriptionFunction", name, {}, opts);
    const { function: planned, code, queue, publisherPolicy, keyArn } = args;
    const options = { parent: this, ...fixedName };
    const role = new Role(
      name,
      {
        name: planned.name,
        path: planned.role.path,
        permissionsBoundary: planned.role.permissionsBoundary,
        description: planned.description,
        assumeRolePolicy: JSON.stringify(planned.role.trustPolicy),
      },
      options,
    );
    const mayWork = new RolePolicy(
      name,
      { name: "handle", role: role.name, policy: JSON.stringify(planned.role.policy) },
      options,
    );
    const mayPublish =
      planned.role.publisherPolicy === undefined
        ? []
        : [
            new RolePolicyAttachment(
              name,
              { role: role.name, policyArn: planned.role.publisherPolicy },
              { ...options, dependsOn: publisherPolicy === undefined ? [] : [publisherPolicy] },
            ),
          ];
    // Without it Lambda makes one that keeps everything for ever.
    const logGroup = new LogGroup(
      name,
      { name: planned.logGroupName, retentionInDays: planned.logRetentionDays, kmsKeyId: keyArn },
      options,
    );
    const table =
      planned.table === undefined
        ? []
        : [
            new Table(
              name,
              {
                name: planned.table,
                billingMode: "PAY_PER_REQUEST",
                hashKey: "id",
                attributes: [{ name: "id", type: "S" }],
                ttl: { attributeName: "expiresAt", enabled: true },
              },
              options,
            ),
          ];
    const made = new Function(
      name,
      {
        name: planned.name,
        description: planned.description,
        role: role.arn,
        runtime: "nodejs22.x",
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code.code) }),
        // Of the code itself: the archive that the engine makes of it has times in it.
        sourceCodeHash: code.sha256,
        timeout: planned.timeoutSeconds,
        memorySize: planned.memoryMegabytes,
        environment: { variables: { ...planned.environment } },
        loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      },
      { ...options, dependsOn: [mayWork, ...mayPublish, ...table] },
    );
    new EventSourceMapping(
      name,
      {
        eventSourceArn: queue.arn,
        functionName: made.arn,
        batchSize: planned.batchSize,
        functionResponseTypes: ["ReportBatchItemFailures"],
        ...(planned.maximumConcurrency === undefined
          ? {}
          : { scalingConfig: { maximumConcurrency: planned.maximumConcurrency } }),
      },
      options,
    );
    this.registerOutputs({ functionArn: made.arn });
  }
}
