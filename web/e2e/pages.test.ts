import axe from "axe-core";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

/** What axe finds against WCAG 2.2, levels A and AA, and against what it holds for good practice. */
async function faults(window: Window): Promise<string[]> {
  // In a world of its own, into which the page's content security policy does not reach.
  const client = await window.context.newCDPSession(window.page);
  const { frameTree } = await client.send("Page.getFrameTree");
  const world = { frameId: frameTree.frame.id, worldName: "axe" };
  const { executionContextId } = await client.send("Page.createIsolatedWorld", world);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const wanted = `axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then((found) => JSON.stringify(found.violations))`;
  const expression = `${axe.source};\n${wanted}`;
  const asked = { expression, contextId: executionContextId, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await client.send("Runtime.evaluate", asked);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  const found = JSON.parse(result.value as string) as axe.Result[];
  return found.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.failureSummary} ${node.html}`));
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
