import { describe, expect, it } from "vitest";
import { registry as example } from "../../config/index.js";
import { type Binding, parseRegistry } from "../../infra/registry/index.js";
import { divided } from "../../infra/topology/rules.js";

const prod = parseRegistry(example).environments.get("prod");
if (prod === undefined) throw new Error("no prod");
const environment = prod;

function patternOfAll(binds: readonly Binding[]): unknown {
  const events = binds.map((each, index) => ({
    events: `e/${index}`,
    contracts: [`e/${index}`],
    binds: each,
  }));
  const patterns = divided(environment, events, String).map(({ eventPattern }) => eventPattern);
  expect(patterns).toHaveLength(1);
  return patterns[0];
}

describe("one pattern for several bindings", () => {
  it.each<{ name: string; binds: Binding[]; pattern: unknown }>([
    {
      name: "joins accounts that may have the same events",
      binds: [
        { source: ["a"], detailType: "T", account: ["2"] },
        { source: ["a"], detailType: "T", account: ["1"] },
      ],
      pattern: { account: ["1", "2"], source: ["a"], "detail-type": ["T"] },
    },
    {
      name: "keeps each account beside its own source",
      binds: [
        { source: ["a"], detailType: "T", account: ["1"] },
        { source: ["b"], detailType: "T", account: ["2"] },
      ],
      pattern: {
        $or: [
          { account: ["1"], source: ["a"], "detail-type": ["T"] },
          { account: ["2"], source: ["b"], "detail-type": ["T"] },
        ],
      },
    },
    {
      name: "keeps each account beside its own detail-type",
      binds: [
        { source: ["a"], detailType: "T", account: ["1"] },
        { source: ["a"], detailType: "U", account: ["1", "2"] },
      ],
      pattern: {
        $or: [
          { account: ["1", "2"], source: ["a"], "detail-type": ["U"] },
          { account: ["1"], source: ["a"], "detail-type": ["T"] },
        ],
      },
    },
    {
      name: "joins what is of one account",
      binds: [
        { source: ["a"], detailType: "T", account: ["1"] },
        { source: ["b"], detailType: "T", account: ["1"] },
        { source: ["a"], detailType: "U", account: ["1"] },
        { source: ["b"], detailType: "U", account: ["1"] },
      ],
      pattern: { account: ["1"], source: ["a", "b"], "detail-type": ["T", "U"] },
    },
    {
      name: "takes any account where one of the bindings does",
      binds: [
        { source: ["a"], detailType: "T", account: ["1"] },
        { source: ["a"], detailType: "T" },
      ],
      pattern: { source: ["a"], "detail-type": ["T"] },
    },
  ])("$name", ({ binds, pattern }) => {
    expect(patternOfAll(binds)).toEqual(pattern);
  });
});
