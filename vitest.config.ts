import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** They replace modules of ours, which nothing may have loaded before. */
const replaceModules = readdirSync(new URL("tests", import.meta.url), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `tests/${file.replaceAll("\\", "/")}`)
  .filter((file) => readFileSync(new URL(file, import.meta.url), "utf8").includes("vi.mock("));

/** Began last, they would keep one core busy while the other has nothing left to do. */
const longest = [
  "infra/entry.test.ts",
  "infra/entry-refusals.test.ts",
  "rehearsal/mutation-arbitrary.test.ts",
  "rehearsal/partitions.test.ts",
  "faults/redrive.test.ts",
  "cli/process.test.ts",
  "cli/calls.test.ts",
  "cli/find.test.ts",
  "/mends.test.ts",
  "operations/redrive.test.ts",
  "rehearsal/mutation-prod.test.ts",
  "cli/canary.test.ts",
  "cli/replay.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = longest.findIndex((name) => moduleId.endsWith(name));
      return rank < 0 ? longest.length : rank;
    };
    const sorted = await super.sort(files);
    return sorted.sort((left, right) => rankOf(left) - rankOf(right));
  }
}

export default defineConfig({
  test: {
    maxWorkers: "100%",
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        // Pulumi and the AWS SDK take a second to load; the files that a worker runs share what it has loaded.
        test: {
          name: "shared",
          isolate: false,
          include: ["tests/**/*.test.ts", "packages/*/tests/**/*.test.ts"],
          exclude: replaceModules,
        },
      },
      { extends: true, test: { name: "alone", include: replaceModules } },
    ],
    // Colours are for terminals: the tests read what is printed, on a terminal and in CI alike.
    // An Output in a template string would be written into a policy or a name; this makes it throw.
    env: { NO_COLOR: "1", PULUMI_ERROR_OUTPUT_STRING: "true" },
    unstubEnvs: true,
    setupFiles: "tests/fixtures/fixed-seed.ts",
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
