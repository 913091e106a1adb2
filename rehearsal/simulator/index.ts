/**
 * EventBridge and the part of IAM that guards it, offline: plain data in, trace out. Reads policies and patterns as
 * JSON text, as AWS does, and knows nothing of how they were made.
 */
export {
  authorizeRole,
  authorizeService,
  type RoleQuestion,
  type ServiceQuestion,
} from "./authorize/authorize.js";
export { type Circumstances, type OpenFact } from "./authorize/circumstances.js";
export { type ConsultedPolicy } from "./authorize/consult.js";
export { compileIdentity, type Identity, type IdentitySource } from "./authorize/identity.js";
export { type Malformed } from "./authorize/malformed.js";
export { type NamedPolicy } from "./authorize/named-policy.js";
export { readPolicy, type PolicyDocument, type PolicyReading } from "./authorize/policy-document.js";
export { type PolicyHome } from "./authorize/policy-home.js";
export { type EventClaims } from "./authorize/requests/put-events.js";
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
} from "./authorize/verdict.js";
export { buildWorld, type WorldReading } from "./build-world.js";
export { keepsFailures } from "./encryption.js";
export { checkForeignRule } from "./foreign-rule.js";
export { checkBusSight, checkQueueAccess, checkTakeOver } from "./caller.js";
export { askKey, checkKeyAccess, type KeyAnswer } from "./key-use.js";
export {
  archiveUses,
  busLogUses,
  busUses,
  logGroupUses,
  queueUses,
  topicUses,
  type KeyUse,
} from "./authorize/requests/use-key.js";
export { publishToTopic } from "./topic.js";
export { deliverServiceEvent, type ServiceEvent } from "./service-event.js";
export { checkLogDelivery } from "./log-delivery.js";
export { type Bus, type Queue, type Role, type Rule, type World } from "./built-world.js";
export { deliverDeadLetter } from "./dead-letter.js";
export { deliverEvents, type OfferedEntry, type PutEventsCall } from "./delivery.js";
export { endpointDomain, logsPrincipal, partitionOf } from "./partition.js";
export {
  complexityOf,
  describeMismatch,
  explainMismatch,
  fieldsOf,
  matchEvent,
  overlaps,
  notesOn,
  notesOnKinds,
  parsePattern,
  readEvent,
  readJson,
  sameEvents,
  satisfyingEvent,
  takesEvery,
  violatingEvent,
  type Comparison,
  type EventPattern,
  type PatternNote,
  type JsonReading,
  type JsonValue,
  type Matcher,
  type Mismatch,
  type OperatorKeyword,
  type ParsedPattern,
  type PatternField,
  type PatternOr,
  type PatternPart,
  type PatternProblem,
} from "./pattern/index.js";
export { checkForgedForward, checkPublisher, type ForgedForward } from "./publisher.js";
export { entrySize, type PutEventsEntry } from "./put-events.js";
export { reasons, type Reason } from "./reasons.js";
export {
  renderCheck,
  renderReason,
  renderUnknown,
  renderVerdict,
  renderWorldProblem,
  type NameOf,
} from "./render.js";
export { type Telling } from "./routing.js";
export { RuleIndex } from "./rule-index.js";
export {
  type Arrival,
  type Check,
  type DeadLetterStep,
  type EncryptionStep,
  type Delivery,
  type ErrorCode,
  type Miss,
  type PutEventsStep,
  type RuleStep,
  type Step,
  type TargetStep,
  type Via,
} from "./steps.js";
export { type WorldProblem } from "./world-problem.js";
export {
  type AccountData,
  type BusData,
  type CallerData,
  type IdentityData,
  type KeyData,
  type LogGroupData,
  type LogResourcePolicyData,
  type ManagedPolicyData,
  type QueueData,
  type RoleData,
  type RuleData,
  type TargetData,
  type TopicData,
  type WorldData,
} from "./world.js";
