import type { Translation } from "./catalogue";
import type { en } from "./en";
import { admin } from "./de/admin";
import { common } from "./de/common";
import { gallery } from "./de/gallery";
import { lookup } from "./de/lookup";
import { shell } from "./de/shell";
import { streams } from "./de/streams";

export const de: Translation<typeof en> = { ...admin, ...common, ...shell, ...gallery, ...lookup, ...streams };
