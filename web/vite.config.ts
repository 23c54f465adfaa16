import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// The service that `npm run dev` and `npm run preview` pass calls on to.
const service = process.env["SEAWALL_URL"] ?? "http://127.0.0.1:8080";
const proxy = { "/v1": service, "/healthz": service, "/problems": service };

export default defineConfig({
  base: "/console/",
  plugins: [svelte()],
  resolve: {
    alias: { $: fileURLToPath(new URL("src", import.meta.url)) },
    conditions: process.env["VITEST"] ? ["browser"] : ["module", "browser", "development|production"],
  },
  // Nothing is inlined: the content security policy has no data: for scripts, styles and fonts.
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy },
  preview: { proxy },
  test: { environment: "jsdom", include: ["src/**/*.test.ts"], restoreMocks: true, testTimeout: 60_000, hookTimeout: 60_000 },
});
