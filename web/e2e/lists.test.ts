import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { png } from "./pictures";
import { Server, type Person } from "./server";

let server: Server;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = [await Server.start(), await launch()];
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function as(who: Person, path: string, journey: (window: Window) => Promise<void>): Promise<void> {
  const window = await Window.open(browser, server);
  await window.open_as(who, path);
  await journey(window);
  await window.close();
}

/** Says why in the dialog that is open, and sends it. */
async function because(window: Window, why: string): Promise<void> {
  await window.page.getByLabel("Why", { exact: true }).fill(why);
  await window.page.keyboard.press("Control+Enter");
}

interface Proposed {
  release: number;
}

async function propose(seed: number, bank = "shared"): Promise<number> {
  const mia = await server.signed_in("mia");
  return (await server.call<Proposed>(mia, "POST", `/v1/banks/${bank}/entries?why=sample`, png(seed))).release;
}

describe("a change of a bank of two persons", () => {
  it("is proposed by one, approved by another, put in force, and taken back", async () => {
    let at = "";
    await as("mia", "/lists/shared", async (window) => {
      await window.page.getByRole("button", { name: "Propose an entry …" }).click();
      const file = { name: "sample.png", mimeType: "image/png", buffer: png(900) };
      await window.page.locator("input[type=file]").setInputFiles(file);
      await window.page.getByLabel("Why", { exact: true }).fill("a sample that was checked");
      await window.page.getByRole("button", { name: "Propose an entry", exact: true }).click();
      await window.page.getByRole("heading", { name: /^Release \d+$/ }).waitFor();
      await window.page.getByText("You proposed it, so somebody else must approve it.").waitFor();
      expect(await window.page.getByRole("button", { name: "Approve …" }).count()).toBe(0);
      at = new URL(window.page.url()).pathname.replace("/console", "");
    });
    await as("max", "/waiting", async (window) => {
      await window.page.getByRole("link", { name: /^Release \d+$/ }).first().click();
      await window.page.getByRole("button", { name: "Approve …" }).click();
      await because(window, "checked against the source");
      await window.page.getByText("All approvals are there. It can be put in force.").waitFor();
      await window.page.getByRole("button", { name: "Put in force …" }).click();
      await because(window, "now");
      await window.page.getByRole("button", { name: "Take back …" }).waitFor();
    });
    await as("mia", at, async (window) => {
      await window.page.getByRole("button", { name: "Take back …" }).click();
      await because(window, "a mistake");
      await window.page.getByText("It waits until somebody else has agreed").waitFor();
    });
    await as("max", "/waiting", async (window) => {
      await window.page.getByRole("button", { name: "Approve …" }).last().click();
      await because(window, "a mistake indeed");
      await window.page.getByText("Done").waitFor();
    });
  });

  it("is not approved by who proposed it: the service's words are shown, and the dialog keeps what was typed", async () => {
    const release = await propose(901);
    await as("max", `/releases/${release}`, async (window) => {
      const max = await server.signed_in("max");
      await window.page.getByRole("button", { name: "Approve …" }).click();
      await server.call(max, "POST", `/v1/releases/${release}/approve`, { why: "from elsewhere" });
      await because(window, "a second time");
      await window.page.getByRole("dialog").getByRole("alert").waitFor();
      expect(await window.page.getByLabel("Why", { exact: true }).inputValue()).toBe("a second time");
    });
  });

  it("can be staged and rejected", async () => {
    const release = await propose(902);
    await as("mia", `/releases/${release}`, async (window) => {
      await window.page.getByRole("button", { name: "Stage …" }).click();
      await because(window, "try it");
      await window.page.getByText("staged", { exact: true }).first().waitFor();
      await window.page.getByRole("button", { name: "Reject …" }).click();
      await because(window, "not needed");
      await window.page.getByText("rejected", { exact: true }).first().waitFor();
    });
  });
});

describe("changes by others", () => {
  it("are shown as they happen, without a reload", () =>
    as("max", "/waiting?all=1", async (window) => {
      await window.page.getByText("Live: changes by others are shown as they happen").waitFor({ state: "attached" });
      const release = await propose(903);
      await window.page.getByRole("link", { name: `Release ${release}`, exact: true }).waitFor();
      const mia = await server.signed_in("mia");
      await server.call(mia, "POST", `/v1/releases/${release}/reject`, { why: "sample" });
      await window.page.getByRole("link", { name: `Release ${release}`, exact: true }).waitFor({ state: "hidden" });
    }));
});

describe("a bank", () => {
  it("is made, and its settings are changed with their differences", () =>
    as("mia", "/lists", async (window) => {
      await window.page.getByRole("button", { name: "New bank" }).click();
      await window.page.getByLabel("Bank", { exact: true }).fill("autumn/2026".replace("/", " "));
      await window.page.getByLabel("Purpose", { exact: true }).fill("sample: made in the console");
      await window.page.getByLabel("Owner", { exact: true }).fill("sample team");
      await window.page.getByLabel("Two persons").uncheck();
      await window.page.getByLabel("Why", { exact: true }).fill("sample");
      await window.page.getByRole("button", { name: "Make the bank" }).click();
      await window.page.getByRole("heading", { name: "autumn 2026" }).waitFor();
      await window.page.getByText("This bank has no entries yet").waitFor();
      await window.page.getByRole("button", { name: "Settings …" }).click();
      await window.page.getByLabel("Radius", { exact: true }).fill("24");
      await window.page.locator("del", { hasText: "31" }).waitFor();
      await because(window, "narrower");
      await window.page.getByText("24 bits").waitFor();
    }));

  it("is found by its words, which stand in the address", () =>
    as("vic", "/lists", async (window) => {
      await window.page.getByRole("searchbox").fill("people look");
      await window.page.getByRole("link", { name: "watch" }).waitFor();
      expect(await window.page.getByRole("link", { name: "known" }).count()).toBe(0);
      expect(window.page.url()).toContain("find=people+look");
      await window.page.getByRole("searchbox").fill("no such words");
      await window.page.getByText("No bank has these words").waitFor();
    }));
});

describe("entries", () => {
  it("are chosen with the keyboard, and put into quarantine together", () =>
    as("mia", "/lists/known", async (window) => {
      const { page } = window;
      await page.getByRole("link", { name: "1.0", exact: true }).focus();
      await page.keyboard.press(" ");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Tab");
      await page.keyboard.press(" ");
      await page.getByText(/^[12] chosen/).waitFor();
      const chosen = await page.locator("tbody input:checked").count();
      await page.getByRole("button", { name: "Quarantine …" }).click();
      await because(window, "to be looked at");
      await page.locator("tbody .badge", { hasText: "in quarantine" }).nth(chosen - 1).waitFor();
    }));

  it("have their history with differences, and leave the quarantine by a request", () =>
    as("mia", "/entries/1.5", async (window) => {
      await window.page.getByRole("button", { name: "Quarantine …" }).click();
      await because(window, "a look-alike");
      await window.page.locator("ins", { hasText: "quarantined" }).first().waitFor();
      await window.page.getByText("a look-alike").first().waitFor();
      await window.page.getByRole("button", { name: "End the quarantine …" }).click();
      await because(window, "it was none");
      await window.page.locator("del", { hasText: "quarantined" }).first().waitFor();
    }));

  it("show a refused quarantine as it was before, with the service's words", () =>
    as("rita", "/entries/1.7", async (window) => {
      await window.page.route("**/quarantine", (route) => route.abort("connectionrefused"));
      await window.page.getByRole("button", { name: "Quarantine …" }).click();
      await because(window, "will not come through");
      await window.page.getByText("That was not done, and what you see was put back").waitFor();
      await window.page.locator(".facts .badge", { hasText: "in force" }).waitFor();
      await window.page.unroute("**/quarantine");
    }));

  it("are withdrawn several at once, and a reviewer has no button for it", async () => {
    await as("mia", "/lists/watch", async (window) => {
      await window.page.getByLabel("Choose all on this page").check();
      await window.page.getByRole("button", { name: "Withdraw …" }).click();
      await because(window, "the samples are over");
      await window.page.getByText("withdrawn", { exact: true }).first().waitFor();
    });
    await as("rita", "/entries/1.9", async (window) => {
      await window.page.getByRole("heading", { name: "Entry 1.9" }).waitFor();
      expect(await window.page.getByRole("button", { name: "Withdraw …" }).count()).toBe(0);
    });
  });

  it("that are not there are told in the service's words", () =>
    as("rita", "/entries/99.99", async (window) => {
      await window.page.getByRole("alert").waitFor();
    }));
});

describe("a session that is over", () => {
  it("asks for the password over the page, and then does what was asked for", async () => {
    const window = await Window.open(browser, server);
    await window.go("/entries/1.11");
    await window.fill_sign_in("rita");
    await window.page.getByRole("button", { name: "Quarantine …" }).click();
    await window.page.getByLabel("Why", { exact: true }).fill("typed before it was over");
    await window.context.clearCookies();
    await window.page.keyboard.press("Control+Enter");
    await window.page.getByRole("dialog", { name: "Your session is over" }).waitFor();
    await window.page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await window.page.keyboard.press("Enter");
    await window.page.getByText("typed before it was over").first().waitFor();
    await window.close();
  });
});
