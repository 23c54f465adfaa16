import { log_kinds, type LogKind } from "./entry";
import type { Tally } from "./tally";

/** A number that may be published; undefined stands for 1 to 4 (overseer/count_table.h). */
export type Shown = number | undefined;
export interface Total {
  /** Of the cells that are shown, so that no total says what is hidden. */
  of_shown: number;
  leaves_out: boolean;
}
export interface CountTable {
  columns: LogKind[];
  rows: { month: string; cells: Shown[]; total: Total }[];
  totals: Total[];
  total: Total;
}

const hidden_below = 5;
const shown = (count: number): Shown => (count > 0 && count < hidden_below ? undefined : count);

function total_of(cells: readonly Shown[]): Total {
  return { of_shown: cells.reduce<number>((sum, cell) => sum + (cell ?? 0), 0), leaves_out: cells.includes(undefined) };
}

/** Months from `from` up to `to`, which does not count: "2026-01". */
export function months_between(from: string, to: string): string[] {
  const months = [];
  let [year, month] = from.split("-").map(Number) as [number, number];
  for (let text = from; text < to && months.length < 1200; text = `${year}-${String(month).padStart(2, "0")}`) {
    months.push(text);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
  return months;
}

/** What the log's entries of whole months [from, to) say. `things`: what they stand for, else lines of the log. */
export function report_of(tally: Tally, from: string, to: string, things: boolean): CountTable {
  const counts = new Map<string, Map<LogKind, number>>(months_between(from, to).map((month) => [month, new Map()]));
  for (const [day, kinds] of Object.entries(tally.days)) {
    const month = counts.get(day.slice(0, 7));
    if (!month) continue;
    for (const [kind, [entries, stand_for]] of Object.entries(kinds) as [LogKind, [number, number]][])
      month.set(kind, (month.get(kind) ?? 0) + (things ? stand_for : entries));
  }
  const columns = log_kinds.filter((kind) => [...counts.values()].some((month) => (month.get(kind) ?? 0) > 0));
  const rows = [...counts].map(([month, kinds]) => {
    const cells = columns.map((kind) => shown(kinds.get(kind) ?? 0));
    return { month, cells, total: total_of(cells) };
  });
  const all = rows.flatMap(({ cells }) => cells);
  return { columns, rows, totals: columns.map((_, i) => total_of(rows.map(({ cells }) => cells[i]))), total: total_of(all) };
}
