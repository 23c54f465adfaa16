import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window, type PageOptions } from "./browser";
import { Server } from "./server";
import { totp } from "./totp";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = [await Server.start(), await launch()];
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Runs `journey` in a window of its own. */
async function walk(journey: (window: Window) => Promise<void>, options: PageOptions = {}): Promise<void> {
  const window = await Window.open(browser, server, options);
  await journey(window);
  await window.close();
}

describe("signing in", () => {
  it("lets a person in with account and password, and out again", () =>
    walk(async (window) => {
      await window.go("/");
      await window.fill_sign_in("vic");
      await window.page.getByRole("heading", { level: 1 }).filter({ hasNotText: "Sign in" }).waitFor();
      await window.page.getByText("vic", { exact: true }).click();
      await window.page.getByRole("button", { name: "Sign out" }).click();
      await window.page.getByRole("heading", { name: "Sign in" }).waitFor();
      await window.page.reload();
      await window.page.getByRole("heading", { name: "Sign in" }).waitFor();
    }));

  it("asks for a code once the password was right, and takes it", () =>
    walk(async (window) => {
      await server.second_factor("olga");
      await window.go("/gallery");
      await window.fill_sign_in("olga");
      const code = window.page.getByLabel("Code", { exact: true });
      await code.fill("000000");
      await code.press("Enter");
      await window.page.getByRole("alert").filter({ hasNotText: "second factor" }).waitFor();
      await code.fill(totp(server.totp_secrets.get("olga")!, Date.now()));
      await window.page.getByRole("button", { name: "Sign in" }).click();
      await window.page.getByRole("heading", { name: "Components" }).waitFor();
    }));

  it("shows the service's words for a wrong password, and keeps the name", () =>
    walk(async (window) => {
      await window.go("/");
      await window.page.getByLabel("Account", { exact: true }).fill("rita");
      await window.page.getByLabel("Password", { exact: true }).fill("not the password");
      await window.page.keyboard.press("Enter");
      await window.page.getByRole("alert").waitFor();
      expect(await window.page.getByLabel("Account", { exact: true }).inputValue()).toBe("rita");
    }));

  it("says what is missing before it asks the service", () =>
    walk(async (window) => {
      await window.go("/");
      await window.page.getByRole("button", { name: "Sign in" }).click();
      expect(await window.page.getByText("This is needed.").count()).toBe(2);
    }));
});

describe("the shell", () => {
  it("is walked through with the keyboard alone", () =>
    walk(async (window) => {
      await window.open_as("mia", "/");
      await window.page.keyboard.press("Tab");
      expect(await window.page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the page");
      await window.page.keyboard.press("Enter");
      expect(await window.page.evaluate(() => document.activeElement?.id)).toBe("page");
      await window.page.keyboard.press("?");
      await window.page.getByRole("dialog", { name: "Keyboard" }).waitFor();
      await window.page.keyboard.press("Escape");
      await window.page.getByRole("dialog", { name: "Keyboard" }).waitFor({ state: "hidden" });
    }));

  it("keeps language and colours in this browser, and says the language to readers", () =>
    walk(async (window) => {
      await window.open_as("vic", "/");
      await window.page.getByText("vic", { exact: true }).click();
      await window.page.getByLabel("Language", { exact: true }).selectOption("de");
      await window.page.getByLabel("Farben", { exact: true }).selectOption("dark");
      await window.page.reload();
      await window.page.getByRole("link", { name: "Zur Seite springen" }).waitFor({ state: "attached" });
      const html = await window.page.evaluate(() => {
        const { lang, dir, dataset } = document.documentElement;
        return [lang, dir, dataset["theme"], getComputedStyle(document.documentElement).colorScheme];
      });
      expect(html).toEqual(["de", "ltr", "dark", "dark"]);
    }));

  it("takes the browser's language where none was chosen", () =>
    walk(
      async (window) => {
        await window.go("/");
        await window.page.getByRole("heading", { name: "Anmelden" }).waitFor();
      },
      { language: "de-AT" },
    ));

  it("says that there is no connection, and goes on when it is back", () =>
    walk(async (window) => {
      await window.open_as("vic", "/gallery");
      await window.context.setOffline(true);
      await window.page.getByText("No connection.", { exact: false }).waitFor();
      await window.context.setOffline(false);
      await window.page.getByText("No connection.", { exact: false }).waitFor({ state: "hidden" });
    }));

  it("says which page is not for a role, and which there is not", () =>
    walk(async (window) => {
      await window.open_as("vic", "/gallery");
      await window.page.goto(`${server.url}/console/nowhere`);
      await window.page.getByText("There is no such page").waitFor();
    }));
});

describe("the first load", () => {
  it("is under 200 kB as it comes over the network", () =>
    walk(async (window) => {
      const client = await window.context.newCDPSession(window.page);
      await client.send("Network.enable");
      let bytes = 0;
      client.on("Network.loadingFinished", (event) => (bytes += event.encodedDataLength));
      await window.open_as("mia", "/");
      console.log(`first load: ${(bytes / 1000).toFixed(1)} kB`);
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes).toBeLessThan(200_000);
    }));
});
