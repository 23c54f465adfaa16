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

describe("people", () => {
  it("are made, given other roles and disabled, and each change stands in the record with its reason", async () => {
    const window = await Window.open(browser, server);
    const { page } = window;
    await window.open_as("ada", "/people");
    await page.getByRole("button", { name: "Make an account" }).click();
    const dialog = page.getByRole("dialog");
    await page.keyboard.type("bea");
    await dialog.getByLabel("First password").fill("short");
    await dialog.getByLabel("reviewer").check();
    await dialog.getByLabel("Why").fill("joins the team");
    await dialog.getByRole("button", { name: "Make an account" }).click();
    await dialog.getByRole("alert").first().waitFor();
    await dialog.getByLabel("First password").fill("correct horse battery");
    await dialog.getByRole("button", { name: "Make an account" }).click();
    await page.getByText("bea can sign in").waitFor();

    const row = page.getByRole("row").filter({ hasText: "bea" });
    await row.getByRole("link").click();
    await dialog.getByRole("button", { name: "Change roles" }).click();
    await page.getByRole("dialog").getByLabel("list manager").check();
    await page.getByRole("dialog").getByLabel("Why").fill("helps out");
    await page.getByRole("dialog").getByRole("button", { name: "Change roles" }).click();
    await row.getByText("reviewer, list manager").waitFor();
    await row.getByRole("link").click();
    await window.picture("person");
    await dialog.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("dialog").getByLabel("Why").fill("has left");
    await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
    await row.getByText("Disabled").waitFor();
    await window.picture("people");

    await window.go("/access-changes");
    await page.getByRole("cell", { name: "has left" }).waitFor();
    await window.picture("access-changes");
    await window.close();
  });

  it("are seen by an overseer, who is offered no change", async () => {
    const window = await Window.open(browser, server);
    await window.open_as("olga", "/people");
    await window.page.getByRole("link", { name: "mia" }).click();
    expect(await window.page.getByRole("button", { name: /Make an account|Change roles|Disable/ }).count()).toBe(0);
    await window.close();
  });
});
