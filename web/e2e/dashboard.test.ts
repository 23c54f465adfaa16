import type { Browser } from "playwright-core";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { png } from "./pictures";
import { Server } from "./server";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = [await Server.start(), await launch()];
  const mia = await server.signed_in("mia");
  for (let i = 0; i < 12; ++i) {
    const bank = i % 3 === 0 ? "watch" : "known";
    await server.call(mia, "POST", "/v1/match", png((bank === "watch" ? 5022 : 5000) + (i % 6), { brighter: i }));
  }
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("the dashboard", () => {
  it("shows what was counted, in pictures, in tables and as files", async () => {
    const window = await Window.open(browser, server, { height: 1400 });
    const { page } = window;
    await window.open_as("mia", "/dashboard");
    const verdicts = page.getByRole("figure").filter({ hasText: "Verdicts" });
    await expect
      .poll(async () => {
        await page.reload();
        await window.settled();
        return verdicts.getByRole("img").getAttribute("aria-label");
      }, { timeout: 60_000, interval: 2000 })
      .toContain("12 in all");
    await window.picture("dashboard-of-a-manager");
    await verdicts.getByText("Table of “Verdicts”").click();
    expect(await verdicts.getByRole("row").count()).toBeGreaterThan(100);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      verdicts.getByRole("button", { name: "Download as CSV" }).click(),
    ]);
    const csv = readFileSync(await download.path(), "utf8");
    expect(csv.split("\n")[0]).toContain("Block");
    await page.getByLabel("Time", { exact: true }).selectOption("30d");
    await window.settled();
    expect(page.url()).toContain("span=30d");
    await window.close();
  });

  it("has for who may see less fewer figures, and no refusal", async () => {
    const window = await Window.open(browser, server);
    await window.open_as("vic", "/dashboard");
    await window.page.getByRole("figure").filter({ hasText: "Verdicts" }).waitFor();
    expect(await window.page.getByText("Distances of matches").count()).toBe(0);
    expect(await window.page.getByRole("alert").count()).toBe(0);
    await window.close();
  });
});
