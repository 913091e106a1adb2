import { randomUUID } from "node:crypto";
import type { AwsError } from "../aws-error.js";
import type { Call, Result } from "./call.js";

type Form = Pick<Call, "service" | "action">;

const namespaces: Readonly<Partial<Record<Form["service"], string>>> = {
  sqs: "http://queue.amazonaws.com/doc/2012-11-05/",
  sns: "http://sns.amazonaws.com/doc/2010-03-31/",
  sts: "https://sts.amazonaws.com/doc/2011-06-15/",
};

/** An answer of the query protocol. */
export function resultXml({ service, action }: Form, value: Result): string {
  // An empty one is there as well: older clients look into it.
  const result = element(`${action}Result`, membersOf({ service, action }, value));
  const metadata = element("ResponseMetadata", element("RequestId", randomUUID()));
  return document(service, `${action}Response`, result + metadata);
}

export function errorXml(service: Form["service"] | undefined, error: AwsError): string {
  const type = element("Type", error.status < 500 ? "Sender" : "Receiver");
  const what = type + element("Code", escape(error.queryCode)) + element("Message", escape(error.message));
  return document(service, "ErrorResponse", element("Error", what) + element("RequestId", randomUUID()));
}

function document(service: Form["service"] | undefined, name: string, content: string): string {
  const namespace = service === undefined ? undefined : namespaces[service];
  const attribute = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return `<?xml version="1.0"?><${name}${attribute}>${content}</${name}>`;
}

function membersOf(form: Form, value: Result): string {
  return Object.entries(value)
    .map(([name, one]) => membersNamed(form, name, one))
    .join("");
}

function membersNamed(form: Form, name: string, value: unknown): string {
  if (value === undefined || value === null) return "";
  const sqs = form.service === "sqs" ? sqsForm(form.action, name) : undefined;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => element(sqs ?? "member", contentOf(form, item))).join("");
    return sqs === undefined ? element(name, items) : items;
  }
  if (sqs === undefined || typeof value !== "object") return element(name, contentOf(form, value));
  return Object.entries(value)
    .map(([key, one]: [string, unknown]) =>
      element(sqs, element("Name", escape(key)) + element("Value", contentOf(form, one))),
    )
    .join("");
}

/** What SQS calls an item of a list or map, which stand without anything around them. */
function sqsForm(action: string, name: string): string | undefined {
  if (name === "Successful") return `${action}ResultEntry`;
  return sqsItems[name];
}

const sqsItems: Readonly<Record<string, string>> = {
  Attributes: "Attribute",
  Failed: "BatchResultErrorEntry",
  MessageAttributes: "MessageAttribute",
  Messages: "Message",
  QueueUrls: "QueueUrl",
  queueUrls: "QueueUrl",
};

function contentOf(form: Form, value: unknown): string {
  if (typeof value !== "object" || value === null) return escape(String(value));
  return membersOf(form, Object.fromEntries(Object.entries(value)));
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** A carriage return would be read as a line feed if it stood there as it is. */
function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\r", "&#13;");
}
