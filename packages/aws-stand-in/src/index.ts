/**
 * The part of AWS that an event backbone talks to: its state as plain models that need no server, and a loopback server
 * that speaks to the SDKs.
 */
export { AwsError } from "./aws-error.js";
export { type Clock, systemClock, VirtualClock } from "./state/clock.js";
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
export { type QueueChange, type QueueChangeKind } from "./state/queue-change.js";
export { type QueueSettings, type RedrivePolicy } from "./state/queue-settings.js";
export {
  type HandOut,
  type Queue,
  type QueueCounts,
  type ReceiveOptions,
  type WaitOptions,
} from "./state/queue.js";
export { Queues, type QueuesOptions } from "./state/queues.js";
export { type Backend, handlerOf } from "./backend.js";
export { type PutEvents, type PutEventsEntry, type PutEventsOutcome } from "./services/events.js";
export { type Callers, identityOf } from "./services/sts.js";
export { type Answer, type Call, type Handler, type Identity, type ServiceName } from "./wire/call.js";
export { PortError } from "./wire/listen.js";
export { type OwnAddress, whyForeign } from "./wire/origin.js";
export { serve, type ServeOptions, type Serving } from "./wire/server.js";
