import { type ArchiveArn, archiveArn } from "../aws/arn.js";
import { type EventPattern, everyEventButReplays } from "../aws/event-pattern.js";
import { names } from "../aws/names.js";
import type { Scope } from "./scope.js";

/** Events of the account's bus, kept for a replay. */
export interface PlannedArchive {
  readonly name: string;
  readonly arn: ArchiveArn;
  readonly description: string;
  readonly eventPattern: EventPattern;
  /** Days. */
  readonly retentionDays: number;
}

/**
 * The archive of an account's bus, if it has one. Replays go back to the same bus only, so the global bus's
 * archive sends to every member again, a local bus's to that member alone.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 */
export function planArchive(
  { environment, registry, place }: Scope,
  account: string,
): PlannedArchive | undefined {
  const { archive, prefix } = environment;
  const retentionDays = account === registry.backbone ? archive?.retentionDays : archive?.local.get(account);
  if (retentionDays === undefined) return undefined;
  const name = names.archive(prefix, account);
  return {
    name,
    arn: archiveArn(place(account), name),
    description: `Every event of the bus, kept ${retentionDays} days for a replay`,
    eventPattern: everyEventButReplays,
    retentionDays,
  };
}
