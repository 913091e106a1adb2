import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";

/** A request that makes no sense; the message says what would. */
export class RequestError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** As large as the largest event, and what is around it. */
const maxBytes = 2 * 1_024 * 1_024;

/** @throws RequestError if the body is not what the endpoint takes */
export async function readBody<Shape extends z.ZodType>(
  request: IncomingMessage,
  shape: Shape,
): Promise<z.output<Shape>> {
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
    throw new RequestError(415, "send JSON, and say so: content-type: application/json");
  const text = await textOf(request);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RequestError(
      400,
      `the body is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  throw new RequestError(
    400,
    read.error.issues
      .map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`))
      .join("; "),
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    bytes += part.byteLength;
    if (bytes <= maxBytes) parts.push(part);
  }
  if (bytes > maxBytes)
    throw new RequestError(
      413,
      `the body has ${bytes} bytes, and ${maxBytes} are read; an event has 1 MB at most`,
    );
  return Buffer.concat(parts).toString();
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, JSON.stringify(value), "application/json", status);
}

export function send(response: ServerResponse, text: string, type: string, status = 200): void {
  response.writeHead(status, {
    "content-type": `${type}; charset=utf-8`,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'self'; img-src data:; frame-ancestors 'none'",
  });
  response.end(text);
}
