import type { Route } from "./router.svelte";

/** All pages. The first whose form an address has is shown; a page is loaded when it is opened. */
export const routes: readonly Route[] = [
  { path: "/", roles: [], title: "shell.home", page: () => import("./pages/home/home.svelte"), key: "h" },
  {
    path: "/lookup",
    roles: ["reviewer", "list_manager"],
    title: "lookup.title",
    purpose: "lookup.purpose",
    group: "work",
    key: "u",
    page: () => import("./pages/lookup/lookup.svelte"),
  },
  { path: "/gallery", roles: [], title: "gallery.title", page: () => import("./pages/gallery/gallery.svelte") },
  {
    path: "/streams",
    roles: ["reviewer", "list_manager", "overseer"],
    group: "watch",
    title: "streams.title",
    purpose: "streams.purpose",
    page: () => import("./pages/streams/streams.svelte"),
    key: "s",
  },
  { path: "/streams/:stream", roles: ["reviewer", "list_manager", "overseer"], title: "streams.title", page: () => import("./pages/streams/stream.svelte") },
  {
    path: "/keys",
    roles: ["administrator", "overseer"],
    group: "admin",
    title: "keys.title",
    purpose: "keys.purpose",
    page: () => import("./pages/admin/keys.svelte"),
    key: "k",
  },
  {
    path: "/health",
    roles: [],
    group: "admin",
    title: "health.title",
    purpose: "health.purpose",
    page: () => import("./pages/admin/health.svelte"),
  },
];
