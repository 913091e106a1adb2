import { contractOf } from "../../infra/registry/index.js";
import type { AccountSession } from "../aws/session.js";
import { askForRules, type BusSight, listTargets, type RuleList, seeBus } from "../rules.js";
import { OperationError } from "../run.js";
import { isBus } from "./destinations/index.js";
import { errorOf } from "./error-codes.js";
import {
  afterSight,
  awsForwardOf,
  destinationsOf,
  type Fate,
  type FateFacts,
  fateOf,
  type Receiver,
} from "./fate.js";
import type { Letter, LetterHead } from "./letter.js";
import type { HeldLetter } from "./read.js";
import type { StayReason } from "./stay-reasons.js";

/** What is kept of a letter until its turn comes, and told of it: with what happens to it. */
export interface LetterRow {
  readonly letter: LetterHead;
  readonly fate: Fate;
}

/** A letter in hand, with what happens to it. */
export interface PlannedLetter extends LetterRow {
  readonly held: HeldLetter;
  readonly letter: Letter;
}

export interface JudgeOptions {
  /** Lists rules. */
  readonly session: AccountSession;
  /** Looks at the buses that letters go to, as it puts them there; undefined: nothing is going to be put. */
  readonly role: AccountSession | undefined;
  readonly facts: Omit<FateFacts, "rules" | "targets" | "receivers">;
  /** Of the accounts that events of AWS are forwarded to, as far as they are open. */
  readonly receivers?: ReadonlyMap<string, AccountSession>;
  /** Why others are not. */
  readonly closed?: ReadonlyMap<string, string>;
  readonly choice: Choice;
}

/** Decides about letters as they come to hand, by what it has seen of rules, targets and buses: each once. */
export class Judge {
  /** On the member's bus; undefined where they decide nothing. */
  readonly listing: RuleList | undefined;
  readonly #options: JudgeOptions;
  readonly #targets = new Map<string, readonly string[]>();
  readonly #receivers = new Map<string, Receiver>();
  readonly #asked = new Set<string>();
  readonly #sights = new Map<string, BusSight>();
  #problem: string | undefined;

  private constructor(options: JudgeOptions, listing: RuleList | undefined) {
    this.#options = options;
    this.listing = listing;
    if (listing?.kind === "unknown") this.#problem = listing.because;
  }

  static async open(options: JudgeOptions): Promise<Judge> {
    const { account, queue } = options.facts;
    const areAsked = account.kind === "member" && queue.kind === "dead-letters";
    return new Judge(options, areAsked ? await askForRules(options.session, account.bus.name) : undefined);
  }

  /** What could not be looked at. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @returns those that are meant */
  async choose(letters: readonly HeldLetter[]): Promise<PlannedLetter[]> {
    const { facts, choice } = this.#options;
    const chosen = letters.filter(({ letter }) => isChosen(choice, facts, letter));
    await this.#lookAtTargets(chosen);
    await this.#lookAtReceivers(chosen);
    const planned = await this.#plan(facts, chosen);
    if (choice.reasons.length === 0) return planned;
    // What lets a letter go takes its reason away, and must not take it out of the choice.
    const asTheyAre = await this.#plan(
      { ...facts, alsoTo: new Set(), without: new Set(), again: false },
      chosen,
    );
    return planned.filter((_, index) => {
      const fate = asTheyAre[index]?.fate;
      return fate?.kind === "stays" && choice.reasons.includes(fate.reason);
    });
  }

  async #lookAtTargets(letters: readonly HeldLetter[]): Promise<void> {
    if (this.listing?.kind !== "listed") return;
    const named = new Set(letters.map(({ letter }) => letter.ruleArn?.split("/").at(-1)));
    for (const { name } of this.listing.rules) {
      if (!named.has(name) || this.#asked.has(name)) continue;
      this.#asked.add(name);
      try {
        const { session, facts } = this.#options;
        this.#targets.set(name, await listTargets(session, facts.account.bus.name, name));
      } catch (error) {
        if (!(error instanceof OperationError)) throw error;
        this.#problem = error.message;
      }
    }
  }

  /** What else takes events of AWS where they should have come to. */
  async #lookAtReceivers(letters: readonly HeldLetter[]): Promise<void> {
    const { facts, session, receivers, closed } = this.#options;
    for (const { letter } of letters) {
      const member = awsForwardOf(facts.account, letter)?.member;
      const plan = facts.topology.stacks.get(member ?? "");
      if (member === undefined || plan === undefined || this.#receivers.has(member)) continue;
      const because = closed?.get(member);
      const own = receivers?.get(member) ?? (member === facts.account.account ? session : undefined);
      const known: Receiver =
        because === undefined && own !== undefined
          ? await askForRules(own, plan.bus.name)
          : { kind: "closed", because: because ?? "it was not opened" };
      if (known.kind === "unknown") this.#problem = known.because;
      this.#receivers.set(member, known);
    }
  }

  async #plan(facts: JudgeOptions["facts"], letters: readonly HeldLetter[]): Promise<PlannedLetter[]> {
    const rules = this.listing?.kind === "listed" ? this.listing.rules : undefined;
    const planned: PlannedLetter[] = [];
    for (const held of letters) {
      const seen = { rules, targets: this.#targets, receivers: this.#receivers };
      const fate = fateOf({ ...facts, ...seen }, held.letter);
      await this.#lookAtBus(fate);
      planned.push({ held, letter: held.letter, fate: afterSight(fate, this.#sights) });
    }
    return planned;
  }

  async #lookAtBus(fate: Fate): Promise<void> {
    const { role } = this.#options;
    const goal = fate.kind === "stays" ? fate.again : fate;
    if (role === undefined || goal?.kind !== "goes") return;
    for (const { to } of destinationsOf(goal)) {
      if (isBus(to) && !this.#sights.has(to)) this.#sights.set(to, await seeBus(role, to));
    }
  }
}

/** Which letters are meant; within one field any of its values, all fields together. Empty: all. */
export interface Choice {
  /** Names or ARNs. */
  readonly rules: readonly string[];
  readonly errors: readonly string[];
  /** Keys, `orders/Order.Created`. */
  readonly contracts: readonly string[];
  /** Of the message, of the event, or of the event before its first redrive. */
  readonly ids: readonly string[];
  /** Letters that EventBridge gave up before this. */
  readonly before: Date | undefined;
  /** Why they stay. */
  readonly reasons: readonly StayReason[];
}

/** Everything but the reason, which a judge knows. */
function isChosen(
  choice: Choice,
  { registry, topology, queue }: Pick<FateFacts, "registry" | "topology" | "queue">,
  letter: Letter,
): boolean {
  const { rules, errors, contracts, ids, before } = choice;
  const { event, ruleArn, messageId, sentAt } = letter;
  const has = (wanted: readonly string[], values: readonly (string | undefined)[]) =>
    wanted.length === 0 || values.some((value) => value !== undefined && wanted.includes(value));
  return (
    has(rules, [ruleArn, ruleArn?.split("/").at(-1)]) &&
    has(errors, [errorOf(letter, queue)]) &&
    has(contracts, [
      event === undefined ? undefined : contractOf(registry, event, topology.environment)?.key,
    ]) &&
    has(ids, [messageId, event?.id, event?.rounds.firstId]) &&
    (before === undefined || (sentAt !== undefined && sentAt < before))
  );
}

export function isEmpty({ rules, errors, contracts, ids, before, reasons }: Choice): boolean {
  return before === undefined && [rules, errors, contracts, ids, reasons].every(({ length }) => length === 0);
}
