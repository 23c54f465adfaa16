import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { png } from "./pictures";
import { Server } from "./server";

let server: Server;
let browser: Browser;

// Altered copies of three pictures that the bank `watch` alone has; its action is review.
beforeAll(async () => {
  server = await Server.start("[review]\n");
  browser = await launch();
  const mia = await server.signed_in("mia");
  for (const i of [2, 3, 4]) {
    const answer = await server.call<{ verdict: string }>(mia, "POST", "/v1/match", png(5022 + i, { brighter: 9 }));
    expect(answer.verdict).toBe("review");
  }
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** How much neighbouring pixels of a canvas differ: a blurred picture's hardly do. */
async function roughness(canvas: Locator): Promise<number> {
  return canvas.evaluate((node) => {
    const one = node as HTMLCanvasElement;
    const { data } = one.getContext("2d")!.getImageData(0, 0, one.width, one.height);
    let sum = 0;
    for (let i = 4; i < data.length; i += 4) sum += Math.abs(data[i]! - data[i - 4]!);
    return sum / (data.length / 4);
  });
}

interface Mine {
  used: { stills: number; reveal_ms: number };
}

describe("the review queue", () => {
  it("is worked by keyboard alone: taken, looked at while a key is held, graded, undone, and graded again", async () => {
    const window = await Window.open(browser, server);
    const { page } = window;
    await window.open_as("rita", "/review");
    const rows = page.getByRole("table", { name: "Review" }).getByRole("rowheader");
    expect(await rows.count()).toBe(3);
    await window.picture("review-queue");
    await page.getByRole("button", { name: "Begin with the first" }).press("Enter");
    await page.getByRole("heading", { name: /^Item v/ }).waitFor();
    await window.settled();
    expect(await page.locator("canvas").count()).toBe(0);
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Your decision" }).waitFor();
    expect(await page.locator("canvas").count()).toBe(0);

    await page.getByRole("button", { name: "Show it blurred" }).first().press("Enter");
    const canvas = page.locator("canvas").first();
    await canvas.waitFor();
    const soft = await roughness(canvas);
    await window.picture("review-item");
    await page.getByRole("button", { name: "Hold to unblur" }).first().focus();
    await page.keyboard.down(" ");
    await page.getByRole("img", { name: /unblurred/ }).waitFor();
    expect(await roughness(canvas)).toBeGreaterThan(soft * 1.5);
    await page.waitForTimeout(400);
    await page.keyboard.up(" ");
    await page.getByRole("img", { name: /, blurred/ }).waitFor();
    const rita = await server.signed_in("rita");
    await expect.poll(async () => (await server.call<Mine>(rita, "GET", "/v1/review/me")).used.reveal_ms).toBeGreaterThan(300);
    expect((await server.call<Mine>(rita, "GET", "/v1/review/me")).used.stills).toBe(1);

    const name = (await page.getByRole("heading", { level: 1 }).textContent())!;
    await page.getByRole("heading", { level: 1 }).focus();
    await page.keyboard.press("2");
    await page.getByText("It is something else: 1 item").waitFor();
    await page.getByRole("heading", { level: 1 }).filter({ hasNotText: name }).waitFor();
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    await page.getByRole("heading", { name }).waitFor();
    await page.getByRole("heading", { name: "Your decision" }).waitFor();
    await page.getByRole("heading", { level: 1 }).focus();
    await page.keyboard.press("1");
    await page.getByText("It is the listed content: 1 item").waitFor();
    await window.close();
  });

  it("shows a still to nobody but who holds the item, and again after a reload", async () => {
    const max = await server.signed_in("max");
    await expect(server.call(max, "GET", "/v1/review/items")).rejects.toThrow();
    const rita = await server.signed_in("rita");
    const { items } = await server.call<{ items: { item: string }[] }>(rita, "GET", "/v1/review/items");
    await expect(server.call(rita, "GET", `/v1/review/items/${items[0]!.item}/stills/1`)).rejects.toThrow();
  });

  it("lets a reviewer lower their own limits, and not raise them above the house's", async () => {
    const window = await Window.open(browser, server);
    const { page } = window;
    await window.open_as("rita", "/review");
    await page.getByText("Your exposure today").click();
    await page.getByRole("button", { name: "Set my own limits" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(/The house allows/).first().waitFor();
    const stills = dialog.getByRole("textbox", { name: "Pictures in 24 hours", exact: true });
    await stills.fill("9999999");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText("A whole number, no larger than").waitFor();
    await stills.fill("2");
    await window.picture("review-limits");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.getByText("1 of 2").first().waitFor();
    await window.close();
  });

  it("tells managers totals and no person, and lets them lower the house's limits with a reason", async () => {
    const window = await Window.open(browser, server);
    const { page } = window;
    await window.open_as("mia", "/care");
    await page.getByText("told only when five or more").waitFor();
    expect(await page.locator("main").textContent()).not.toContain("rita");
    await page.getByRole("textbox", { name: "Pictures in an hour" }).fill("10");
    await window.picture("review-care");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("dialog").getByLabel("Why").fill("a hard week");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("The limits are changed").waitFor();
    await window.close();
  });
});
