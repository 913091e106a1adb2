import { whyForeign } from "aws-stand-in";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { messageOf } from "../../../errors.js";
import type { Running } from "../running.js";
import {
  again,
  check,
  checked,
  publish,
  published,
  redrive,
  redriven,
  repeated,
  spoil,
  spoiled,
} from "./actions.js";
import { viewEvent } from "./event-view.js";
import { countsOf, fedAfter, type Feed } from "./feed.js";
import { profilesFor } from "./profiles.js";
import { readBody, RequestError, send, sendJson } from "./request.js";
import { viewQueues, viewRegistry } from "./views.js";

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html"],
  "/page.css": ["page.css", "text/css"],
  "/page.mjs": ["page.mjs", "text/javascript"],
  "/panes.mjs": ["panes.mjs", "text/javascript"],
  "/parts.mjs": ["parts.mjs", "text/javascript"],
};

interface Asked {
  readonly running: Running;
  readonly feed: Feed;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** What follows the path of the endpoint. */
  readonly rest: string;
}

type Answerer = (asked: Asked) => unknown;

/** By method and path; what it returns is sent as JSON, unless it has answered itself. */
const endpoints: Readonly<Record<string, Answerer>> = {
  "GET /_backbone/events": ({ running, feed, request, response, query }) => {
    const last = request.headers["last-event-id"];
    const after = typeof last === "string" ? last : (query.get("after") ?? undefined);
    if (/\btext\/event-stream\b/.test(request.headers.accept ?? "")) {
      feed.stream(response, after);
      return undefined;
    }
    response.writeHead(200, { "content-type": "application/jsonl" });
    const lines = Readable.from(
      fedAfter(running.live, after).map((event) => `${JSON.stringify(event)}\n`),
      { objectMode: false },
    );
    lines.on("error", () => response.destroy());
    lines.pipe(response);
    return undefined;
  },
  "GET /_backbone/events/": ({ running, rest }) => {
    const view = viewEvent(running.live, rest);
    if (view !== undefined) return view;
    throw new RequestError(404, `there is no event ${JSON.stringify(rest)}, or no longer`);
  },
  "GET /_backbone/why": ({ running, query }) => {
    try {
      return { why: running.live.backbone.why(query.get("subscription") ?? "", query.get("id") ?? "") };
    } catch (error) {
      throw new RequestError(404, messageOf(error));
    }
  },
  "GET /_backbone/counts": ({ running }) => countsOf(running.live.backbone.log),
  "GET /_backbone/registry": ({ running }) => viewRegistry(running),
  "GET /_backbone/queues": ({ running }) => viewQueues(running),
  "GET /_backbone/profiles": ({ running, request, response }) => {
    send(response, profilesFor(running.stage, `http://${request.headers.host ?? ""}`), "text/plain");
    return undefined;
  },
  "POST /_backbone/publish": async ({ running, request }) =>
    publish(running.live, await readBody(request, published)),
  "POST /_backbone/again": async ({ running, request }) =>
    again(running.live, await readBody(request, repeated)),
  "POST /_backbone/check": async ({ running, request }) =>
    check(running.live, await readBody(request, checked)),
  "POST /_backbone/faults": async ({ running, request }) =>
    spoil(running.live, await readBody(request, spoiled)),
  "POST /_backbone/redrive": async ({ running, request }) =>
    redrive(running.live, await readBody(request, redriven)),
};

/** Answers what is for no service of AWS: the page, and what it and scripts read. */
export async function servePage(
  running: Running,
  feed: Feed,
  request: IncomingMessage,
  response: ServerResponse,
  hosts: readonly string[],
): Promise<void> {
  try {
    const why = whyForeign(request.headers, { port: request.socket.localPort ?? 0, hosts });
    if (why !== undefined) throw new RequestError(403, why);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://page");
    const file = request.method === "GET" ? files[pathname] : undefined;
    if (file !== undefined) {
      send(response, readFileSync(new URL(`../page/${file[0]}`, import.meta.url), "utf8"), file[1]);
      return;
    }
    const [endpoint, rest] = find(request.method ?? "GET", pathname);
    const answer = await endpoint({ running, feed, request, response, query: searchParams, rest });
    if (!response.headersSent) sendJson(response, answer);
  } catch (error) {
    if (response.headersSent) throw error;
    const status = error instanceof RequestError ? error.status : 500;
    // What is left of a body that nobody reads would keep the connection.
    request.resume();
    sendJson(response, { error: messageOf(error) }, status);
  }
}

/** @throws RequestError with what there is instead */
function find(method: string, path: string): readonly [Answerer, string] {
  const exact = endpoints[`${method} ${path}`];
  if (exact !== undefined) return [exact, ""];
  const slash = path.lastIndexOf("/") + 1;
  const below = endpoints[`${method} ${path.slice(0, slash)}`];
  if (below !== undefined) return [below, decoded(path.slice(slash))];
  const known = Object.keys(endpoints).join(", ");
  throw new RequestError(404, `there is nothing at ${method} ${path}; there are GET /, ${known}`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
