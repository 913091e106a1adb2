export type { Message, PutEvents, PutEventsAnswer, PutEventsEntry, SendMessage } from "./aws.js";
export { type BatchAnswer, consume, type Consumer, type Handle, on, type On } from "./consume.js";
export {
  ajvSchema,
  type AnyContract,
  contract,
  type Contract,
  type DetailOf,
  type Schema,
} from "./contract.js";
export type { HostContext } from "./deadline.js";
export type { Delivery } from "./delivery.js";
export { type DynamoClient, dynamoStore } from "./dynamo-store.js";
export type { Envelope, Metadata } from "./envelope.js";
export { log } from "./log.js";
export { NotPublished, type Published, type Refused } from "./not-published.js";
export { once } from "./once.js";
export { publish, type PublishManyOptions, type PublishOptions } from "./publish.js";
export { redriveAttribute, redrivenMark } from "./received.js";
export { Rejected } from "./rejected.js";
export { type EntryOutcome, inRequests, outcomesOf, putEventsSize, type RequestSize } from "./requests.js";
export { createRuntime, type Runtime, withRuntime } from "./runtime.js";
export { memoryStore, type OnceStore, type StoreOptions } from "./store.js";
