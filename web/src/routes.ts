import type { Route } from "./router.svelte";

/** All pages. The first whose form an address has is shown; a page is loaded when it is opened. */
export const routes: readonly Route[] = [
  { path: "/", roles: [], title: "shell.home", page: () => import("./pages/home/home.svelte"), key: "h" },
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
];
