import { logRecordOf, renderReason, type Step, type TargetStep } from "eventbridge-simulator";
import type { Subscription } from "../../infra/registry/index.js";
import type { Stage } from "../stage.js";
import type { Consumer } from "./consumer.js";
import { envelopeText } from "./envelope.js";
import type { LiveDelivery, LiveEvent } from "./event-log.js";
import type { Mail } from "./mail.js";

export interface LogRecord {
  /** ARN. */
  readonly logGroup: string;
  /** Milliseconds since 1970: when it came. */
  readonly at: number;
  readonly message: string;
}

/** A subscription, and what the emitted rules give its events to. */
export interface Connection {
  readonly subscription: Subscription;
  /** ARN. */
  readonly target: string;
  /** Of a target that is a queue. */
  readonly consumer: Consumer | undefined;
}

/** Gives events to what rules hand them to. */
export class Handing {
  readonly #stage: Stage;
  readonly #mail: Mail;
  readonly #onLog: ((record: LogRecord) => void) | undefined;
  /** By bus and target id. */
  readonly #connections = new Map<string, Connection>();
  /** Names by bus. */
  readonly #accountAt: ReadonlyMap<string, string>;

  /** @param onLog told what each emitted log group gets */
  constructor(stage: Stage, mail: Mail, onLog: ((record: LogRecord) => void) | undefined) {
    this.#stage = stage;
    this.#mail = mail;
    this.#onLog = onLog;
    this.#accountAt = new Map(
      stage.registry.members.map((account) => [stage.busOf(account), account] as const),
    );
  }

  connect(bus: string, target: string, connection: Connection): void {
    this.#connections.set(`${bus} ${target}`, connection);
  }

  /** What has become of events by their way: by id those that have come onto a bus. */
  handOut(events: ReadonlyMap<string, LiveEvent>, steps: readonly Step[]): void {
    let given: TargetStep | undefined;
    for (const step of steps) {
      const event = events.get(step.eventId);
      if (event === undefined) continue;
      if (step.kind === "target") {
        this.#give(event, step);
        given = step;
      } else if (step.kind === "dead-letter" && given !== undefined) {
        // It follows the step of the target that was refused.
        if (step.outcome === "delivered" && step.to !== undefined) this.#bury(event, step.to, given);
      } else if (step.kind === "mapping" && step.outcome !== "delivered") {
        const connection = [...this.#connections.values()].find(({ target }) => target === step.queue);
        const why = renderReason(step.reason ?? "check-undecided", step.subject);
        if (connection?.consumer !== undefined) connection.consumer.blocked = why;
        const delivery = event.deliveries.get(connection?.subscription.key ?? "");
        if (delivery !== undefined) delivery.reason = why;
      }
    }
  }

  /** A rule has handed the event to a target, or could not. */
  #give(event: LiveEvent, step: TargetStep): void {
    const { to, targetKind, outcome, bus, target, input } = step;
    const connection = this.#connections.get(`${bus} ${target}`);
    const isGiven = outcome === "delivered";
    const delivery = connection && deliveryOf(event, connection, step);
    const account = this.#accountAt.get(to);
    if (isGiven && account !== undefined) event.reached.push(account);
    if (isGiven && targetKind === "queue")
      this.#mail.send(to, input ?? this.#textOf(event), { event, delivery });
    if (isGiven && targetKind === "log-group")
      this.#onLog?.(logRecord(to, event.at, input ?? this.#textOf(event), input !== undefined));
  }

  /** A dead letter about the target that was refused before it. */
  #bury(event: LiveEvent, queue: string, refused: TargetStep): void {
    const connection = this.#connections.get(`${refused.bus} ${refused.target}`);
    const delivery = connection && event.deliveries.get(connection.subscription.key);
    if (delivery !== undefined) delivery.handOver = "dead-letter";
    this.#mail.bury(queue, this.#textOf(event), refused);
  }

  #textOf({ entry, id, at, sender }: LiveEvent): string {
    const { region, accountIds } = this.#stage.environment;
    return envelopeText(entry, { id, at, region, account: accountIds.get(sender.account) ?? "" });
  }
}

function deliveryOf(event: LiveEvent, { subscription }: Connection, step: TargetStep): LiveDelivery {
  const { outcome, reason, subject } = step;
  const delivery: LiveDelivery = {
    subscription,
    handOver: outcome === "delivered" ? "given" : outcome === "undecided" ? "undecided" : "gone",
    reason: reason === undefined ? undefined : renderReason(reason, subject),
    copies: new Map(),
    attempts: [],
  };
  event.deliveries.set(subscription.key, delivery);
  return delivery;
}

/** @param isMade whether the text is that of a target's input transformer, which makes message and time itself */
function logRecord(logGroup: string, at: number, text: string, isMade: boolean): LogRecord {
  const record = isMade ? logRecordOf(text) : undefined;
  return { logGroup, at, message: record?.message ?? text };
}
