import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseRegistry } from "../../infra/registry/index.js";
import { planTopology } from "../../infra/topology/index.js";
import { edited, editedAll } from "../fixtures/edit.js";
import { generateRegistry } from "../fixtures/generate-registry.js";
import { changeInput, rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { backboneOf } from "../fixtures/topologies.js";

/** `service-0000` and `service-0002` in one account, `service-0001` and `service-0003` in another; equal detail-types. */
const alike = generateRegistry({ members: 2, services: 4, receives: 1 });
const extra = (service: string, detailType: string) =>
  [
    ["services", service, "contracts", detailType],
    alike.services["service-0000"]?.contracts["Thing0.Happened"],
  ] as const;
const rehearsed = await rehearse(alike, "prod");

function statementsOf(definition: unknown) {
  const registry = parseRegistry(definition);
  const prod = registry.environments.get("prod");
  if (prod === undefined) throw new Error("no prod");
  return backboneOf(planTopology(registry, prod))
    .bus.policy.Statement.filter(({ Sid }) => Sid.startsWith("publish-"))
    .map(({ Sid, Principal, Condition }) => [
      Sid,
      JSON.stringify(Principal)
        .match(/\d{12}/g)
        ?.join(),
      ...Object.values(Condition?.["ForAllValues:StringEquals"] ?? {}),
    ]);
}

const source = (number: number) => `com.example.service-000${number}`;
const both = ["Thing0.Happened", "Thing1.Happened"];

describe("statements of those who publish", () => {
  it.each([
    {
      name: "are one for services of an account with equal detail-types",
      definition: alike,
      statements: [
        ["publish-service-0000", "200000000000", [source(0), source(2)], both],
        ["publish-service-0001", "200000000001", [source(1), source(3)], both],
      ],
    },
    {
      name: "are two where one of them has a detail-type more",
      definition: editedAll(alike, [extra("service-0002", "Thing2.Happened")]),
      statements: [
        ["publish-service-0000", "200000000000", source(0), both],
        ["publish-service-0001", "200000000001", [source(1), source(3)], both],
        ["publish-service-0002", "200000000000", source(2), [...both, "Thing2.Happened"]],
      ],
    },
    {
      name: "are one for the sources of a service, and one for the accounts between which it moves",
      definition: editedAll(alike, [
        [["services", "service-0001", "alsoSources"], ["com.example.former"]],
        [["services", "service-0002", "alsoFrom"], "team-0001"],
        [["services", "service-0002", "source"], "com.example.moving"],
        extra("service-0002", "Thing2.Happened"),
      ]),
      statements: [
        ["publish-service-0000", "200000000000", source(0), both],
        ["publish-service-0001", "200000000001", ["com.example.former", source(1), source(3)], both],
        [
          "publish-service-0002",
          "200000000000,200000000001",
          "com.example.moving",
          [...both, "Thing2.Happened"],
        ],
      ],
    },
  ])("$name, and the proof holds", async ({ definition, statements }) => {
    expect(statementsOf(definition)).toEqual(statements);
    expect(verifyPlan(await rehearse(definition, "prod")).failures).toEqual([]);
  });

  it("may also be one for each: the proof asks what is let in, not how it is said", () => {
    expect(withPolicy(separate).failures).toEqual([]);
  });

  it("may not be one where a source would meet a detail-type that is not declared under it", async () => {
    const uneven = await rehearse(editedAll(alike, [extra("service-0002", "Thing2.Happened")]), "prod");
    const { failures } = withPolicy(
      (statements) =>
        statements.map((one) =>
          ["publish-service-0000", "publish-service-0002"].includes(one.Sid)
            ? edited(one, ofSource, [source(0), source(2)])
            : one,
        ),
      uneven,
    );
    expect(failures[0]?.cause).toContain("Thing2.Happened");
  });
});

const written = z.object({
  Statement: z.array(
    z.looseObject({
      Sid: z.string(),
      Condition: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())]))),
    }),
  ),
});
type Written = z.infer<typeof written>["Statement"][number];

function withPolicy(change: (statements: readonly Written[]) => readonly unknown[], on = rehearsed) {
  const policy = on.plan.stacks
    .flatMap(({ resources }) => resources)
    .find(({ type, name }) => type.endsWith(":EventBusPolicy") && name === "global-bus")?.inputs.policy;
  const document = written.parse(JSON.parse(z.string().parse(policy)));
  const text = JSON.stringify({ Version: "2012-10-17", Statement: change(document.Statement) });
  const { stack } = on.plan.stacks.find(({ account }) => account === "hub") ?? { stack: "" };
  return verifyPlan(on, changeInput(on.plan, stack, "EventBusPolicy global-bus", { policy: text }));
}

const ofSource = ["Condition", "ForAllValues:StringEquals", "events:source"];

function separate(statements: readonly Written[]): unknown[] {
  return statements.flatMap((one) => {
    const sources = [one.Condition["ForAllValues:StringEquals"]?.["events:source"] ?? []].flat();
    if (sources.length < 2) return [one];
    return sources.map((each, index) =>
      editedAll(one, [
        [["Sid"], `${one.Sid}--${index}`],
        [ofSource, each],
      ]),
    );
  });
}
