import type { QueueArn } from "../aws/arn.js";
import type { PolicyDocument } from "../aws/policy-document.js";

/** A queue for events that went nowhere else. */
export interface PlannedDeadLetterQueue {
  readonly name: string;
  readonly arn: QueueArn;
  readonly policy: PolicyDocument;
}
