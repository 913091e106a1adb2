import type { ServiceName } from "./call.js";

type Tree = Map<string, Tree | string>;

/**
 * Reads a form of the query protocol into the shape that JSON has: `Entry.1.Id=a` is a list of objects, a
 * `.member` in between says nothing, and pairs of `Name` and `Value` are a map.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function readQuery(body: string, service: ServiceName): Readonly<Record<string, unknown>> {
  const root: Tree = new Map();
  for (const [key, value] of new URLSearchParams(body)) plant(root, key.split("."), value);
  root.delete("Action");
  root.delete("Version");
  return Object.fromEntries(
    [...root].map(([name, tree]) => {
      const value = valueOf(tree);
      if (service !== "sqs") return [name, value];
      return [sqsNames[name] ?? name, mapNames.has(name) ? mapOf(value) : namesWithin(value)];
    }),
  );
}

function plant(tree: Tree, [name = "", ...path]: readonly string[], value: string): void {
  if (path.length === 0) {
    tree.set(name, value);
    return;
  }
  const there = tree.get(name);
  const branch: Tree = there instanceof Map ? there : new Map<string, Tree | string>();
  tree.set(name, branch);
  plant(branch, path, value);
}

function valueOf(tree: Tree | string): unknown {
  if (typeof tree === "string") return tree;
  const member = tree.get("member");
  if (tree.size === 1 && member !== undefined) return valueOf(member);
  const names = [...tree.keys()];
  if (names.every((name) => /^\d+$/.test(name))) {
    return names
      .sort((left, right) => Number(left) - Number(right))
      .map((name) => valueOf(tree.get(name) ?? ""));
  }
  return Object.fromEntries([...tree].map(([name, one]) => [name, valueOf(one)]));
}

/** What SQS's lists and maps are called in a form, and in JSON. */
const sqsNames: Readonly<Record<string, string>> = {
  Attribute: "Attributes",
  AttributeName: "AttributeNames",
  MessageAttribute: "MessageAttributes",
  MessageAttributeName: "MessageAttributeNames",
  MessageSystemAttribute: "MessageSystemAttributes",
  MessageSystemAttributeName: "MessageSystemAttributeNames",
  ChangeMessageVisibilityBatchRequestEntry: "Entries",
  DeleteMessageBatchRequestEntry: "Entries",
  SendMessageBatchRequestEntry: "Entries",
};

const mapNames: ReadonlySet<string> = new Set(["Attribute", "MessageAttribute", "MessageSystemAttribute"]);

function mapOf(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return Object.fromEntries(
    value.map((pair: unknown) => {
      const { Name, Value } = fieldsOf(pair);
      return [typeof Name === "string" ? Name : "", Value];
    }),
  );
}

/** The entries of a batch have maps of their own. */
function namesWithin(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) =>
    typeof item !== "object"
      ? item
      : Object.fromEntries(
          Object.entries(fieldsOf(item)).map(([name, one]) => [
            sqsNames[name] ?? name,
            mapNames.has(name) ? mapOf(one) : one,
          ]),
        ),
  );
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
