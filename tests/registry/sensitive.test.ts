import { describe, expect, it } from "vitest";
import { parseRegistry, sensitiveContracts } from "../../infra/registry/index.js";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { registry as sensitive } from "../fixtures/registries/sensitive.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { topologyOf } from "../fixtures/topologies.js";

const created = ["services", "orders", "contracts", "Order.Created"] as const;
const prod = ["environments", "prod"] as const;
const named = (detailType: string) =>
  [
    [
      ["services", "orders", "contracts", detailType],
      { ...shopRegistry.services.orders?.contracts["Order.Created"], sensitive: true },
    ],
  ] as const;

const mistakes: readonly Mistake[] = [
  {
    name: "a word that is no yes or no",
    edits: [[[...created, "sensitive"], "yes"]],
    path: 'services.orders.contracts["Order.Created"].sensitive',
    says: [
      'expected true or false, received the string "yes"',
      "write true if its detail holds personal data",
    ],
  },
  {
    name: "a bus's log with details, where a contract is sensitive",
    edits: [
      [[...created, "sensitive"], true],
      [[...prod, "busLogging"], { level: "ERROR", includeDetail: true }],
    ],
    path: "environments.prod.busLogging.includeDetail",
    says: [
      "would log the details of what is sensitive (orders/Order.Created)",
      "write false, or leave it out",
    ],
  },
  {
    name: "a bus's log with details, where a service with a sensitive contract is in its former account only",
    edits: [
      [[...created, "sensitive"], true],
      [["accounts", "monolith"], { description: "Where orders come from." }],
      [[...prod, "accountIds", "monolith"], "444444444444"],
      [["services", "orders", "alsoFrom"], "monolith"],
      [[...prod, "accountIds", "orders"], null],
      [[...prod, "busLogging"], { level: "ERROR", includeDetail: true }],
    ],
    path: "environments.prod.busLogging.includeDetail",
    says: ["would log the details of what is sensitive (orders/Order.Created)"],
  },
  ...['It is "so"', "a\\b", "a<id>"].map((detailType): Mistake => ({
    name: `a name that would break the log's line: ${detailType}`,
    edits: named(detailType),
    path: `services.orders.contracts[${JSON.stringify(detailType)}].sensitive`,
    says: [`the detail-type ${JSON.stringify(detailType)} cannot stand in the log`, "write it without"],
  })),
];

describe("a sensitive contract", () => {
  itReportsOnce(mistakes);

  it("is one by the word, and not by its contrary", () => {
    expect(sensitiveContracts(parseRegistry(shopRegistry))).toEqual([]);
    for (const value of [true, false]) {
      const registry = parseRegistry(edited(shopRegistry, [...created, "sensitive"], value));
      expect(sensitiveContracts(registry).map(({ key }) => key)).toEqual(
        value ? ["orders/Order.Created"] : [],
      );
    }
  });

  it.each([
    ["its log is off", [[[...prod, "busLogging"], { level: "OFF", includeDetail: true }]]],
    [
      "the service is elsewhere",
      [
        [[...prod, "busLogging"], { level: "ERROR", includeDetail: true }],
        [["services", "orders", "environments"], ["dev"]],
        [["stories"], removed],
      ],
    ],
  ] as const)("may stand in an environment that would log details, if %s", (_, edits) => {
    const definition = editedAll(shopRegistry, [[[...created, "sensitive"], true], ...edits]);
    expect(problemsOf(definition)).toEqual([]);
  });
});

describe("where it stands in full", () => {
  const warnings = (definition: unknown, environment = "prod") =>
    topologyOf(definition, environment).warnings.filter((warning) => warning.includes("(sensitive)"));

  it("is told by name, and a key of one's own asked for where an archive has none", () => {
    expect(warnings(sensitive)).toEqual([
      "customers/Customer.Moved, customers/Customer.Registered, letters/Letter.Written, parcels/Parcel.Signed (sensitive) stand in full in the dead-letter queues of global, delivery, orders (14 days), the archives of global (90 days), delivery (30 days), orders (7 days), the files that dead-letters --discard --to writes; write encryption: true in environments.prod, so that archives are under a key of your own",
    ]);
  });

  it("is told without asking where there is one", () => {
    const [warning = ""] = warnings(edited(sensitive, ["environments", "prod", "encryption"], true));
    expect(warning).toContain("the files that dead-letters --discard --to writes");
    expect(warning).not.toContain("encryption");
  });

  it("names no archive that is not there, and asks for no key then", () => {
    const definition = editedAll(sensitive, [
      [["environments", "dev", "encryption"], "ending"],
      [["environments", "dev", "archive"], removed],
    ]);
    const [warning = ""] = warnings(definition, "dev");
    expect(warning).not.toContain("encryption: true");
    expect(warning).not.toContain("the archives");
  });

  it("is not told of where nothing is sensitive", () => {
    expect(warnings(shopRegistry)).toEqual([]);
  });
});

describe("the logging rules' patterns", () => {
  it("count against the quota, on every bus alike", () => {
    const { quotaUsage } = topologyOf(sensitive, "prod");
    const rules = quotaUsage.filter(({ where }) => where.endsWith("of every bus"));
    expect(rules.map(({ quota, where }) => [quota, where])).toEqual([
      ["eventPatternCharacters", "rule log-all-events of every bus"],
      ["eventPatternCharacters", "rule log-sensitive-events of every bus"],
    ]);
    expect(quotaUsage.find(({ quota }) => quota === "rulesPerBus")?.used).toBe(5);
  });
});
