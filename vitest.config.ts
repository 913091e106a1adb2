import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: "100%",
    include: ["tests/**/*.test.ts", "packages/*/tests/**/*.test.ts"],
    // Colours are for terminals: the tests read what is printed, on a terminal and in CI alike.
    // An Output in a template string would be written into a policy or a name; this makes it throw.
    env: { NO_COLOR: "1", PULUMI_ERROR_OUTPUT_STRING: "true" },
    testTimeout: 180_000,
  },
});
