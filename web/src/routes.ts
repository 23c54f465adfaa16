import type { Route } from "./router.svelte";

/** All pages. The first whose form an address has is shown; a page is loaded when it is opened. */
export const routes: readonly Route[] = [
  { path: "/", roles: [], title: "shell.home", page: () => import("./pages/home/home.svelte"), key: "h" },
  { path: "/gallery", roles: [], title: "gallery.title", page: () => import("./pages/gallery/gallery.svelte") },
];
