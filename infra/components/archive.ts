import { EventArchive, type EventBus } from "@pulumi/aws/cloudwatch/index.js";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedArchive } from "../topology/index.js";
import { fixedName } from "./fixed-name.js";

export interface ArchiveArgs {
  /** Bus to archive; lives in this stack. */
  readonly bus: EventBus;
  readonly archive: PlannedArchive;
  /** Customer key of the account, if it has one. */
  readonly keyArn: pulumi.Input<string> | undefined;
  readonly protect: boolean;
}

/** Keeps the events of a bus, so that they can be replayed to it. */
export class Archive extends pulumi.ComponentResource {
  readonly archive: EventArchive;

  constructor(name: string, args: ArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("backbone:eventbridge:Archive", name, {}, opts);
    const { bus, archive, keyArn, protect } = args;
    this.archive = new EventArchive(
      name,
      {
        name: archive.name,
        description: archive.description,
        eventSourceArn: bus.arn,
        eventPattern: JSON.stringify(archive.eventPattern),
        retentionDays: archive.retentionDays,
        kmsKeyIdentifier: keyArn,
      },
      { parent: this, protect, ...fixedName },
    );
    this.registerOutputs({ archiveArn: this.archive.arn });
  }
}
