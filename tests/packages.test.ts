import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import * as awsStandIn from "aws-stand-in";
import * as eventPatterns from "event-patterns";
import * as simulator from "eventbridge-simulator";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { projectRoot } from "./fixtures/project-copy.js";

/** What the examples of a README may use: everything at the doors, so that an example need not repeat an import. */
const doors = { ...awsStandIn, ...eventPatterns, ...simulator };

const readme = (name: string): string =>
  readFileSync(join(projectRoot, "packages", name, "README.md"), "utf8");

interface Example {
  readonly expression: string;
  readonly value: unknown;
}

/** Runs a README's blocks as one script; each line that ends in `// value` is an example with what it should give. */
function examplesOf(text: string): readonly (Example & { readonly expected: unknown })[] {
  const code = [...text.matchAll(/^```js\n(?<code>[\s\S]*?)^```$/gmu)]
    .map(({ groups }) => groups?.code ?? "")
    .join("\n");
  const expected: unknown[] = [];
  const script = code
    .replaceAll(/^import .*$/gmu, "")
    .replaceAll(/^(?<expression>\S.*); \/\/ (?<value>.+)$/gmu, (_, expression: string, value: string) => {
      expected.push(JSON.parse(value));
      return `examples.push({ expression: ${JSON.stringify(expression)}, value: (${expression}) });`;
    });
  const result: unknown = runInNewContext(`const examples = [];\n${script}\nexamples;`, { ...doors });
  const shown = z.array(z.object({ expression: z.string(), value: z.unknown() })).parse(result);
  return shown.map((example, index) => ({ ...example, expected: expected[index] }));
}

describe.each(["aws-stand-in", "event-patterns", "eventbridge-simulator"])("the README of %s", (name) => {
  it.each(examplesOf(readme(name)))("is right about $expression", ({ value, expected }) => {
    expect(value).toEqual(expected);
  });

  it("has examples, and imports what they use from the package's door", () => {
    const imported = [...readme(name).matchAll(/^import \{ (.*) \} from "(.*)";$/gmu)];
    expect(imported.length).toBeGreaterThan(0);
    for (const [, names = "", from] of imported) {
      expect(from).toBe(name);
      for (const one of names.split(", ")) expect(Object.keys(doors)).toContain(one);
    }
  });
});

const cells = /^\| (?<what>[^|]+?) +\| `(?<matcher>[^`]+)` +\| `(?<takes>[^`]+)` +\| `(?<not>[^`]+)` +\|$/gmu;
const rows = [...readme("event-patterns").matchAll(cells)].map(({ groups = {} }) => ({
  what: "",
  matcher: "",
  takes: "",
  not: "",
  ...groups,
}));

describe("the matchers in the README of event-patterns", () => {
  it("are all there", () => {
    expect(rows).toHaveLength(13);
  });

  it.each(rows)("$what takes $takes and not $not", ({ matcher, takes, not }) => {
    const parsed = eventPatterns.parsePattern(`{ "detail": { "field": [${matcher}] } }`);
    if (!parsed.ok) throw new Error(`not a pattern: ${matcher}`);
    const matches = (field: string) => {
      const event = eventPatterns.readEvent(`{ "detail": { "field": ${field} } }`);
      return event.ok && eventPatterns.matchEvent(parsed.pattern, event.value);
    };
    expect([matches(takes), matches(not)]).toEqual([true, false]);
  });
});
