import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { Server } from "./server";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = [await Server.start(), await launch()];
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** What the service says to a program that asks with this secret. */
async function status_with(secret: string): Promise<number> {
  return (await fetch(`${server.url}/v1/status`, { headers: { Authorization: `Bearer ${secret}` } })).status;
}

describe("keys", () => {
  it("are made, shown once, renewed and taken away, by keyboard alone", async () => {
    const window = await Window.open(browser, server);
    const { page } = window;
    await window.open_as("ada", "/keys");
    await page.getByText("No program has a key yet").waitFor();
    await page.getByRole("button", { name: "Make a key" }).first().focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await page.keyboard.type("forum-upload");
    await dialog.getByLabel("read the service's state").focus();
    await page.keyboard.press("Space");
    await dialog.getByLabel("Why").focus();
    await page.keyboard.type("the forum goes live");
    await dialog.getByRole("button", { name: "Make a key" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The secret of forum-upload" }).waitFor();
    await window.picture("keys-secret");
    const first = (await dialog.locator("code").textContent())!;
    expect(first).toMatch(/^swk_/);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("heading", { name: "The secret of forum-upload" }).isVisible()).toBe(true);
    await dialog.getByRole("button", { name: "I have put it where it belongs" }).click();
    expect(await status_with(first)).toBe(200);
    expect(await page.content()).not.toContain(first);

    await page.getByRole("link", { name: "forum-upload" }).click();
    await window.picture("key");
    await dialog.getByRole("button", { name: "Renew" }).click();
    await page.getByRole("dialog").getByLabel("The old secret works on for").selectOption("0");
    await page.getByRole("dialog").getByLabel("Why").fill("it may have leaked");
    await page.getByRole("dialog").getByRole("button", { name: "Renew" }).click();
    await page.getByRole("heading", { name: "The secret of forum-upload" }).waitFor();
    const second = (await dialog.locator("code").textContent())!;
    await dialog.getByRole("button", { name: "I have put it where it belongs" }).click();
    expect([await status_with(first), await status_with(second)]).toEqual([401, 200]);

    await page.getByRole("link", { name: "forum-upload" }).click();
    await dialog.getByRole("button", { name: "Take away" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take away" }).click();
    await page.getByRole("dialog").getByText("Say why").waitFor();
    await page.getByRole("dialog").getByLabel("Why").fill("the forum is gone");
    await page.getByRole("dialog").getByRole("button", { name: "Take away" }).click();
    await page.getByText("1 key that is over is not shown.").waitFor();
    expect(await status_with(second)).toBe(401);
    await window.picture("keys");
    await window.close();
  });

  it("cannot be made by who only oversees", async () => {
    const window = await Window.open(browser, server);
    await window.open_as("olga", "/keys");
    expect(await window.page.getByRole("button", { name: "Make a key" }).count()).toBe(0);
    await window.close();
  });
});
