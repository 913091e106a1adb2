import { isDeepStrictEqual } from "node:util";
import { groupBy } from "../../infra/registry/index.js";
import { messageOf } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";
import { type Clock, OperationError } from "../run.js";
import type { Fate } from "./fate.js";
import { headOf } from "./letter.js";
import type { Judge, LetterRow, PlannedLetter } from "./plan.js";
import { type HeldMessage, release, type Unreleased, unreleasedOf } from "./queue.js";
import { type LostAnswers, type Reading, readLetters, type ReadingOptions } from "./read.js";

/** How much is held at once, bodies included. */
export interface RoundSize {
  readonly letters: number;
  readonly characters: number;
}

export const roundSize: RoundSize = { letters: 1_000, characters: 16 * 1_048_576 };

const notAsTheyWere = "letters did not come to hand again, or something about them has changed";

export interface HandOptions {
  /** Seconds that what is read stays hidden from others. */
  readonly hiddenSeconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly size?: RoundSize;
}

/** Letters that had no turn, by message id, and why, if there is more to say than that the work was ended. */
export interface Missed {
  readonly messageIds: readonly string[];
  readonly problem: string | undefined;
}

/**
 * What one run has of a queue: all that it has read stays hidden from others until it lets go, and is kept as rows;
 * bodies are held of one round at most, however many letters there are.
 */
export class Hand {
  readonly #role: AccountSession;
  readonly #url: string;
  readonly #options: HandOptions;
  readonly #size: RoundSize;
  readonly #held = new Map<string, HeldMessage>();
  /** Undefined: there is more than one round. */
  #whole: Map<string, PlannedLetter> | undefined = new Map();
  #lost: LostAnswers | undefined;

  constructor(role: AccountSession, url: string, options: HandOptions) {
    this.#role = role;
    this.#url = url;
    this.#options = options;
    this.#size = options.size ?? roundSize;
  }

  /** Answers of SQS that were lost in all readings so far. */
  get lost(): LostAnswers | undefined {
    return this.#lost;
  }

  /** Reads once and decides about each letter as it comes. */
  async read(
    judge: Judge,
    limit: number,
    progress?: (done: number, total: number) => void,
  ): Promise<Reading<LetterRow>> {
    let characters = 0;
    // What many letters say alike is kept once.
    const texts = new Map<string, string>();
    const fates = new Map<string, Fate>();
    return this.#read({
      limit,
      ...(progress === undefined ? {} : { progress }),
      choose: async (letters) => {
        const planned = await judge.choose(letters);
        for (const one of planned) {
          characters += one.letter.size;
          this.#whole?.set(one.letter.messageId, one);
        }
        if (characters > this.#size.characters || (this.#whole?.size ?? 0) > this.#size.letters) {
          this.#whole = undefined;
        }
        return planned.map(({ letter, fate }) => ({
          letter: headOf(letter, (text) => oneCopy(texts, text, text)),
          fate: oneCopy(fates, JSON.stringify(fate), fate),
        }));
      },
    });
  }

  /**
   * Hands over letters with their bodies. More than a round are shown to others and taken up again, round by round,
   * all letters about one event in the same. What does not come again, or would be decided differently by now, is
   * missed; whatever comes besides stays in hand untouched.
   * @param openJudge sees anew what may have changed
   * @param work returns whether to go on
   */
  async inRounds(
    rows: readonly LetterRow[],
    openJudge: () => Promise<Judge>,
    work: (letters: readonly PlannedLetter[]) => Promise<boolean>,
  ): Promise<Missed> {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole !== undefined) {
      await work(
        rows.flatMap(({ letter, fate }) => {
          const planned = whole.get(letter.messageId);
          return planned === undefined ? [] : [{ ...planned, fate }];
        }),
      );
      return { messageIds: [], problem: undefined };
    }
    const missed = new Set(rows.map(({ letter }) => letter.messageId));
    const missing = (problem?: string): Missed => ({ messageIds: [...missed], problem });
    for (const round of roundsOf(rows, this.#size)) {
      try {
        const { letters, ended, problem } = await this.#readAgain(round, await openJudge());
        for (const { letter } of letters) missed.delete(letter.messageId);
        if (letters.length > 0 && !(await work(letters))) return missing();
        if (ended === "interrupted" || ended === "failed") return missing(problem ?? ended);
      } catch (error) {
        // What earlier rounds have done must be told.
        if (!(error instanceof OperationError)) throw error;
        return missing(messageOf(error));
      }
    }
    return missed.size === 0 ? missing() : missing(notAsTheyWere);
  }

  async #readAgain(round: readonly LetterRow[], judge: Judge): Promise<Reading<PlannedLetter>> {
    const fates = new Map(round.map(({ letter, fate }) => [letter.messageId, fate]));
    await this.#showAgain([...fates.keys()]);
    return this.#read({
      limit: fates.size,
      choose: async (letters) => {
        const planned = await judge.choose(letters);
        return planned.filter(({ letter, fate }) => isDeepStrictEqual(fate, fates.get(letter.messageId)));
      },
    });
  }

  /** Shows everything to others again, but for messages that are gone, or must not be taken for waiting ones. */
  async letGo(done: ReadonlySet<string> = new Set()): Promise<Unreleased | undefined> {
    const failures = await this.#showAgain([...this.#held.keys()].filter((id) => !done.has(id)));
    this.#held.clear();
    return unreleasedOf(failures);
  }

  async #showAgain(messageIds: readonly string[]): Promise<ReadonlyMap<HeldMessage, string>> {
    const now = this.#options.clock.now();
    const hidden = messageIds.flatMap((id) => {
      const message = this.#held.get(id);
      this.#held.delete(id);
      // The others are shown by now.
      return message !== undefined && message.hiddenUntil > now ? [message] : [];
    });
    const failures = await release(this.#role, this.#url, hidden);
    for (const message of failures.keys()) this.#held.set(message.messageId, message);
    return failures;
  }

  async #read<Kept extends LetterRow>(
    options: Pick<ReadingOptions<Kept>, "limit" | "choose" | "progress">,
  ): Promise<Reading<Kept>> {
    const { hiddenSeconds, clock, signal } = this.#options;
    const reading = await readLetters(this.#role, this.#url, {
      held: this.#held,
      hiddenSeconds,
      clock,
      signal,
      ...options,
    });
    const { lost } = reading;
    if (lost !== undefined) this.#lost = { ...lost, letters: lost.letters + (this.#lost?.letters ?? 0) };
    return reading;
  }
}

function oneCopy<Value>(copies: Map<string, Value>, key: string, value: Value): Value {
  const known = copies.get(key);
  if (known === undefined) copies.set(key, value);
  return known ?? value;
}

/** Divides letters into rounds, those about one event together: it must not be sent once for each. */
export function roundsOf(rows: readonly LetterRow[], size: RoundSize): LetterRow[][] {
  const rounds: LetterRow[][] = [];
  let characters = 0;
  for (const group of groupBy(rows, ({ letter }) => letter.digest)) {
    const groupCharacters = group.length * group[0].letter.size;
    const round = rounds.at(-1);
    if (
      round === undefined ||
      round.length + group.length > size.letters ||
      characters + groupCharacters > size.characters
    ) {
      rounds.push([...group]);
      characters = groupCharacters;
    } else {
      round.push(...group);
      characters += groupCharacters;
    }
  }
  return rounds;
}
