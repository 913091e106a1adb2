import { describe, expect, it } from "vitest";
import { type InputTransformerData, logRecordOf, type TargetStep } from "../src/index.js";
import {
  forward,
  forwardTarget,
  globalLog,
  globalLogging,
  globalLogRule,
  localLogging,
  orderCreated,
  problemsOf,
  put,
  worldOf,
} from "./delivery-world.js";

function logging(inputTransformer: InputTransformerData) {
  return { ...globalLogging, targets: [{ id: "log", arn: globalLog, inputTransformer }] };
}

/** What the log of the global bus gets of an order. */
function logged(
  inputTransformer: InputTransformerData,
  entry: Partial<typeof orderCreated> = {},
): TargetStep {
  const world = worldOf({ rules: [forward, logging(inputTransformer), localLogging] });
  const step = put(world, { ...orderCreated, Detail: '{"kind":"Order.Created"}', ...entry }).steps.find(
    (one) => one.kind === "target" && one.rule === globalLogRule,
  );
  if (step?.kind !== "target") throw new Error("the rule did not run");
  return step;
}

const inputPaths = {
  time: "$.time",
  type: "$.detail.kind",
  first: "$.resources[0]",
  all: "$.resources",
  detail: "$.detail",
  none: "$.detail.nothing.here",
};
const message = (text: string) => ({ inputPaths, inputTemplate: `{"timestamp":<time>,"message":${text}}` });
const resources = ["arn:one", "two"];

describe("an input transformer", () => {
  it.each([
    ["a text between quotes, as it is", '"a <type>."', "a Order.Created."],
    ["a text without quotes, which gets them", "<type>", "Order.Created"],
    ["an item of a list", '"<first>"', "arn:one"],
    ["a list between quotes, without its own", '"<all>"', "[arn:one,two]"],
    ["what the event has not, as nothing", '"<none>."', "."],
    ["quotes that the template escapes", '"{\\"type\\":\\"<type>\\"}"', '{"type":"Order.Created"}'],
    ["the name of the rule", '"<aws.events.rule-name>"', "log"],
  ])("writes %s", (_, text, expected) => {
    const { outcome, input = "" } = logged(message(text), { Resources: resources });
    expect(outcome).toBe("delivered");
    expect(logRecordOf(input)).toEqual({ timestamp: "2026-11-22T10:00:00Z", message: expected });
  });

  it.each([
    ["a quote in a text between quotes", '"<type>"', { Detail: '{"kind":"a \\"quoted\\" one"}' }],
    ["a backslash in a text between quotes", '"<type>"', { Detail: JSON.stringify({ kind: "a\\b" }) }],
    ["a line break in a text between quotes", '"<type>"', { Detail: JSON.stringify({ kind: "a\nb" }) }],
    ["a quote in an item of a list between quotes", '"<all>"', { Resources: ['a"b'] }],
    ["when the event was received", "<aws.events.event.ingestion-time>", {}],
    ["the whole event between quotes", '"<aws.events.event.json>"', {}],
    ["what the event has not, outside of quotes", "<none>", {}],
  ])("cannot be decided of %s", (_, text, entry) => {
    expect(logged(message(text), entry)).toMatchObject({ outcome: "undecided", reason: "unmodelled-input" });
  });

  it("takes the same texts outside of quotes, as JSON", () => {
    const { input = "" } = logged(message("<type>"), {
      Detail: JSON.stringify({ kind: 'a "quoted" \\ one' }),
    });
    expect(logRecordOf(input)?.message).toBe('a "quoted" \\ one');
  });

  it.each(["<detail>", "<aws.events.event>", "<all>", "5"])("leaves open what a log keeps of %s", (text) => {
    expect(logged(message(text))).toMatchObject({ outcome: "undecided", reason: "unmodelled-log-input" });
  });

  it("leaves open what a wildcard in a path finds", () => {
    const transformer = {
      inputPaths: { all: "$.resources[*]", time: "$.time" },
      inputTemplate: message('"<all>"').inputTemplate,
    };
    expect(logged(transformer).reason).toBe("unmodelled-input");
  });

  it("changes nothing about who refuses what", () => {
    const world = worldOf({
      rules: [forward, logging(message('"<type>"')), localLogging],
      logGroups: [{ arn: globalLog, resourcePolicies: [] }],
    });
    expect(put(world).steps.filter((step) => "input" in step)).toEqual([]);
  });

  it.each([
    [
      "on a bus",
      { ...forward, targets: [{ ...forwardTarget, inputTransformer: message('"x"') }] },
      "world-input-bus",
    ],
    ["without a path for a variable", logging(message('"<nobody>"')), "world-input"],
    [
      "with a path that is none",
      logging({ inputPaths: { a: "detail.a" }, inputTemplate: '"<a>"' }),
      "world-input",
    ],
    [
      "with a name that is none",
      logging({ inputPaths: { "a b": "$.a" }, inputTemplate: '"x"' }),
      "world-input",
    ],
    ["without a template", logging({ inputPaths: {}, inputTemplate: "" }), "world-input"],
    [
      "with too long a template",
      logging({ inputPaths: {}, inputTemplate: JSON.stringify("x".repeat(8_192)) }),
      "world-input",
    ],
    [
      "with too many paths",
      logging({
        inputPaths: Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`v${index}`, "$.id"])),
        inputTemplate: '"x"',
      }),
      "world-input",
    ],
    [
      "of a log group that is no record",
      logging({ inputPaths, inputTemplate: '{"message":"x"}' }),
      "world-input-log",
    ],
    [
      "of a log group with more than a record",
      logging({ inputPaths, inputTemplate: '{"timestamp":<time>,"message":"x","more":1}' }),
      "world-input-log",
    ],
  ])("is refused %s", (_, rule, reason) => {
    expect(problemsOf({ rules: [rule] })).toContain(reason);
  });
});
