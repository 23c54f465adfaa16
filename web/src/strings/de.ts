import type { Translation } from "./catalogue";
import type { en } from "./en";
import { admin } from "./de/admin";
import { common } from "./de/common";
import { gallery } from "./de/gallery";
import { lists } from "./de/lists";
import { lookup } from "./de/lookup";
import { oversight } from "./de/oversight";
import { shell } from "./de/shell";
import { streams } from "./de/streams";

export const de: Translation<typeof en> = { ...admin, ...common, ...shell, ...gallery, ...lists, ...lookup, ...oversight, ...streams };
