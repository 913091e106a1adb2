import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runCli } from "./fixtures/cli.js";
import { projectRoot } from "./fixtures/project-copy.js";

const read = (file: string): string => readFileSync(join(projectRoot, file), "utf8");

const pages = new Map(
  ["README.md", "config/README.md", ...readdirSync(join(projectRoot, "docs")).map((name) => `docs/${name}`)]
    .filter((file) => file.endsWith(".md"))
    .map((file) => [file, read(file)]),
);

/** A fenced block with the comment before it that says where it comes from: `<!-- shows: trace … -->`. */
interface Shown {
  readonly page: string;
  readonly kind: string;
  /** What the comment says after the colon: a command's arguments, or a file. */
  readonly of: string;
  readonly content: string;
}

const shown = [...pages].flatMap(([page, text]) =>
  [...text.matchAll(/^<!-- ([a-z]+): (.+) -->\n+(?:```\w+\n([^]*?)\n```$)?/gm)].map(
    ([, kind = "", of = "", content = ""]): Shown => ({ page, kind, of, content }),
  ),
);
const ofKind = (kind: string): Shown[] => shown.filter((block) => block.kind === kind);

/** What a command prints; each is run once, however many blocks show it. */
const printed = new Map<string, Promise<string>>();
function outputOf(args: string): Promise<string> {
  const known = printed.get(args);
  if (known !== undefined) return known;
  const output = runCli(args.split(" ")).then(({ stdout }) => stdout.trimEnd());
  printed.set(args, output);
  return output;
}

const lines = (text: string): string[] => text.split("\n").map((line) => line.trim());

/** Lines that are not among others in that order, white space at their ends and what stands for an omission left out. */
function missingLines(excerpt: string, from: string, omission: string): string[] {
  const wanted = lines(excerpt).filter((line) => line !== "" && line !== omission);
  const there = lines(from);
  let next = 0;
  return wanted.filter((line) => {
    const at = there.indexOf(line, next);
    if (at >= 0) next = at + 1;
    return at < 0;
  });
}

describe("a block that says where it comes from", () => {
  it("says so in a way that is known, and stands right behind", () => {
    const kinds = ["diagram", "shows", "excerpt", "from", "whole"];
    expect(shown.filter(({ kind }) => !kinds.includes(kind))).toEqual([]);
    expect(shown.filter(({ content }) => content === "")).toEqual([]);
    for (const kind of kinds) expect(ofKind(kind)).not.toEqual([]);
  });

  it.each(ofKind("diagram"))("in $page is the picture that diagram draws", async ({ content }) => {
    expect(content).toBe(await outputOf("diagram"));
  });

  it.each(ofKind("shows"))("in $page is what $of prints", async ({ of, content }) => {
    expect(content).toBe(await outputOf(of));
  });

  it.each(ofKind("excerpt"))("in $page is in what $of prints, in that order", async ({ of, content }) => {
    expect(missingLines(content, await outputOf(of), "…")).toEqual([]);
  });

  it.each(ofKind("from"))("in $page is in $of, in that order", ({ of, content }) => {
    expect(missingLines(content, read(of), "// …")).toEqual([]);
  });

  it.each(ofKind("whole"))("in $page is the whole of $of", ({ of, content }) => {
    // An unchanged empty line is a space in a diff, which formatters of Markdown take away.
    expect(content).toBe(read(of).replace(/ +$/gm, "").trimEnd());
  });
});

describe("the pages", () => {
  it("have a front door of at most 150 lines", () => {
    expect(read("README.md").split("\n").length - 1).toBeLessThanOrEqual(150);
  });

  it("are all found from the README", () => {
    const found = linksIn("README.md").map(({ file }) => file);
    expect([...pages.keys()].filter((page) => page !== "README.md" && !found.includes(page))).toEqual([]);
  });

  it("show the whole change that adds payments, the one that the tests apply", () => {
    expect(ofKind("whole").map(({ page, of }) => `${page} ${of}`)).toContain(
      "docs/registry.md tests/fixtures/payments.patch",
    );
  });

  it("document every command, and name only commands that exist", async () => {
    const existing = [...(await outputOf("--help")).matchAll(/^ {2}([a-z-]+) /gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "help");
    const namedIn = (text: string) =>
      new Set([...text.matchAll(/(?:`|npx )backbone ([a-z][a-z-]+)/g)].map(([, name]) => name));
    expect([...namedIn(read("docs/commands.md"))].sort()).toEqual([...new Set(existing)].sort());
    for (const [page, text] of pages) {
      const unknown = [...namedIn(text)].filter((name) => !existing.includes(name));
      expect(unknown.map((name) => `${page}: ${name}`)).toEqual([]);
    }
  });

  it.each([...pages.keys()])("%s links to files and headings that exist", (page) => {
    const broken = linksIn(page).filter(({ file, anchor }) => {
      if (!existsSync(join(projectRoot, file))) return true;
      return anchor !== undefined && !anchorsOf(read(file)).has(anchor);
    });
    expect(broken.map(({ link }) => link)).toEqual([]);
  });

  it("count the alarms and keys that the example pays for as they are emitted", async () => {
    const costs = read("docs/quotas-and-cost.md");
    const metrics = (queries: string) =>
      queries.includes("ANOMALY_DETECTION_BAND") ? 3 : queries.split('"metricName"').length - 1;
    for (const [environment, alarms] of [
      ["prod", 26],
      ["dev", 23],
    ] as const) {
      const emitted = planShape
        .parse(JSON.parse(await outputOf(`plan --json --env ${environment}`)))
        .stacks.flatMap(({ resources }) => resources);
      const looking = emitted.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
      expect(looking).toHaveLength(alarms);
      expect(emitted.filter(({ type }) => type === "aws:kms/key:Key")).toEqual([]);
      const looked = looking.map(({ inputs }) => metrics(JSON.stringify(inputs.metricQueries)));
      const price = 0.1 * looked.reduce((sum, count) => sum + count, 0);
      expect(costs).toContain(`\`${environment}\`, $${price.toFixed(2)} a month`);
      expect(costs).toContain(`${alarms} alarms`);
    }
  });
});

const planShape = z.object({
  stacks: z.array(
    z.object({
      resources: z.array(z.object({ type: z.string(), inputs: z.record(z.string(), z.json()) })),
    }),
  ),
});

interface Link {
  /** As it is written. */
  readonly link: string;
  /** From the project's root. */
  readonly file: string;
  readonly anchor?: string;
}

function linksIn(page: string): Link[] {
  return [...withoutCode(read(page)).matchAll(/\]\(((?!https?:)[^)]+)\)/g)].map(([, link = ""]) => {
    const [path = "", anchor] = link.split("#");
    const file = path === "" ? page : relative(".", normalize(join(dirname(page), path)));
    return { link, file, ...(anchor === undefined ? {} : { anchor }) };
  });
}

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

function withoutCode(text: string): string {
  return text.replace(/^( *)```[^]*?^\1```$/gm, "");
}
