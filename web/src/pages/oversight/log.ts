import type { Series } from "$/components/chart";
import type { OpenedCheckpoint } from "$/log/checkpoint";
import { log_kinds, type LogKind } from "$/log/entry";
import { parse_vkey } from "$/log/keys";
import type { NamedTrust } from "$/log/memory";
import type { Tally } from "$/log/tally";
import { t } from "$/strings/index.svelte";

const read_unasked_max = 100_000;

/** Whether so much of a log of `size` is new that a person is asked before it is read. */
export const is_long_read = (size: number, verified: number): boolean => size - verified > read_unasked_max;

export const kind_name = (kind: LogKind): string => t(`oversight.kind.${kind}`);

/** How many entries of each kind, and what they stand for; the most first. */
export function kinds_of(tally: Tally): { kind: LogKind; entries: number; things: number }[] {
  const sums = new Map<LogKind, { kind: LogKind; entries: number; things: number }>();
  for (const kinds of Object.values(tally.days))
    for (const [kind, [entries, things]] of Object.entries(kinds) as [LogKind, [number, number]][]) {
      const sum = sums.get(kind) ?? { kind, entries: 0, things: 0 };
      sums.set(kind, { kind, entries: sum.entries + entries, things: sum.things + things });
    }
  return [...sums.values()].sort((a, b) => b.entries - a.entries || log_kinds.indexOf(a.kind) - log_kinds.indexOf(b.kind));
}

const day_ms = 86_400_000;
const days_max = 90;

/** Entries a day, of `kind` or of all: one series, the last 90 days on which there were any up to the last. */
export function days_of(tally: Tally, kind: LogKind | undefined): Series[] {
  const days = Object.keys(tally.days).sort();
  const last = Date.parse(days.at(-1) ?? "");
  const first = Math.max(Date.parse(days[0] ?? ""), last - (days_max - 1) * day_ms);
  const points = [];
  for (let x = first; x <= last; x += day_ms) {
    const kinds = tally.days[new Date(x).toISOString().slice(0, 10)] ?? {};
    const counted = kind ? (kinds[kind]?.[0] ?? 0) : Object.values(kinds).reduce((sum, [entries]) => sum + entries, 0);
    points.push({ x, y: counted });
  }
  return [{ name: kind ? kind_name(kind) : t("oversight.entries"), points }];
}

/** Each witness that the settings name, and when it saw this head. */
export function witnesses_of(trust: NamedTrust, head: OpenedCheckpoint): { name: string; seen?: string }[] {
  return trust.witness_keys.map((vkey) => {
    const { name } = parse_vkey(vkey);
    const seen = head.seen_by.find((one) => one.witness === name);
    return seen ? { name, seen: new Date(1000 * seen.time_s).toISOString() } : { name };
  });
}
