/**
 * EventBridge and the part of IAM that guards it, offline: plain data in, trace out. Reads policies and patterns as
 * JSON text, as AWS does, and knows nothing of how they were made.
 */
export { endpointDomain, logsPrincipal, partitionOf } from "./arn.js";
export { type Answer } from "./ask/answer.js";
export { ask, type Question } from "./ask/ask.js";
export { archiveUses, busLogUses, busUses, type KeyUse, logGroupUses } from "./ask/key-uses.js";
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
export { type LogRecord, logRecordOf } from "./deliver/input.js";
export { givingTo, targetKindOf } from "./deliver/targets/index.js";
export { type Giving } from "./deliver/targets/target.js";
export { type PutEventsEntry } from "./deliver/put-events.js";
export { type Telling } from "./deliver/routing.js";
export { type ConsultedPolicy, nearestOf } from "./iam/authorize.js";
export { type Condition } from "./iam/condition.js";
export { type NamedPolicy } from "./iam/policy-json.js";
export { readPolicyOnce } from "./iam/policy.js";
export {
  absent,
  type AccessRequest,
  type KeyFact,
  many,
  one,
  oneOrAbsent,
  type Principal,
  type RequestContext,
} from "./iam/request.js";
export { type Statement } from "./iam/statement.js";
export { type PartEvidence, type Tri, type Verdict } from "./iam/verdict.js";
export { type Reason, reasons } from "./reasons.js";
export { type NameOf, renderCheck, renderDifference, renderReason, renderWorldProblem } from "./render.js";
export {
  type Action,
  type Arrival,
  type Check,
  type Delivery,
  type EncryptionStep,
  type MappingStep,
  type RuleStep,
  type Step,
  type TargetKindName,
  type TargetStep,
} from "./steps.js";
export {
  type AccountData,
  type AssumedData,
  type BusData,
  type CallerData,
  type FunctionData,
  type IdentityData,
  type InputTransformerData,
  type KeyData,
  type LogGroupData,
  type LogResourcePolicyData,
  type ManagedPolicyData,
  type MappingData,
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
