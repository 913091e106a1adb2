/** The backbone in one process, without AWS and without HTTP: for tests of services, and for what serves it on a laptop. */
export type { EntryAnswer, PutAnswer } from "./answers.js";
export { LocalBackbone, type LocalBackboneOptions } from "./backbone.js";
export { CircleError } from "./circle.js";
export type { Duration } from "./clock.js";
export {
  Backbone,
  type BackboneOptions,
  createBackbone,
  type Put,
  type PutOptions,
} from "./create-backbone.js";
export type { EventLog, Listener } from "./event-log.js";
export { delay, deliverTwice, type Faults, failTimes, loseAnswers } from "./faults.js";
export type { LogRecord } from "./handing.js";
export type { Handler } from "./invoke.js";
export { lambdaEvent } from "./lambda-event.js";
export type { DeadLetter } from "./letters.js";
export { HandlersError, loadHandlers } from "./load-handlers.js";
export { type PlayedStory, playStories } from "./play-story.js";
export { type OriginBus, type Sender, senderOf, titleOfOrigin, UnknownSenderError } from "./senders.js";
export { tellStory } from "./story.js";
export type { ToldAttempt, ToldDelivery, ToldEvent } from "./tell.js";
