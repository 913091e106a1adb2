/**
 * EventBridge and the part of IAM that guards it, offline: plain data in, trace out. Reads policies and patterns as
 * JSON text, as AWS does, and knows nothing of how they were made.
 */
export { endpointDomain, logsPrincipal, partitionOf } from "./arn.js";
export {
  checkBusSight,
  checkForeignRule,
  checkForgedForward,
  checkPublisher,
  checkQueueAccess,
  checkTakeOver,
  type ForgedForward,
} from "./ask/ask.js";
export {
  archiveUses,
  busLogUses,
  busUses,
  type KeyUse,
  logGroupUses,
  queueUses,
  topicUses,
} from "./ask/key-uses.js";
export { askKey, checkKeyAccess, keepsFailures, type KeyAnswer } from "./ask/keys.js";
export { checkLogDelivery } from "./ask/log-delivery.js";
export { type EventClaims } from "./ask/requests.js";
export { buildWorld, type WorldProblem, type WorldReading } from "./build-world.js";
export { deliverDeadLetter } from "./deliver/dead-letter.js";
export {
  deliverEvents,
  deliverServiceEvent,
  type OfferedEntry,
  type PutEventsCall,
  type ServiceEvent,
} from "./deliver/delivery.js";
export { entrySize, type PutEventsEntry } from "./deliver/put-events.js";
export { type Telling } from "./deliver/routing.js";
export { publishToTopic } from "./deliver/topic.js";
export {
  authorizeRole,
  authorizeService,
  type ConsultedPolicy,
  type RoleQuestion,
  type ServiceQuestion,
} from "./iam/authorize.js";
export { compileIdentity, type Identity, type IdentitySource } from "./iam/identity.js";
export { type PolicyHome } from "./iam/policy-home.js";
export { type Malformed, type NamedPolicy } from "./iam/policy-json.js";
export { type PolicyDocument, type PolicyReading, readPolicy } from "./iam/policy.js";
export { type Circumstances, type OpenFact } from "./iam/request.js";
export {
  type Allowed,
  type CannotDecide,
  type ConditionEvidence,
  type Denied,
  type Evidence,
  type PartEvidence,
  type StatementEvidence,
  type StatementRef,
  type Unknown,
  type Verdict,
} from "./iam/verdict.js";
export { type Reason, reasons } from "./reasons.js";
export {
  type NameOf,
  renderCheck,
  renderReason,
  renderUnknown,
  renderVerdict,
  renderWorldProblem,
} from "./render.js";
export {
  type Arrival,
  type Check,
  type DeadLetterStep,
  type Delivery,
  type EncryptionStep,
  type ErrorCode,
  type Miss,
  type PutEventsStep,
  type RuleStep,
  type Step,
  type TargetStep,
  type Via,
} from "./steps.js";
export {
  type AccountData,
  type Bus,
  type BusData,
  type CallerData,
  type IdentityData,
  type KeyData,
  type LogGroupData,
  type LogResourcePolicyData,
  type ManagedPolicyData,
  type Queue,
  type QueueData,
  type Role,
  type RoleData,
  type Rule,
  type RuleData,
  type TargetData,
  type TopicData,
  type World,
  type WorldData,
} from "./world.js";
