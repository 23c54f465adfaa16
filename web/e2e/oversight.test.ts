import { copyFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults } from "./axe";
import { launch, Window, type PageOptions } from "./browser";
import { fill_register, SampleLog } from "./log";
import { sample_orders } from "./orders";
import { Server } from "./server";

let server: Server;
let browser: Browser;
let log: SampleLog;
let orders: string[];

beforeAll(async () => {
  server = await Server.start(async (made) => {
    log = await SampleLog.begin(made);
    fill_register(made);
    orders = sample_orders(made);
    log.grow();
    return log.settings();
  });
  browser = await launch();
}, 120_000);

afterAll(async () => {
  await browser?.close();
  log?.stop();
  await server?.stop();
});

async function walk(journey: (window: Window) => Promise<void>, options: PageOptions = {}): Promise<void> {
  const window = await Window.open(browser, server, options);
  await journey(window);
  await window.close();
}

const standing = (window: Window, wanted: string) => window.page.locator(`[data-standing=${wanted}]`).waitFor();
const choose_tab = (window: Window, name: string) => window.page.getByRole("tab", { name }).click();

describe("the log", () => {
  it("is verified in the browser, and only what is new on the next visit", () =>
    walk(async (window) => {
      await window.open_as("olga", "/oversight");
      await standing(window, "fine");
      const text = await window.page.locator("[data-standing]").innerText();
      expect(text).toContain(`All ${log.size} entries make the signed head, ${log.size} of them new`);
      await window.page.getByText("Seen by 1 witness, 1 needed").waitFor();
      await window.page.getByText("Overdue").first().waitFor();
      await window.page.reload();
      await standing(window, "fine");
      expect(await window.page.locator("[data-standing]").innerText()).toContain("0 of them new");
      await window.page.getByRole("button", { name: "Verify every entry anew" }).click();
      await standing(window, "fine");
    }));

  it("is refused with an alarm once it shows another past, and both statements are saved", () =>
    walk(async (window) => {
      await window.open_as("olga", "/oversight");
      await standing(window, "fine");
      const before = readFileSync(server.path("log/checkpoint"), "utf8");
      cpSync(server.path("log"), server.path("log.true"), { recursive: true });
      try {
        await log.fork();
        await window.page.reload();
        await standing(window, "alarm");
        const [saved] = await Promise.all([window.page.waitForEvent("download"), window.page.getByRole("button", { name: "Save both statements" }).click()]);
        const text = readFileSync(await saved.path(), "utf8");
        expect(text.startsWith(before)).toBe(true);
        expect(await faults(window)).toEqual([]);
        await window.picture("oversight-alarm");
      } finally {
        rmSync(server.path("log"), { recursive: true });
        cpSync(server.path("log.true"), server.path("log"), { recursive: true });
      }
    }));

  it("is refused where a file is damaged", () =>
    walk(async (window) => {
      const name = server.path(`log/tile/entries/000.p/${log.size}`);
      copyFileSync(name, `${name}.true`);
      const bytes = readFileSync(name);
      bytes[40] = bytes[40]! ^ 1;
      writeFileSync(name, bytes);
      try {
        await window.open_as("olga", "/oversight");
        await standing(window, "wrong");
        await window.page.getByText("is not the one that its tile holds").waitFor();
        await window.picture("oversight-wrong");
      } finally {
        copyFileSync(`${name}.true`, name);
        rmSync(`${name}.true`);
      }
    }));
});

describe("an entry", () => {
  it("is proved by its leaf, and the proof is one that the program takes", () =>
    walk(async (window) => {
      await window.open_as("olga", "/oversight/entry?leaf=2");
      await standing(window, "fine");
      await window.page.getByRole("button", { name: "Prove" }).click();
      await window.page.getByText(`Entry 2 is in the log of ${log.size} entries`).waitFor();
      const [saved] = await Promise.all([window.page.waitForEvent("download"), window.page.getByRole("button", { name: "Save the proof" }).click()]);
      copyFileSync(await saved.path(), server.path("entry.tlog-proof"));
      expect(server.run("audit", "check", "entry.tlog-proof", "--log", log.keys.log, "--witness", log.keys.witness)).toContain("2");
      await window.picture("oversight-entry-proved");
    }));

  it("is found by the record that it was made of, and by no other", () =>
    walk(async (window) => {
      const shown = server.run("log", "record", "--index", "2");
      await window.open_as("olga", "/oversight/entry");
      await standing(window, "fine");
      await window.page.getByLabel("Or a record and its salt").fill(shown);
      await window.page.getByRole("button", { name: "Prove" }).click();
      await window.page.getByText("It was made of exactly this record with this salt.").waitFor();
      await window.page.getByLabel("Or a record and its salt").fill(shown.replace('"salt":"', '"salt":"A').replace(/.="/, '="'));
      await window.page.getByRole("button", { name: "Prove" }).click();
      await window.page.getByText("It is not proved").waitFor();
    }));
});

it("a draw is made from the log and its secret, and checked; a changed one is refused", () =>
  walk(async (window) => {
    const trust = ["--log", log.keys.log, "--witness", log.keys.witness];
    server.run("oversee", "draw-frame", "log", ...trust, "--kind", "list-change", "--wanted", "2", "frame.json");
    server.run("oversee", "draw-enter", "frame.json", "--book", "register", "--as", "olga", "--why", "a sample");
    log.grow();
    log.grow();
    await window.open_as("olga", "/oversight/draw");
    await standing(window, "fine");
    await choose_tab(window, "Make the draw");
    await window.page.getByLabel("The frame").fill(readFileSync(server.path("frame.json"), "utf8"));
    await window.page.getByLabel("The secret").fill(readFileSync(server.path("frame.json.secret"), "utf8"));
    await window.page.getByRole("button", { name: "Make the draw" }).click();
    await window.page.getByText("2 entries are drawn").waitFor();
    await window.picture("oversight-drawn");
    expect(await faults(window)).toEqual([]);
    const [saved] = await Promise.all([window.page.waitForEvent("download"), window.page.getByRole("button", { name: "Save the draw" }).click()]);
    const draw = readFileSync(await saved.path(), "utf8");
    server.run("oversee", "draw-make", "log", ...trust, "frame.json", "draw.json");
    expect(draw).toBe(readFileSync(server.path("draw.json"), "utf8"));
    await choose_tab(window, "Check a draw");
    await window.page.getByRole("textbox", { name: "The draw" }).fill(draw.replace(/"drawn":\[(\d+)/, (_, leaf: string) => `"drawn":[${Number(leaf) > 0 ? 0 : 1}`));
    await window.page.getByRole("button", { name: "Check a draw" }).click();
    await window.page.getByText("This is not the draw that the log makes").waitFor();
    await window.page.getByRole("textbox", { name: "The draw" }).fill(draw);
    await window.page.getByRole("button", { name: "Check a draw" }).click();
    await window.page.getByText("2 entries are drawn").waitFor();
  }));

it("orders stand with their clocks, what is next first, and lead to their entry", () =>
  walk(async (window) => {
    await window.open_as("olga", "/oversight/orders");
    const [applied, in_force, cancelled] = orders as [string, string, string];
    const row = (id: string) => window.page.getByRole("row").filter({ hasText: id });
    expect(await row(applied).innerText()).toContain("not in the log yet");
    expect(await row(cancelled).innerText()).toContain("tell those concerned");
    expect(await row(in_force).innerText()).toMatch(/in force[^]*ends[^]*0 of 5/);
    await row(in_force).getByRole("link").click();
    await standing(window, "fine");
    await window.page.getByRole("button", { name: "Prove" }).click();
    await window.page.getByText("is in the log of").waitFor();
    await window.page.getByText("Order", { exact: true }).first().waitFor();
  }));

it("the report hides small numbers, and is printed without what is no report", () =>
  walk(async (window) => {
    await window.open_as("olga", "/oversight/report");
    await standing(window, "fine");
    await window.page.getByRole("table").waitFor();
    expect(await window.page.getByRole("table").innerText()).toContain("<5");
    await window.page.emulateMedia({ media: "print" });
    expect(await window.page.getByRole("button", { name: "Print" }).isVisible()).toBe(false);
    await window.picture("oversight-report-print");
  }));

const shown = [
  { name: "oversight-log", path: "/oversight", ready: "[data-standing=fine]" },
  { name: "oversight-entry", path: "/oversight/entry", ready: "[data-standing=fine]" },
  { name: "oversight-orders", path: "/oversight/orders", ready: "table" },
  { name: "oversight-draw", path: "/oversight/draw", ready: "[data-standing=fine]" },
  { name: "oversight-register", path: "/oversight/register", ready: "table" },
  { name: "oversight-report", path: "/oversight/report", ready: "article table" },
];
describe.each(shown)("$name", ({ name, path, ready }) => {
  it.each<[string, PageOptions]>([
    ["light", {}],
    ["dark", { dark: true }],
    ["360px", { width: 360, height: 740 }],
    ["zoom-200", { width: 1280, zoom: 2 }],
    ["de", { language: "de" }],
  ])("has nothing that axe objects to, and is cut off nowhere (%s)", (how, options) =>
    walk(async (window) => {
      await window.open_as("olga", path);
      await window.page.locator(ready).first().waitFor();
      await window.settled();
      await window.picture(`${name}-${how}`);
      expect(await window.sideways_px()).toBe(0);
      expect(await faults(window)).toEqual([]);
    }, options),
  );
});
