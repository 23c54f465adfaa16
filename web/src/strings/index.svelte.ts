import { filled, type Text, type Translation, type Values } from "./catalogue";
import { en } from "./en";

export type Key = keyof typeof en;
/** A text without places: what tables of pages and columns may name. */
export type PlainKey = { [K in Key]: Values<(typeof en)[K]> extends [] ? K : never }[Key];

/** Languages with their own names, and the way they run. A language's texts are loaded when it is chosen. */
export const languages = {
  en: { name: "English", dir: "ltr", load: async (): Promise<Translation<typeof en>> => en },
  de: { name: "Deutsch", dir: "ltr", load: async () => (await import("./de")).de },
} as const;
export type Language = keyof typeof languages;

const state = $state<{ language: Language; texts: Translation<typeof en> }>({ language: "en", texts: en });

/** The text of `key` in the chosen language, with its values. Components that call it follow a change of language. */
export function t<K extends Key>(key: K, ...values: Values<(typeof en)[K]>): string {
  return filled(state.texts[key] as Text, (values[0] as Record<string, string | number>) ?? {}, state.language);
}

export function language(): Language {
  return state.language;
}

export async function choose_language(wanted: Language): Promise<void> {
  const texts = await languages[wanted].load();
  state.texts = texts;
  state.language = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = languages[wanted].dir;
}

/** The first of the browser's languages that there is; English else. */
export function browsers_language(wanted: readonly string[] = navigator.languages): Language {
  const found = wanted.map((one) => one.slice(0, 2)).find((one) => one in languages);
  return (found as Language | undefined) ?? "en";
}

export function number_text(value: number, options: Intl.NumberFormatOptions = {}): string {
  return new Intl.NumberFormat(state.language, options).format(value);
}

export function percent_text(part: number): string {
  return number_text(part, { style: "percent", maximumFractionDigits: 1 });
}

export function bytes_text(count: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte"];
  const power = Math.min(units.length - 1, count > 0 ? Math.floor(Math.log10(count) / 3) : 0);
  return number_text(count / 1000 ** power, { style: "unit", unit: units[power]!, maximumFractionDigits: 1 });
}

export function date_text(when: string | Date, options: Intl.DateTimeFormatOptions = {}): string {
  const shown = Object.keys(options).length > 0 ? options : ({ dateStyle: "medium", timeStyle: "medium" } as const);
  return new Intl.DateTimeFormat(state.language, shown).format(new Date(when));
}

/** "3 minutes ago", "in 2 hours": in the largest unit of which there is one at least. */
export function ago_text(when: string | Date, now: Date): string {
  const seconds = (new Date(when).getTime() - now.getTime()) / 1000;
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ["year", 31_557_600],
    ["month", 2_629_800],
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ];
  const [unit, length] = units.find(([, one]) => Math.abs(seconds) >= one) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(state.language, { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
}

/** Milliseconds as a person says how long something took or lasts: "1.2 s", "3:05 min". */
export function duration_text(ms: number): string {
  if (ms < 60_000) return number_text(ms / 1000, { style: "unit", unit: "second", maximumFractionDigits: 1 });
  const seconds = Math.round(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)} h` : `${minutes}:${two(seconds % 60)} min`;
}
