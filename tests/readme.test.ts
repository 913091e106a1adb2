import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runCli } from "./fixtures/cli.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The first fenced block of a language after a text. */
function blockAfter(text: string, language: string): string {
  const start = readme.indexOf(text);
  if (start < 0) throw new Error(`the README has no ${text}`);
  const fence = `\`\`\`${language}\n`;
  const from = readme.indexOf(fence, start) + fence.length;
  return readme.slice(from, readme.indexOf("\n```", from));
}

describe("the README", () => {
  it("has the picture that diagram draws", async () => {
    const { stdout } = await runCli(["diagram"]);
    expect(blockAfter("<!-- diagram", "mermaid")).toBe(stdout.trimEnd());
  });

  it("shows the whole change that adds payments", () => {
    const patch = readFileSync(new URL("./fixtures/payments.patch", import.meta.url), "utf8");
    // An unchanged empty line is a space in a diff, which formatters of Markdown take away.
    expect(blockAfter("## Onboard a service", "diff")).toBe(patch.replace(/ +$/gm, "").trimEnd());
  });

  const shown = [...readme.matchAll(/<!-- shows: (.+) -->/g)].map(([marker, args = ""]) => ({
    marker,
    args,
  }));

  it("shows traces", () => {
    expect(shown.length).toBeGreaterThanOrEqual(2);
  });

  it.each(shown)("shows what $args prints", async ({ marker, args }) => {
    const { stdout } = await runCli(args.split(" "));
    expect(blockAfter(marker, "text")).toBe(stdout.trimEnd());
  });

  it("documents every command, and only commands that exist", async () => {
    const { stdout } = await runCli(["--help"]);
    const existing = [...stdout.matchAll(/^ {2}([a-z-]+) /gm)]
      .map(([, name]) => name)
      .filter((name) => name !== "help");
    const documented = new Set(
      [...readme.matchAll(/`(?:npx )?backbone ([a-z][a-z-]+)/g)].map(([, name]) => name),
    );
    expect([...documented].sort()).toEqual(
      [...existing, "start"].filter((name, at, all) => all.indexOf(name) === at).sort(),
    );
  });

  it("links to files that exist", () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = ""]) => path);
    for (const path of links)
      expect(() => readFileSync(new URL(`../${path}`, import.meta.url))).not.toThrow();
  });
});
