import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { OpeningError, planStack, refuseOpenRules } from "../../infra/topology/index.js";
import { registry as organisation } from "../fixtures/registries/organisation-publishing.js";
import { registry as statements } from "../fixtures/registries/statements-publishing.js";

const planOf = (registry: unknown) => {
  const parsed = parseRegistry(registry);
  return planStack(parsed, { account: parsed.backbone, environment: parsed.defaultEnvironment });
};
const rulesOf = (registry: unknown) =>
  planOf(registry).forwards.flatMap(({ rules }) => rules.map(({ name }) => name));

describe("a change to publishing in an organisation", () => {
  const plan = planOf(organisation);
  const before = rulesOf(statements);

  it("goes through where every rule that stands is planned, bound", () => {
    expect(() => {
      refuseOpenRules("hub", { forwardRules: before }, plan);
    }).not.toThrow();
  });

  it("is refused where a rule would go after the bus is open, which is named", () => {
    const open = () => {
      refuseOpenRules("hub", { forwardRules: [...before, "forward-gone"] }, plan);
    };
    expect(open).toThrow(OpeningError);
    expect(open).toThrow(/forward-gone would be deleted after the global bus has let in the organisation/);
  });

  it("leaves later deployments, and the way back, as they are", () => {
    const deployed = { forwardRules: [...before, "forward-gone"], publishing: "organisation" };
    expect(() => {
      refuseOpenRules("hub", deployed, plan);
    }).not.toThrow();
    expect(() => {
      refuseOpenRules("hub", deployed, planOf(statements));
    }).not.toThrow();
  });
});
