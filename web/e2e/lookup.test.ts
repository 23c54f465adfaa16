import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import type { Browser, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launch, Window } from "./browser";
import { png } from "./pictures";
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

/** Runs `journey` as a reviewer, on the page; gives the calls of /v1/match that it made. */
async function look_up(path: string, journey: (window: Window) => Promise<void>): Promise<Request[]> {
  const window = await Window.open(browser, server);
  const calls: Request[] = [];
  window.page.on("request", (request) => {
    if (new URL(request.url()).pathname === "/v1/match") calls.push(request);
  });
  await window.open_as("rita", path);
  await journey(window);
  await window.close();
  return calls;
}

const listed = (): Buffer => png(5003);
const altered = (): { name: string; mimeType: string; buffer: Buffer } => ({
  name: "a name that stays here.png",
  mimeType: "image/png",
  buffer: png(5003, { brighter: 12 }),
});

async function choose(window: Window, file = altered()): Promise<void> {
  await window.page.locator("input[type=file]").first().setInputFiles(file);
}

async function ask(window: Window): Promise<void> {
  await window.page.getByRole("button", { name: "Look up" }).click();
}

describe("a file", () => {
  it("hashed in the browser meets its listed original, and does not leave the machine", async () => {
    const calls = await look_up("/lookup", async (window) => {
      await choose(window);
      await ask(window);
      await window.page.getByText(/^Block: .*in force/).waitFor();
      await window.page.getByText(/bits differ; up to 31 count/).first().waitFor();
    });
    expect(calls).toHaveLength(1);
    expect(calls[0]!.headers()["content-type"]).toBe("application/json");
    expect(calls[0]!.postData()!.length).toBeLessThan(20_000);
    expect(calls[0]!.postData()).not.toContain("a name that stays here");
  });

  it("sent to the service meets it too, and says how it was altered", async () => {
    const calls = await look_up("/lookup", async (window) => {
      await choose(window);
      await window.page.getByLabel("On the service").check();
      await ask(window);
      await window.page.getByText(/^Block: .*in force/).waitFor();
      await window.page.getByText("What was looked at").click();
      await window.page.getByText("image/png", { exact: false }).waitFor();
    });
    expect(calls[0]!.headers()["content-type"]).toBe("image/png");
    expect(calls[0]!.url()).not.toContain("name");
  });

  it("that is not listed is allowed, and is not called harmless", () =>
    look_up("/lookup", async (window) => {
      await choose(window, { name: "x.png", mimeType: "image/png", buffer: png(77) });
      await ask(window);
      await window.page.getByText("Allow: nothing in the lists is near").waitFor();
      await window.page.getByText("That it is not listed does not say that it is harmless.").waitFor();
    }));

  it("can be dropped onto the page, and pasted", () =>
    look_up("/lookup", async (window) => {
      for (const event of ["drop", "paste"] as const) {
        await window.page.evaluate(
          ([kind, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], `${kind}.png`, { type: "image/png" }));
            const target = kind === "drop" ? document.querySelector(".drop")! : document.body;
            const options = { bubbles: true, cancelable: true };
            target.dispatchEvent(
              kind === "drop"
                ? new DragEvent("drop", { ...options, dataTransfer: data })
                : new ClipboardEvent("paste", { ...options, clipboardData: data }),
            );
          },
          [event, [...altered().buffer]] as const,
        );
        await window.page.getByText(`${event}.png`).waitFor();
      }
      await ask(window);
      await window.page.getByText(/^Block: /).waitFor();
    }).then(() => undefined));

  it("that is a video is looked into on the service, and its parts are named", async () => {
    const clip = server.path("clip.mp4");
    const source = "testsrc2=size=320x240:rate=10:duration=12,rotate=t/4";
    execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-y", clip]);
    const who = await server.sign_in("mia");
    const proposed = "/v1/banks/watch/entries?key=clip&why=sample";
    const release = await server.call<{ release: number }>(who, "POST", proposed, server.picture("clip.mp4"));
    await server.call(who, "POST", `/v1/releases/${release.release}/activate`, { why: "sample" });
    const part = server.path("part.mp4");
    execFileSync("ffmpeg", ["-v", "error", "-ss", "3", "-i", clip, "-t", "6", "-pix_fmt", "yuv420p", "-y", part]);
    await look_up("/lookup", async (window) => {
      await choose(window, { name: "part.mp4", mimeType: "video/mp4", buffer: server.picture("part.mp4") });
      expect(await window.page.getByLabel("On the service").isChecked()).toBe(true);
      await ask(window);
      await window.page.getByText(/^Review: /).waitFor({ timeout: 60_000 });
      await window.page.getByText(/of the listed video/).first().waitFor();
      await window.picture("lookup-video-light");
    });
  });
});

describe("a hash", () => {
  it("of bytes is told by its length, and meets the same bytes", () =>
    look_up("/lookup?by=hash", async (window) => {
      const md5 = createHash("md5").update(listed()).digest("hex");
      await window.page.getByLabel("Hash", { exact: true }).fill(md5.toUpperCase());
      await window.page.getByText("This is: MD5.").waitFor();
      await ask(window);
      await window.page.getByText("The bytes are the same.").first().waitFor();
    }).then(() => undefined));

  it("that is none is refused before the service is asked", async () => {
    const calls = await look_up("/lookup?by=hash", async (window) => {
      await window.page.getByLabel("Hash", { exact: true }).fill("xyz");
      await ask(window);
      await window.page.getByText("A hash has 32, 40 or 64 hexadecimal digits.").waitFor();
    });
    expect(calls).toHaveLength(0);
  });
});

describe("a URL", () => {
  it("of a private network is refused in the service's own words", () =>
    look_up("/lookup?by=url", async (window) => {
      await window.page.getByLabel("URL", { exact: true }).fill("http://127.0.0.1/picture.jpg");
      await ask(window);
      await window.page.getByRole("alert").waitFor();
      await window.page.getByText(/^Request r_/).waitFor();
    }).then(() => undefined));
});

describe("two pictures", () => {
  it("are compared, and the bits between them counted", () =>
    look_up("/lookup?by=compare", async (window) => {
      const files = window.page.locator("input[type=file]");
      await files.nth(0).setInputFiles(altered());
      await files.nth(1).setInputFiles({ name: "listed.png", mimeType: "image/png", buffer: listed() });
      await window.page.getByRole("button", { name: "Compare" }).click();
      await window.page.getByText("They are a match").waitFor();
    }).then(() => undefined));
});

describe("a finding", () => {
  it("is kept with its reason, and not without", () =>
    look_up("/lookup", async (window) => {
      await choose(window);
      await ask(window);
      await window.page.getByRole("button", { name: "It is not a match …" }).first().click();
      await window.page.getByRole("button", { name: "Keep this finding" }).click();
      await window.page.getByText("Say why. It is kept with the change.").waitFor();
      await window.page.getByLabel("Why", { exact: true }).fill("a sample that looks alike");
      await window.page.keyboard.press("Control+Enter");
      await window.page.getByRole("article").getByRole("status").getByText("Not a match").waitFor();
    }).then(() => undefined));
});
