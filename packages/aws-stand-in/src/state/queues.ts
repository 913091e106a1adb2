import { isDeepStrictEqual } from "node:util";
import { AwsError } from "../aws-error.js";
import { type Clock, systemClock } from "./clock.js";
import type { QueueChange } from "./queue-change.js";
import type { QueueSettings } from "./queue-settings.js";
import type { HandOut, Refuse } from "./queue-surroundings.js";
import { Queue } from "./queue.js";

export interface QueuesOptions {
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly onChange?: (change: QueueChange) => void;
  /** Default: the first that came, in their order. */
  readonly handOut?: HandOut;
  /** Default: nothing fails. */
  readonly refuse?: Refuse;
}

/** The queues of all accounts and Regions. */
export class Queues {
  readonly clock: Clock;
  readonly #queues = new Map<string, Queue>();
  readonly #options: QueuesOptions;

  constructor(options: QueuesOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.#options = options;
  }

  /**
   * @returns the queue of that ARN, which is a new one unless it is there already
   * @throws AwsError if it is there and something that was asked for is otherwise
   */
  create(settings: QueueSettings): Queue {
    const there = this.#queues.get(settings.arn);
    if (there === undefined) return this.#make(settings);
    const same = { ...there.settings, ...settings };
    if (isDeepStrictEqual(same, there.settings)) return there;
    throw new AwsError(
      "QueueNameExists",
      "A queue already exists with the same name and a different value for an attribute.",
      { queryCode: "QueueAlreadyExists" },
    );
  }

  #make(settings: QueueSettings): Queue {
    const { onChange = () => undefined, handOut, refuse = () => undefined } = this.#options;
    const find = (arn: string) => this.#queues.get(arn);
    const queue = new Queue(settings, { clock: this.clock, find, onChange, handOut, refuse });
    this.#queues.set(settings.arn, queue);
    return queue;
  }

  get(arn: string): Queue | undefined {
    return this.#queues.get(arn);
  }

  /** @throws AwsError if it does not exist */
  existing(arn: string): Queue {
    const queue = this.#queues.get(arn);
    if (queue !== undefined) return queue;
    throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.", {
      queryCode: "AWS.SimpleQueueService.NonExistentQueue",
    });
  }

  delete(arn: string): void {
    this.#queues.delete(arn);
  }

  /** Those whose letters go to a queue. */
  sourcesOf(arn: string): Queue[] {
    return this.all().filter(({ settings }) => settings.redrivePolicy?.deadLetterTargetArn === arn);
  }

  all(): Queue[] {
    return [...this.#queues.values()];
  }
}
