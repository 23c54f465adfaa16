import { untrack } from "svelte";
import { Client, type SessionKeeper } from "./client";
import { as_refusal, Refusal } from "./problem";
import { operations, type Session } from "./schema";
import type { Operation } from "./client";

export type Role = Session["roles"][number];

/** Who is signed in: not yet known, nobody, somebody, or somebody whose session is over. */
export type Standing = "asking" | "nobody" | "signed_in" | "over" | "unreachable";

const state = $state<{ session: Session | undefined; standing: Standing }>({ session: undefined, standing: "asking" });
const connection = $state({ reached: true, online: true, next_try_s: 0 });
let waiting: ((signed_in: boolean) => void)[] = [];

const keeper: SessionKeeper = {
  // An effect that calls the service does not run again because the session was renewed.
  csrf_token: () => untrack(() => state.session?.csrf_token),
  renew: async () => {
    state.session = await api.call("session", {});
  },
  sign_in_again: () => {
    state.standing = "over";
    return new Promise((done) => waiting.push(done));
  },
  reached: (did) => {
    if (did) connection.reached = true;
    else if (connection.reached) lose_connection();
  },
};

export const api = new Client(keeper);

export function session(): Session | undefined {
  return state.session;
}

export function standing(): Standing {
  return state.standing;
}

/** Whether one of the session's roles allows `operation`; the server decides, this only spares people refusals. */
export function may(operation: Operation): boolean {
  return has_role(operations[operation].roles);
}

export function has_role(roles: readonly Role[]): boolean {
  return state.session !== undefined && roles.some((role) => state.session!.roles.includes(role));
}

/** Asks who is signed in. */
export async function begin(): Promise<void> {
  try {
    state.session = await api.call("session", {});
    state.standing = "signed_in";
  } catch (thrown) {
    state.standing = as_refusal(thrown).status === 401 ? "nobody" : "unreachable";
  }
}

/**
 * Signs in, and says whether the browser kept the session. Calls that waited for it go on; where it is another account
 * than before they come to nothing, since what they carry is another person's.
 */
export async function sign_in(who: { account: string; password: string; totp?: string; tenant?: string }): Promise<boolean> {
  const before = state.session;
  await api.call("sign_in", {}, who);
  try {
    const now = await api.call("session", {});
    const same = before === undefined || (before.account === now.account && before.tenant === now.tenant);
    if (!same) return location.reload(), true;
    state.session = now;
    state.standing = "signed_in";
    go_on(true);
    return true;
  } catch (thrown) {
    if (thrown instanceof Refusal && thrown.status === 401) return false;
    throw thrown;
  }
}

/** Ends the session on the server. What the browser had of it is gone even where the server does not answer. */
export async function sign_out(): Promise<void> {
  await api.call("sign_out", {}).catch((thrown: unknown) => {
    if (as_refusal(thrown).status !== 401) throw thrown;
  });
  state.session = undefined;
  state.standing = "nobody";
  go_on(false);
}

/** The person does not sign in again: what waited comes to nothing. */
export function give_up(): void {
  state.session = undefined;
  state.standing = "nobody";
  go_on(false);
}

function go_on(signed_in: boolean): void {
  const all = waiting;
  waiting = [];
  for (const done of all) done(signed_in);
}

/** Whether the service answers, and in how many seconds it is tried again. */
export function connected(): { online: boolean; reached: boolean; next_try_s: number } {
  return connection;
}

export function watch_connection(): void {
  connection.online = navigator.onLine;
  addEventListener("online", () => {
    connection.online = true;
    void try_connection();
  });
  addEventListener("offline", () => (connection.online = false));
}

let pause_s = 2;

function lose_connection(): void {
  connection.reached = false;
  pause_s = 2;
  count_down();
}

function count_down(): void {
  connection.next_try_s = pause_s;
  const timer = setInterval(() => {
    connection.next_try_s -= 1;
    if (connection.next_try_s > 0 && !connection.reached) return;
    clearInterval(timer);
    if (!connection.reached) void try_connection();
  }, 1000);
}

async function try_connection(): Promise<void> {
  try {
    await fetch("/healthz/live", { cache: "no-store" });
    connection.reached = true;
    if (state.standing === "unreachable") await begin();
  } catch {
    connection.reached = false;
    pause_s = Math.min(30, pause_s * 2);
    count_down();
  }
}
