export type { JsonObject } from "../aws/event-pattern.js";
export { type QuietFact, quietFacts, type SharedDefaultBus, sharedDefaultBuses } from "./aws-events/facts.js";
export {
  type Conformity,
  conformityOf,
  contractOf,
  describeConformity,
  isSourceOfAws,
  originOf,
} from "./conformity.js";
export {
  defineAccounts,
  defineAwsEvents,
  defineCanary,
  defineEnvironments,
  definePublishers,
  defineRegistry,
  defineRoutes,
  defineService,
  defineStories,
  jsonSchema,
} from "./define.js";
export {
  type Binding,
  type Bus,
  boundEvents,
  type Flow,
  type FlowEvents,
  flowsOf,
  patternOf,
  subscribedEvents,
} from "./flows.js";
export { type Inactive, inactiveIn, inEnvironment } from "./in-environment.js";
export type { DetailSchema } from "./detail/schema.js";
export { defineSubscriptions } from "./subscriptions/define.js";
export { describeTarget } from "./subscriptions/targets.js";
export { parseRegistry } from "./parse.js";
export {
  formatPath,
  formatProblem,
  nearest,
  type PathSegments,
  type Problem,
  RegistryError,
  suggest,
} from "./problem.js";
export {
  declaredTypes,
  hasEventsOfAws,
  hubContracts,
  type Publication,
  publicationsBy,
  publicationsOf,
  type PublishedBySeveral,
  publishedBySeveral,
} from "./publications.js";
export { givenUp } from "./publishing.js";
export { isRecord } from "./read.js";
export {
  type Account,
  accountsOf,
  type AlarmSettings,
  type ArchiveSettings,
  type AuditTrailSettings,
  type BusLogging,
  type BusLogLevel,
  byText,
  describeOrigin,
  type ContentFilter,
  type Contract,
  type Environment,
  type EventSelector,
  type Example,
  groupBy,
  holderOf,
  isMade,
  type Origin,
  outsideMembers,
  type Publisher,
  publishers,
  type Registry,
  type RetrySettings,
  type Route,
  sensitiveContracts,
  type Service,
  sharedAccounts,
  sourcesOf,
  type Story,
  type Subscription,
  type SubscriptionTarget,
  type MadeFunction,
  type MadeQueue,
  type NamedTarget,
  underEachSource,
} from "./registry.js";
