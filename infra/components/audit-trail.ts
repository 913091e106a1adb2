import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { Trail } from "@pulumi/awsx/cloudtrail/trail.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedAuditTrail } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface AuditTrailArgs {
  readonly auditTrail: PlannedAuditTrail;
  /** Customer key of the account, if it has one; for the trail's log group. */
  readonly keyArn: pulumi.Input<string> | undefined;
  /** Whether the trail and its bucket resist deletion. */
  readonly protect: boolean;
}

/**
 * Records the API calls that change something in the account, in a bucket and in a log group. The trail is a
 * component of `@pulumi/awsx` that runs in its own plugin: its names are fixed here and nothing is built on its
 * outputs, which only the plugin knows.
 * @see https://www.pulumi.com/registry/packages/awsx/api-docs/cloudtrail/trail/
 */
export class AuditTrail extends pulumi.ComponentResource {
  constructor(name: string, args: AuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:cloudtrail:AuditTrail", name, {}, opts);
    const { auditTrail, keyArn, protect } = args;
    const { bucketName, retentionDays } = auditTrail;
    const trail = new Trail(
      name,
      {
        name: auditTrail.trailName,
        enableLogging: true,
        enableLogFileValidation: true,
        // Roles are global and their calls are recorded in one Region only; a trail of all Regions sees them.
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        // Reading changes nothing; and with the customer key, each event would be recorded as a use of it.
        eventSelectors: [{ includeManagementEvents: true, readWriteType: "WriteOnly" }],
        s3Bucket: {
          args: {
            bucket: bucketName,
            forceDestroy: !protect,
          },
        },
        cloudWatchLogsGroup: {
          enable: true,
          args: {
            name: auditTrail.logGroupName,
            retentionInDays: retentionDays,
            ...(keyArn === undefined ? {} : { kmsKeyId: keyArn }),
          },
        },
      },
      { parent: this, protect },
    );
    // The trail's own component neither blocks public access nor says how the bucket is encrypted. S3 refuses
    // two changes of a bucket at once, so each waits for the one before.
    const closed = new BucketPublicAccessBlock(
      name,
      {
        bucket: bucketName,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this, dependsOn: [trail], ...fixedName },
    );
    new BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucketName,
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      { parent: this, dependsOn: [closed], ...fixedName },
    );
    this.registerOutputs({});
  }
}
