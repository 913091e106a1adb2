export { refuseNewIdentity, StackIdentityError } from "./identity.js";
export type {
  PlannedAlarms,
  PlannedArchive,
  PlannedAuditTrail,
  PlannedBusLog,
  PlannedEncryption,
} from "./operability-plan.js";
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
export type { PlannedDeadLetterQueue } from "./planned-queue.js";
export type { Room } from "./quota-usage.js";
export { type QuotaUsage, TopologyError } from "./quota.js";
export {
  readStackSettings,
  type StackConfiguration,
  type StackMistakes,
  type StackSettings,
  StackSettingsError,
} from "./settings.js";
export {
  selectStack,
  stackName,
  type StackOverrides,
  type StackSelection,
  UnknownStackError,
} from "./stack-name.js";
export { planStack, planTopology, type Topology } from "./stack.js";
