import type { Registry } from "../../../infra/registry/index.js";
import type { StackPlan, Topology } from "../../../infra/topology/index.js";
import type { AccountSession } from "../../../operations/aws/session.js";
import { discard } from "../../../operations/dead-letters/discard.js";
import type { FateFacts, StayReason } from "../../../operations/dead-letters/fate.js";
import { type History, noHistory } from "../../../operations/dead-letters/history.js";
import { openJournal, readHistory, stateFolder } from "../../../operations/dead-letters/journal.js";
import type { Letter } from "../../../operations/dead-letters/letter.js";
import type { Choice } from "../../../operations/dead-letters/plan.js";
import {
  lookAtRules,
  planLetters,
  type PlannedLetter,
  seeBuses,
} from "../../../operations/dead-letters/plan.js";
import {
  type HeldMessage,
  queueUrl,
  release,
  type Unreleased,
} from "../../../operations/dead-letters/queue.js";
import { type Reading, readLetters } from "../../../operations/dead-letters/read.js";
import {
  redrive,
  redriveHiddenSeconds,
  type RedriveResult,
} from "../../../operations/dead-letters/redrive.js";
import type { RuleList } from "../../../operations/rules.js";
import { systemClock } from "../../../operations/run.js";
import { count } from "../../../views/table.js";
import { CallError } from "../../errors.js";
import type { CommandContext } from "../../terminal/command-line.js";
import { canAsk, confirm, type ConsentOptions } from "../../terminal/confirm.js";
import { Progress } from "../../terminal/progress.js";
import { writeJson, writeText } from "../../terminal/write.js";
import { renderElsewhere } from "./no-letters.js";
import { type LetterFacts, lettersToJson, renderLetters, renderUnreleased } from "./report.js";
import { renderDiscardResult, renderRedriveResult } from "./results.js";

/** What is to be done with letters. */
export type Deed =
  | { readonly kind: "list" }
  | { readonly kind: "redrive" }
  | { readonly kind: "discard"; readonly file: string };

export interface LetterTask {
  /** Of the account's administrator. */
  readonly session: AccountSession;
  /** Who reads and changes the queue: the redrive role, where something is changed. */
  readonly role: AccountSession;
  readonly registry: Registry;
  readonly topology: Topology;
  readonly account: StackPlan;
  readonly queue: LetterFacts["queue"];
  readonly deed: Deed;
  readonly choice: Choice;
  readonly isChosen: (letter: Letter) => boolean;
  readonly alsoTo: readonly string[];
  readonly limit: number;
  readonly isLimitGiven: boolean;
  readonly again: boolean;
  readonly all: boolean;
  readonly consent: ConsentOptions;
  readonly context: CommandContext;
  /** Brings back what the account's stack has emitted. */
  readonly redeploy: string;
  readonly signal: AbortSignal;
}

/** A look must not keep letters from others for longer than it takes. */
const lookHiddenSeconds = 120;

/**
 * Takes letters into hand, decides about each, does what was asked for, and lets go of what is left.
 * @returns whether nothing that was asked for is left undone
 */
export async function handleLetters(task: LetterTask): Promise<boolean> {
  const { role, queue, deed, limit, signal } = task;
  const url = queueUrl(role, queue.name);
  const history = historyFor(task);
  const reading = await withProgress("messages read", (progress) =>
    readLetters(role, url, {
      isChosen: task.isChosen,
      // Why a letter stays is known only after all have been read.
      limit: task.choice.reasons.length === 0 ? limit : Number.POSITIVE_INFINITY,
      hiddenSeconds: deed.kind === "list" ? lookHiddenSeconds : redriveHiddenSeconds,
      clock: systemClock,
      signal,
      progress,
    }),
  );
  const hand = new Hand(role, url, reading);
  try {
    if (deed.kind === "list") return await list(task, history, reading, hand);
    if (deed.kind === "redrive") return await redriveThem(task, history, reading, hand, url);
    return await discardThem(task, history, reading, hand, url, deed.file);
  } finally {
    await hand.letGo();
  }
}

/** What is still held, and must be let go of in the end, whatever happens. */
class Hand {
  readonly #role: AccountSession;
  readonly #url: string;
  #held: readonly HeldMessage[];

  constructor(role: AccountSession, url: string, { letters, others }: Reading) {
    this.#role = role;
    this.#url = url;
    this.#held = [...letters, ...others];
  }

  /** Shows everything to others again, but for messages that are gone, or must not be taken for waiting ones. */
  async letGo(done: ReadonlySet<string> = new Set()): Promise<Unreleased | undefined> {
    const held = this.#held.filter(({ messageId }) => !done.has(messageId));
    this.#held = [];
    return release(this.#role, this.#url, held);
  }
}

function historyFor({ deed, queue }: LetterTask): History {
  try {
    return readHistory(stateFolder(process.env), queue.arn, new Date());
  } catch (error) {
    // Looking does no harm without it.
    if (deed.kind === "redrive") throw error;
    return noHistory;
  }
}

const nothingAsked = {
  listing: undefined,
  targets: new Map<string, readonly string[]>(),
  problem: undefined,
};

interface Judgement {
  readonly facts: LetterFacts;
  readonly listing: RuleList | undefined;
}

async function judge(
  task: LetterTask,
  history: History,
  reading: Reading,
  again: boolean,
): Promise<Judgement> {
  const { session, role, registry, topology, account, queue, deed, choice, alsoTo, context } = task;
  const isAsked = (account.kind === "member" && !queue.isEncryptionQueue) || reading.letters.length === 0;
  const { listing, targets, problem } = isAsked
    ? await lookAtRules(session, account.bus.name, reading.letters)
    : nothingAsked;
  requireRules(listing, alsoTo, account);
  const fateFacts: FateFacts = {
    registry,
    topology,
    account,
    isEncryptionQueue: queue.isEncryptionQueue,
    rules: listing?.kind === "listed" ? listing.rules : undefined,
    targets,
    history,
    alsoTo: new Set(alsoTo),
    again,
  };
  const sights =
    deed.kind === "redrive" ? await seeBuses(role, planLetters(fateFacts, reading.letters)) : undefined;
  const planned = planLetters(fateFacts, reading.letters, sights);
  // What lets a letter go takes its reason away, and must not take it out of the choice.
  const asTheyAre = planLetters({ ...fateFacts, alsoTo: new Set(), again: false }, reading.letters, sights);
  const chosen = planned.filter((_, index) => {
    const fate = asTheyAre[index]?.fate;
    return choice.reasons.length === 0 || (fate?.kind === "stays" && choice.reasons.includes(fate.reason));
  });
  const letters = chosen.slice(0, task.limit);
  return {
    listing,
    facts: {
      topology,
      account,
      queue,
      letters,
      others: reading.others.length + planned.length - letters.length,
      beyondLimit: chosen.length - letters.length,
      state: reading.queue,
      ended: reading.ended,
      problem: reading.problem,
      lost: reading.lost,
      rulesProblem: problem,
      now: new Date(),
      context,
    },
  };
}

/** @throws CallError naming the rules that exist */
function requireRules(listing: RuleList | undefined, alsoTo: readonly string[], { bus }: StackPlan): void {
  if (listing?.kind !== "listed") return;
  const names = listing.rules.map(({ name }) => name);
  const unknown = alsoTo.find((rule) => !names.includes(rule));
  if (unknown === undefined) return;
  throw new CallError(
    `--also-to: no rule on ${bus.name} is named "${unknown}"; there are: ${names.join(", ")}`,
  );
}

async function list(task: LetterTask, history: History, reading: Reading, hand: Hand): Promise<boolean> {
  const unreleased = await hand.letGo();
  const { facts, listing } = await judge(task, history, reading, task.again);
  if (task.consent.json === true) {
    await writeJson({ ...lettersToJson(facts), hidden: unreleased });
  } else {
    await writeText([renderLetters(facts, task.all), ...elsewhere(task, facts, listing)].join("\n"));
    if (unreleased !== undefined) await writeText(renderUnreleased(unreleased));
  }
  return reading.ended !== "interrupted" && reading.ended !== "failed" && reading.lost === undefined;
}

function elsewhere(
  { topology, account, context, redeploy }: LetterTask,
  { letters, others, state }: LetterFacts,
  listing: RuleList | undefined,
): string[] {
  const isEmpty = letters.length + others + state.visible + state.hidden === 0;
  return isEmpty && listing !== undefined
    ? [renderElsewhere(topology, account, listing, context, redeploy)]
    : [];
}

async function redriveThem(
  task: LetterTask,
  history: History,
  reading: Reading,
  hand: Hand,
  url: string,
): Promise<boolean> {
  const { consent, signal, account } = task;
  let { facts } = await judge(task, history, reading, task.again);
  await explain(task, facts);
  const doubtful = facts.letters.filter(({ fate }) => isAskedForAlone(fate)).length;
  if (doubtful > 0 && canAsk(consent)) {
    const question = `${count(doubtful, "letter")} may be on the bus already, or came back twice (see above). Send them as well?`;
    if (await confirm({}, question, signal)) {
      ({ facts } = await judge(task, history, reading, true));
      await explain(task, facts);
    }
  }
  const going = facts.letters.filter(({ fate }) => fate.kind !== "stays");
  const isAgreed =
    going.length > 0 && !signal.aborted && (await confirm(consent, questionAbout(going), signal));
  const result = isAgreed ? await send(task, url, going) : undefined;
  const done = new Set(
    result === undefined
      ? []
      : [...result.redriven, ...result.cleared, ...result.undeleted].map(({ messageId }) => messageId),
  );
  const unreleased = await hand.letGo(done);
  const gone = (result?.redriven.length ?? 0) + (result?.cleared.length ?? 0);
  const left = facts.letters.length - gone;
  const complete = left === 0 && isWhole(task, reading, facts);
  if (consent.json === true) {
    const redrive = { complete, left, agreed: isAgreed, ...(result ?? nothingDone) };
    await writeJson({ ...lettersToJson(facts), hidden: unreleased, redrive });
  } else {
    if (result === undefined) await writeText("Nothing was sent and nothing deleted.");
    else await writeText(renderRedriveResult(result, account.account, task.context, task.all));
    if (unreleased !== undefined) await writeText(renderUnreleased(unreleased));
  }
  return complete;
}

function questionAbout(going: readonly PlannedLetter[]): string {
  const sent = going.filter(({ fate }) => fate.kind === "sent").length;
  const parts = [
    ...(sent < going.length ? [`Send ${count(going.length - sent, "letter")} again`] : []),
    ...(sent > 0 ? [`delete ${count(sent, "letter")} sent before`] : []),
  ];
  return `${parts.join(" and ")}?`;
}

const nothingDone: RedriveResult = {
  redriven: [],
  cleared: [],
  undeleted: [],
  refused: [],
  uncertain: [],
  notSent: [],
  untouched: [],
  stopped: undefined,
};

const askedForAlone: ReadonlySet<StayReason> = new Set(["in-doubt", "given-back", "many-rounds"]);

function isAskedForAlone(fate: PlannedLetter["fate"]): boolean {
  return fate.kind === "stays" && askedForAlone.has(fate.reason);
}

/** Whether everything that was asked for came to hand. */
function isWhole(
  { isLimitGiven }: LetterTask,
  { ended, letters, others, queue, lost }: Reading,
  { beyondLimit }: LetterFacts,
): boolean {
  if (lost !== undefined) return false;
  if (beyondLimit > 0) return isLimitGiven;
  if (ended === "limit")
    return isLimitGiven || queue.visible + queue.hidden <= letters.length + others.length;
  return ended === "empty" && queue.visible + queue.hidden <= letters.length + others.length;
}

async function explain({ consent, all }: LetterTask, facts: LetterFacts): Promise<void> {
  const explanation = renderLetters(facts, all);
  if (consent.json === true) process.stderr.write(`${explanation}\n`);
  else await writeText(explanation);
}

async function send(
  { role, queue, account, signal }: LetterTask,
  url: string,
  going: readonly PlannedLetter[],
): Promise<RedriveResult> {
  const journal = openJournal(stateFolder(process.env), queue.arn, account.account, systemClock);
  try {
    return await withProgress("events sent", (progress) =>
      redrive(role, url, going, { journal, clock: systemClock, signal, progress }),
    );
  } finally {
    journal.close();
  }
}

async function discardThem(
  task: LetterTask,
  history: History,
  reading: Reading,
  hand: Hand,
  url: string,
  file: string,
): Promise<boolean> {
  const { consent, signal, role } = task;
  const { facts } = await judge(task, history, reading, false);
  await explain(task, facts);
  const letters = facts.letters.map(({ held }) => held);
  const isAgreed =
    letters.length > 0 &&
    !signal.aborted &&
    (await confirm(consent, `Write ${count(letters.length, "letter")} to ${file} and delete them?`, signal));
  const result = isAgreed
    ? await withProgress("letters discarded", (progress) =>
        discard(role, url, letters, { file, signal, progress }),
      )
    : undefined;
  const done = [...(result?.discarded ?? []), ...(result?.undeleted ?? []).map(({ messageId }) => messageId)];
  const unreleased = await hand.letGo(new Set(done));
  const complete = (result?.discarded.length ?? 0) === letters.length && isWhole(task, reading, facts);
  if (consent.json === true) {
    const nothing = { discarded: [], undeleted: [], untouched: [], stopped: undefined };
    const discarded = { complete, agreed: isAgreed, file, ...(result ?? nothing) };
    await writeJson({ ...lettersToJson(facts), hidden: unreleased, discard: discarded });
  } else {
    if (result === undefined) await writeText("Nothing was deleted.");
    else await writeText(renderDiscardResult(result, file));
    if (unreleased !== undefined) await writeText(renderUnreleased(unreleased));
  }
  return complete;
}

async function withProgress<Result>(
  what: string,
  work: (progress: (done: number, total: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = new Progress(what);
  try {
    return await work((done, total) => {
      progress.report(done, total);
    });
  } finally {
    progress.end();
  }
}
