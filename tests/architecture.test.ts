import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { projectRoot } from "./fixtures/project-copy.js";

interface SourceFile {
  /** From the project's root. */
  readonly path: string;
  readonly lines: number;
  /** Files of ours it imports, from the project's root. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
  readonly hasDefaultExport: boolean;
}

const folders = [
  "config",
  "services",
  "infra",
  "packages",
  "rehearsal",
  "views",
  "cli",
  "operations",
  "tests",
];
const sources = new Map(
  folders
    .filter((folder) => existsSync(join(projectRoot, folder)))
    .flatMap((folder) =>
      readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((path) => path.endsWith(".ts"))
    .map((path) => [path, readSource(path)]),
);

function readSource(path: string): SourceFile {
  const text = readFileSync(join(projectRoot, path), "utf8");
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const specifiers: string[] = [];
  let hasDefaultExport = false;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier))
        specifiers.push(node.moduleSpecifier.text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteral(argument)) specifiers.push(argument.text);
    } else if (ts.isExportAssignment(node)) {
      hasDefaultExport = true;
    } else if (ts.canHaveModifiers(node)) {
      hasDefaultExport ||=
        ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false;
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const targets = specifiers.map((specifier) => targetOf(specifier, path));
  return {
    path,
    lines: text.split("\n").length - 1,
    imports: targets.filter((target) => target !== undefined),
    packages: specifiers.filter((_, index) => targets[index] === undefined),
    hasDefaultExport,
  };
}

/** The file of ours that an import means; a workspace package is meant by its name. */
function targetOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith("."))
    return relative(projectRoot, join(projectRoot, dirname(from), specifier)).replace(/\.js$/, ".ts");
  return existsSync(join(projectRoot, "packages", specifier)) ? doorOf(specifier) : undefined;
}

function doorOf(name: string): string {
  return join("packages", name, "src/index.ts");
}

interface FolderRule {
  /** Files it is about: a folder or a file. */
  readonly within: string;
  /** Rules for parts of it that stand on their own. */
  readonly except?: readonly string[];
  /** What they may import of ours, besides their own files. */
  readonly mayImport: readonly string[];
  readonly pulumi?: true;
}

/** The import rules of the house; nothing imports tests. */
const rules: readonly FolderRule[] = [
  { within: "packages/event-patterns", mayImport: [] },
  { within: "packages/backbone-runtime", mayImport: [] },
  { within: "packages/eventbridge-simulator", mayImport: ["packages/event-patterns"] },
  {
    within: "packages/aws-stand-in",
    mayImport: ["packages/event-patterns", "packages/eventbridge-simulator"],
  },
  { within: "infra/aws", mayImport: [] },
  { within: "infra/registry", mayImport: ["infra/aws", "packages/event-patterns"] },
  { within: "infra/topology", mayImport: ["infra/registry", "infra/aws", "packages/event-patterns"] },
  { within: "infra/code", mayImport: [] },
  { within: "infra/components", mayImport: ["infra/topology", "infra/aws", "infra/code"], pulumi: true },
  {
    within: "infra/program.ts",
    mayImport: ["infra/components", "infra/topology", "infra/aws", "infra/code"],
    pulumi: true,
  },
  {
    within: "infra/index.ts",
    mayImport: ["config", "infra/registry", "infra/topology", "infra/program.ts", "infra/code"],
    pulumi: true,
  },
  { within: "config", mayImport: ["infra/registry"] },
  { within: "services", mayImport: ["config", "packages/backbone-runtime"] },
  {
    within: "operations",
    mayImport: [
      "infra/registry",
      "infra/topology",
      "infra/aws",
      "packages/event-patterns",
      "packages/backbone-runtime",
    ],
  },
  {
    within: "rehearsal/emission/record.ts",
    mayImport: ["rehearsal/emission", "infra/registry", "infra/topology", "infra/program.ts", "infra/code"],
    pulumi: true,
  },
  // From a registry to the proof, or to a backbone that runs, in one call, for tests: where plan and proof meet, outside the
  // commands.
  {
    within: "rehearsal/rehearse.ts",
    mayImport: ["rehearsal", "infra/registry", "infra/topology", "packages"],
  },
  {
    within: "rehearsal/local/stages.ts",
    mayImport: ["rehearsal", "infra/registry", "infra/topology"],
  },
  {
    within: "rehearsal",
    except: [
      "rehearsal/emission/record.ts",
      "rehearsal/rehearse.ts",
      "rehearsal/local/stages.ts",
      "rehearsal/aws-limits.ts",
    ],
    mayImport: ["infra/registry", "packages"],
  },
  // What AWS takes is no choice of the program's, so both sides have the same numbers.
  {
    within: "rehearsal/aws-limits.ts",
    mayImport: ["rehearsal", "infra/registry", "infra/aws/limits.ts", "infra/aws/names.ts", "packages"],
  },
  { within: "views", mayImport: ["infra/registry", "infra/topology", "rehearsal", "packages"] },
  {
    within: "cli",
    mayImport: [
      "config",
      "infra/aws",
      "infra/code",
      "infra/registry",
      "infra/topology",
      "infra/program.ts",
      "packages",
      "rehearsal",
      "operations",
      "views",
    ],
  },
];

const isWithin = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

describe.each(rules)("$within", ({ within, except = [], mayImport, pulumi }) => {
  const own = [...sources.values()].filter(
    ({ path }) => isWithin(path, within) && !except.some((place) => isWithin(path, place)),
  );

  it("imports of ours only what the house allows", () => {
    const allowed = [within, ...mayImport];
    const strangers = own.flatMap(({ path, imports }) =>
      imports
        .filter((target) => !allowed.some((place) => isWithin(target, place)))
        .map((target) => `${path} -> ${target}`),
    );
    expect(strangers).toEqual([]);
  });

  it(pulumi ? "may import Pulumi" : "does not import Pulumi", () => {
    const users = own.filter(({ packages }) => packages.some((name) => name.startsWith("@pulumi/")));
    if (!pulumi) expect(users.map(({ path }) => path)).toEqual([]);
  });
});

describe("every file of ours", () => {
  const all = [...sources.values()];

  it("is found, and imports files that exist", () => {
    expect(all.length).toBeGreaterThan(50);
    const missing = all.flatMap(({ imports }) => imports).filter((target) => !sources.has(target));
    expect(missing).toEqual([]);
  });

  it("is under a rule", () => {
    const free = all.filter(
      ({ path }) => !isWithin(path, "tests") && !rules.some(({ within }) => isWithin(path, within)),
    );
    expect(free.map(({ path }) => path)).toEqual([]);
  });

  it("is imported by no file that it imports itself, however far around", () => {
    expect(all.flatMap(({ path }) => cycleFrom(path) ?? [])).toEqual([]);
  });

  it("has named exports only, but for what tools read by their default", () => {
    const withDefault = all.filter(({ hasDefaultExport }) => hasDefaultExport);
    expect(withDefault.map(({ path }) => path)).toEqual(["infra/index.ts"]);
  });

  it("has at most 400 lines", () => {
    expect(all.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  it("imports no test, unless it is one", () => {
    const isTest = (path: string) => path.split("/").includes("tests");
    const users = all.filter(({ path, imports }) => !isTest(path) && imports.some(isTest));
    expect(users.map(({ path }) => path)).toEqual([]);
  });

  it("imports a package by its name, and so through its door, unless it is the package's own", () => {
    const packageOf = (path: string) => /^packages\/[^/]+/.exec(path)?.[0];
    const intruders = all.flatMap(({ path, imports }) =>
      imports
        .filter((target) => packageOf(target) !== undefined && packageOf(target) !== packageOf(path))
        .filter((target) => !target.endsWith("/src/index.ts"))
        .map((target) => `${path} -> ${target}`),
    );
    expect(intruders).toEqual([]);
  });
});

/** The way from a file back to itself, if there is one. */
function cycleFrom(start: string): string | undefined {
  const cameFrom = new Map<string, string>();
  const waiting = [start];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    for (const target of sources.get(path)?.imports ?? []) {
      if (target === start) return `${start} -> … -> ${path} -> ${start}`;
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, path);
      waiting.push(target);
    }
  }
  return undefined;
}
