import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// One file after the other: each starts a service and a browser of its own.
export default defineConfig({
  resolve: { alias: { $: fileURLToPath(new URL("../src", import.meta.url)) } },
  test: {
    include: ["e2e/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
