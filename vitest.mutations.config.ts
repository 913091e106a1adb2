import { defineConfig } from "vitest/config";

/** Every damage to what is emitted, in each way once, of which `npm test` does a few of each kind. */
export default defineConfig({
  test: {
    maxWorkers: "100%",
    include: ["tests/rehearsal/mutation-*.test.ts"],
    env: { NO_COLOR: "1", PULUMI_ERROR_OUTPUT_STRING: "true", MUTATIONS: "all" },
  },
});
