import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { HlsOrigin, video_in } from "./hls";
import { Server } from "./server";

let server: Server;
let browser: Browser;
let origin: HlsOrigin;

// The video that the stream shows is listed, by its print: harmless, and marked as listed for the test.
beforeAll(async () => {
  server = await Server.start('[streams]\nthreads = 1\nallowed_networks = ["127.0.0.1/32"]\n');
  browser = await launch();
  const { file, segments } = video_in(server.folder);
  server.run("bank", "create", "clips");
  server.run("bank", "add", "clips", file);
  const read = "import base64,sqlite3,sys; print(base64.b64encode(sqlite3.connect(sys.argv[1]).execute('SELECT print FROM clip').fetchone()[0]).decode())";
  const print = execFileSync("/usr/bin/python3", ["-c", read, server.path("clips/entries.db")], { encoding: "utf8" }).trim();
  writeFileSync(server.path("clip.ndjson"), `${JSON.stringify({ id: "clip", carried: [`seawall-video:${print}`] })}\n`);
  server.run("lists", "create", "films", "--purpose", "sample", "--owner", "sample team", "--one-person", "--why", "sample");
  const told = server.run("lists", "import", "films", "clip.ndjson", "--format", "ndjson", "--source", "samples", "--why", "sample", "--json");
  const release = JSON.parse(told.trim().split("\n").at(-1)!).release as number;
  server.run("lists", "activate", String(release), "--why", "sample");
  origin = await HlsOrigin.start(segments);
});

afterAll(async () => {
  await browser?.close();
  await origin?.close();
  await server?.stop();
});

describe("the live wall", () => {
  it("teaches when it is empty, has a stream attached, shows it live and what it showed, and lets it go", async () => {
    const window = await Window.open(browser, server);
    const { page } = window;
    await window.open_as("mia", "/streams");
    await page.getByText("No stream is watched").waitFor();
    await page.getByRole("button", { name: "Attach a stream" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Attach a stream" }).click();
    expect(await dialog.getByText("This is needed.").count()).toBe(2);
    await dialog.getByRole("textbox", { name: "Name" }).fill("lobby");
    await dialog.getByRole("textbox", { name: "Address" }).fill("gopher://live.example/x");
    await dialog.getByRole("button", { name: "Attach a stream" }).click();
    await dialog.getByRole("alert").first().waitFor();
    expect(await dialog.getByRole("textbox", { name: "Name" }).inputValue()).toBe("lobby");
    await dialog.getByRole("textbox", { name: "Address" }).fill(origin.url);
    await dialog.getByRole("button", { name: "Attach a stream" }).click();
    await dialog.waitFor({ state: "hidden" });
    const row = page.getByRole("row").filter({ hasText: "lobby" });
    await row.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
    await row.getByText("none", { exact: true }).waitFor({ state: "detached", timeout: 30_000 });
    await window.picture("streams-wall");
    expect(await page.content()).not.toContain("index.m3u8");

    await page.getByRole("tab", { name: "Alerts" }).click();
    const alerts = page.getByRole("table", { name: "Alerts" }).getByRole("row").filter({ hasText: "films" });
    await expect
      .poll(async () => {
        await page.reload();
        await window.settled();
        return alerts.count();
      }, { timeout: 60_000 })
      .toBeGreaterThan(0);
    await alerts.first().getByRole("link").first().click();
    await page.getByRole("dialog").getByRole("img", { name: /How close/ }).waitFor();
    await window.picture("streams-alert");
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).first().click();

    await page.getByRole("tab", { name: "Streams" }).click();
    await row.getByRole("link", { name: "lobby" }).first().click();
    await page.getByRole("heading", { name: "lobby" }).waitFor();
    await window.settled();
    await window.picture("stream");
    await page.getByRole("button", { name: "Detach" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Detach" }).click();
    await page.getByText("No stream is watched").waitFor();
    await window.close();
  });

  it("says to who may only look what there is, and offers nothing that they may not do", async () => {
    const window = await Window.open(browser, server);
    await window.open_as("olga", "/streams");
    await window.page.getByText("No stream is watched").waitFor();
    expect(await window.page.getByRole("button", { name: "Attach a stream" }).count()).toBe(0);
    await window.close();
  });
});
