export type { PlannedAlarms } from "./alarms.js";
export type { PlannedArchive } from "./archive.js";
export type { PlannedAuditTrail } from "./audit-trail.js";
export type { PlannedBusLog } from "./bus-logging.js";
export type { PlannedBus } from "./bus.js";
export type { PlannedDeadLetterQueue } from "./dead-letter-queue.js";
export type { PlannedEncryption } from "./encryption.js";
export { logRuleFor, logRulesOf, type PlannedEventLog } from "./event-log.js";
export type { PlannedForward } from "./forward.js";
export { refuseNewIdentity, StackIdentityError } from "./identity.js";
export { OpeningError, refuseOpenRules } from "./opening.js";
export {
  type AssumedRole,
  type BackbonePlan,
  handlersOf,
  type MemberPlan,
  type PlannedParameter,
  type StackPlan,
} from "./plan.js";
export type { NeededBoundary } from "./permissions-boundary.js";
export type { PlannedPublisherPolicy } from "./publisher-policy.js";
export type { Room } from "./quota-usage.js";
export { isExceeded, isNear, type QuotaUsage, titleOf, TopologyError } from "./quota.js";
export type { PlannedRedrive } from "./redrive.js";
export {
  readStackSettings,
  type StackConfiguration,
  type StackMistakes,
  type StackSettings,
  StackSettingsError,
} from "./settings.js";
export type { PlannedInputTransformer } from "./sensitive.js";
export type { PlannedRule } from "./rules.js";
export type { PlannedSubscription } from "./subscription.js";
export type { PlannedFunction } from "./subscription-function.js";
export type { PlannedQueue } from "./subscription-queue.js";
export {
  selectStack,
  stackName,
  type StackOverrides,
  type StackSelection,
  UnknownStackError,
} from "./stack-name.js";
export type { Throughput } from "./throughput.js";
export { planStack, planTopology, type Topology } from "./stack.js";
