import { describe, expect, it } from "vitest";
import { inEnvironment, parseRegistry, quietFacts, sharedDefaultBuses } from "../../infra/registry/index.js";
import { editedAll } from "../fixtures/edit.js";
import type { Mistake } from "../fixtures/mistake.js";
import { registry as example } from "../fixtures/registries/aws-events.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

function factsOf(definition: unknown, name = "prod") {
  const registry = parseRegistry(definition);
  const environment = registry.environments.get(name);
  if (environment === undefined) throw new Error(`no environment ${name}`);
  return quietFacts(inEnvironment(registry, environment), environment);
}

const written = (contract: string, edits: Mistake["edits"]) =>
  editedAll(example, [[["services", "uploads", "source"], contract], ...edits]);

/** The registry with events of another source in the place of S3's. */
const withSource = (source: string) => written(source, [[["services", "invoices", "source"], "aws.ecs"]]);

describe("what AWS keeps quiet about", () => {
  it("is nothing where no contract is AWS's", () => {
    expect(factsOf(shopRegistry)).toEqual([]);
  });

  it("is told once for each source, with the page that says it", () => {
    const facts = factsOf(example);
    expect(facts.filter(({ about }) => about === "aws.s3").map(({ says }) => says)).toEqual([
      expect.stringContaining("Only buckets whose notifications to EventBridge are switched on"),
      expect.stringContaining("at least once"),
    ]);
    expect(new Set(facts.map(({ about, says }) => `${about} ${says}`)).size).toBe(facts.length);
    for (const { source } of facts) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html$/);
  });

  it.each([
    "aws.guardduty",
    "aws.securityhub",
    "aws.inspector2",
    "aws.macie",
    "aws.health",
    "aws.config",
    "aws.backup",
  ])("is known of %s", (source) => {
    const known = (definition: unknown) => factsOf(definition).filter(({ about }) => about === source);
    expect(known(example)).toEqual([]);
    // Of GuardDuty it concerns one detail-type.
    const edits: Mistake["edits"] =
      source === "aws.guardduty"
        ? [
            [
              ["services", "uploads", "contracts", "GuardDuty Finding"],
              example.services.uploads?.contracts["Object Created"],
            ],
          ]
        : [];
    expect(known(editedAll(withSource(source), edits)).length).toBeGreaterThan(0);
  });

  it("is where global services' events come, unless the environment is there", () => {
    const elsewhere = (definition: unknown) =>
      factsOf(definition)
        .filter(({ says }) => says.includes("us-east-1 only"))
        .map(({ about }) => about);
    expect(elsewhere(example)).toEqual(["aws.iam", "aws.sts"]);
    expect(elsewhere(editedAll(example, [[["environments", "prod", "region"], "us-east-1"]]))).toEqual([]);
  });

  it("is that reads are left out only where some entry leaves them out", () => {
    const reads = (definition: unknown) =>
      factsOf(definition).some(({ says }) => says.includes("AssumeRole"));
    expect(reads(example)).toBe(false);
    const look = [
      "services",
      "trail",
      "contracts",
      "AWS API Call via CloudTrail",
      "examples",
      "look",
      "readOnly",
    ];
    expect(
      reads(
        editedAll(example, [
          [["services", "trail", "readOnlyManagementEvents"], false],
          [look, false],
        ]),
      ),
    ).toBe(true);
  });

  it("is what a partner bus needs", () => {
    expect(factsOf(example).map(({ about }) => about)).toContain("partner buses");
  });
});

describe("a default bus that environments have in common", () => {
  const shared = (edits: Mistake["edits"], name = "prod") => {
    const registry = parseRegistry(editedAll(example, edits));
    const environment = registry.environments.get(name);
    if (environment === undefined) throw new Error(`no environment ${name}`);
    return sharedDefaultBuses(registry, environment);
  };

  it("is none where each has AWS accounts, or a Region, of its own", () => {
    expect(shared([])).toEqual([]);
    const elsewhere: Mistake["edits"] = [
      [["environments", "alone", "accountIds"], example.environments.prod?.accountIds],
    ];
    expect(shared(elsewhere)).toEqual([]);
  });

  it("is told of both", () => {
    const edits: Mistake["edits"] = [[["environments", "dev", "accountIds"], "444444444444"]];
    for (const name of ["prod", "dev"])
      expect(shared(edits, name)).toEqual([{ accountId: "444444444444", environments: ["dev", "prod"] }]);
    expect(shared(edits, "alone")).toEqual([]);
  });
});
