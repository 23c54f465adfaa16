// The catalogue. English is what the others are held against: a key that another language lacks fails the build.
// A page's texts stand in a file of their own, so that areas do not get into each other's way.
import { admin } from "./en/admin";
import { common } from "./en/common";
import { dashboard } from "./en/dashboard";
import { gallery } from "./en/gallery";
import { lists } from "./en/lists";
import { lookup } from "./en/lookup";
import { observations } from "./en/observations";
import { oversight } from "./en/oversight";
import { people } from "./en/people";
import { reports } from "./en/reports";
import { review } from "./en/review";
import { shell } from "./en/shell";
import { streams } from "./en/streams";

export const en = {
  ...admin,
  ...common,
  ...dashboard,
  ...gallery,
  ...lists,
  ...lookup,
  ...observations,
  ...oversight,
  ...people,
  ...reports,
  ...review,
  ...shell,
  ...streams,
} as const;
