import type { Clock, Queue, ReceivedMessage } from "aws-stand-in";
import { type HostContext, type Runtime, withRuntime } from "backbone-runtime";
import { z } from "zod";
import type { AttemptError } from "./event-log.js";
import { failedIn, lambdaEvent } from "./lambda-event.js";

/** Code behind a queue, as AWS Lambda calls it: what `consume` of backbone-runtime returns. */
export type Handler = (event: unknown, context: HostContext) => unknown;

/** One call of a handler. */
export interface Invocation {
  readonly handler: Handler;
  readonly queue: Queue;
  readonly messages: readonly ReceivedMessage[];
  readonly functionName: string;
  readonly timeoutSeconds: number;
  readonly runtime: Runtime;
  readonly clock: Clock;
}

export interface Invoked {
  /** What each message that failed failed on, by its id. */
  readonly failed: ReadonlyMap<string, AttemptError>;
  /** Lines of the log, by the id of the message that they are of; a line of none is of all. */
  readonly lines: ReadonlyMap<string, readonly string[]>;
}

/** Calls a handler as Lambda does, and ends it at its timeout: what it is still at then has failed. Never throws. */
export async function invoke(invocation: Invocation): Promise<Invoked> {
  const { messages, timeoutSeconds } = invocation;
  const ids = messages.map(({ id }) => id);
  const written: string[] = [];
  const answer = await answerOf(invocation, (line) => written.push(line));
  const lines = written.map((text) => ({ text, ...readLine(text) }));
  const failed = new Map<string, AttemptError>();
  const failures = answer.kind === "returned" ? failedIn(answer.value, ids) : ids;
  for (const id of failures) failed.set(id, errorOf(id));
  return {
    failed,
    lines: new Map(
      messages.map(({ id, body }) => [
        id,
        lines
          .filter((line) => isOf(line, id, body) || !messages.some((one) => isOf(line, one.id, one.body)))
          .map(({ text }) => text),
      ]),
    ),
  };

  function errorOf(id: string): AttemptError {
    if (answer.kind === "threw") return describeThrown(answer.error);
    if (answer.kind === "timeout")
      return { name: "Timeout", message: `the function was ended after ${timeoutSeconds} s, its timeout` };
    const told = lines.find(({ messageId, error }) => messageId === id && error !== undefined)?.error;
    return told ?? { name: "Failed", message: "the handler named it among its batchItemFailures" };
  }
}

type Answer =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "timeout" };

async function answerOf(
  { handler, queue, messages, functionName, timeoutSeconds, runtime, clock }: Invocation,
  write: (line: string) => void,
): Promise<Answer> {
  const endsAt = clock.now() + timeoutSeconds * 1_000;
  const context = {
    functionName,
    getRemainingTimeInMillis: () => Math.max(0, endsAt - clock.now()),
  };
  const work = async (): Promise<Answer> => {
    try {
      return {
        kind: "returned",
        value: await withRuntime({ ...runtime, write }, () => handler(lambdaEvent(queue, messages), context)),
      };
    } catch (error) {
      return { kind: "threw", error };
    }
  };
  return new Promise((resolve) => {
    const end = () => {
      done({ kind: "timeout" });
    };
    const cancel = clock.at(endsAt, end);
    // Where the clock stands still, real time is what ends it.
    const patience = setTimeout(end, timeoutSeconds * 1_000);
    const done = (answer: Answer): void => {
      cancel();
      clearTimeout(patience);
      resolve(answer);
    };
    void work().then(done);
  });
}

function describeThrown(error: unknown): AttemptError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  return { name, message, ...(stack === undefined ? {} : { stack }) };
}

const logLine = z
  .object({
    /** Of the event. */
    id: z.string().optional(),
    messageId: z.string().optional(),
    error: z
      .object({ name: z.string(), message: z.string(), stack: z.string().optional() })
      .transform(({ name, message, stack }) => ({ name, message, ...(stack === undefined ? {} : { stack }) }))
      .optional(),
  })
  .catch({});

type LogLine = z.infer<typeof logLine>;

/** A line of backbone-runtime's log; others say nothing of a message. */
function readLine(text: string): LogLine {
  try {
    return logLine.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function isOf({ id, messageId }: LogLine, message: string, body: string): boolean {
  return messageId === undefined
    ? id !== undefined && body.includes(JSON.stringify(id))
    : messageId === message;
}
