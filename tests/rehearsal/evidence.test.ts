import { renderCheck } from "eventbridge-simulator";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { registry as example } from "../fixtures/registries/every-switch.js";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { openStage } from "../../rehearsal/stage.js";
import { exampleEntry, traceEvent } from "../../rehearsal/trace.js";
import { edited, type EditPath } from "../fixtures/edit.js";
import { changeInput, everyFailure, rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";

let prod: Rehearsed;
beforeAll(async () => {
  prod = await rehearse(example, "prod");
});

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const documentShape = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string().optional(),
      Effect: z.string(),
      Principal: z.union([z.string(), z.record(z.string(), oneOrMore)]).optional(),
      Action: oneOrMore,
      Resource: oneOrMore.optional(),
      Condition: z.record(z.string(), z.record(z.string(), oneOrMore)).optional(),
    }),
  ),
});

/** A plan in which one element of one Allow statement has another value. */
interface Damage {
  readonly what: string;
  readonly plan: RecordedPlan;
  readonly old: readonly string[];
  readonly now: string;
}

const policyInputs = ["policy", "policyDocument", "assumeRolePolicy"];

function damagesOf(plan: RecordedPlan): Damage[] {
  return plan.stacks.flatMap(({ stack, resources }) =>
    resources.flatMap((resource) =>
      policyInputs.flatMap((input) => {
        const text = resource.inputs[input];
        if (typeof text !== "string") return [];
        const reference = `${resource.type.split(":").at(-1) ?? ""} ${resource.name}`;
        return elementsOf(text).map(({ path, old, now }) => ({
          what: `${stack} ${reference} ${path.join(".")}`,
          plan: changeInput(plan, stack, reference, {
            [input]: JSON.stringify(edited(JSON.parse(text), path, now)),
          }),
          old,
          now,
        }));
      }),
    ),
  );
}

interface Element {
  readonly path: EditPath;
  readonly old: readonly string[];
  readonly now: string;
}

function elementsOf(policy: string): Element[] {
  return documentShape.parse(JSON.parse(policy)).Statement.flatMap((statement, index): Element[] => {
    if (statement.Effect !== "Allow") return [];
    const { Principal, Action, Resource, Condition } = statement;
    const at = (path: EditPath, value: string | readonly string[]): Element => {
      const old = [value].flat();
      return { path: ["Statement", index, ...path], old, now: another(old[0] ?? "") };
    };
    return [
      ...Object.entries(typeof Principal === "object" ? Principal : {}).map(([kind, value]) =>
        at(["Principal", kind], value),
      ),
      at(["Action"], Action),
      ...(Resource === undefined || Resource === "*" ? [] : [at(["Resource"], Resource)]),
      ...Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, value]) => at(["Condition", operator, key], value)),
      ),
    ];
  });
}

/** Another value of the same kind. */
function another(value: string): string {
  if (value.endsWith(".amazonaws.com")) return "sns.amazonaws.com";
  const action = otherActions.find((other) => other !== value && other.split(":")[0] === value.split(":")[0]);
  if (action !== undefined) return action;
  const account = /\d{12}/.exec(value)?.[0];
  return account === undefined ? `${value}-other` : value.replace(account, "123412341234");
}

const otherActions = [
  "events:PutRule",
  "sts:TagSession",
  "sqs:TagQueue",
  "sns:TagResource",
  "kms:ListGrants",
  "logs:CreateLogStream",
  "logs:PutLogEvents",
];

/** What is said of refusals, in traces of the example's events or else by the proof; undefined if nothing is refused. */
function refusals(plan: RecordedPlan): string | undefined {
  const { registry, environment } = prod;
  const opened = openStage(registry, environment, plan);
  if (!opened.ok) return opened.problems.join("\n");
  const { problems } = opened.stage.loaded;
  if (problems.length > 0) return problems.map(({ problem }) => problem).join("\n");
  const steps = [...registry.contracts.values()].flatMap(
    (contract) => traceEvent(opened.stage, exampleEntry(contract), contract.account).steps,
  );
  const denied = steps
    .flatMap((step) => (step.kind === "rule" ? [] : step.checks))
    .filter(({ verdict }) => verdict.outcome === "denied");
  if (denied.length > 0) return denied.flatMap((check) => renderCheck(check)).join("\n");
  const evidence = everyFailure(prod, plan).flatMap((failure) => failure.evidence);
  return evidence.some((line) => line.includes(": denied: ")) ? evidence.join("\n") : undefined;
}

/** What of a value a sentence must say: an account's root is told as the account, and a pattern fits longer names. */
function partOf(value: string): string {
  return /^arn:aws:iam::(\d+):root$/.exec(value)?.[1] ?? value.replace(/\*.*$/, "");
}

/** The claim on policies compares them part by part, and says what differs. */
function comparesPolicies(): boolean {
  const [damage] = damagesOf(prod.plan);
  const [first] = damage === undefined ? [] : verifyPlan(prod, damage.plan).failures;
  return first?.expected !== undefined;
}

describe("the first cause", () => {
  it("has the old and the new value of whatever was damaged in an Allow statement", ({ skip }) => {
    skip(!comparesPolicies(), "policies are not compared part by part");
    const untold = damagesOf(prod.plan).flatMap(({ what, plan, old, now }) => {
      const { failures } = verifyPlan(prod, plan);
      const told = JSON.stringify(failures[0] ?? "");
      const has = (text: string): boolean => told.includes(partOf(text));
      return old.some(has) && has(now) && failures.length === 1
        ? []
        : [`${what}: ${old.join()} → ${now}\n${told}`];
    });
    expect(untold).toEqual([]);
  }, 300_000);
});

describe("the evidence of a refusal", () => {
  it("has the old and the new value of whatever was damaged in an Allow statement", () => {
    let refused = 0;
    const untold = damagesOf(prod.plan).flatMap(({ what, plan, old, now }) => {
      const told = refusals(plan);
      if (told === undefined) return [];
      refused += 1;
      const has = (text: string): boolean => told.includes(partOf(text));
      return old.some(has) && has(now) ? [] : [`${what}: ${old.join()} → ${now}\n${told}`];
    });
    expect(refused).toBeGreaterThan(130);
    expect(untold).toEqual([]);
  }, 300_000);
});
