import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import { queueUrl } from "../../operations/dead-letters/queue.js";
import { arbitraryRegistry } from "../fixtures/arbitrary-registry.js";
import { editedAll, type EditPath } from "../fixtures/edit.js";
import { rehearse, verifyPlan } from "../fixtures/rehearsed.js";
import { shopRegistry } from "../fixtures/shop-registry.js";
import { fits } from "../fixtures/topologies.js";

const partitions = {
  "eu-west-1": "aws",
  "eu-south-1": "aws",
  "ap-southeast-3": "aws",
  "cn-north-1": "aws-cn",
  "cn-northwest-1": "aws-cn",
  "us-gov-west-1": "aws-us-gov",
};
const regions = Object.entries(partitions).map(([region, partition]) => ({ region, partition }));

/** The registry with an environment in a Region, and some of its switches on. */
function settledIn(
  definition: unknown,
  environment: string,
  region: string,
  partition: string,
  switches: readonly string[],
): unknown {
  const settings = {
    archive: { retentionDays: 30 },
    alarms: { emails: ["on-call@example.com"] },
    busLogging: { level: "TRACE", includeDetail: true },
    encryption: true,
    roles: { path: "/events/", permissionsBoundary: "team/boundary" },
    auditTrail: { retentionDays: 365, deployRoleArn: `arn:${partition}:iam::*:role/deploy` },
  };
  const at = (key: string): EditPath => ["environments", environment, key];
  return editedAll(definition, [
    [at("region"), region],
    ...Object.entries(settings)
      .filter(([key]) => switches.includes(key))
      .map(([key, value]) => [at(key), value] as const),
  ]);
}

const everySwitch = ["archive", "alarms", "busLogging", "encryption", "roles", "auditTrail"];

describe.each(regions)("in $region", ({ region, partition }) => {
  it.each([
    { name: "the example", definition: example },
    { name: "the shop", definition: shopRegistry },
  ])("the proof of $name holds with every switch on, and without", async ({ definition }) => {
    for (const environment of ["prod", "dev"]) {
      for (const switches of [everySwitch, ["auditTrail", "alarms"]]) {
        const settled = settledIn(definition, environment, region, partition, switches);
        expect(verifyPlan(await rehearse(settled, environment)).failures).toEqual([]);
      }
    }
  });

  it("every emitted ARN is of its partition, and a queue is where the commands look for it", async () => {
    const { plan } = await rehearse(settledIn(example, "prod", region, partition, everySwitch), "prod");
    const text = JSON.stringify(plan);
    expect(new Set(text.match(/arn:[\w-]+(?=:)/g))).toEqual(new Set([`arn:${partition}`]));
    const at = { region, accountId: "111111111111" };
    expect(text).toContain(`"queueUrl":"${queueUrl(at, "backbone-global-dead-letters")}"`);
  });
});

describe("any registry, in any Region, with any switches", () => {
  it("is proven", async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryRegistry({ members: 3 }),
        fc.constantFrom("prod", "dev"),
        fc.constantFrom(...regions),
        fc.subarray(everySwitch),
        async (definition, environment, { region, partition }, chosen) => {
          const switches = chosen.includes("auditTrail") ? [...chosen, "alarms"] : chosen;
          // Refused where a contract is sensitive.
          const isOpen = !Object.values(definition.services).some(({ contracts }) =>
            Object.values(contracts).some(({ sensitive }) => sensitive),
          );
          const settled = settledIn(
            definition,
            environment,
            region,
            partition,
            switches.filter((name) => isOpen || name !== "busLogging"),
          );
          fc.pre(fits(settled, environment));
          expect(verifyPlan(await rehearse(settled, environment)).failures).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });
});
