import { names } from "../../../infra/aws/names.js";
import type { Registry } from "../../../infra/registry/index.js";
import type { StackPlan, Topology } from "../../../infra/topology/index.js";
import type { AccountSession } from "../../../operations/aws/session.js";
import { Discard, type DiscardResult } from "../../../operations/dead-letters/discard.js";
import { Hand } from "../../../operations/dead-letters/hand.js";
import { type History, noHistory } from "../../../operations/dead-letters/history.js";
import { openJournal, readHistory, stateFolder } from "../../../operations/dead-letters/journal.js";
import { letterQueuesOf } from "../../../operations/dead-letters/letter-queues.js";
import {
  type Choice,
  Judge,
  type LetterRow,
  type PlannedLetter,
} from "../../../operations/dead-letters/plan.js";
import { countLetters, queueUrl, type Unreleased } from "../../../operations/dead-letters/queue.js";
import type { Reading } from "../../../operations/dead-letters/read.js";
import {
  Redrive,
  redriveHiddenSeconds,
  type RedriveResult,
} from "../../../operations/dead-letters/redrive.js";
import { askForRules, type RuleList } from "../../../operations/rules.js";
import { systemClock } from "../../../operations/run.js";
import { count } from "../../../views/table.js";
import { CallError } from "../../errors.js";
import type { CommandContext } from "../../terminal/command-line.js";
import { canAsk, confirm, type ConsentOptions } from "../../terminal/confirm.js";
import { Progress } from "../../terminal/progress.js";
import { writeJson, writeText } from "../../terminal/write.js";
import type { LetterFacts } from "./facts.js";
import { type GivenUp, givenUpToJson, plannedRules, renderElsewhere, renderGivenUp } from "./no-letters.js";
import { lettersToJson } from "./json.js";
import { renderLetters, renderLost, renderUnreleased } from "./report.js";
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
  /** Sessions of accounts that events of AWS are forwarded to. */
  readonly receivers: ReadonlyMap<string, AccountSession>;
  /** Their redrive roles, where something is sent. */
  readonly givers: ReadonlyMap<string, AccountSession>;
  /** Why others are not open. */
  readonly closed: ReadonlyMap<string, string>;
  readonly alsoTo: readonly string[];
  /** Rules that may go without events of AWS. */
  readonly without: readonly string[];
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
  const history = historyFor(task);
  const judge = await openJudge(task, history, task.again);
  requireRules(judge.listing, task.alsoTo, task.account);
  const hand = new Hand(role, queueUrl(role, queue.name), {
    hiddenSeconds: deed.kind === "list" ? lookHiddenSeconds : redriveHiddenSeconds,
    clock: systemClock,
    signal,
  });
  try {
    const reading = await withProgress("messages read", (progress) => hand.read(judge, limit, progress));
    const found = { task, history, judge, reading, hand };
    if (deed.kind === "list") return await list(found);
    if (deed.kind === "redrive") return await redriveThem(found);
    return await discardThem(found, deed.file);
  } finally {
    await hand.letGo();
  }
}

/** All letters that are meant have been looked at, and are in hand. */
interface Found {
  readonly task: LetterTask;
  readonly history: History;
  readonly judge: Judge;
  readonly reading: Reading<LetterRow>;
  readonly hand: Hand;
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

function openJudge(
  { session, role, registry, topology, account, queue, deed, choice, ...task }: LetterTask,
  history: History,
  again: boolean,
): Promise<Judge> {
  return Judge.open({
    session,
    role: deed.kind === "redrive" ? role : undefined,
    choice,
    receivers: task.receivers,
    closed: task.closed,
    facts: {
      registry,
      topology,
      account,
      queue,
      history,
      alsoTo: new Set(task.alsoTo),
      without: new Set(task.without),
      again,
    },
  });
}

function factsOf({ task, judge, reading, hand }: Found): LetterFacts {
  const { topology, account, queue, context } = task;
  const { letters, others, queue: state, ended, problem } = reading;
  return {
    topology,
    account,
    queue,
    letters,
    others,
    state,
    ended,
    problem,
    lost: hand.lost,
    rulesProblem: judge.problem,
    now: new Date(),
    context,
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

async function list(found: Found): Promise<boolean> {
  const { task, reading, hand } = found;
  const unreleased = await hand.letGo();
  const facts = factsOf(found);
  const givenUp = await countGivenUp(task);
  if (task.consent.json === true) {
    await writeJson({ ...lettersToJson(facts), hidden: unreleased, givenUp: givenUpToJson(givenUp) });
  } else {
    await writeText(
      [
        renderLetters(facts, task.all),
        ...(givenUp === undefined ? [] : renderGivenUp(givenUp, task)),
        ...(await elsewhere(found, facts)),
      ].join("\n"),
    );
    if (unreleased !== undefined) await writeText(renderUnreleased(unreleased));
  }
  return reading.ended !== "interrupted" && reading.ended !== "failed" && reading.lost === undefined;
}

/** What consumers gave up is in queues of their own, which nobody who looks at the account's letters shall overlook. */
async function countGivenUp({ session, account, queue }: LetterTask): Promise<GivenUp[] | undefined> {
  if (queue.kind !== "dead-letters") return undefined;
  const queues = letterQueuesOf(account).filter(({ kind }) => kind === "given-up");
  return Promise.all(
    queues.map(async (one) => ({ queue: one, letters: await countLetters(session, one.name) })),
  );
}

async function elsewhere(
  { task: { session, topology, account, context, redeploy }, judge }: Found,
  { letters, others, state }: LetterFacts,
): Promise<string[]> {
  if (letters.length + others + state.visible + state.hidden > 0) return [];
  const prefix = names.awsEventsRule(topology.environment.prefix, "", 0);
  const buses = await Promise.all(
    plannedRules(account).map(async (one) => {
      const isOwn = one.bus === account.bus.name;
      const listing = isOwn
        ? (judge.listing ?? (await askForRules(session, one.bus)))
        : // Others have rules there, too.
          await askForRules(session, one.bus, prefix);
      return { ...one, listing };
    }),
  );
  return [renderElsewhere(topology, account, buses, context, redeploy)];
}

async function redriveThem(found: Found): Promise<boolean> {
  const { task, hand } = found;
  const { consent, signal, account } = task;
  let { again } = task;
  let facts = factsOf(found);
  await explain(task, facts);
  const doubtful = facts.letters.filter(({ fate }) => isAskedForAlone(fate)).length;
  if (doubtful > 0 && canAsk(consent)) {
    const question = `${count(doubtful, "letter")} may have arrived already, or came back twice (see above). Send them as well?`;
    if (await confirm({}, question, signal)) {
      again = true;
      facts = { ...facts, letters: facts.letters.map(letGo) };
      await explain(task, facts);
    }
  }
  const going = facts.letters.filter(({ fate }) => fate.kind !== "stays");
  const isAgreed =
    going.length > 0 && !signal.aborted && (await confirm(consent, questionAbout(going), signal));
  const result = isAgreed ? await send(found, going, again) : undefined;
  const done = [...(result?.redriven ?? []), ...(result?.cleared ?? []), ...(result?.undeleted ?? [])];
  const unreleased = await hand.letGo(new Set(done.map(({ messageId }) => messageId)));
  const gone = new Set([...(result?.redriven ?? []), ...(result?.cleared ?? [])].map((one) => one.messageId))
    .size;
  const left = facts.letters.length - gone;
  const complete = left === 0 && isWhole(found);
  if (consent.json === true) {
    const redrive = { complete, left, agreed: isAgreed, ...(result ?? nothingDone) };
    await writeJson({ ...lettersToJson({ ...facts, lost: hand.lost }), hidden: unreleased, redrive });
  } else {
    if (result === undefined) await writeText("Nothing was sent and nothing deleted.");
    else await writeText(renderRedriveResult(result, account.account, task.context, task.all));
    await tellHidden(facts, hand, unreleased);
  }
  return complete;
}

/** What the explanation before could not know. */
async function tellHidden(
  { lost }: LetterFacts,
  hand: Hand,
  unreleased: Unreleased | undefined,
): Promise<void> {
  if (hand.lost !== undefined && hand.lost !== lost) await writeText(renderLost(hand.lost));
  if (unreleased !== undefined) await writeText(renderUnreleased(unreleased));
}

function letGo({ letter, fate }: LetterRow): LetterRow {
  return { letter, fate: fate.kind === "stays" ? (fate.again ?? fate) : fate };
}

function questionAbout(going: readonly LetterRow[]): string {
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
  partly: [],
  refused: [],
  uncertain: [],
  notSent: [],
  untouched: [],
  stopped: undefined,
};

function isAskedForAlone(fate: LetterRow["fate"]): boolean {
  return fate.kind === "stays" && fate.again !== undefined;
}

/** Whether everything that was asked for came to hand. */
function isWhole({ task, reading, hand }: Found): boolean {
  const { ended, letters, others, queue } = reading;
  if (hand.lost !== undefined) return false;
  if (ended === "limit" && task.isLimitGiven) return true;
  const isAll = queue.visible + queue.hidden <= letters.length + others;
  return (ended === "limit" || ended === "empty") && isAll;
}

async function explain({ consent, all }: LetterTask, facts: LetterFacts): Promise<void> {
  const explanation = renderLetters(facts, all);
  if (consent.json === true) process.stderr.write(`${explanation}\n`);
  else await writeText(explanation);
}

async function send(
  { task, history, hand }: Found,
  going: readonly LetterRow[],
  again: boolean,
): Promise<RedriveResult> {
  const { role, givers, queue, account, signal } = task;
  const journal = openJournal(stateFolder(process.env), queue.arn, account.account, systemClock);
  try {
    return await withProgress("letters sent", async (report) => {
      const progress = (sent: number) => {
        report(sent, going.length);
      };
      const options = { journal, givers, clock: systemClock, signal, progress };
      const run = new Redrive(role, queueUrl(role, queue.name), options);
      const open = () => openJudge(task, history, again);
      return run.result(await hand.inRounds(going, open, (letters) => run.send(letters)));
    });
  } finally {
    journal.close();
  }
}

async function discardThem(found: Found, file: string): Promise<boolean> {
  const { task, hand } = found;
  const { consent, signal } = task;
  const facts = factsOf(found);
  await explain(task, facts);
  const { letters } = facts;
  const isAgreed =
    letters.length > 0 &&
    !signal.aborted &&
    (await confirm(consent, `Write ${count(letters.length, "letter")} to ${file} and delete them?`, signal));
  const result = isAgreed ? await throwAway(found, letters, file) : undefined;
  const done = [...(result?.discarded ?? []), ...(result?.undeleted ?? []).map(({ messageId }) => messageId)];
  const unreleased = await hand.letGo(new Set(done));
  const complete = (result?.discarded.length ?? 0) === letters.length && isWhole(found);
  if (consent.json === true) {
    const nothing = { discarded: [], undeleted: [], untouched: [], stopped: undefined };
    const discarded = { complete, agreed: isAgreed, file, ...(result ?? nothing) };
    await writeJson({
      ...lettersToJson({ ...facts, lost: hand.lost }),
      hidden: unreleased,
      discard: discarded,
    });
  } else {
    if (result === undefined) await writeText("Nothing was deleted.");
    else await writeText(renderDiscardResult(result, file));
    await tellHidden(facts, hand, unreleased);
  }
  return complete;
}

async function throwAway(
  { task, history, hand }: Found,
  letters: readonly LetterRow[],
  file: string,
): Promise<DiscardResult> {
  const { role, queue, signal, again } = task;
  return withProgress("letters discarded", async (report) => {
    const progress = (discarded: number) => {
      report(discarded, letters.length);
    };
    const bin = new Discard(role, queueUrl(role, queue.name), { file, signal, progress });
    try {
      const open = () => openJudge(task, history, again);
      const work = (planned: readonly PlannedLetter[]) => bin.add(planned.map(({ held }) => held));
      return bin.result(await hand.inRounds(letters, open, work));
    } finally {
      bin.close();
    }
  });
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
