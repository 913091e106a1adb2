import { type Clock, type QueueChange, Queues } from "aws-stand-in";
import { type Message, withRuntime } from "backbone-runtime";
import {
  deliverEvents,
  deliverServiceEvent,
  type PutEventsCall,
  type PutEventsEntry,
} from "eventbridge-simulator";
import { randomUUID } from "node:crypto";
import { type Contract, contractOf, type Subscription } from "../../infra/registry/index.js";
import { arnOf } from "../emission/arns.js";
import type { Stage } from "../stage.js";
import { type EntryAnswer, nameOfEntry, type PutAnswer, refusedCall, refusedEntry } from "./answers.js";
import { circleFrom } from "./circle.js";
import { Consumer } from "./consumer.js";
import { emittedQueues } from "./emitted-queues.js";
import { metadataIn, serviceEventOf } from "./envelope.js";
import { EventLog, type Follow, type LiveEvent } from "./event-log.js";
import type { Faults } from "./faults.js";
import { functionOf, runtimeOf, variablesOf } from "./functions.js";
import { type Connection, Handing, type LogRecord } from "./handing.js";
import { InFlight } from "./in-flight.js";
import type { Handler } from "./invoke.js";
import { type DeadLetter, isQueue, type LetterBox, letterBoxes, readLetters } from "./letters.js";
import { Mail } from "./mail.js";
import type { OriginBus, Sender } from "./senders.js";
import { outcomeOf, tellEvent, type ToldEvent } from "./tell.js";
import { Tracking } from "./tracking.js";
import { absenceOf, refusalOf, targetIdOf } from "./way.js";

export interface LocalBackboneOptions {
  readonly clock: Clock;
  /** How many events are kept to be asked for. Default: 5,000. */
  readonly kept?: number;
  /** How many events one may lead to. Default: 1,000. */
  readonly budget?: number;
  /** Told what each emitted log group gets. */
  readonly onLog?: (record: LogRecord) => void;
}

type Recorded = Pick<LiveEvent, "id" | "entry" | "sender" | "at" | "verdict" | "follow">;

/**
 * The backbone in this process: the emitted resources decide what is taken and where it goes, queues keep it, handlers work
 * on it. Knows no HTTP, and keeps nothing outside of itself.
 */
export class LocalBackbone {
  readonly stage: Stage;
  readonly clock: Clock;
  readonly queues: Queues;
  readonly log: EventLog;
  readonly #budget: number;
  readonly #tracking: Tracking;
  readonly #mail: Mail;
  readonly #handing: Handing;
  readonly #inFlight = new InFlight();
  /** By the subscription's key. */
  readonly #connections = new Map<string, Connection>();
  /** By the queue's ARN. */
  readonly #consumerOf = new Map<string, Consumer>();

  constructor(stage: Stage, { clock, kept = 5_000, budget = 1_000, onLog }: LocalBackboneOptions) {
    this.stage = stage;
    this.clock = clock;
    this.log = new EventLog(kept);
    this.#budget = budget;
    this.#tracking = new Tracking(this.log, clock.now);
    const onChange = (change: QueueChange) => {
      this.#tracking.note(change);
      if (change.kind === "shown" || change.kind === "given-back") this.#consumerOf.get(change.queue)?.ask();
    };
    this.queues = new Queues({ clock, onChange });
    for (const settings of emittedQueues(stage)) this.queues.create(settings);
    this.#mail = new Mail(this.queues, this.log, this.#tracking, this.#consumerOf);
    this.#handing = new Handing(stage, this.#mail, onLog);
    for (const subscription of stage.registry.subscriptions) this.#connect(subscription);
  }

  /**
   * One call of PutEvents, answered as AWS would answer it. What is accepted has come to queues, logs and other targets when
   * this returns; handlers run on.
   * @throws CircleError if one event leads to more than the budget allows
   */
  putEvents(sender: Sender, entries: readonly PutEventsEntry[]): PutAnswer {
    return this.#putEvents(sender, entries).answer;
  }

  #putEvents(
    sender: Sender,
    entries: readonly PutEventsEntry[],
  ): { readonly answer: PutAnswer; readonly ids: readonly string[] } {
    const at = this.clock.now();
    const call: PutEventsCall = {
      caller: sender.caller,
      region: this.stage.environment.region,
      time: new Date(at).toISOString(),
      entries: entries.map((entry) => ({ id: randomUUID(), entry })),
    };
    for (const { entry } of call.entries) this.#keepBudget(sender, entry);
    const follow: Follow = (telling) => deliverEvents(this.stage.world, call, telling);
    const { steps } = follow("proof");
    const events = new Map<string, LiveEvent>();
    const answers: EntryAnswer[] = [];
    // Of a call without entries no step tells.
    let refusal = entries.length > 0 ? undefined : refusedCall("request-entries", "0 entries", "", "");
    for (const step of steps) {
      const offered = call.entries.find(({ id }) => id === step.eventId);
      if (step.kind !== "put-events" || offered === undefined) continue;
      const { outcome: verdict, reason, subject, principal, bus } = step;
      events.set(step.eventId, this.#record({ ...offered, sender, at, verdict, follow }));
      const isTaken = verdict === "accepted" || verdict === "lost";
      refusal ??= isTaken ? undefined : refusedCall(reason, subject, principal, bus);
      answers.push(isTaken ? { eventId: step.eventId } : refusedEntry(reason, subject));
    }
    this.#handing.handOut(events, steps);
    return {
      answer: refusal ?? { ok: true, entries: answers },
      ids: call.entries.map(({ id }) => id),
    };
  }

  /**
   * Puts one event, on the global bus unless it says another; as AWS or a partner, on the bus that is theirs.
   * @returns its id, whether it was taken or not
   * @throws Error for what AWS and partners never put on a bus
   */
  put(sender: Sender | OriginBus, entry: PutEventsEntry): string {
    if ("bus" in sender) return this.#putAsAws(sender, entry);
    const { backbone } = this.stage.registry;
    const EventBusName = this.stage.globalBusFor(sender.account) ?? this.stage.busOf(backbone);
    const { ids } = this.#putEvents(sender, [{ EventBusName, ...entry }]);
    return ids.join("");
  }

  #putAsAws(sender: OriginBus, entry: PutEventsEntry): string {
    const at = this.clock.now();
    const id = randomUUID();
    const { id: account, region } = this.stage.account(sender.account);
    const event = serviceEventOf(entry, { id, account, region, at });
    const bus = arnOf.bus({ accountId: account, region }, sender.bus);
    const follow: Follow = (telling) => deliverServiceEvent(this.stage.world, bus, event, telling);
    const live = this.#record({ id, entry, sender, at, verdict: "accepted", follow });
    this.#handing.handOut(new Map([[id, live]]), follow("proof").steps);
    return id;
  }

  /** Runs code that is no handler, such as what takes an order; what it publishes comes onto this backbone. */
  runAs<Result>(sender: Sender, work: () => Result): Result {
    const put = (entries: readonly PutEventsEntry[]) => this.putEvents(sender, entries);
    return withRuntime(runtimeOf({ clock: this.clock, put }, variablesOf(this.stage, sender)), work);
  }

  /** Whose code takes what comes into a subscription's queue; undefined for nobody's here. What runs keeps the old code. */
  handle(subscription: string, handler: Handler | undefined): void {
    const consumer = this.#consumerFor(subscription);
    consumer.handler = handler;
    consumer.ask();
  }

  /** What is to go wrong with a subscription, from now on; it may be written. */
  faults(subscription: string): Faults {
    return this.#consumerFor(subscription).faults;
  }

  /** Resolves when nothing runs any more: it is counted. What waits for time to pass, waits on. @throws CircleError */
  settle(): Promise<void> {
    return this.#inFlight.settled();
  }

  /** @returns undefined if it is not kept, or never was */
  tell(id: string): ToldEvent | undefined {
    const event = this.log.byFact(id);
    return event && tellEvent(this.#telling(), event);
  }

  /** All that are kept, in the order in which they came. */
  told(): readonly ToldEvent[] {
    return this.log.all().map((one) => tellEvent(this.#telling(), one));
  }

  /** What became of an event at a subscription, or why it never came there. @throws Error if either is not known */
  why(subscription: string, id: string): string {
    const connection = this.#connectionOf(subscription);
    const event = this.log.byFact(id);
    if (event === undefined) throw new Error(this.#unknownEvent(id));
    const { verdict, deliveries } = event;
    if (verdict !== "accepted") return refusalOf(this.stage, event);
    const delivery = deliveries.get(subscription);
    return delivery === undefined
      ? absenceOf(this.stage, event, connection.subscription)
      : outcomeOf(this.#telling(), delivery);
  }

  deadLetters(subscription: string): readonly DeadLetter[] {
    return readLetters(this.#letterBoxes(subscription));
  }

  /**
   * Gives the letters of a subscription back to its target, and to nobody else.
   * @returns ids of their events
   */
  redrive(subscription: string): readonly string[] {
    const { target } = this.#connectionOf(subscription);
    return this.#mail.redrive(subscription, target, this.#letterBoxes(subscription));
  }

  /** Nothing runs from now on, and nothing is woken. */
  close(): void {
    for (const consumer of this.#consumerOf.values()) consumer.close();
  }

  #connect(subscription: Subscription): void {
    const bus = this.stage.busOf(subscription.account);
    const id = targetIdOf(subscription);
    const rules = this.stage.world.buses.get(bus)?.rules ?? [];
    const [given] = rules.flatMap(({ arn, targets }) =>
      targets.filter((target) => target.id === id).map((target) => ({ rule: arn, target: target.arn })),
    );
    if (given === undefined) return;
    const { rule, target } = given;
    const consumer = isQueue(target) ? this.#consumer(subscription, target, rule) : undefined;
    const connection = { subscription, target, consumer };
    this.#connections.set(subscription.key, connection);
    this.#handing.connect(bus, id, connection);
    if (consumer !== undefined) this.#consumerOf.set(target, consumer);
  }

  #consumer(subscription: Subscription, arn: string, rule: string): Consumer {
    const { stage, clock } = this;
    const queue = this.#mail.queue(arn);
    const settings = functionOf(stage, subscription, queue, rule);
    const put = (entries: readonly PutEventsEntry[]): PutAnswer => {
      const answer = this.putEvents(settings.sender, entries);
      if (consumer.faults.loseAnswers <= 0) return answer;
      // An SDK that gets no answer sends the same once more.
      consumer.faults.loseAnswers -= 1;
      return this.putEvents(settings.sender, entries);
    };
    const sendMessage = (message: Message) =>
      Promise.resolve({ MessageId: this.#mail.sendLetter(subscription.key, message) });
    const runtime = runtimeOf({ clock, put, sendMessage }, settings.variables);
    const consumer = new Consumer(queue, settings, runtime, {
      clock,
      begin: this.#inFlight.begin,
      end: this.#inFlight.end,
      ended: (message, result) => {
        this.#tracking.ended(message, result);
      },
    });
    return consumer;
  }

  #record({ id, entry, ...facts }: Recorded): LiveEvent {
    const { id: factId, causedBy } = metadataIn(entry);
    const cause = causedBy === undefined ? undefined : this.log.byFact(causedBy);
    const event: LiveEvent = {
      ...facts,
      id,
      entry,
      contract: this.#contractOf(entry, facts.sender),
      reached: [],
      deliveries: new Map(),
      factId,
      causedBy: cause?.id ?? causedBy,
      causes: [],
      chain: cause?.chain ?? { count: 0 },
      changed: 0,
    };
    event.chain.count += 1;
    this.log.add(event);
    cause?.causes.push(id);
    if (cause !== undefined) this.log.change(cause);
    return event;
  }

  #keepBudget(sender: Sender, entry: PutEventsEntry): void {
    const { causedBy } = metadataIn(entry);
    const cause = causedBy === undefined ? undefined : this.log.byFact(causedBy);
    if (cause === undefined || cause.chain.count <= this.#budget) return;
    const name = this.#contractOf(entry, sender)?.key ?? nameOfEntry(entry);
    const error = circleFrom(this.log, cause, name, sender, this.#budget);
    this.#inFlight.fail(error);
    throw error;
  }

  #contractOf(entry: PutEventsEntry, sender: Sender | OriginBus): Contract | undefined {
    const { Source: source = "", DetailType: detailType = "" } = entry;
    const { registry, environment } = this.stage;
    const account = environment.accountIds.get(sender.account);
    return contractOf(registry, { source, detailType, account }, environment);
  }

  #letterBoxes(subscription: string): LetterBox[] {
    const { target, subscription: one } = this.#connectionOf(subscription);
    return letterBoxes(this.queues, target, this.stage.account(one.account).queues);
  }

  #connectionOf(subscription: string): Connection {
    const found = this.#connections.get(subscription);
    if (found !== undefined) return found;
    const known = [...this.#connections.keys()].join(", ");
    throw new Error(
      `there is no subscription ${JSON.stringify(subscription)}; there are ${known === "" ? "none" : known}`,
    );
  }

  #consumerFor(subscription: string): Consumer {
    const { consumer, subscription: one } = this.#connectionOf(subscription);
    if (consumer !== undefined) return consumer;
    throw new Error(
      `${subscription} gives its events to a ${one.target.kind}, which does not run here: handlers and faults are for subscriptions with a queue or a handler`,
    );
  }

  #unknownEvent(id: string): string {
    const gone = this.log.fellOut;
    const why = gone === 0 ? "" : `; the first ${gone} are no longer kept`;
    return `there is no event ${JSON.stringify(id)}${why}`;
  }

  #telling() {
    return { stage: this.stage, now: this.clock.now() };
  }
}
