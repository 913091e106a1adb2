import { InvalidArgumentError } from "commander";
import type { Handler } from "../../../rehearsal/local/invoke.js";
import { messageOf } from "../../errors.js";

/** Where the messages of a subscription go. */
export interface Forward {
  /** Key. */
  readonly subscription: string;
  readonly url: string;
}

/** For `--forward`, which may be given several times. */
export function readForward(text: string, before: readonly Forward[] = []): readonly Forward[] {
  const equals = text.indexOf("=");
  const [subscription, url] = [text.slice(0, equals), text.slice(equals + 1)];
  if (equals < 1 || !/^https?:$/.test(protocolOf(url)))
    throw new InvalidArgumentError(
      "write a subscription and a URL, such as delivery/start-delivery=http://127.0.0.1:9000/.",
    );
  if (before.some((one) => one.subscription === subscription))
    throw new InvalidArgumentError(`${subscription} is forwarded twice; leave one of them out.`);
  return [...before, { subscription, url }];
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : "";
}

/**
 * A handler that is somewhere else, in any language: it is posted the event that Lambda would call it with, as Lambda's runtime
 * interface emulator takes it, and its answer is the function's.
 */
export function forwardTo({ url, subscription }: Forward): Handler {
  return async (event, { getRemainingTimeInMillis }) => {
    const left = getRemainingTimeInMillis?.() ?? 30_000;
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-backbone-subscription": subscription },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(Math.max(1, left)),
    }).catch((error: unknown) => {
      throw new Error(`${url} does not answer: ${reasonOf(error)}`);
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
    if (text.trim() === "") return undefined;
    const answer = readAnswer(text, url);
    const failure = failureIn(answer);
    if (failure !== undefined) throw failure;
    return answer;
  };
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
}

function readAnswer(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(
      `${url} answered what is no JSON: ${text.slice(0, 300)}; answer { "batchItemFailures": [] }, or nothing`,
    );
  }
}

/** How Lambda says that a function threw, with status 200. */
function failureIn(answer: unknown): Error | undefined {
  if (typeof answer !== "object" || answer === null || !("errorMessage" in answer)) return undefined;
  const name = "errorType" in answer ? String(answer.errorType) : "Error";
  const stack = "stackTrace" in answer && Array.isArray(answer.stackTrace) ? answer.stackTrace : undefined;
  return Object.assign(new Error(String(answer.errorMessage)), {
    name,
    ...(stack === undefined ? {} : { stack: stack.map(String).join("\n") }),
  });
}
