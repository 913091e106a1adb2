import { InvalidArgumentError, Option } from "commander";
import { Console } from "node:console";
import { CallError, messageOf } from "../../errors.js";
import { type Project, projectFolder, reopenProject, requireKnown } from "../../project/registry.js";
import { untilInterrupted } from "../../terminal/interrupt.js";
import { defineCommand, type SharedOptions } from "../command.js";
import { emittedStage } from "../trace.js";
import { renderBanner, renderTaker } from "./banner.js";
import { type Forward, readForward } from "./forward.js";
import { Narrator } from "./narrate.js";
import { Running } from "./running.js";
import { serveDev } from "./serve.js";

export interface DevOptions extends SharedOptions {
  readonly port: number;
  readonly host?: string;
  readonly forward?: readonly Forward[];
}

export const devCommand = defineCommand<DevOptions>({
  name: "dev",
  description:
    "run the backbone on this machine: AWS's SDKs publish and receive as they would there, handlers run, a page shows why",
  options: [
    new Option("--port <port>", "port to listen on").default(4566).argParser(readPort),
    new Option(
      "--host <address>",
      "address to listen on instead of the loopback: whoever reaches it may publish as anybody, and runs your handlers",
    ),
    new Option(
      "--forward <subscription=url>",
      "post what comes to a subscription to a URL, as Lambda calls a function; may be given several times",
    ).argParser(readForward),
  ],
  takes: ["plan", "cache"],
  json: "each change of an event on a line of its own, as GET /_backbone/events gives it; all else goes to stderr",
  help: [
    "What a service has to set, and the page's address, are printed at the start. It runs until Ctrl-C.",
    "What is posted with --forward is a Lambda event with Records from SQS; the answer is the function's: nothing, or",
    '{ "batchItemFailures": [{ "itemIdentifier": "<messageId>" }] }. Another status than 2xx fails the whole batch.',
  ],
  run: async ({ options, project }) => {
    const startedAt = performance.now();
    const opened = await project();
    const forwards = options.forward ?? [];
    for (const { subscription } of forwards) requireForwarded(opened, subscription);
    const emission = { ...options, bundles: false };
    const stage = await emittedStage(opened, emission);
    // Before any handler is loaded: what they throw names their own files and lines.
    process.setSourceMapsEnabled(true);
    const running = await Running.open(stage, {
      root: projectFolder,
      registryFile: opened.source.file,
      forwards,
      reopen: async () => emittedStage(await reopenProject(opened), emission),
    }).catch((error: unknown) => {
      throw new CallError(messageOf(error));
    });
    const isJson = options.json === true;
    const say = (text: string) => (isJson ? process.stderr : process.stdout).write(text);
    try {
      await using serving = await serveDev(running, {
        ...options,
        onBug: (error) => say(`${mishap(error)}\n`),
      });
      await staying(isJson, say, async (signal) => {
        const narrator = new Narrator(
          running,
          (text) => {
            process.stdout.write(text);
          },
          isJson,
        );
        const stop = running.subscribe(({ handlers, isRegistry }) => {
          const parts = [...(isRegistry ? ["the registry"] : []), ...handlers];
          say(`read again: ${parts.join(", ")}\n`);
          if (running.problem !== undefined)
            say(`the registry cannot be used, the one before it goes on: ${running.problem}\n`);
          for (const taker of running.takers())
            if (taker.problem !== undefined) say(`${renderTaker(taker)}\n`);
        });
        const seconds = (performance.now() - startedAt) / 1_000;
        say(renderBanner(running, { url: serving.url, seconds }));
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else
            signal.addEventListener("abort", () => {
              resolve();
            });
        });
        stop();
        narrator.close();
      });
    } finally {
      process.setSourceMapsEnabled(false);
      await running.close();
    }
    return true;
  },
});

function readPort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError("write a whole number up to 65535; 0 takes a free port.");
}

function requireForwarded({ registry }: Project, subscription: string): void {
  const known = new Map(registry.subscriptions.map((one) => [one.key, one]));
  requireKnown(subscription, known, "--forward: no subscription is named");
}

/** What handlers leave behind, such as a promise that nobody waits for, must not end the server. */
async function staying(
  isJson: boolean,
  say: (text: string) => void,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stay = (error: unknown) => {
    say(`${mishap(error)}\n`);
  };
  const before = globalThis.console;
  // What handlers print must not stand between lines of JSON.
  if (isJson) globalThis.console = new Console(process.stderr);
  process.on("unhandledRejection", stay);
  process.on("uncaughtException", stay);
  try {
    await untilInterrupted(work, "ending");
  } finally {
    globalThis.console = before;
    process.off("unhandledRejection", stay);
    process.off("uncaughtException", stay);
  }
}

function mishap(error: unknown): string {
  return `an error that nobody has caught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
