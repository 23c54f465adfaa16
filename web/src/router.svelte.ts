import type { Component } from "svelte";
import type { Role } from "./api/session.svelte";
import type { PlainKey } from "./strings/index.svelte";

export type PageProps = { params: Record<string, string> };

/** A page: where it is, for whom, and in which group of the navigation it stands under which name. */
export interface Route {
  /** Below /console, with parameters after colons: "/lists/:bank". */
  path: string;
  /** Any of them suffices. Empty: for whoever is signed in. */
  roles: readonly Role[];
  page: () => Promise<{ default: Component<PageProps> | Component<Record<string, never>> }>;
  title: PlainKey;
  /** Missing: the page is reached from others alone. */
  group?: Group;
  /** Pressed after g: "g l" opens the page. One letter, each once in the table. */
  key?: string;
  /** What one comes here for, for the start page. */
  purpose?: PlainKey;
}

export const groups = ["work", "lists", "watch", "oversight", "admin"] as const;
export type Group = (typeof groups)[number];

export const base = "/console";

const place = $state({ path: "/", query: new URLSearchParams() });

/** The path below /console, and the query. */
export function path(): string {
  return place.path;
}

export function query(name: string): string {
  return place.query.get(name) ?? "";
}

/**
 * The address of a page, for links. Dots are escaped, since the service takes what has one for a file that is not there.
 */
export function href(to: string, params: Record<string, string | undefined> = {}): string {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) wanted.set(name, value);
  return base + to.replaceAll(".", "%2E") + (wanted.size > 0 ? `?${wanted}` : "");
}

/** Goes to an address that `href` made. */
export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") history.pushState(null, "", to);
  else history.replaceState(null, "", to);
  read_place();
  if (how === "push") scrollTo(0, 0);
}

/**
 * Changes the query of this page; an empty value takes a name away. A page's filters and its place in a list stand there,
 * so that an address shows what its sender saw.
 */
export function set_query(values: Record<string, string>, how: "push" | "replace" = "replace"): void {
  const wanted = new URLSearchParams(place.query);
  for (const [name, value] of Object.entries(values)) {
    if (value) wanted.set(name, value);
    else wanted.delete(name);
  }
  const text = wanted.size > 0 ? `?${wanted}` : "";
  history[how === "push" ? "pushState" : "replaceState"](null, "", base + place.path + text);
  read_place();
}

function read_place(): void {
  const full = location.pathname;
  const below = full.startsWith(base) ? full.slice(base.length) : full;
  place.path = below.replace(/\/+$/, "") || "/";
  place.query = new URLSearchParams(location.search);
}

/** The parameters of `path` where it is of `pattern`'s form. */
export function parameters(pattern: string, given: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const parts = given.split("/");
  if (wanted.length !== parts.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, one] of wanted.entries()) {
    const part = parts[i]!;
    if (one.startsWith(":")) {
      if (part === "") return undefined;
      found[one.slice(1)] = unescaped(part);
    } else if (one !== part) return undefined;
  }
  return found;
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The first route whose form the path has. */
export function route_of<R extends Pick<Route, "path">>(
  table: readonly R[],
  given: string,
): { route: R; params: Record<string, string> } | undefined {
  for (const route of table) {
    const params = parameters(route.path, given);
    if (params) return { route, params };
  }
  return undefined;
}

/** Follows links within the console and the browser's back and forward. */
export function start_router(): void {
  read_place();
  addEventListener("popstate", read_place);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest?.("a[href]") as HTMLAnchorElement | null;
    if (!link || link.target || link.hasAttribute("download") || link.origin !== location.origin) return;
    if (link.pathname !== base && !link.pathname.startsWith(`${base}/`)) return;
    if (link.hash && link.pathname === location.pathname && link.search === location.search) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
