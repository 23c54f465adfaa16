import type { Scope } from "../../api/schema";

/** In the order in which they are offered: what most programs need first. */
export const scopes = [
  "match", "feedback", "entries:read", "banks:read", "lists:write", "streams:read", "streams:write", "status", "metrics",
  "observations:read",
] as const satisfies readonly Scope[];

export const overlaps_s = [86_400, 0, 3600, 604_800, 2_592_000] as const;
export const days_max = 400;

/** "a, b c" as ["a", "b", "c"]; none: undefined. */
export function names_in(text: string): string[] | undefined {
  const found = text.split(/[\s,;]+/).filter((one) => one !== "");
  return found.length > 0 ? found : undefined;
}

/** The time `days` from `now`, where that is a whole number within what a key may have. */
export function end_after(days: string, now: Date): string | undefined {
  if (!/^\d{1,3}$/.test(days.trim())) return undefined;
  const count = Number(days);
  if (count < 1 || count > days_max) return undefined;
  return new Date(now.getTime() + count * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
}
