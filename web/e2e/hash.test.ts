import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import type { Tools } from "./hash_page/main";
import { Server } from "./server";

declare const tools: Tools;

const has_hasher = existsSync("wasm/out/seawall_hash.wasm");
const vectors = JSON.parse(readFileSync("../tests/data/pdq_generated.json", "utf8")).vectors as {
  seed: number; grid: number; noise: number; width: number; height: number; channels: number; pdq: string; quality: number;
}[];
let folder: string;
let server: Server;
let browser: Browser;
let window: Window;

beforeAll(async () => {
  if (!has_hasher) return;
  folder = mkdtempSync(join(tmpdir(), "seawall-hash-page-"));
  await build({
    root: resolve("e2e/hash_page"),
    base: "/console/",
    configFile: false,
    logLevel: "error",
    resolve: { alias: { $: resolve("src") } },
    build: { outDir: folder, emptyOutDir: true, assetsInlineLimit: 0, target: "es2022", modulePreload: { polyfill: false } },
  });
  [server, browser] = [await Server.start("", folder), await launch()];
  window = await Window.open(browser, server);
  await window.page.goto(`${server.url}/console/`);
  await window.page.waitForFunction(() => "tools" in globalThis);
});

afterAll(async () => {
  await window?.close();
  await browser?.close();
  await server?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

/** A JPEG, in base64, that says that it lies as EXIF's `orientation` has it. */
function turned(file: string, orientation: number): string {
  const jpeg = Buffer.from(file, "base64");
  const exif = [...Buffer.from("Exif\0\0MM\0*"), 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1, 0, exif.length + 2, ...exif]), jpeg.subarray(2)]).toString("base64");
}

describe.skipIf(!has_hasher)("in Chromium, under the console's content security policy", () => {
  it("generated pictures have the reference's hash and quality", async () => {
    const small = vectors.filter(({ width, height }) => width * height <= 1_000_000);
    expect(small.length).toBeGreaterThan(60);
    const hashed = await window.page.evaluate((recipes) => tools.hash_recipes(recipes), small);
    expect(hashed).toEqual(small.map(({ pdq, quality }) => ({ pdq, quality })));
  });

  it.each(["image/jpeg", "image/png", "image/webp"])("files of %s have the bits and the digests that the program finds", async (type) => {
    for (const seed of [1, 2, 3]) {
      const recipe = { seed, grid: 9, noise: 15, width: 340 + seed, height: 260, channels: 3 };
      const bytes = await window.page.evaluate(([wanted, as]) => tools.file_of(wanted, as), [recipe, type] as const);
      await compare(bytes, `file-${seed}`);
    }
  });

  it("a picture that lies on its side is hashed upright", async () => {
    const recipe = { seed: 4, grid: 9, noise: 15, width: 500, height: 400, channels: 3 };
    const bytes = await window.page.evaluate((wanted) => tools.file_of(wanted, "image/jpeg"), recipe);
    for (const orientation of [2, 3, 6, 8]) await compare(turned(bytes, orientation), `turned-${orientation}`);
  });

  it("what is no picture has digests, and says so", async () => {
    const hashed = await window.page.evaluate(() => tools.hash_bytes(btoa("%PDF")));
    expect(hashed).toMatchObject({ note: "no-picture", frames: [], size_bytes: 4 });
    const damaged = await window.page.evaluate(() => tools.hash_bytes(btoa("\xff\xd8\xff\xe0\x01\x02\x03")));
    expect(damaged).toMatchObject({ note: "not-decoded", frames: [], kind: "jpeg" });
  });

  async function compare(bytes: string, name: string): Promise<void> {
    const hashed = await window.page.evaluate((given) => tools.hash_bytes(given), bytes);
    writeFileSync(server.path(name), Buffer.from(bytes, "base64"));
    const ours = JSON.parse(server.run("hash", "--exact", "--json", name)) as Record<string, unknown>;
    const { md5, sha1, sha256, size_bytes, frames } = hashed;
    const { pdq, quality, width, height } = frames[0]!;
    expect({ md5, sha1, sha256, size_bytes, pdq, pdq_quality: quality, width, height }).toEqual(
      Object.fromEntries(["md5", "sha1", "sha256", "size_bytes", "pdq", "pdq_quality", "width", "height"].map((member) => [member, ours[member]])),
    );
  }
});
