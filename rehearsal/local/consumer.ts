import type { Clock, Queue, ReceivedMessage } from "aws-stand-in";
import type { Runtime } from "backbone-runtime";
import type { AttemptError } from "./event-log.js";
import { type Faults, noFaults } from "./faults.js";
import type { FunctionSettings } from "./functions.js";
import { type Handler, invoke, type Invoked } from "./invoke.js";

/** Told what becomes of messages; everything that runs is counted. */
export interface ConsumerHost {
  readonly clock: Clock;
  readonly begin: () => void;
  readonly end: () => void;
  readonly ended: (message: ReceivedMessage, result: MessageResult) => void;
}

export interface MessageResult {
  /** Milliseconds of real time. */
  readonly duration: number;
  readonly error: AttemptError | undefined;
  readonly lines: readonly string[];
}

/** Takes what comes into a subscription's queue and calls its handler, as an event source mapping does. */
export class Consumer {
  readonly queue: Queue;
  readonly faults: Faults = { ...noFaults };
  /** Undefined where nobody takes anything here. */
  handler: Handler | undefined;
  /** Why the emitted role may not take anything, if it is so. */
  blocked: string | undefined;
  readonly #runtime: Runtime;
  readonly #host: ConsumerHost;
  readonly #settings: FunctionSettings;
  #running = 0;
  #isAsked = false;
  #cancelWake: (() => void) | undefined;

  constructor(queue: Queue, settings: FunctionSettings, runtime: Runtime, host: ConsumerHost) {
    this.queue = queue;
    this.#settings = settings;
    this.#runtime = runtime;
    this.#host = host;
  }

  /** Something may have become visible. What comes at once is taken in batches. */
  ask(): void {
    if (this.#isAsked || this.handler === undefined || this.blocked !== undefined) return;
    this.#isAsked = true;
    this.#host.begin();
    queueMicrotask(() => {
      this.#isAsked = false;
      this.#take();
      this.#host.end();
    });
  }

  close(): void {
    this.handler = undefined;
    this.#cancelWake?.();
  }

  #take(): void {
    const { batchSize, maximumConcurrency } = this.#settings;
    while (this.handler !== undefined && this.blocked === undefined && this.#running < maximumConcurrency) {
      const messages = this.queue.receive({ most: batchSize });
      if (messages.length === 0) break;
      void this.#handle(this.handler, messages);
    }
    this.#cancelWake?.();
    const next = this.queue.nextVisibleAt();
    this.#cancelWake =
      next === undefined
        ? undefined
        : this.#host.clock.at(next, () => {
            this.ask();
          });
  }

  async #handle(handler: Handler, messages: readonly ReceivedMessage[]): Promise<void> {
    this.#running += 1;
    this.#host.begin();
    const begunAt = performance.now();
    const spoilt = messages.filter(() => this.#spoils());
    const given = messages.filter((message) => !spoilt.includes(message));
    const { failed, lines } = given.length === 0 ? nothing : await this.#invoke(handler, given);
    const duration = performance.now() - begunAt;
    for (const message of messages) {
      const error = spoilt.includes(message) ? fault : failed.get(message.id);
      this.#host.ended(message, { duration, error, lines: lines.get(message.id) ?? [] });
      // As Lambda does: what failed stays hidden until its time is over.
      if (error === undefined) this.queue.delete(message.receiptHandle);
    }
    this.#running -= 1;
    this.ask();
    this.#host.end();
  }

  #invoke(handler: Handler, messages: readonly ReceivedMessage[]): Promise<Invoked> {
    const { queue } = this;
    return invoke({
      handler,
      queue,
      messages,
      functionName: this.#settings.name,
      timeoutSeconds: this.#settings.timeoutSeconds,
      runtime: this.#runtime,
      clock: this.#host.clock,
    });
  }

  #spoils(): boolean {
    if (this.faults.failTimes <= 0) return false;
    this.faults.failTimes -= 1;
    return true;
  }
}

const nothing: Invoked = { failed: new Map(), lines: new Map() };
const fault: AttemptError = { name: "Fault", message: "it was to fail, by failTimes" };
