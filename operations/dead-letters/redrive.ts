import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { Message } from "@aws-sdk/client-sqs";
import { messageOf } from "../aws/failure.js";
import { inRequests, putEvents, type PutOutcome } from "../aws/put-events.js";
import type { AccountSession } from "../aws/session.js";
import { OperationError } from "../errors.js";
import type { LetterEvent } from "./letter.js";
import type { PlannedLetter } from "./plan.js";
import { deleteMessages, receive, release, type HeldMessage } from "./queue.js";

/** Longer than a batch can take with all its retries, so that nobody else gets a message that is being sent. */
const hiddenSeconds = 300;

/** So many answers without a new message mean that those that are left are held by somebody else. */
const staleAnswers = 3;

/** One message and what became of it. */
export interface RedrivenLetter {
  readonly messageId: string;
  /** Of the event in the letter. */
  readonly eventId: string;
  readonly bus: string;
}

export interface RedriveResult {
  /** Accepted and deleted. `newEventId` is what the bus and its logs call it from now on. */
  readonly redriven: readonly (RedrivenLetter & { readonly newEventId: string })[];
  /** Accepted, but still in the queue: another run would send it again. */
  readonly undeleted: readonly (RedrivenLetter & { readonly newEventId: string; readonly problem: string })[];
  /** Not accepted; still in the queue. */
  readonly refused: readonly (RedrivenLetter & { readonly problem: string })[];
  /** Nobody knows whether it was accepted; still in the queue. */
  readonly uncertain: readonly (RedrivenLetter & { readonly problem: string })[];
  /** Not reached: somebody else holds them, or the run ended before. */
  readonly untouched: readonly string[];
  /** Why the run ended before everything was tried. */
  readonly stopped: string | undefined;
}

export interface RedriveOptions {
  readonly signal: AbortSignal;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Puts dead letters back on the bus they belong to. A message is deleted only after its event was accepted, and no
 * event is sent twice in one run: neither after a lost answer, nor because two targets refused it, nor because its
 * deletion failed. Messages that have come since the plan was made are let go.
 * @param session of the redrive role
 * @param planned letters that go to a bus; only these are touched
 */
export async function redrive(
  session: AccountSession,
  url: string,
  planned: readonly PlannedLetter[],
  options: RedriveOptions,
): Promise<RedriveResult> {
  const run = new RedriveRun(session, url, planned, options);
  await run.finish();
  return run.result();
}

interface Sending {
  readonly messageId: string;
  readonly bus: string;
  readonly event: LetterEvent;
  /** One event on one bus, however many targets refused it. */
  readonly key: string;
}

interface Held extends HeldMessage {
  readonly sending: Sending;
}

class RedriveRun {
  readonly #session: AccountSession;
  readonly #url: string;
  readonly #options: RedriveOptions;
  readonly #planned: ReadonlyMap<string, Sending>;
  /** What became of each event that was sent. */
  readonly #outcomes = new Map<string, PutOutcome>();
  /** Messages that are done with, by id; undefined: deleted, text: why they could not be. */
  readonly #deletions = new Map<string, string | undefined>();
  readonly #seen = new Set<string>();
  readonly #held: HeldMessage[] = [];
  #stopped: string | undefined;

  constructor(
    session: AccountSession,
    url: string,
    planned: readonly PlannedLetter[],
    options: RedriveOptions,
  ) {
    this.#session = session;
    this.#url = url;
    this.#options = options;
    this.#planned = new Map(
      planned.flatMap(({ letter: { messageId }, destination }) =>
        destination.kind === "stays"
          ? []
          : [[messageId, sendingOf(messageId, destination.bus, destination.event)] as const],
      ),
    );
  }

  async finish(): Promise<void> {
    const { signal, progress } = this.#options;
    let stale = 0;
    try {
      while (this.#stopped === undefined && !this.#isComplete() && stale < staleAnswers) {
        if (signal.aborted) {
          this.#stopped = "interrupted";
          return;
        }
        const messages = await receive(this.#session, this.#url, hiddenSeconds);
        if (messages.length === 0) return;
        const before = this.#seen.size;
        await this.#take(messages);
        stale = this.#seen.size === before ? stale + 1 : 0;
        progress?.(this.#settledCount(), this.#planned.size);
      }
    } catch (error) {
      // What has been done must be told, whatever went wrong after it.
      if (!(error instanceof OperationError)) throw error;
      this.#stopped = messageOf(error);
    } finally {
      await release(this.#session, this.#url, this.#held);
    }
  }

  async #take(messages: readonly Message[]): Promise<void> {
    const held = messages.flatMap(({ MessageId = "", ReceiptHandle = "" }): Held[] => {
      this.#seen.add(MessageId);
      const message = { messageId: MessageId, receiptHandle: ReceiptHandle };
      const sending = this.#planned.get(MessageId);
      if (sending === undefined) this.#held.push(message);
      return sending === undefined ? [] : [{ ...message, sending }];
    });
    await this.#send(held.map(({ sending }) => sending));
    const accepted = held.filter(({ sending }) => this.#outcomes.get(sending.key)?.kind === "accepted");
    this.#held.push(...held.filter((message) => !accepted.includes(message)));
    await this.#delete(accepted);
  }

  /** Sends every event that has not been sent in this run. */
  async #send(sendings: readonly Sending[]): Promise<void> {
    const fresh = new Map(
      sendings.filter(({ key }) => !this.#outcomes.has(key)).map((sending) => [sending.key, sending]),
    );
    for (const bus of new Set([...fresh.values()].map((sending) => sending.bus))) {
      const ofBus = [...fresh.values()].filter((sending) => sending.bus === bus);
      for (const request of inRequests(ofBus, entryOf)) {
        // A request that failed as a whole would fail again, and each lost answer is one more event in doubt.
        if (this.#stopped !== undefined) return;
        const { outcomes, failed } = await putEvents(this.#session, request.map(entryOf));
        request.forEach(({ key }, index) => {
          const outcome = outcomes[index];
          if (outcome !== undefined) this.#outcomes.set(key, outcome);
        });
        const [first] = outcomes;
        if (failed && first !== undefined && first.kind !== "accepted") this.#stopped = first.problem;
      }
    }
  }

  async #delete(accepted: readonly Held[]): Promise<void> {
    if (accepted.length === 0) return;
    const failures = await deleteMessages(this.#session, this.#url, accepted);
    for (const message of accepted) {
      this.#deletions.set(message.messageId, failures.get(message));
      // Left hidden: whoever looks at the queue next should not take it for a letter that waits.
    }
  }

  #isComplete(): boolean {
    return this.#settledCount() === this.#planned.size;
  }

  #settledCount(): number {
    return [...this.#planned.values()].filter(({ messageId, key }) => {
      const outcome = this.#outcomes.get(key);
      return outcome?.kind === "accepted" ? this.#deletions.has(messageId) : outcome !== undefined;
    }).length;
  }

  result(): RedriveResult {
    const letters = [...this.#planned.values()].map(({ messageId, bus, event, key }) => ({
      letter: { messageId, eventId: event.id, bus },
      outcome: this.#outcomes.get(key),
      isDeleted: this.#deletions.has(messageId) && this.#deletions.get(messageId) === undefined,
      problem: this.#deletions.get(messageId) ?? "it was not received again",
    }));
    return {
      redriven: letters.flatMap(({ letter, outcome, isDeleted }) =>
        outcome?.kind === "accepted" && isDeleted ? [{ ...letter, newEventId: outcome.eventId }] : [],
      ),
      undeleted: letters.flatMap(({ letter, outcome, isDeleted, problem }) =>
        outcome?.kind === "accepted" && !isDeleted
          ? [{ ...letter, newEventId: outcome.eventId, problem }]
          : [],
      ),
      refused: letters.flatMap(({ letter, outcome }) =>
        outcome?.kind === "refused" ? [{ ...letter, problem: outcome.problem }] : [],
      ),
      uncertain: letters.flatMap(({ letter, outcome }) =>
        outcome?.kind === "unknown" ? [{ ...letter, problem: outcome.problem }] : [],
      ),
      untouched: letters.flatMap(({ letter, outcome }) => (outcome === undefined ? [letter.messageId] : [])),
      stopped: this.#stopped,
    };
  }
}

function sendingOf(messageId: string, bus: string, event: LetterEvent): Sending {
  return { messageId, bus, event, key: `${bus} ${event.id}` };
}

/** The event as it was published, its time included; id and account are new, as EventBridge gives them. */
function entryOf({ bus, event }: Sending): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: event.source,
    DetailType: event.detailType,
    Detail: event.detail,
    Resources: [...event.resources],
    Time: new Date(event.time),
  };
}
