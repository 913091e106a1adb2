import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout } from "node:timers/promises";
import { lazy, type PutEvents, putEventsToAws, type SendMessage, sendMessageToAws } from "./aws.js";
import type { Delivery } from "./delivery.js";
import { dynamoStore } from "./dynamo-store.js";
import type { Environment } from "./environment.js";
import { memoryStore, type OnceStore } from "./store.js";

/** What service code runs on. All that it holds, it holds for itself: two runtimes of a process know nothing of each other. */
export interface Runtime {
  /** Environment variables. Default: those of the process. */
  readonly environment: Environment;
  /** How events are published. Default: by the AWS SDK. */
  readonly putEvents: PutEvents;
  /** How letters are sent. Default: by the AWS SDK. */
  readonly sendMessage: SendMessage;
  /** Where `once` remembers. Default: the table in `BACKBONE_ONCE_TABLE`; memory where there is none. */
  readonly store: () => OnceStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Waits, and ends early when the signal says so. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Takes a line of the log. Default: standard output. */
  readonly write: (line: string) => void;
}

/** A runtime with parts of one's own, and its own memory. */
export function createRuntime(parts: Partial<Runtime> = {}): Runtime {
  const { environment = process.env, now = Date.now } = parts;
  return {
    environment,
    now,
    putEvents: putEventsToAws(),
    sendMessage: sendMessageToAws(),
    store: lazy(() => {
      const table = environment.BACKBONE_ONCE_TABLE;
      return table === undefined || table === "" ? memoryStore({ now }) : dynamoStore(table, { now });
    }),
    sleep,
    random: Math.random,
    write: (line) => {
      process.stdout.write(`${line}\n`);
    },
    ...parts,
  };
}

async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal });
  } catch {
    // Ended early.
  }
}

/** What a handler runs in. */
export interface Handling {
  readonly delivery: Delivery;
  readonly subscription: string;
  readonly traceparent: string | undefined;
  /** When the host will end it, in milliseconds since 1970, if it says so. */
  readonly endsAt: number | undefined;
  /** How often it has published the same. */
  readonly published: Map<string, number>;
}

export interface Scope {
  readonly runtime: Runtime;
  /** Undefined outside a handler. */
  readonly handling: Handling | undefined;
}

/** The same for every copy of this package in a process: a host and the bundle of a handler that it runs are two. */
const place = Symbol.for("backbone-runtime");

function scopes(): AsyncLocalStorage<Scope> {
  const known: unknown = Reflect.get(globalThis, place);
  if (isScopes(known)) return known;
  const made = new AsyncLocalStorage<Scope>();
  Reflect.set(globalThis, place, made);
  return made;
}

function isScopes(value: unknown): value is AsyncLocalStorage<Scope> {
  return value instanceof AsyncLocalStorage;
}

const processRuntime = lazy(() => createRuntime());

export function currentScope(): Scope {
  return scopes().getStore() ?? { runtime: processRuntime(), handling: undefined };
}

/**
 * Runs work, and all that it calls, on a runtime: `publish`, `consume`, `once` and `log` in it use its parts. Nothing is
 * inherited from where it is called, so that what a handler publishes can be handled by another service's handler at once.
 */
export function withRuntime<Result>(runtime: Runtime, work: () => Result): Result {
  return scopes().run({ runtime, handling: undefined }, work);
}

export function withHandling<Result>(
  runtime: Runtime,
  handling: Handling | undefined,
  work: () => Result,
): Result {
  return scopes().run({ runtime, handling }, work);
}
