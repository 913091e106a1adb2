import { PortError, serve } from "aws-stand-in";
import { CallError } from "../../errors.js";
import { Feed } from "./api/feed.js";
import { servePage } from "./api/serve-page.js";
import type { Running } from "./running.js";

export interface ServeDevOptions {
  readonly port: number;
  /** Default: the loopback. */
  readonly host?: string;
  /** Told of mistakes of our own. */
  readonly onBug: (error: unknown) => void;
}

export interface ServingDev extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
}

/**
 * AWS for SDKs, and the page, on one port.
 * @throws CallError if the port cannot be had
 */
export async function serveDev(
  running: Running,
  { port, host, onBug }: ServeDevOptions,
): Promise<ServingDev> {
  const feed = new Feed(running);
  const hosts = host === undefined ? [] : [host];
  try {
    const serving = await serve({
      port,
      ...(host === undefined ? {} : { host }),
      name: "event-backbone dev",
      identify: (accessKeyId) => running.live.callers.identify(accessKeyId),
      handle: (call) => running.live.handle(call),
      other: (request, response) => {
        servePage(running, feed, request, response, hosts).catch(onBug);
      },
      onBug,
    });
    return {
      url: serving.url,
      port: serving.port,
      [Symbol.asyncDispose]: async () => {
        feed.close();
        await serving.close();
      },
    };
  } catch (error) {
    feed.close();
    throw error instanceof PortError ? new CallError(`--port: ${error.message}`) : error;
  }
}
