import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../aws-error.js";
import { readAuthorization } from "./authorization.js";
import { type Answer, type Call, type Identity, type ServiceName, serviceNames } from "./call.js";
import { readQuery } from "./query.js";
import { errorXml, resultXml } from "./xml.js";

/** How an answer has to look, known before the body has been read. */
export interface Form {
  /** Undefined where the request does not say what it is for. */
  readonly service: ServiceName | undefined;
  readonly protocol: "json-1.0" | "json-1.1" | "query";
  /** Whether errors are wanted by their older names as well, in a header. */
  readonly wantsQueryError: boolean;
}

interface JsonService {
  readonly service: ServiceName;
  readonly protocol: "json-1.0" | "json-1.1";
}

/** By what stands before the dot in `X-Amz-Target`. */
const jsonServices: Readonly<Record<string, JsonService>> = {
  AWSEvents: { service: "events", protocol: "json-1.1" },
  AmazonSQS: { service: "sqs", protocol: "json-1.0" },
  AmazonSSM: { service: "ssm", protocol: "json-1.1" },
  Logs_20140328: { service: "logs", protocol: "json-1.1" },
};

/** By what a request is signed for, as forms do not say it. */
const queryServices: ReadonlySet<string> = new Set(["sqs", "sns", "sts"]);

/** Other services' calls come here when somebody has diverted all of AWS. */
const advice =
  "set AWS_ENDPOINT_URL_EVENTBRIDGE, _SQS, _SSM, _CLOUDWATCH_LOGS, _SNS and _STS instead of AWS_ENDPOINT_URL, which diverts every service";

export function formOf(headers: IncomingHttpHeaders): Form {
  const target = targetOf(headers);
  const json = target === undefined ? undefined : jsonServices[target.prefix];
  return {
    service: json?.service,
    protocol: json?.protocol ?? (isForm(headers) ? "query" : "json-1.1"),
    wantsQueryError: headers["x-amzn-query-mode"] === "true",
  };
}

function isForm(headers: IncomingHttpHeaders): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(headers["content-type"] ?? "");
}

function targetOf(headers: IncomingHttpHeaders) {
  const target = headers["x-amz-target"];
  if (typeof target !== "string") return undefined;
  const [prefix = "", action = ""] = target.split(".");
  return { prefix, action };
}

export interface RawRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly identify: (accessKeyId: string) => Identity | undefined;
  readonly signal: AbortSignal;
}

/** @throws AwsError if it is no call that is understood here */
export function readCall({ headers, body, identify, signal }: RawRequest): Call {
  const credential = readAuthorization(headers.authorization);
  const { service, action, input } = readAction(headers, body, credential.service);
  const caller = identify(credential.accessKeyId);
  if (caller === undefined) throw unknownCaller(service);
  const invocationId = headers["amz-sdk-invocation-id"];
  return {
    service,
    action,
    input,
    caller,
    region: credential.region,
    host: headers.host ?? "",
    signal,
    invocationId: typeof invocationId === "string" ? invocationId : undefined,
  };
}

function unknownCaller(service: ServiceName): AwsError {
  const isQuery = queryServices.has(service);
  return new AwsError(
    isQuery ? "InvalidClientTokenId" : "UnrecognizedClientException",
    "The security token included in the request is invalid: no account and no service is known by this access key id; set AWS_ACCESS_KEY_ID to the key of a service or to an account id of twelve digits",
    { status: isQuery ? 403 : 400 },
  );
}

function readAction(
  headers: IncomingHttpHeaders,
  body: string,
  signedFor: string,
): Pick<Call, "service" | "action" | "input"> {
  const target = targetOf(headers);
  if (target !== undefined) {
    const known = jsonServices[target.prefix];
    if (known === undefined) throw unknownService(target.prefix);
    return { service: known.service, action: target.action, input: readJsonObject(body) };
  }
  const service = serviceNames.find((name) => name === signedFor && queryServices.has(name));
  if (!isForm(headers))
    throw unknownService(`${signedFor} by ${headers["content-type"] ?? "no content type"}`);
  if (service === undefined) throw unknownService(signedFor);
  const action = new URLSearchParams(body).get("Action");
  if (action === null) {
    throw new AwsError("MissingAction", "The request must contain the parameter Action.");
  }
  return { service, action, input: readQuery(body, service) };
}

function unknownService(what: string): AwsError {
  return new AwsError(
    "UnknownOperationException",
    `${what} is not spoken here; spoken are events, sqs, ssm, logs (JSON), sqs, sns and sts (query): ${advice}`,
    { queryCode: "InvalidAction" },
  );
}

function readJsonObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body === "" ? "{}" : body);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value));
    }
  } catch {
    // Said below.
  }
  throw new AwsError("SerializationException", "the body is not a JSON object", {
    queryCode: "MalformedInput",
  });
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer in the words of the protocol. */
export function write(
  form: Form,
  call: Pick<Call, "service" | "action"> | undefined,
  answer: Exclude<Answer, { kind: "cut" }>,
): HttpAnswer {
  if (answer.kind === "raw") {
    const { status, contentType, body, headers } = answer;
    return { status, headers: { "content-type": contentType, ...headers }, body };
  }
  const headers = {
    "content-type": form.protocol === "query" ? "text/xml" : `application/x-amz-${form.protocol}`,
    "x-amzn-requestid": randomUUID(),
    ...answer.headers,
  };
  if (answer.kind === "error") return writeError(form, call?.service ?? form.service, answer.error, headers);
  const isQuery = form.protocol === "query" && call !== undefined;
  return {
    status: 200,
    headers,
    body: isQuery ? resultXml(call, answer.value) : JSON.stringify(answer.value),
  };
}

function writeError(
  { protocol, wantsQueryError }: Form,
  service: ServiceName | undefined,
  error: AwsError,
  headers: Readonly<Record<string, string>>,
): HttpAnswer {
  const { status, code, queryCode, message } = error;
  if (protocol === "query") return { status, headers, body: errorXml(service, error) };
  const prefix = service === "sqs" && !code.includes("#") ? "com.amazonaws.sqs#" : "";
  const side = status < 500 ? "Sender" : "Receiver";
  return {
    status,
    headers: { ...headers, ...(wantsQueryError ? { "x-amzn-query-error": `${queryCode};${side}` } : {}) },
    body: JSON.stringify({ __type: `${prefix}${code}`, message }),
  };
}
