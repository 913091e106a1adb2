import { randomUUID } from "node:crypto";
import { AwsError, invalidValue } from "../aws-error.js";
import {
  checkMessage,
  maxMessageBytes,
  type Message,
  type NewMessage,
  type QueuedMessage,
  type ReceivedMessage,
} from "./message.js";
import type { QueueChange } from "./queue-change.js";
import type { QueueSettings } from "./queue-settings.js";
import type { QueueSurroundings } from "./queue-surroundings.js";

export interface ReceiveOptions {
  /** 1 to 10. Default: 1. */
  readonly most?: number;
  /** Seconds; instead of the queue's own. */
  readonly visibilityTimeout?: number;
}

export interface WaitOptions extends ReceiveOptions {
  /** Up to 20 seconds; instead of the queue's own. */
  readonly waitSeconds?: number;
  /** Raised when whoever waits has gone: nothing is handed to the dead. */
  readonly signal?: AbortSignal;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** A message with what only the queue knows. */
interface Held {
  message: Message;
  state: QueuedMessage["state"];
  /** Until when it is invisible. */
  visibleAt: number;
  receivedAt: number;
  /** Of the last receipt, which alone deletes for sure. */
  receiptHandle: string | undefined;
  /** Receives in this queue, by which it becomes a dead letter. */
  receives: number;
}

interface Waiter {
  readonly options: ReceiveOptions;
  readonly answer: (messages: readonly ReceivedMessage[]) => void;
}

const longestVisibility = 43_200;
const longestWait = 20;

/** An SQS standard queue. Made by {@link Queues}. */
export class Queue {
  readonly settings: Required<Omit<QueueSettings, "redrivePolicy">> & Pick<QueueSettings, "redrivePolicy">;
  readonly createdAt: number;
  readonly #around: QueueSurroundings;
  /** In the order in which they came, or came back. */
  readonly #visible = new Map<string, Held>();
  readonly #hidden = new Map<string, Held>();
  readonly #waiters = new Set<Waiter>();
  #cancelWake: (() => void) | undefined;

  constructor(settings: QueueSettings, around: QueueSurroundings) {
    this.settings = {
      visibilityTimeout: 30,
      retentionSeconds: 345_600,
      delaySeconds: 0,
      waitSeconds: 0,
      maxMessageBytes,
      ...settings,
    };
    this.#around = around;
    this.createdAt = around.clock.now();
  }

  get arn(): string {
    return this.settings.arn;
  }

  /** @throws AwsError if SQS does not take the message */
  send(message: NewMessage): Message {
    checkMessage(message, this.settings.maxMessageBytes);
    const { delaySeconds = this.settings.delaySeconds } = message;
    check(delaySeconds, "DelaySeconds", 0, 900);
    const { body, attributes = {}, systemAttributes = {}, senderId = "" } = message;
    const now = this.#now();
    const sent: Message = {
      id: randomUUID(),
      body,
      attributes,
      systemAttributes,
      senderId,
      sentAt: now,
      receiveCount: 0,
      firstReceivedAt: undefined,
      deadLetterSourceArn: undefined,
    };
    this.#around.refuse("send", sent);
    this.#tell("sent", sent);
    this.#put(sent, now + delaySeconds * 1_000);
    return sent;
  }

  /** Puts a message in as it is, its id and its history included, as moves between queues do. */
  put(message: Message): void {
    this.#put(message, this.#now());
  }

  /**
   * Hands out what is visible now, and hides it. What has been received too often goes to the dead-letter queue
   * instead.
   */
  receive(options: ReceiveOptions = {}): readonly ReceivedMessage[] {
    const { most = 1, visibilityTimeout = this.settings.visibilityTimeout } = options;
    check(most, "MaxNumberOfMessages", 1, 10);
    check(visibilityTimeout, "VisibilityTimeout", 0, longestVisibility);
    this.#refresh();
    const received: ReceivedMessage[] = [];
    for (const held of this.#chosen(most)) {
      if (this.#expireIfOld(held) || this.#moveIfExhausted(held)) continue;
      received.push(this.#handTo(held, visibilityTimeout));
      if (received.length === most) break;
    }
    return received;
  }

  /** As {@link Queue.receive}; if there is nothing, waits for the first message, or until the time is over. */
  async wait(options: WaitOptions = {}): Promise<readonly ReceivedMessage[]> {
    const { waitSeconds = this.settings.waitSeconds, signal } = options;
    check(waitSeconds, "WaitTimeSeconds", 0, longestWait);
    const isGone = () => signal?.aborted === true;
    if (isGone()) return [];
    const received = this.receive(options);
    if (received.length > 0 || waitSeconds === 0) return received;
    return new Promise((resolve) => {
      const answer = (messages: readonly ReceivedMessage[]): void => {
        this.#waiters.delete(waiter);
        cancel();
        signal?.removeEventListener("abort", leave);
        if (this.#waiters.size === 0) this.#cancelWake?.();
        resolve(messages);
      };
      const leave = () => {
        answer([]);
      };
      const waiter: Waiter = { options, answer };
      const cancel = this.#around.clock.at(this.#now() + waitSeconds * 1_000, leave);
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", leave);
      this.#wakeLater();
    });
  }

  /**
   * Deletes a message by a receipt. As on AWS it is no error that the message is gone; with a receipt that is not the
   * latest AWS may keep the message and yet call it a success, which is the worse case and so ours.
   * @returns whether the message is gone
   * @throws AwsError of what was never a receipt of this queue
   */
  delete(receiptHandle: string): boolean {
    const held = this.#heldBy(receiptHandle);
    if (held === undefined) return true;
    this.#around.refuse("delete", held.message);
    const isLatest = held.receiptHandle === receiptHandle;
    if (isLatest) this.#remove(held);
    this.#tell(isLatest ? "deleted" : "kept", held.message);
    return isLatest;
  }

  /**
   * Hides a message for so many seconds from now, which are in all at most 12 hours since it was received; 0 shows it
   * at once.
   * @throws AwsError if the message is in nobody's hand, or in another's
   */
  changeVisibility(receiptHandle: string, visibilityTimeout: number): void {
    check(visibilityTimeout, "VisibilityTimeout", 0, longestVisibility);
    this.#refresh();
    const held = this.#heldBy(receiptHandle);
    if (held?.state !== "in-flight" || held.receiptHandle !== receiptHandle) {
      throw new AwsError("MessageNotInflight", "The message referred to isn't in flight.", {
        queryCode: "AWS.SimpleQueueService.MessageNotInflight",
      });
    }
    this.#around.refuse("change-visibility", held.message);
    const visibleAt = this.#now() + visibilityTimeout * 1_000;
    if (visibleAt > held.receivedAt + longestVisibility * 1_000) {
      throw invalidValue(
        visibilityTimeout,
        "VisibilityTimeout",
        `Total VisibilityTimeout for the message is beyond the limit [${longestVisibility} seconds]`,
      );
    }
    held.visibleAt = visibleAt;
    if (visibilityTimeout > 0) return;
    this.#show(held);
    this.#serve();
  }

  /** Takes a receipt back that never reached its receiver: the message is visible, and was not received. */
  giveBack(receiptHandle: string): void {
    const held = this.#heldBy(receiptHandle);
    if (held?.receiptHandle !== receiptHandle) return;
    const { message } = held;
    const receiveCount = message.receiveCount - 1;
    const { firstReceivedAt } = message;
    held.message = {
      ...message,
      receiveCount,
      firstReceivedAt: receiveCount === 0 ? undefined : firstReceivedAt,
    };
    held.receives -= 1;
    held.receiptHandle = undefined;
    this.#show(held, "given-back");
    this.#serve();
  }

  /** All messages, without receiving any. */
  peek(): readonly QueuedMessage[] {
    this.#refresh();
    this.#expire();
    return this.#all().map(describe);
  }

  /** As SQS counts, but exactly. */
  counts(): QueueCounts {
    this.#refresh();
    this.#expire();
    const delayed = [...this.#hidden.values()].filter(({ state }) => state === "delayed").length;
    return { visible: this.#visible.size, inFlight: this.#hidden.size - delayed, delayed };
  }

  /** When the next invisible message can be received; undefined if there is none. Milliseconds since 1970. */
  nextVisibleAt(): number | undefined {
    this.#refresh();
    return this.#earliest();
  }

  /** Removes everything, what is in somebody's hand included. */
  purge(): void {
    for (const held of this.#all()) {
      this.#remove(held);
      this.#tell("purged", held.message);
    }
  }

  #now(): number {
    return this.#around.clock.now();
  }

  #tell(kind: QueueChange["kind"], message: Message, to?: string): void {
    this.#around.onChange({ kind, queue: this.arn, message, ...(to === undefined ? {} : { to }) });
  }

  #put(message: Message, visibleAt: number): void {
    const isDelayed = visibleAt > this.#now();
    (isDelayed ? this.#hidden : this.#visible).set(message.id, {
      message,
      state: isDelayed ? "delayed" : "visible",
      visibleAt,
      receivedAt: 0,
      receiptHandle: undefined,
      receives: 0,
    });
    this.#serve();
  }

  #chosen(most: number): Iterable<Held> {
    const { handOut } = this.#around;
    if (handOut === undefined) return this.#visible.values();
    const chosen = handOut(this.#all().map(describe), most);
    return chosen.flatMap(({ id }) => this.#visible.get(id) ?? this.#hidden.get(id) ?? []);
  }

  #handTo(held: Held, visibilityTimeout: number): ReceivedMessage {
    const now = this.#now();
    const { message } = held;
    const receiptHandle = Buffer.from(`${this.arn} ${message.id} ${randomUUID()}`).toString("base64");
    held.receiptHandle = receiptHandle;
    held.receivedAt = now;
    held.receives += 1;
    held.state = "in-flight";
    held.visibleAt = now + visibilityTimeout * 1_000;
    held.message = {
      ...message,
      receiveCount: message.receiveCount + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
    };
    this.#visible.delete(message.id);
    this.#hidden.set(message.id, held);
    this.#tell("received", held.message);
    return { ...held.message, receiptHandle, hiddenUntil: held.visibleAt };
  }

  #moveIfExhausted(held: Held): boolean {
    const { redrivePolicy } = this.settings;
    if (redrivePolicy === undefined || held.receives < redrivePolicy.maxReceiveCount) return false;
    const target = this.#around.find(redrivePolicy.deadLetterTargetArn);
    if (target === undefined) return false;
    this.#remove(held);
    this.#tell("moved", held.message, target.arn);
    target.put({ ...held.message, deadLetterSourceArn: this.arn });
    return true;
  }

  /** The message of a receipt, which need not be its latest; undefined if it is gone. */
  #heldBy(receiptHandle: string): Held | undefined {
    const [arn, id = ""] = Buffer.from(receiptHandle, "base64").toString().split(" ");
    if (arn === this.arn) return this.#visible.get(id) ?? this.#hidden.get(id);
    throw new AwsError("ReceiptHandleIsInvalid", `The input receipt handle "${receiptHandle}" is not valid.`);
  }

  #all(): Held[] {
    return [...this.#visible.values(), ...this.#hidden.values()];
  }

  #remove({ message: { id } }: Held): void {
    this.#visible.delete(id);
    this.#hidden.delete(id);
  }

  #show(held: Held, kind: "shown" | "given-back" = "shown"): void {
    held.state = "visible";
    this.#hidden.delete(held.message.id);
    this.#visible.set(held.message.id, held);
    this.#tell(kind, held.message);
  }

  /** Shows what has been hidden long enough by now. */
  #refresh(): void {
    const now = this.#now();
    for (const held of this.#hidden.values()) if (held.visibleAt <= now) this.#show(held);
  }

  #expire(): void {
    for (const held of this.#visible.values()) this.#expireIfOld(held);
  }

  #expireIfOld(held: Held): boolean {
    const age = this.#now() - held.message.sentAt;
    if (age <= this.settings.retentionSeconds * 1_000) return false;
    this.#remove(held);
    this.#tell("expired", held.message);
    return true;
  }

  #earliest(): number | undefined {
    let earliest: number | undefined;
    for (const { visibleAt } of this.#hidden.values()) earliest = Math.min(visibleAt, earliest ?? visibleAt);
    return earliest;
  }

  /** Hands what is visible to those who wait, first come first served. */
  #serve(): void {
    for (const { options, answer } of this.#waiters) {
      const received = this.receive(options);
      if (received.length === 0) break;
      answer(received);
    }
    this.#wakeLater();
  }

  /** Somebody who waits gets what becomes visible by the passing of time. */
  #wakeLater(): void {
    this.#cancelWake?.();
    this.#cancelWake = undefined;
    if (this.#waiters.size === 0) return;
    const earliest = this.#earliest();
    if (earliest === undefined) return;
    this.#cancelWake = this.#around.clock.at(earliest, () => {
      this.#serve();
    });
  }
}

function check(value: number, parameter: string, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalidValue(value, parameter, `${parameter} must be >= ${least} and <= ${most}.`);
}

function describe({ message, state, visibleAt }: Held): QueuedMessage {
  return { ...message, state, visibleAt };
}
