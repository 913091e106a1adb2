import type { ProofCheck } from "../claim.js";
import type { Expectations } from "../expectations.js";
import { compareWithNeeds } from "../inventory.js";
import type { Stage } from "../stage.js";
import { alarmNeeds } from "./alarms.js";
import { archiveNeeds } from "./archives.js";
import { auditTrailNeeds } from "./audit-trail.js";
import { busLogNeeds } from "./bus-logging.js";
import { busNeeds } from "./buses.js";
import { publisherPolicyNeeds } from "./bus-policies.js";
import { redriveNeeds } from "./role-policies.js";
import { deadLetterNeeds } from "./dead-letters.js";
import { encryptionNeeds } from "./encryption.js";
import { forwardNeeds } from "./exact-forwards.js";
import { parameterNeeds } from "./parameters.js";
import { eventLogNeeds } from "./rules.js";
import { stackNeeds } from "./stacks.js";
import { subscriptionNeeds } from "./subscriptions.js";

/** All that the registry needs, and nothing else, is emitted. */
export function inventoryChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  return compareWithNeeds(stage, [
    ...stackNeeds(stage),
    ...busNeeds(stage),
    ...eventLogNeeds(stage, expected),
    ...deadLetterNeeds(stage),
    ...redriveNeeds(stage),
    ...parameterNeeds(stage),
    ...publisherPolicyNeeds(stage),
    ...forwardNeeds(stage, expected),
    ...subscriptionNeeds(stage, expected),
    ...encryptionNeeds(stage),
    ...archiveNeeds(stage),
    ...busLogNeeds(stage),
    ...alarmNeeds(stage),
    ...auditTrailNeeds(stage),
  ]);
}
