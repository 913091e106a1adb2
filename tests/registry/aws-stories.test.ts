import { describe, expect, it } from "vitest";
import { inEnvironment, parseRegistry } from "../../infra/registry/index.js";
import { registry as shop } from "../fixtures/handled/uploads-registry.js";
import { problemsOf } from "../fixtures/problems-of.js";

const uploaded = "uploads/Object Created";
const story = (...steps: string[]) => ({ title: "A story", steps });

describe("a story with a step that AWS publishes", () => {
  it("is begun by no code", () => {
    const begun = { ...story(uploaded, "orders/Order.Created"), begins: "services/orders/place-order.ts" };
    expect(problemsOf({ ...shop, stories: { begun } })).toMatchObject([
      {
        path: "stories.begun.begins",
        message: `the first step, ${uploaded}, is published by AWS or a partner, so no function begins the story; remove it`,
      },
    ]);
  });

  it("needs a route to whoever publishes the next step, in the account that it comes from, too", () => {
    const [problem] = problemsOf({
      ...shop,
      subscriptions: {},
      stories: { lost: story(uploaded, "orders/Order.Created") },
    });
    expect(problem?.message).toContain(`no route brings it ${uploaded}`);
  });

  it.each([
    { environment: "prod", stories: ["after"] },
    { environment: "dev", stories: ["after", "before"] },
  ])(
    "is in $environment where its routes are, and nobody has to receive what comes before AWS's step",
    ({ environment, stories }) => {
      const registry = parseRegistry({
        ...shop,
        subscriptions: {},
        routes: [{ events: uploaded, to: "orders", environments: ["dev"] }],
        stories: {
          after: story("orders/Order.Created", uploaded),
          before: story(uploaded, "orders/Order.Created"),
        },
      });
      const set = registry.environments.get(environment) ?? expect.fail();
      expect(inEnvironment(registry, set).stories.map(({ name }) => name)).toEqual(stories);
    },
  );
});
