import type { Fault } from "aws-stand-in";
import type { StackPlan } from "../../infra/topology/index.js";
import { letterQueuesOf } from "../../operations/dead-letters/letter-queues.js";
import type { RedriveResult } from "../../operations/dead-letters/redrive.js";
import { OperationError } from "../../operations/run.js";
import { eventText, forwardAttributes, localAttributes, numberedOrder } from "../fixtures/fake-backbone.js";
import { type AwsRequest, OperatedAws } from "../fixtures/operated-aws.js";
import { type FinishedRedrive, newStateFolder, runRedrive } from "../fixtures/redrive-run.js";
import { member, registry, subscriptionAttributes, topology } from "../fixtures/subscribed-backbone.js";

/** What a campaign has counted; the last three must be 0. */
export interface Figures {
  readonly campaigns: number;
  readonly runs: number;
  readonly letters: number;
  readonly faults: number;
  /** In no queue, and on no bus that is there. */
  readonly lost: number;
  /** Accepted twice without a run having been told to send it again. */
  readonly doubled: number;
  /** Sentences of a report that the server's own books contradict. */
  readonly untrue: readonly string[];
}

/** Numbers between 0 and 1 that are the same for the same seed (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** All that can go wrong with one request; `RequestExpired` is what a wrong clock looks like. */
const faults: readonly Fault[] = [
  { kind: "cut" },
  { kind: "cut-after" },
  { kind: "error", type: "ThrottlingException" },
  { kind: "error", status: 500, type: "InternalFailure" },
  { kind: "error", status: 503, type: "ServiceUnavailable" },
  { kind: "error", type: "AccessDeniedException" },
  { kind: "error", type: "ValidationException" },
  { kind: "error", status: 403, type: "RequestExpired" },
  { kind: "error", type: "UndocumentedException" },
  { kind: "gateway", status: 408, body: "<html>timeout</html>", handled: true },
  { kind: "gateway", status: 408, body: "", handled: false },
  { kind: "gateway", status: 429, body: '{"__type":"ThrottlingException"}', handled: true },
  { kind: "gateway", status: 502, body: "<html>bad gateway</html>", handled: true },
  { kind: "gateway", status: 200, body: '{"Entries":[{"EventId":"', handled: true },
  { kind: "gateway", status: 200, body: "{}", handled: true },
  { kind: "gateway", status: 302, body: "<html>sign in</html>", handled: false },
];

/** Requests that a redrive makes once it reads; signing in is another matter. */
const actions =
  /^(?:ReceiveMessage|GetQueueAttributes|DescribeEventBus|PutEvents|SendMessageBatch|DeleteMessageBatch|ChangeMessageVisibilityBatch)$/;

const backbone = { registry, topology };
const target =
  member("delivery").subscriptions.find(({ name }) => name === "start-delivery")?.targetArn ?? "";

function queueNamed(account: string, called: string) {
  const queue = letterQueuesOf(stack(account)).find(({ as }) => as === called);
  if (queue === undefined) throw new Error(`no queue ${called}`);
  return queue;
}

function stack(account: string): StackPlan {
  const plan = topology.stacks.get(account);
  if (plan === undefined) throw new Error(`no stack ${account}`);
  return plan;
}

interface Scene {
  readonly account: string;
  readonly queue: string;
  readonly letterOf: (index: number) => {
    readonly to: string;
    readonly attributes: Readonly<Record<string, string>>;
  };
}

const busOf = (account: string): string => stack(account).bus.arn;

/** Whose letters go where: to two local buses, to one, to a subscription's queue, and from there and back. */
const scenes: readonly [Scene, ...Scene[]] = [
  {
    account: "global",
    queue: "dead-letters",
    letterOf: (index) => {
      const account = index % 2 === 0 ? "delivery" : "archive";
      return { to: busOf(account), attributes: forwardAttributes(account) };
    },
  },
  {
    account: "delivery",
    queue: "dead-letters",
    letterOf: () => ({ to: busOf("delivery"), attributes: localAttributes("delivery", "pack") }),
  },
  {
    account: "delivery",
    queue: "dead-letters",
    letterOf: () => ({
      to: target,
      attributes: subscriptionAttributes("delivery", "delivery/start-delivery"),
    }),
  },
  {
    account: "delivery",
    queue: "delivery/start-delivery",
    letterOf: () => ({ to: target, attributes: {} }),
  },
];

/**
 * Redrives a queue again and again against a server that misbehaves, until nothing moves any more, and holds every
 * sentence of every report against what the server knows.
 */
export async function runCampaign(seed: number): Promise<Figures> {
  const chance = chanceOf(seed);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(chance() * items.length)];
  const aws = new OperatedAws();
  await aws.start();
  const scene = scenes[seed % scenes.length] ?? scenes[0];
  const { account, queue: called, letterOf } = scene;
  const queue = queueNamed(account, called).name;
  aws.createQueue(queue);
  aws.createQueue(target);
  aws.rules.set("backbone-delivery", [
    { name: "pack", state: "ENABLED", eventPattern: '{"source":[{"prefix":""}]}' },
  ]);
  const letters = Array.from({ length: 5 + Math.floor(chance() * 40) }, (_, index) => {
    const { to, attributes } = letterOf(index);
    const id = `event-${index}`;
    const body = eventText({ id, detail: numberedOrder(index) });
    const add = () => aws.addMessage(queue, body, attributes, new Date());
    // Two targets may have refused one event.
    return { key: `${to} ${id}`, ids: chance() < 0.1 ? [add(), add()] : [add()] };
  });
  aws.chance = chance;
  if (chance() < 0.15) {
    aws.missingBuses.add(stack("delivery").bus.arn);
    aws.deleteQueue(target);
  }
  const unlucky = letters.filter(() => chance() < 0.03).flatMap(({ ids }) => ids);
  aws.failsToDelete = (id) => unlucky.includes(id);
  aws.failsToRelease = () => chance() < 0.02;
  const refusal = () => (chance() < 0.01 ? "InternalFailure" : undefined);
  aws.entryFault = refusal;
  aws.failsToSend = refusal;

  const state = newStateFolder();
  const untrue: string[] = [];
  const rate = chance() * 0.6;
  // Most runs take several rounds.
  const size = { letters: 1 + Math.floor(chance() * 30), characters: 1_000_000 };
  let faulted = 0;
  let runs = 0;
  for (let left = 4; left > 0; left -= 1) {
    const controller = new AbortController();
    const isLast = left === 1;
    aws.fault = ({ action }: AwsRequest) => {
      if (isLast || !actions.test(action)) return undefined;
      if (chance() < 0.01) controller.abort();
      if (chance() >= rate) return undefined;
      faulted += 1;
      return pick(faults);
    };
    runs += 1;
    const before = booksOf(aws, queue);
    try {
      const { signal } = controller;
      const finished = await runRedrive(aws, { backbone, account, queue: called, state, size, signal });
      untrue.push(
        ...untrueIn(finished, aws, queue, before).map((text) => `seed ${seed}, run ${runs}: ${text}`),
      );
    } catch (error) {
      // Nothing could be read, which is said in one sentence.
      if (!(error instanceof OperationError)) throw error;
    }
    // Whatever was left hidden is visible again before the next run.
    aws.now += 1_000;
  }
  await aws.stop();

  const sent = new Map<string, number>();
  for (const { to, eventId } of arrivedIn(aws))
    sent.set(`${to} ${eventId}`, (sent.get(`${to} ${eventId}`) ?? 0) + 1);
  const inQueue = new Set(aws.messagesIn(queue).map(({ id }) => id));
  return {
    campaigns: 1,
    runs,
    letters: letters.length,
    faults: faulted,
    lost:
      letters.filter(({ key, ids }) => !sent.has(key) && ids.some((id) => !inQueue.has(id))).length +
      aws.dropped.length,
    doubled: [...sent.values()].filter((times) => times > 1).length,
    untrue,
  };
}

export function sumOf(figures: readonly Figures[]): Figures {
  const sum = (of: (one: Figures) => number) => figures.reduce((total, one) => total + of(one), 0);
  return {
    campaigns: sum(({ campaigns }) => campaigns),
    runs: sum((one) => one.runs),
    letters: sum((one) => one.letters),
    faults: sum((one) => one.faults),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    untrue: figures.flatMap((one) => one.untrue),
  };
}

interface Arrival {
  readonly to: string;
  readonly as: string;
  readonly eventId: string;
}

/** All that has come to buses and to the subscription's queue. */
function arrivedIn(aws: OperatedAws): Arrival[] {
  return [
    ...aws.accepted.map(({ bus, eventId, resources }) => ({
      to: bus,
      as: eventId,
      eventId: /^event-backbone:redriven:(.+):\d+$/.exec(resources.at(-1) ?? "")?.[1] ?? "",
    })),
    ...aws.messagesIn(target).map(({ id, body }) => ({
      to: target,
      as: id,
      eventId: /"id":"([^"]+)"/.exec(body)?.[1] ?? "",
    })),
  ];
}

interface Books {
  readonly accepted: ReadonlySet<string>;
  readonly queued: ReadonlySet<string>;
}

function booksOf(aws: OperatedAws, queue: string): Books {
  return {
    accepted: new Set(arrivedIn(aws).map(({ as }) => as)),
    queued: new Set(aws.messagesIn(queue).map(({ id }) => id)),
  };
}

/** What a report says and the server knows better. */
function untrueIn(
  { planned, result }: FinishedRedrive,
  aws: OperatedAws,
  queue: string,
  before: Books,
): string[] {
  const after = booksOf(aws, queue);
  const isQueued = (messageId: string) => after.queued.has(messageId);
  /** As SQS has said; it may hand out again what it called deleted, and the next run deletes that. */
  const isDeleted = (messageId: string) => !isQueued(messageId) || aws.staleDeletions.has(messageId);
  /** Whether this run brought the letter's event to its destination. */
  const cameNow = (id: string, destination: string) =>
    arrivedIn(aws).some(
      ({ to, as, eventId }) => to === destination && eventId === id && !before.accepted.has(as),
    );
  const says = (holds: boolean, text: string) => (holds ? [] : [text]);
  return [
    ...result.redriven.flatMap(({ messageId, acceptedAs }) => [
      ...says(after.accepted.has(acceptedAs), `${messageId} has arrived as ${acceptedAs}`),
      ...says(isDeleted(messageId), `${messageId} is deleted`),
    ]),
    ...result.cleared.flatMap(({ messageId, acceptedAs }) => [
      ...says(before.accepted.has(acceptedAs), `${messageId} had arrived as ${acceptedAs}`),
      ...says(isDeleted(messageId), `${messageId} is deleted now`),
    ]),
    ...result.undeleted.flatMap(({ messageId, acceptedAs, isRefused }) => [
      ...says(after.accepted.has(acceptedAs), `${messageId} has arrived as ${acceptedAs}`),
      ...says(!isRefused || isQueued(messageId), `${messageId} could not be deleted`),
    ]),
    ...[...result.refused, ...result.notSent].flatMap(({ messageId, eventId, to }) => [
      ...says(!cameNow(eventId, to), `${messageId} was not accepted`),
      ...says(isQueued(messageId), `${messageId} is still in the queue`),
    ]),
    ...result.uncertain.flatMap(({ messageId }) =>
      says(isQueued(messageId), `${messageId} is still in the queue`),
    ),
    ...result.untouched.flatMap((messageId) => says(isQueued(messageId), `${messageId} was not reached`)),
    ...planned.flatMap(({ letter, fate }) =>
      fate.kind === "stays" ? says(isQueued(letter.messageId), `${letter.messageId} stays`) : [],
    ),
    ...says(
      tellsAll(planned.filter(({ fate }) => fate.kind !== "stays").length, result),
      "something became of each letter",
    ),
  ];
}

function tellsAll(going: number, result: RedriveResult): boolean {
  const { redriven, cleared, undeleted, refused, uncertain, notSent, untouched } = result;
  const told = [redriven, cleared, undeleted, refused, uncertain, notSent, untouched];
  return told.reduce((sum, { length }) => sum + length, 0) === going;
}
