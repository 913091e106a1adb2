import { defineConfig } from "vitest/config";

/** The whole campaign of faults, of which `npm test` runs a sample. */
export default defineConfig({
  test: {
    include: ["tests/faults/**/*.test.ts"],
    env: { FAULTS: "all" },
    testTimeout: 180_000,
  },
});
