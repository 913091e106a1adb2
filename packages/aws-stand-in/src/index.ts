/**
 * The part of AWS that an event backbone talks to: its state as plain models that need no server, and a loopback server
 * that speaks to the SDKs.
 */
export { AwsError } from "./aws-error.js";
export {
  type Archive,
  Archives,
  type ArchivesOptions,
  type Replay,
  type ReplayRequest,
} from "./state/archives.js";
export { type Bus, type BusRule, type FindBus } from "./state/buses.js";
export { type Clock, systemClock, VirtualClock } from "./state/clock.js";
export { Insights, type InsightsQuery, type InsightsResult } from "./state/insights.js";
export {
  type FilteredPage,
  type FilterQuery,
  type LogGroup,
  type LogGroupSettings,
  type LogRecord,
  Logs,
  type LogsOptions,
} from "./state/logs.js";
export {
  md5OfAttributes,
  md5OfBody,
  type Message,
  type MessageAttribute,
  type MessageAttributes,
  type NewMessage,
  type QueuedMessage,
  type ReceivedMessage,
} from "./state/message.js";
export { type NewParameter, type Parameter, Parameters, type ParameterValue } from "./state/parameters.js";
export { type QueueChange, type QueueChangeKind } from "./state/queue-change.js";
export { type QueueSettings, type RedrivePolicy } from "./state/queue-settings.js";
export { type HandOut, type Refuse } from "./state/queue-surroundings.js";
export { type Queue, type QueueCounts, type ReceiveOptions, type WaitOptions } from "./state/queue.js";
export { Queues, type QueuesOptions } from "./state/queues.js";
export { type PublishedMessage, type Subscription, type Topics } from "./state/topics.js";
export { type Backend, handlerOf } from "./backend.js";
export { type Fault, type Faults, withFaults } from "./faults.js";
export { type PutEvents, type PutEventsEntry, type PutEventsOutcome } from "./services/events.js";
export { type Callers, identityOf } from "./services/sts.js";
export { type Answer, type Call, type Handler, type Identity, type ServiceName } from "./wire/call.js";
export { PortError } from "./wire/listen.js";
export { type OwnAddress, whyForeign } from "./wire/origin.js";
export { serve, type ServeOptions, type Serving } from "./wire/server.js";
