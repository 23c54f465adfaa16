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
  /** What stands before it, once for all its tests. */
  before?: (server: Server) => Promise<void>;
  /** What is done before it is looked at. */
  prepare?: (window: Window, server: Server) => Promise<void>;
}

async function look_up_a_picture({ page }: Window): Promise<void> {
  const buffer = png(5003, { brighter: 12 });
  await page.locator("input[type=file]").setInputFiles({ name: "sample.png", mimeType: "image/png", buffer });
  await page.getByRole("button", { name: "Look up" }).click();
  await page.getByText(/^Block: /).waitFor();
}

/** The service's own refusal, beside the form. */
async function ask_without_an_order({ page }: Window): Promise<void> {
  await page.getByLabel("Order", { exact: true }).fill("0123456789abcdef");
  await page.getByLabel("Entry", { exact: true }).fill("1.3");
  await page.getByRole("button", { name: "Look it up" }).click();
  await page.getByRole("alert").waitFor();
}

const press = (button: string) => async ({ page }: Window): Promise<void> => {
  await page.getByRole("button", { name: button }).click();
  await page.getByRole("dialog").waitFor();
};

/** A release and a change of settings that wait for another person. */
async function propose_something(server: Server): Promise<void> {
  const mia = await server.signed_in("mia");
  await server.call(mia, "POST", "/v1/banks/shared/entries?why=checked+by+two+of+us", png(901));
  const { version } = await server.call<{ version: number }>(mia, "GET", "/v1/banks/shared");
  const change = { version, radius: 24, why: "too many look-alikes" };
  await server.call(mia, "PATCH", "/v1/banks/shared", change);
}

export const pages: readonly Shown[] = [
  { name: "sign-in", path: "/", ready: "form" },
  { name: "home", path: "/", who: "mia" },
  { name: "gallery", path: "/gallery", who: "vic", ready: "figure" },
  { name: "observations", path: "/observations", who: "mia", prepare: ask_without_an_order },
  { name: "dashboard", path: "/dashboard", who: "mia", ready: "figure" },
  { name: "review", path: "/review", who: "rita" },
  { name: "care", path: "/care", who: "mia" },
  { name: "reports", path: "/reports", who: "rita" },
  { name: "people", path: "/people", who: "ada", ready: "table" },
  { name: "access-changes", path: "/access-changes", who: "olga", ready: "table" },
  { name: "keys", path: "/keys", who: "ada" },
  { name: "health", path: "/health", who: "vic", ready: "dl" },
  { name: "streams", path: "/streams", who: "mia" },
  { name: "no-such-page", path: "/nowhere", who: "vic" },
  { name: "lookup", path: "/lookup", who: "rita", prepare: look_up_a_picture },
  { name: "lookup-compare", path: "/lookup?by=compare", who: "rita" },
  { name: "lists", path: "/lists", who: "mia", ready: "tbody tr" },
  { name: "bank", path: "/lists/known", who: "mia", ready: "tbody tr" },
  { name: "bank-propose", path: "/lists/shared", who: "mia", prepare: press("Propose an entry …") },
  { name: "entry", path: "/entries/1.3", who: "mia", ready: "ol li" },
  { name: "entry-settings", path: "/entries/1.3", who: "mia", ready: "ol li", prepare: press("Settings …") },
  { name: "releases", path: "/releases", who: "olga", ready: "tbody tr" },
  { name: "release", path: "/releases/1", who: "mia", ready: ".facts" },
  { name: "waiting", path: "/waiting", who: "max", ready: "ul .card", before: propose_something },
];
