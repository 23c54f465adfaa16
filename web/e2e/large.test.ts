import { createWriteStream } from "node:fs";
import { once } from "node:events";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { random } from "./pictures";
import { Server } from "./server";

// Minutes of work and 1 GB of disk: run where SEAWALL_CONSOLE_ENTRIES says how many entries, such as 1000000.
const entries = Number(process.env["SEAWALL_CONSOLE_ENTRIES"] ?? 0);

/** Rows of random hashes: harmless, since they are of nothing. */
async function write_rows(path: string): Promise<void> {
  const next = random(7);
  const word = (): string => Math.floor(next() * 2 ** 32).toString(16).padStart(8, "0");
  const file = createWriteStream(path);
  file.write("id,pdq,md5\n");
  for (let i = 0; i < entries; ++i) {
    const pdq = Array.from({ length: 8 }, word).join("");
    const md5 = Array.from({ length: 4 }, word).join("");
    if (!file.write(`row-${i},${pdq},${md5}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}

describe.skipIf(entries === 0)("a bank of many entries", () => {
  let server: Server;
  let browser: Browser;

  beforeAll(async () => {
    server = await Server.start();
    await write_rows(server.path("rows.csv"));
    const words = ["--source", "many", "--why", "sample", "--json"];
    const told = server.run("lists", "import", "known", "rows.csv", ...words);
    const release = JSON.parse(told.trim().split("\n").at(-1)!).release as number;
    // So large a release needs another person even in a bank of one.
    const mia = await server.signed_in("mia");
    await server.call(mia, "POST", `/v1/releases/${release}/approve`, { why: "sample" });
    server.run("lists", "activate", String(release), "--why", "sample");
    browser = await launch();
  }, 900_000);

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("turns pages, opens an entry and chooses rows in under 100 ms each, at the median", async () => {
    const window = await Window.open(browser, server);
    await window.open_as("mia", "/lists/known");
    const { page } = window;
    await page.locator("tbody tr").first().waitFor();
    const turns: number[] = [];
    for (let i = 0; i < 20; ++i) {
      turns.push(
        await page.evaluate(async () => {
          const name = (): string => document.querySelector("tbody th")!.textContent!;
          const [before, from] = [name(), performance.now()];
          [...document.querySelectorAll<HTMLElement>(".pages button")].at(-1)!.click();
          while (name() === before) await new Promise((done) => setTimeout(done, 1));
          return performance.now() - from;
        }),
      );
    }
    const choosing = await page.evaluate(async () => {
      const from = performance.now();
      document.querySelector<HTMLElement>("thead input")!.click();
      await new Promise((done) => requestAnimationFrame(done));
      return performance.now() - from;
    });
    const asked = await page.evaluate(() =>
      performance.getEntriesByType("resource").filter((one) => one.name.includes("/entries?")).map((one) => one.duration),
    );
    const service = asked.sort((a, b) => a - b)[Math.floor(asked.length / 2)]!;
    const median = turns.sort((a, b) => a - b)[10]!;
    console.log(`of ${entries} entries: a page ${median.toFixed(0)} ms (${turns.at(-1)!.toFixed(0)} at most; the service ${service.toFixed(0)} of it), choosing ${choosing.toFixed(0)} ms`);
    expect(median).toBeLessThan(100);
    expect(choosing).toBeLessThan(100);
    await window.close();
  });
});
