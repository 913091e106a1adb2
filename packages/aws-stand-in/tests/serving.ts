import { afterEach } from "vitest";
import {
  handlerOf,
  type Identity,
  identityOf,
  serve,
  type Backend,
  type ServeOptions,
  type Serving,
} from "../src/index.js";

export const region = "eu-west-1";

const orders = { accountId: "111111111111", arn: "arn:aws:iam::111111111111:role/orders" };
export const identify = (key: string): Identity | undefined => identityOf(key, { named: { orders } });

const opened: Serving[] = [];

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** A server of its own for one test, which closes with it. */
export async function open(backend: Backend, options: Partial<ServeOptions> = {}): Promise<Serving> {
  const serving = await serve({ handle: handlerOf(backend), identify, ...options });
  opened.push(serving);
  return serving;
}

export interface Posted {
  readonly target?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly service?: string;
  readonly key?: string;
  readonly path?: string;
}

export function authorization(service = "events", key = "111111111111"): string {
  const scope = `${key}/20260101/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0a".repeat(32)}`;
}

export interface Posting {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A request without an SDK around it. */
export async function post(url: string, posted: Posted): Promise<Posting> {
  const { target, body = "{}", headers = {}, service, key, path = "/" } = posted;
  const response = await fetch(new URL(path, url), {
    method: "POST",
    body,
    headers: {
      authorization: authorization(service, key),
      "content-type":
        target === undefined ? "application/x-www-form-urlencoded" : "application/x-amz-json-1.1",
      ...(target === undefined ? {} : { "x-amz-target": target }),
      ...headers,
    },
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly maxAttempts: number;
}

/** What an SDK's client needs to come here; one attempt, unless it is told otherwise. */
export function clientOf(url: string, key = "111111111111"): ClientOptions {
  return {
    endpoint: url,
    region,
    credentials: { accessKeyId: key, secretAccessKey: "any" },
    maxAttempts: 1,
  };
}
