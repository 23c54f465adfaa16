import type { Translation } from "./catalogue";
import type { en } from "./en";
import { admin } from "./de/admin";
import { common } from "./de/common";
import { dashboard } from "./de/dashboard";
import { gallery } from "./de/gallery";
import { lists } from "./de/lists";
import { lookup } from "./de/lookup";
import { observations } from "./de/observations";
import { oversight } from "./de/oversight";
import { people } from "./de/people";
import { reports } from "./de/reports";
import { review } from "./de/review";
import { shell } from "./de/shell";
import { streams } from "./de/streams";

export const de: Translation<typeof en> = {
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
};
