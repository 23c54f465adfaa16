import type { Window } from "./browser";
import { png } from "./pictures";
import type { Person, Server } from "./server";

/** Each page as a test opens it: for whom, and what must be there before it is looked at. */
export interface Shown {
  name: string;
  path: string;
  /** Missing: nobody is signed in. */
  who?: Person;
  /** A selector. */
  ready?: string;
  /** What is done before it is looked at. */
  prepare?: (window: Window, server: Server) => Promise<void>;
}

async function look_up_a_picture({ page }: Window): Promise<void> {
  const buffer = png(5003, { brighter: 12 });
  await page.locator("input[type=file]").setInputFiles({ name: "sample.png", mimeType: "image/png", buffer });
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByText(/^Block: /).waitFor();
}

export const pages: readonly Shown[] = [
  { name: "sign-in", path: "/", ready: "form" },
  { name: "home", path: "/", who: "mia" },
  { name: "gallery", path: "/gallery", who: "vic", ready: "figure" },
  { name: "keys", path: "/keys", who: "ada" },
  { name: "health", path: "/health", who: "vic", ready: "dl" },
  { name: "streams", path: "/streams", who: "mia" },
  { name: "no-such-page", path: "/nowhere", who: "vic" },
  { name: "lookup", path: "/lookup", who: "rita", prepare: look_up_a_picture },
  { name: "lookup-compare", path: "/lookup?by=compare", who: "rita" },
];
