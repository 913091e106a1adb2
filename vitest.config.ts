import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: "100%",
    include: ["tests/**/*.test.ts"],
    // An Output in a template string would be written into a policy or a name; this makes it throw.
    env: { PULUMI_ERROR_OUTPUT_STRING: "true" },
    testTimeout: 180_000,
  },
});
