import type { LogEntry, LogKind } from "./entry";

/** What is wrong with an entry of a log whose hashes are all right (audit/entry_tally.h). */
export type FindingKind = "not-an-entry" | "time-runs-back" | "time-ahead" | "stray-ref" | "overdue";

export interface Finding {
  kind: FindingKind;
  index: number;
  /** Of the entry, where it is one. */
  of?: LogKind;
  due?: string;
}

/** Plain data, to be kept between visits. */
export interface Tally {
  /** "2026-11-22" -> kind -> [entries, things]. */
  days: Record<string, Partial<Record<LogKind, [number, number]>>>;
  /** The first 200. */
  findings: Finding[];
  findings_total: number;
  /** Promises that no later entry keeps, by their entry's index. */
  open: Record<number, { kind: LogKind; due: string }>;
  /** Milliseconds since 1970, of the latest entry. */
  latest_ms: number;
}

export const empty_tally = (): Tally => ({ days: {}, findings: [], findings_total: 0, open: {}, latest_ms: 0 });

const findings_kept_max = 200;
const tolerance_ms = 600_000;

function find(tally: Tally, finding: Finding): void {
  ++tally.findings_total;
  if (tally.findings.length < findings_kept_max) tally.findings.push(finding);
}

/** Takes the next entry; undefined stands for what is none. */
export function take_entry(tally: Tally, index: number, entry: LogEntry | undefined, now_ms: number): void {
  if (!entry) return find(tally, { kind: "not-an-entry", index });
  const day = (tally.days[entry.at.slice(0, 10)] ??= {});
  const [entries, things] = day[entry.kind] ?? [0, 0];
  day[entry.kind] = [entries + 1, things + entry.count];
  const at_ms = Date.parse(entry.at);
  const is_ahead = at_ms > now_ms + tolerance_ms;
  if (at_ms + tolerance_ms < tally.latest_ms) find(tally, { kind: "time-runs-back", index, of: entry.kind });
  if (is_ahead) find(tally, { kind: "time-ahead", index, of: entry.kind });
  else tally.latest_ms = Math.max(tally.latest_ms, at_ms);
  if (entry.ref !== undefined && entry.ref >= index) find(tally, { kind: "stray-ref", index, of: entry.kind });
  follow_promise(tally, index, entry);
}

/** Whether an entry of `kind` speaks of a promise made by one of kind `made_by`. */
const speaks_of = (made_by: LogKind, kind: LogKind): boolean =>
  made_by === "order" ? kind === "order-opening" || kind === "order-extension" : kind === made_by;

function follow_promise(tally: Tally, index: number, { kind, ref, due }: LogEntry): void {
  const promise = ref === undefined ? undefined : tally.open[ref];
  if (promise && speaks_of(promise.kind, kind)) {
    if (due !== undefined) promise.due = due;
    else if (kind !== "order-extension") delete tally.open[ref!];
    return;
  }
  if (due !== undefined) tally.open[index] = { kind, due };
}

/** The promises whose time is over. */
export function overdue(tally: Tally, now_ms: number): Finding[] {
  return Object.entries(tally.open)
    .filter(([, { due }]) => Date.parse(due) < now_ms)
    .map(([index, { kind, due }]) => ({ kind: "overdue", index: Number(index), of: kind, due }));
}
