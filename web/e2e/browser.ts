import { existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import { password, type Person, type Server } from "./server";

export const chromium_path = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
export const pictures_folder = resolve("../build/console");

/** Debian's Chromium, without anything that would leave this machine. */
export async function launch(): Promise<Browser> {
  if (!existsSync(chromium_path)) throw new Error(`there is no ${chromium_path}; ./do setup installs it`);
  return chromium.launch({
    executablePath: chromium_path,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export interface PageOptions {
  width?: number;
  height?: number;
  /** 2: the page at 200 % zoom of a window of twice the width. */
  zoom?: number;
  dark?: boolean;
  language?: string;
}

/** A window of its own, in which everything that a page complains of fails the test that closes it. */
export class Window {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[] = [];
  private readonly server: Server;

  private constructor(server: Server, context: BrowserContext, page: Page) {
    this.server = server;
    this.context = context;
    this.page = page;
    page.on("pageerror", (error) => this.complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      // Refusals of the service are part of many journeys; that there is no session yet, of each.
      const expected = /Failed to load resource: (the server responded with a status of|net::)/.test(message.text());
      if (message.type() === "error" && !expected) this.complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url()))
        this.complaints.push(`a request to another place: ${request.url()}`);
    });
  }

  static async open(browser: Browser, server: Server, options: PageOptions = {}): Promise<Window> {
    const { width = 1280, height = 900, zoom = 1, dark = false, language = "en" } = options;
    const context = await browser.newContext({
      viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
      deviceScaleFactor: zoom,
      colorScheme: dark ? "dark" : "light",
      locale: language,
      timezoneId: "UTC",
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(15_000);
    return new Window(server, context, await context.newPage());
  }

  /** Opens the console's page at `path`, as a person who is signed in. */
  async open_as(who: Person, path: string): Promise<void> {
    const { cookie } = await this.server.signed_in(who);
    const [name, value] = cookie.split("=") as [string, string];
    // A browser takes such a cookie from http://localhost, but DevTools sets it for an https address only.
    const url = this.server.url.replace("http:", "https:");
    await this.context.addCookies([{ name, value, url, secure: true, httpOnly: true, sameSite: "Strict" }]);
    await this.go(path);
  }

  async go(path: string): Promise<void> {
    // As the console's own links: the service takes a path with a dot for a file.
    const [at = "", ...query] = path.split("?");
    const to = [at.replaceAll(".", "%2E"), ...query].join("?");
    await this.page.goto(`${this.server.url}/console${to}`);
    await this.page.locator("h1").first().waitFor();
    await this.settled();
  }

  /** Waits until nothing is on its way to the service, and the page no longer says that it loads. */
  async settled(): Promise<void> {
    await this.page.waitForFunction(() => !document.querySelector("[aria-busy=true]:not(button), .wait"));
    await this.page.evaluate(() => document.fonts.ready.then(() => undefined));
  }

  /** Types account and password into the sign-in form, and sends it. */
  async fill_sign_in(who: Person): Promise<void> {
    await this.page.getByLabel("Account", { exact: true }).fill(who);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Sign in" }).click();
  }

  /** Whether something is cut off or must be scrolled to sideways. */
  async sideways_px(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  }

  async picture(name: string): Promise<void> {
    mkdirSync(pictures_folder, { recursive: true });
    await this.page.screenshot({ path: `${pictures_folder}/${name}.png`, fullPage: true });
  }

  async close(): Promise<void> {
    await this.context.close();
    expect(this.complaints).toEqual([]);
  }
}
