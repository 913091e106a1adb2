import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { RecordedPlan, RecordedResource } from "../../rehearsal/emission/plan-file.js";
import { isWhole, scoreOf } from "../fixtures/damage-score.js";
import { registry as sensitive } from "../fixtures/registries/sensitive.js";
import { stackOf, textOf } from "../fixtures/recordings.js";
import {
  changeInput,
  changeResource,
  everyFailure,
  rehearse,
  type Rehearsed,
  verifyPlan,
} from "../fixtures/rehearsed.js";

let prod: Rehearsed;
let dev: Rehearsed;

beforeAll(async () => {
  prod = await rehearse(sensitive, "prod");
  dev = await rehearse(sensitive, "dev");
});

/** Receives sensitive contracts of one source, and not those of the others. */
const account = "delivery";
const others = "EventRule event-log";
const rule = "EventRule event-log-sensitive";
const target = "EventTarget event-log-sensitive";

/** Everything that is told of a damaged plan. */
function told(plan: RecordedPlan): string {
  const failures = everyFailure(prod, plan);
  expect(failures).not.toEqual([]);
  return failures
    .map(({ id, problem, found, evidence }) => [id, problem, `found: ${found}`, ...evidence].join("\n"))
    .join("\n");
}

const paths = {
  id: "$.id",
  "detail-type": "$.detail-type",
  source: "$.source",
  time: "$.time",
  resources: "$.resources",
};
const line = Object.fromEntries(Object.keys(paths).map((field) => [field, `<${field}>`]));
const template = (message: string) => `{"timestamp":<time>,"message":${message}}`;
const envelope = {
  inputPaths: paths,
  inputTemplate: template(JSON.stringify(JSON.stringify(line))),
};

describe("personal data in no event log", () => {
  it("is proven, with accounts apart and shared", () => {
    for (const rehearsed of [prod, dev]) {
      const { failures, checks } = verifyPlan(rehearsed);
      expect(failures).toEqual([]);
      const ids = checks.map(({ id }) => id).filter((id) => id.startsWith("sensitive"));
      expect(ids).toEqual([
        "sensitive-log:global",
        "sensitive-log:customers",
        "sensitive-log:delivery",
        "sensitive-log:orders",
        "sensitive:customers/Customer.Moved",
        "sensitive:customers/Customer.Registered",
        "sensitive:letters/Letter.Written",
        "sensitive:parcels/Parcel.Signed",
      ]);
    }
  });

  it("is proven of a transformer that is written otherwise and does the same", () => {
    const plan = changeInput(prod.plan, account, target, { inputTransformer: envelope });
    expect(verifyPlan(prod, plan).failures).toEqual([]);
  });

  it("is not proven if the target has no transformer", () => {
    const plan = changeResource(prod.plan, account, target, ({ inputs, ...resource }) => {
      const { inputTransformer, ...left } = inputs;
      expect(inputTransformer).toBeDefined();
      return { ...resource, inputs: left };
    });
    expect(told(plan)).toMatch(
      /sensitive:customers\/Customer\.Moved\n\S+ holds the whole event of customers\/Customer\.Moved, by rule \S+log-sensitive-events/,
    );
    expect(told(plan)).toContain("sensitive-log:delivery");
  });

  it.each([
    {
      what: "has the detail in its template",
      inputTransformer: {
        inputPaths: { ...paths, detail: "$.detail" },
        inputTemplate: template('"<id> <detail>"'),
      },
      says: "writes $.detail, which is more than the envelope",
    },
    {
      what: "has a field of it that no example has",
      inputTransformer: { ...envelope, inputPaths: { ...paths, resources: "$.detail.birthday" } },
      says: "writes $.detail.birthday, which is more than the envelope",
    },
    {
      what: "has all of the event by a path",
      inputTransformer: { ...envelope, inputPaths: { ...paths, resources: "$" } },
      says: "writes $, which is more than the envelope",
    },
    {
      what: "has all of the event by a variable that needs no path",
      inputTransformer: { inputPaths: paths, inputTemplate: template("<aws.events.event.json>") },
      says: "writes aws.events.event.json, which is more than the envelope",
    },
    {
      what: "has the envelope as an object",
      inputTransformer: { inputPaths: paths, inputTemplate: template("<aws.events.event>") },
      says: "it is not documented what a log group keeps",
    },
    {
      what: "has a text that nobody can read back",
      inputTransformer: { inputPaths: paths, inputTemplate: template('"<id> <source>"') },
      says: "holds something else than the envelope of customers/Customer.Moved",
    },
    {
      what: "exchanges source and detail-type",
      inputTransformer: {
        ...envelope,
        inputPaths: { ...paths, source: "$.detail-type", "detail-type": "$.source" },
      },
      says: "holds a wrong envelope of customers/Customer.Moved",
    },
    {
      what: "forgets the resources, and the canary's mark with them",
      inputTransformer: { ...envelope, inputPaths: { ...paths, resources: "$.region" } },
      says: "holds a wrong envelope",
    },
    {
      what: "makes no log record",
      inputTransformer: { inputPaths: paths, inputTemplate: '{"id":<id>}' },
      says: "the input of a log group is made by a template such as",
    },
    {
      what: "has a variable without a path",
      inputTransformer: { ...envelope, inputPaths: { time: "$.time" } },
      says: "the template has <id>, for which there is no input path",
    },
  ])("is not proven if the transformer $what", ({ inputTransformer, says }) => {
    expect(told(changeInput(prod.plan, account, target, { inputTransformer }))).toContain(says);
  });

  it.each([
    {
      what: "sensitive events rule takes one contract less",
      of: rule,
      edit: (pattern: string) => pattern.replace('"Customer.Moved",', ""),
      says: /sensitive-log:delivery\n0 rules of the event log take com\.example\.customers "Customer\.Moved", not one: nobody logs it/,
    },
    {
      what: "sensitive events rule takes one contract more",
      of: rule,
      edit: (pattern: string) => pattern.replace('"Customer.Moved",', '"Customer.Moved","Customer.Counted",'),
      says: /found: .*Customer\.Counted/,
    },
    {
      what: "sensitive events rule takes whole sources",
      of: rule,
      edit: () => '{"source":["com.example.customers"]}',
      says: /sensitive-log:delivery\nwhat logs envelopes on the bus of delivery .* does not take exactly/,
    },
    {
      what: "rule for the rest takes everything",
      of: others,
      edit: () => '{"source":[{"prefix":""}]}',
      says: /sensitive-log:delivery\n2 rules of the event log take com\.example\.customers "Customer\.Moved"/,
    },
    {
      what: "rule for the rest leaves out what is not declared",
      of: others,
      edit: (pattern: string) =>
        pattern.replace('[{"anything-but":["Letter.Written"]}]', '["Letter.Written.Declared"]'),
      says: /patterns\nrule \S+log-all-events of the event log does not take exactly/,
    },
    {
      what: "rule for the rest leaves out a detail-type under every source",
      of: others,
      edit: () =>
        '{"detail-type":[{"anything-but":["Customer.Moved","Customer.Registered","Letter.Written","Parcel.Signed"]}]}',
      says: /0 rules of the event log take something else "Customer\.Moved"/,
    },
  ])("is not proven if the $what", ({ of, edit, says }) => {
    const plan = changeResource(prod.plan, account, of, (resource): RecordedResource => {
      const before = z.string().parse(resource.inputs.eventPattern);
      const eventPattern = edit(before);
      expect(eventPattern).not.toBe(before);
      return { ...resource, inputs: { ...resource.inputs, eventPattern } };
    });
    expect(told(plan)).toMatch(says);
  });

  it("is not proven where nothing is sensitive and a log has something else than events", async () => {
    const { registry } = await import("../fixtures/registries/every-switch.js");
    const plain = await rehearse(registry, "prod");
    const plan = changeInput(plain.plan, "orders", "EventTarget event-log", { inputTransformer: envelope });
    const failures = everyFailure(plain, plan);
    expect(failures.map(({ problem }) => problem).join("\n")).toMatch(
      /has inputTransformer .*; it should have none/,
    );
  });

  it("fails with damages of all kinds to the rules, targets and policies of the logs", () => {
    const ofLogs = ({ id }: { readonly id: string }) => / event-log(?:-sensitive)?:/.test(id);
    const { holes, unnamed, falseAlarms } = scoreOf(prod, isWhole ? Infinity : 20, ofLogs);
    expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
  }, 300_000);
});

describe("what the logs need beside", () => {
  it("is emitted on every bus: a policy for both rules, the second before the first", () => {
    for (const name of ["global", "customers", "delivery", "orders"]) {
      const { resources } = stackOf(prod.plan, name);
      const found = (reference: string) =>
        resources.find((one) => `${one.type.split(":").at(-1) ?? ""} ${one.name}` === reference);
      expect(found(others)?.options.dependsOn.join()).toContain("EventTarget::event-log-sensitive");
      expect(textOf(found("LogResourcePolicy event-log"), "policyDocument")).toContain(
        `rule/backbone-${name}/log-sensitive-events`,
      );
    }
  });
});
