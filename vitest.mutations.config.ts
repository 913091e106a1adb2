import { defineConfig } from "vitest/config";

/** Damages to what is emitted, of each kind in turn, of which `npm test` does some. */
export default defineConfig({
  test: {
    maxWorkers: "100%",
    include: ["tests/rehearsal/mutation-*.test.ts"],
    env: { NO_COLOR: "1", PULUMI_ERROR_OUTPUT_STRING: "true", MUTATIONS: "all" },
  },
});
