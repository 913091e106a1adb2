import { Alias, Key } from "@pulumi/aws/kms/index.js";
import * as pulumi from "@pulumi/pulumi";
import { keyDeletionDays } from "../aws/limits.js";
import type { PlannedEncryption } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface CustomerKeyArgs {
  readonly encryption: PlannedEncryption;
  readonly protect: boolean;
}

/** The account's own KMS key. */
export class CustomerKey extends pulumi.ComponentResource {
  readonly key: Key;

  constructor(name: string, args: CustomerKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:kms:CustomerKey", name, {}, opts);
    const { encryption, protect } = args;
    // No fixed name, so the replacement comes first: what the old key encrypted must stay readable meanwhile.
    this.key = new Key(
      name,
      {
        description: encryption.description,
        policy: JSON.stringify(encryption.policy),
        enableKeyRotation: true,
        deletionWindowInDays: keyDeletionDays,
      },
      { parent: this, protect },
    );
    new Alias(
      name,
      { name: encryption.alias, targetKeyId: this.key.keyId },
      { parent: this, protect, ...fixedName },
    );
    this.registerOutputs({ keyArn: this.key.arn });
  }
}
