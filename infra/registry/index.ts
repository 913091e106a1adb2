export { parseRegistry } from "./parse.js";
export { formatPath, formatProblem, RegistryError, type PathSegments, type Problem } from "./problem.js";
export {
  byText,
  receptions,
  type Account,
  type AlarmSettings,
  type ArchiveSettings,
  type AuditTrailSettings,
  type BusLogging,
  type BusLogLevel,
  type ContentFilter,
  type Contract,
  type Environment,
  type EventSelector,
  type Reception,
  type Registry,
  type Route,
  type Service,
  type Story,
} from "./registry.js";
export { nearest, suggest } from "./nearest.js";
export { conformityOf, contractOf, describeConformity, type Conformity } from "./conformity.js";
export type { JsonObject } from "../aws/event-pattern.js";
export { isRecord } from "./read.js";
