import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults } from "./axe";
import { launch, Window, type PageOptions } from "./browser";
import { pages, type Shown } from "./pages";
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

async function open(shown: Shown, options: PageOptions): Promise<Window> {
  const window = await Window.open(browser, server, options);
  if (shown.who) await window.open_as(shown.who, shown.path);
  else await window.page.goto(`${server.url}/console${shown.path}`);
  if (shown.ready) await window.page.locator(shown.ready).first().waitFor();
  await window.settled();
  await shown.prepare?.(window, server);
  return window;
}

describe.each(pages)("$name", (shown) => {
  beforeAll(async () => {
    await shown.before?.(server);
  });

  it.each([{ dark: false }, { dark: true }])("has nothing that axe objects to (dark: $dark)", async ({ dark }) => {
    const window = await open(shown, { dark });
    await window.picture(`${shown.name}-${dark ? "dark" : "light"}`);
    expect(await faults(window)).toEqual([]);
    await window.close();
  });

  it.each([
    { how: "360px", options: { width: 360, height: 740 } },
    { how: "zoom-200", options: { width: 1280, zoom: 2 } },
  ])("is whole, and cut off nowhere ($how)", async ({ how, options }) => {
    const window = await open(shown, options);
    await window.picture(`${shown.name}-${how}`);
    expect(await window.sideways_px()).toBe(0);
    expect(await faults(window)).toEqual([]);
    await window.close();
  });
});
