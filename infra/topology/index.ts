export type {
  AssumedRole,
  BackbonePlan,
  MemberPlan,
  PlannedBus,
  PlannedEventLog,
  PlannedForward,
  PlannedForwardRule,
  PlannedParameter,
  PlannedPublisherPolicy,
  PlannedRedrive,
  StackPlan,
} from "./plan.js";
export type {
  PlannedAlarms,
  PlannedArchive,
  PlannedAuditTrail,
  PlannedBusLog,
  PlannedEncryption,
} from "./operability-plan.js";
export type { PlannedDeadLetterQueue } from "./planned-queue.js";
export { refuseNewIdentity, StackIdentityError } from "./identity.js";
export { isExceeded, isNear, titleOf, TopologyError, type QuotaUsage } from "./quota.js";
export type { Room } from "./quota-usage.js";
export { planStack, planTopology, type Topology } from "./stack.js";
export {
  selectStack,
  stackName,
  UnknownStackError,
  type StackOverrides,
  type StackSelection,
} from "./stack-name.js";
export {
  readStackSettings,
  StackSettingsError,
  type StackConfiguration,
  type StackMistakes,
  type StackSettings,
} from "./settings.js";
