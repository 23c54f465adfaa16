import type { ReviewItem } from "../../api/schema";

export const states = ["open", "waiting", "decided"] as const;
export const severities = ["high", "medium", "low"] as const satisfies readonly ReviewItem["severity"][];
export const severity_tone = { high: "block", medium: "review", low: "note" } as const;
export const grades = ["confirmed", "not-a-match", "unsure"] as const;
/** The key of each grade, on an item's page. */
export const grade_keys = { confirmed: "1", "not-a-match": "2", unsure: "3" } as const;

export const limit_names = [
  "stills",
  "stills_high",
  "stills_hour",
  "reveal_s",
  "reveal_high_s",
  "reveal_hour_s",
] as const;
export type LimitName = (typeof limit_names)[number];

/** The limits that differ from what they were, as numbers; undefined where one is no whole number from 0 to `most`. */
export function changed_limits(
  typed: Record<LimitName, string>,
  before: Record<LimitName, number>,
  most: Record<LimitName, number>,
): { changed: Partial<Record<LimitName, number>>; wrong: LimitName[] } {
  const changed: Partial<Record<LimitName, number>> = {};
  const wrong: LimitName[] = [];
  for (const name of limit_names) {
    const value = /^\d{1,7}$/.test(typed[name].trim()) ? Number(typed[name]) : Number.NaN;
    if (!(value <= most[name])) wrong.push(name);
    else if (value !== before[name]) changed[name] = value;
  }
  return { changed, wrong };
}

/**
 * Whether what is to be looked at is of another series than what was looked at before, so that it can be said first.
 * An item without a series is of none: nothing is said.
 */
export function is_other_series(before: string | undefined, now: string): boolean {
  return before !== undefined && now !== "" && before !== now;
}

/** The series of the strongest match. */
export function series_of(item: Pick<ReviewItem, "matches">): string {
  return item.matches[0]?.series ?? "";
}
