import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AwsError } from "../aws-error.js";
import type { Answer, Handler, Identity } from "./call.js";
import { listen } from "./listen.js";
import { whyForeign } from "./origin.js";
import { formOf, readCall, write } from "./protocol.js";

export interface ServeOptions {
  readonly handle: Handler;
  /** Who an access key id stands for; undefined is nobody. */
  readonly identify: (accessKeyId: string) => Identity | undefined;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Default: the loopback, by IPv4 and by IPv6. */
  readonly host?: string;
  /** What it calls itself to another that wants its port. */
  readonly name?: string;
  /** Takes requests that are for no AWS service; {@link whyForeign} is its to ask. Default: none is known. */
  readonly other?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Is told of mistakes of the server's own, which the caller is told of, too. */
  readonly onBug?: (error: unknown) => void;
}

export interface Serving {
  readonly port: number;
  /** `http://127.0.0.1:<port>`: by its number, as `localhost` may be another server's. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Well above what AWS takes, as a request is larger than what it carries. */
const maxBodyBytes = 8 * 1_024 * 1_024;

/** More is not worth reading only to be polite. */
const maxDrainedBytes = 64 * 1_024 * 1_024;

/**
 * Serves calls as AWS does, over plain HTTP.
 * @throws PortError if the port cannot be had
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { port = 0, host, name = "an AWS stand-in" } = options;
  const servers: Server[] = [];
  const open = await listen({
    port,
    hosts: host === undefined ? ["127.0.0.1", "::1"] : [host],
    make: () => {
      const server = createServer((request, response) => {
        response.setHeader("server", name);
        void answer(request, response, options, () => open.port);
      });
      // An unreadable request line must not end in a socket error that nobody hears of.
      server.on("clientError", (_, socket) => {
        if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
      });
      servers.push(server);
      return server;
    },
  });
  return {
    port: open.port,
    url: `http://${host ?? "127.0.0.1"}:${open.port}`,
    close: open.close,
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServeOptions,
  portOf: () => number,
): Promise<void> {
  // A socket that breaks is seen by "close".
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  try {
    if (isForAws(request)) await answerCall(request, response, options, portOf());
    else if (options.other !== undefined) options.other(request, response);
    else await refuse(request, response, unknownPath(request));
  } catch (error) {
    options.onBug?.(error);
    if (!response.headersSent) await refuse(request, response, bug(error));
  }
}

/** SDKs post to the root, some older ones to the URL of the queue. */
function isForAws({ method, headers, url = "/" }: IncomingMessage): boolean {
  if (method !== "POST") return false;
  return headers["x-amz-target"] !== undefined || headers.authorization !== undefined || pathOf(url) === "/";
}

const pathOf = (url: string): string => url.replace(/\?.*$/, "");

function unknownPath({ method = "", url = "/" }: IncomingMessage): AwsError {
  return new AwsError("UnknownOperationException", `there is nothing at ${method} ${pathOf(url)}`, {
    status: 404,
  });
}

/** Not a 5xx, which SDKs would send again and again. */
function bug(error: unknown): AwsError {
  const what = error instanceof Error ? error.message : String(error);
  return new AwsError(
    "StandInFailure",
    `the stand-in itself has failed, which is no answer of AWS's: ${what}`,
  );
}

async function refuse(request: IncomingMessage, response: ServerResponse, error: AwsError): Promise<void> {
  await readBody(request);
  await send(response, write(formOf(request.headers), undefined, { kind: "error", error }));
}

async function answerCall(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServeOptions,
  port: number,
): Promise<void> {
  const { headers, url = "/" } = request;
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  const body = await readBody(request);
  const form = formOf(headers);
  let call: ReturnType<typeof readCall> | undefined;
  let given: Answer;
  try {
    checkPath(url, headers.host);
    checkOrigin(request, options, port);
    if (body === undefined) throw tooLarge();
    call = readCall({ headers, body, identify: options.identify, signal: gone.signal });
    given = await options.handle(call);
  } catch (error) {
    if (!(error instanceof AwsError)) options.onBug?.(error);
    given = { kind: "error", error: error instanceof AwsError ? error : bug(error) };
  }
  if (given.kind === "cut") {
    request.socket.destroy();
    return;
  }
  if (body === undefined) response.setHeader("connection", "close");
  const isSent = await send(response, write(form, call, given));
  if (!isSent && given.kind === "result") given.onLost?.();
}

function checkPath(url: string, host = ""): void {
  const path = pathOf(url);
  if (path === "/" || /^\/\d{12}\/[\w-]{1,80}(?:\.fifo)?\/?$/.test(path)) return;
  throw new AwsError(
    "UnknownOperationException",
    `the endpoint has the path ${path}, and nothing is there; write it without: http://${host}`,
    { queryCode: "InvalidAction", status: 404 },
  );
}

/** No SDK outside a browser says where it comes from. */
function checkOrigin({ headers }: IncomingMessage, { host }: ServeOptions, port: number): void {
  if (headers.origin === undefined) return;
  const why = whyForeign(headers, { port, ...(host === undefined ? {} : { hosts: [host] }) });
  if (why !== undefined)
    throw new AwsError("AccessDeniedException", why, { queryCode: "AccessDenied", status: 403 });
}

function tooLarge(): AwsError {
  return new AwsError(
    "RequestEntityTooLargeException",
    `the request is larger than ${maxBodyBytes} bytes; AWS takes 1 MB of events or messages`,
    { queryCode: "RequestEntityTooLarge", status: 413 },
  );
}

/** @returns undefined if it is larger than is read; what is left of it is taken from the wire, so that the answer is heard */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request) {
      if (!Buffer.isBuffer(part)) continue;
      bytes += part.byteLength;
      if (bytes <= maxBodyBytes) chunks.push(part);
      else chunks.length = 0;
      if (bytes > maxDrainedBytes) break;
    }
  } catch {
    // Gone in the middle: nobody hears the answer.
    return undefined;
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString();
}

/** @returns whether it has left this process for somebody who was there */
async function send(
  response: ServerResponse,
  { status, headers, body }: ReturnType<typeof write>,
): Promise<boolean> {
  if (response.destroyed) return false;
  await new Promise<void>((resolve) => {
    response.once("close", resolve);
    response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
  return response.writableFinished;
}
