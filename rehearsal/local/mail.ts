import type { Clock, MessageAttributes, Queue, Queues } from "aws-stand-in";
import type { Message } from "backbone-runtime";
import type { TargetStep } from "eventbridge-simulator";
import type { Consumer } from "./consumer.js";
import type { EventLog, LiveDelivery, LiveEvent } from "./event-log.js";
import { noFaults } from "./faults.js";
import { urlOf } from "./functions.js";
import {
  isQueue,
  letterAttributes,
  type LetterBox,
  readEvent,
  redriven,
  takeLetters,
  textAttributes,
} from "./letters.js";
import type { Tracking } from "./tracking.js";

/** A message of which nobody keeps the event any more has neither. */
export interface Concerning {
  readonly event: LiveEvent | undefined;
  readonly delivery: LiveDelivery | undefined;
}

/** Sends to queues what comes to subscriptions, and what comes back. */
export class Mail {
  readonly #queues: Queues;
  readonly #clock: Clock;
  readonly #log: EventLog;
  readonly #tracking: Tracking;
  readonly #consumers: ReadonlyMap<string, Consumer>;

  /** @param consumers by the ARN of their queue */
  constructor(queues: Queues, log: EventLog, tracking: Tracking, consumers: ReadonlyMap<string, Consumer>) {
    this.#queues = queues;
    this.#clock = queues.clock;
    this.#log = log;
    this.#tracking = tracking;
    this.#consumers = consumers;
  }

  /** As the faults of the queue's subscription want it: late, or twice. */
  send(arn: string, body: string, concerning: Concerning, attributes: MessageAttributes = {}): void {
    const consumer = this.#consumers.get(arn);
    const { delaySeconds, deliverTwice } = consumer?.faults ?? noFaults;
    const send = (twin?: () => void) => {
      const sent = this.queue(arn).send({ body, attributes, ...(delaySeconds > 0 ? { delaySeconds } : {}) });
      this.#track(arn, sent.id, delaySeconds, concerning, twin);
      consumer?.ask();
    };
    if (consumer === undefined || deliverTwice <= 0) send();
    else {
      consumer.faults.deliverTwice -= 1;
      send(send);
    }
  }

  /** One that no stack emits has been deployed elsewhere, with SQS's own settings. */
  queue(arn: string): Queue {
    return this.#queues.get(arn) ?? this.#queues.create({ arn });
  }

  /** A dead letter, as EventBridge writes it. */
  bury(arn: string, body: string, refused: TargetStep): void {
    this.queue(arn).send({ body, attributes: letterAttributes(refused) });
  }

  /**
   * A letter that a subscription's handler writes itself.
   * @returns its id
   */
  sendLetter(subscription: string, { QueueUrl, MessageBody, MessageAttributes }: Message): string {
    const queue = this.#queues.all().find(({ arn }) => urlOf(arn) === QueueUrl);
    if (queue === undefined) throw new Error(`there is no queue ${QueueUrl}`);
    const texts = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    );
    const { ERROR_CODE: name = "Rejected", ERROR_MESSAGE: message = "" } = texts;
    const { delivery } = this.#concerning(subscription, MessageBody);
    if (delivery !== undefined) this.#tracking.rejected(delivery, { name, message });
    return queue.send({ body: MessageBody, attributes: textAttributes(texts) }).id;
  }

  /**
   * Gives letters back to the target that they are of.
   * @param target ARN
   * @returns ids of their events
   */
  redrive(subscription: string, target: string, boxes: readonly LetterBox[]): string[] {
    return takeLetters(boxes).flatMap(({ id, body }) => {
      const concerning = this.#concerning(subscription, body);
      this.#tracking.forget(id);
      if (concerning.delivery !== undefined) isBack(concerning.delivery);
      if (isQueue(target)) this.send(target, body, concerning, redriven);
      return concerning.event?.id ?? [];
    });
  }

  #concerning(subscription: string, body: string): Concerning {
    const event = this.#log.get(readEvent(body).id ?? "");
    return { event, delivery: event?.deliveries.get(subscription) };
  }

  #track(
    queue: string,
    message: string,
    delaySeconds: number,
    { event, delivery }: Concerning,
    twin: (() => void) | undefined,
  ): void {
    if (event === undefined || delivery === undefined) return;
    const visibleAt = delaySeconds > 0 ? this.#clock.now() + delaySeconds * 1_000 : undefined;
    const copy = { state: "queued" as const, receives: 0, error: undefined, visibleAt };
    this.#tracking.track(message, { event, delivery, copy, queue, twin });
    this.#log.change(event);
  }
}

/** What it was refused or rejected for is over. */
function isBack(delivery: LiveDelivery): void {
  delivery.handOver = "given";
  delivery.reason = undefined;
  for (const [copy, { state }] of delivery.copies) if (state === "rejected") delivery.copies.delete(copy);
}
