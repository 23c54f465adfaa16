import type { Person } from "./server";

/** Each page as a test opens it: for whom, and what must be there before it is looked at. */
export interface Shown {
  name: string;
  path: string;
  /** Missing: nobody is signed in. */
  who?: Person;
  /** A selector. */
  ready?: string;
}

export const pages: readonly Shown[] = [
  { name: "sign-in", path: "/", ready: "form" },
  { name: "home", path: "/", who: "mia" },
  { name: "gallery", path: "/gallery", who: "vic", ready: "figure" },
  { name: "keys", path: "/keys", who: "ada" },
  { name: "health", path: "/health", who: "vic", ready: "dl" },
  { name: "streams", path: "/streams", who: "mia" },
  { name: "no-such-page", path: "/nowhere", who: "vic" },
];
