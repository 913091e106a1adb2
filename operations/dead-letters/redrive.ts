import { inRequests } from "backbone-runtime";
import { messageOf } from "../aws/failure.js";
import type { GiveOutcome } from "../aws/give.js";
import type { AccountSession } from "../aws/session.js";
import { type Clock, OperationError } from "../run.js";
import { type Channel, openChannel, serviceIn } from "./destinations/index.js";
import { letterKey, legOf } from "./history.js";
import type { Journal } from "./journal.js";
import type { Missed } from "./hand.js";
import type { PlannedLetter } from "./plan.js";
import { batchSize, deleteMessages, type DeletionFailure } from "./queue.js";
import type { HeldLetter } from "./read.js";
import { describe, type RedrivenLetter, type Shipment, shipmentsOf } from "./shipments.js";

/** Long enough to read a round of letters, to answer a question about them, and to send most. */
export const redriveHiddenSeconds = 900;

/**
 * A batch must be done while nobody else can get its messages. Sending ends after 150 s and deletion after twice
 * 60 s, with all retries; letters that are in hand for less than this are left for another run.
 */
const batchMilliseconds = 300_000;

interface NewLife extends RedrivenLetter {
  /** What it is called where it went: a bus and its logs give it a new id. */
  readonly acceptedAs: string;
}

interface Problem extends RedrivenLetter {
  readonly problem: string;
}

export interface RedriveResult {
  /** Accepted and deleted. */
  readonly redriven: readonly NewLife[];
  /** Accepted in an earlier run, deleted now. */
  readonly cleared: readonly NewLife[];
  /** Accepted, but not known to be deleted. `isRefused`: SQS refused to, so the message is still in the queue. */
  readonly undeleted: readonly (NewLife & DeletionFailure)[];
  /** Accepted by one of several destinations, of which not all have it; still in the queue. */
  readonly partly: readonly NewLife[];
  /** Not accepted; still in the queue. */
  readonly refused: readonly Problem[];
  /** Nobody knows whether it was accepted; still in the queue. */
  readonly uncertain: readonly Problem[];
  /** Certainly not sent, though its turn had come; still in the queue. */
  readonly notSent: readonly Problem[];
  /** Message ids that were not reached: this run has done nothing with them. */
  readonly untouched: readonly string[];
  /** Why the run ended before everything was tried. */
  readonly stopped: string | undefined;
}

export interface RedriveOptions {
  readonly journal: Journal;
  /** Redrive roles of other accounts, which give events of AWS to their targets, by account. */
  readonly givers?: ReadonlyMap<string, AccountSession>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called with the number of letters whose events were sent. */
  readonly progress?: (sent: number) => void;
}

/** A letter whose event an earlier run has sent. */
interface Cleared {
  readonly held: HeldLetter;
  readonly life: NewLife;
}

/**
 * Gives letters in hand back to buses and targets, round by round, the first alone. A message is deleted only after its
 * event was accepted, and the run ends at the first that cannot be. No event is sent twice in one run: neither after
 * a lost answer, nor because two targets refused it, nor because its deletion failed. What an earlier run has sent is
 * deleted first.
 */
export class Redrive {
  readonly #session: AccountSession;
  readonly #url: string;
  readonly #options: RedriveOptions;
  readonly #rounds: RedriveResult[] = [];
  readonly #outcomes = new Map<Shipment, GiveOutcome>();
  /** Of the round at hand: all that a letter is waiting for. */
  readonly #shipments = new Map<HeldLetter, Shipment[]>();
  /** By message id; undefined: deleted. */
  readonly #deletions = new Map<string, DeletionFailure | undefined>();
  /** By service, and the account whose role it is. */
  readonly #channels = new Map<string, Channel>();
  /** Destinations that were looked at; text: why nothing may be given there. */
  readonly #looked = new Map<string, string | undefined>();
  #isProven = false;
  #requests = 0;
  #sent = 0;
  #stopped: string | undefined;

  /** @param session of the redrive role */
  constructor(session: AccountSession, url: string, options: RedriveOptions) {
    this.#session = session;
    this.#url = url;
    this.#options = options;
  }

  /**
   * @param planned with all other letters about their events; only those that go or were sent before are touched
   * @returns whether more may follow
   */
  async send(planned: readonly PlannedLetter[]): Promise<boolean> {
    const cleared = clearedOf(planned);
    const shipments = shipmentsOf(planned);
    for (const shipment of shipments) {
      for (const letter of shipment.letters) {
        this.#shipments.set(letter, [...(this.#shipments.get(letter) ?? []), shipment]);
      }
    }
    try {
      await this.#clear(cleared);
      await this.#sendAll(shipments);
    } catch (error) {
      // What has been done must be told, whatever went wrong after it.
      if (!(error instanceof OperationError)) throw error;
      this.#stopped ??= messageOf(error);
    }
    this.#rounds.push(this.#resultOf(cleared, shipments));
    // Outcomes hold letters with their bodies, and a bus may be gone, or a queue be there, by the next round.
    this.#outcomes.clear();
    this.#shipments.clear();
    this.#deletions.clear();
    this.#looked.clear();
    return this.#stopped === undefined;
  }

  async #clear(cleared: readonly Cleared[]): Promise<void> {
    for (let start = 0; start < cleared.length; start += batchSize) {
      if (this.#isOver()) return;
      await this.#delete(cleared.slice(start, start + batchSize).map(({ held }) => held));
    }
  }

  async #sendAll(shipments: readonly Shipment[]): Promise<void> {
    const waiting = [...shipments];
    // One goes ahead until one has gone all the way: nothing more is risked on what may not work at all.
    while (waiting.length > 0 && !this.#isProven) await this.#send(waiting.splice(0, 1));
    for (const to of new Set(waiting.map((shipment) => shipment.to))) {
      const together = waiting.filter((shipment) => shipment.to === to);
      const [first] = together;
      if (first === undefined) continue;
      for (const request of inRequests(together, await this.#channelFor(first))) await this.#send(request);
    }
  }

  async #channelFor({ to, by }: Shipment): Promise<Channel> {
    const key = `${serviceIn(to)} ${by ?? ""}`;
    const isOwn = by === undefined || by === this.#session.account;
    const giver = isOwn ? this.#session : this.#options.givers?.get(by);
    if (giver === undefined) throw new OperationError(`nobody is there to give anything to ${to}`);
    const channel = this.#channels.get(key) ?? (await openChannel(giver, to));
    this.#channels.set(key, channel);
    return channel;
  }

  #isTried(letter: HeldLetter): boolean {
    return (this.#shipments.get(letter) ?? []).every((shipment) => this.#outcomes.has(shipment));
  }

  /** Whether all that a letter is waiting for has been accepted. */
  #isServed(letter: HeldLetter): boolean {
    const shipments = this.#shipments.get(letter) ?? [];
    return shipments.every((shipment) => this.#outcomes.get(shipment)?.kind === "accepted");
  }

  #isOver(): boolean {
    if (this.#stopped === undefined && this.#options.signal.aborted) this.#stopped = "interrupted";
    return this.#stopped !== undefined;
  }

  /** @param request all to one destination, and no more than goes there at once */
  async #send(request: readonly Shipment[]): Promise<void> {
    const { clock, journal, progress } = this.#options;
    const [first] = request;
    if (first === undefined || this.#isOver()) return;
    const { to } = first;
    const channel = await this.#channelFor(first);
    if (await this.#isBarred(channel, to, request)) return;
    const latest = clock.now().getTime() + batchMilliseconds;
    const inHand = request.filter(({ letters }) =>
      letters.every(({ hiddenUntil }) => hiddenUntil.getTime() >= latest),
    );
    if (inHand.length < request.length) {
      this.#stopped = "the letters have been in hand for too long, others may get them soon";
    }
    if (inHand.length === 0) return;

    this.#requests += 1;
    const number = this.#requests;
    journal.write({
      kind: "sending",
      request: number,
      bus: to,
      entries: inHand.map(({ event, alsoSeen, letters, legs }) => ({
        eventId: event.id,
        alsoSeen: [...alsoSeen],
        letters: letters.map((held) => {
          const { messageId } = held;
          const key = letterKey(held.letter);
          return legs.has(held)
            ? { messageId: legOf(messageId, to), key: legOf(key, to) }
            : { messageId, key };
        }),
      })),
    });
    const { outcomes, failed } = await channel.give(to, inHand);
    inHand.forEach((shipment, index) => {
      const outcome = outcomes[index];
      if (outcome !== undefined) this.#outcomes.set(shipment, outcome);
    });
    this.#note(() => {
      journal.write({
        kind: "answered",
        request: number,
        outcomes: outcomes.map((outcome) =>
          outcome.kind === "accepted"
            ? { kind: outcome.kind, newEventId: outcome.id }
            : { kind: outcome.kind },
        ),
      });
    });
    const accepted = inHand.filter((shipment) => this.#outcomes.get(shipment)?.kind === "accepted");
    const served = accepted.flatMap(({ letters }) => letters.filter((letter) => this.#isServed(letter)));
    if (served.length > 0) this.#isProven = true;
    await this.#delete(served);
    this.#sent += inHand.flatMap(({ letters }) => letters.filter((letter) => this.#isTried(letter))).length;
    progress?.(this.#sent);

    const [outcome] = outcomes;
    if (outcome !== undefined && outcome.kind !== "accepted") {
      if (failed === "all") this.#stopped ??= outcome.problem;
      if (failed === "destination") this.#looked.set(to, outcome.problem);
    }
    // One of them makes AWS refuse all: by itself each gets the answer that is meant for it.
    if (failed === "content" && inHand.length > 1) {
      for (const shipment of inHand) await this.#send([shipment]);
    }
  }

  /** Looks before the first event for a bus; it may have gone since the plan was made. */
  async #isBarred({ see }: Channel, to: string, request: readonly Shipment[]): Promise<boolean> {
    if (see !== undefined && !this.#looked.has(to)) {
      const sight = await see(to);
      const problem = sight.kind === "not-seen" ? sight.problem : "its bus is not there (any more)";
      this.#looked.set(to, sight.kind === "there" ? undefined : problem);
    }
    const problem = this.#looked.get(to);
    if (problem === undefined) return false;
    for (const shipment of request) this.#outcomes.set(shipment, { kind: "not-sent", problem });
    return true;
  }

  async #delete(letters: readonly HeldLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const { journal } = this.#options;
    const messageIds = letters.map(({ messageId }) => messageId);
    this.#note(() => {
      journal.write({ kind: "deleting", messageIds });
    });
    const failures = await deleteMessages(this.#session, this.#url, letters);
    for (const letter of letters) this.#deletions.set(letter.messageId, failures.get(letter));
    const left = [...failures.keys()].map(({ messageId }) => messageId);
    this.#note(() => {
      journal.write({ kind: "deleted", messageIds: messageIds.filter((id) => !left.includes(id)), left });
    });
    const [failure] = failures.values();
    // Whatever is sent from here on would be sent again by the next run.
    if (failure !== undefined) this.#stopped ??= `deletion failed: ${failure.problem}`;
  }

  /** What follows an answer is done even if it cannot be written down; only nothing new is begun. */
  #note(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      this.#stopped ??= messageOf(error);
    }
  }

  #resultOf(cleared: readonly Cleared[], shipments: readonly Shipment[]): RedriveResult {
    const letters = shipments.flatMap((shipment) =>
      shipment.letters.map((letter) => ({
        ...describe(letter.messageId, shipment.event, shipment.to),
        outcome: this.#outcomes.get(shipment) ?? this.#notReached(letter),
      })),
    );
    const withProblem = (kind: GiveOutcome["kind"]): Problem[] =>
      letters.flatMap(({ outcome, ...letter }) =>
        outcome?.kind === kind && outcome.kind !== "accepted"
          ? [{ ...letter, problem: outcome.problem }]
          : [],
      );
    const sent = letters.flatMap(({ outcome, ...letter }) =>
      outcome?.kind === "accepted" ? [{ ...letter, acceptedAs: outcome.id }] : [],
    );
    const sentBefore = cleared.map(({ life }) => life);
    const isDeleted = ({ messageId }: NewLife) =>
      this.#deletions.has(messageId) && this.#deletions.get(messageId) === undefined;
    return {
      redriven: sent.filter(isDeleted),
      cleared: sentBefore.filter(isDeleted),
      undeleted: [...sent, ...sentBefore].flatMap((letter) => {
        const failure = this.#deletions.get(letter.messageId);
        return failure === undefined ? [] : [{ ...letter, ...failure }];
      }),
      partly: sent.filter(({ messageId }) => !this.#deletions.has(messageId)),
      refused: withProblem("refused"),
      uncertain: withProblem("unknown"),
      notSent: withProblem("not-sent"),
      untouched: [
        ...letters.filter(({ outcome }) => outcome === undefined),
        ...sentBefore.filter(({ messageId }) => !this.#deletions.has(messageId)),
      ].map(({ messageId }) => messageId),
      stopped: this.#stopped,
    };
  }

  /** Of a letter that one of its destinations has: nothing can be said of it as a whole. */
  #notReached(letter: HeldLetter): GiveOutcome | undefined {
    const shipments = this.#shipments.get(letter) ?? [];
    if (!shipments.some((shipment) => this.#outcomes.has(shipment))) return undefined;
    return { kind: "not-sent", problem: this.#stopped ?? "its turn did not come" };
  }

  /** @param missed letters that never came to be sent */
  result({ messageIds, problem }: Missed): RedriveResult {
    return {
      redriven: this.#rounds.flatMap(({ redriven }) => redriven),
      cleared: this.#rounds.flatMap(({ cleared }) => cleared),
      undeleted: this.#rounds.flatMap(({ undeleted }) => undeleted),
      partly: this.#rounds.flatMap(({ partly }) => partly),
      refused: this.#rounds.flatMap(({ refused }) => refused),
      uncertain: this.#rounds.flatMap(({ uncertain }) => uncertain),
      notSent: this.#rounds.flatMap(({ notSent }) => notSent),
      untouched: [...this.#rounds.flatMap(({ untouched }) => untouched), ...messageIds],
      stopped: this.#stopped ?? problem,
    };
  }
}

function clearedOf(planned: readonly PlannedLetter[]): Cleared[] {
  return planned.flatMap(({ held, letter, fate }) => {
    if (fate.kind !== "sent") return [];
    const life = { ...describe(letter.messageId, letter.event, fate.to), acceptedAs: fate.acceptedAs };
    return [{ held, life }];
  });
}
