import type { Series } from "../../components/chart";

/** The answer of GET /v1/figures: rows of a time, what it is of, and a value, in the order of `columns`. */
export interface Figure {
  kind: "count" | "state";
  step: string;
  from: string;
  until: string;
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

export interface Row {
  at: number;
  value: number;
  /** What it is of, by column. */
  of: Record<string, string>;
}

const minute_ms = 60_000;
const series_max = 4;

export function rows_in(figure: Figure): Row[] {
  const [at, value] = [figure.columns.indexOf("at"), figure.columns.indexOf("value")];
  if (at < 0 || value < 0) return [];
  return figure.rows.map((row) => ({
    at: new Date(row[at]!).getTime(),
    value: Number(row[value]),
    of: Object.fromEntries(figure.columns.map((name, i) => [name, String(row[i])] as const).filter((_, i) => i !== at && i !== value)),
  }));
}

export function step_ms(figure: Pick<Figure, "step">): number {
  return figure.step === "minute" ? minute_ms : 60 * minute_ms;
}

/** The times at which the figure has a value or could have: each step from the first to the last of its span. */
export function times_of(figure: Figure): number[] {
  const step = step_ms(figure);
  const from = Math.ceil(new Date(figure.from).getTime() / step) * step;
  const until = new Date(figure.until).getTime();
  const times: number[] = [];
  for (let at = from; at < until; at += step) times.push(at);
  return times;
}

/**
 * A line for each value of `name` (values of one time are added up), the largest four, and `rest` for the others together.
 * Where nothing was counted stands 0; a state that is not known is a gap.
 */
export function lines_of(figure: Figure, name: (row: Row) => string, rest: string): Series[] {
  const values = new Map<string, Map<number, number>>();
  for (const row of rows_in(figure)) {
    const line = values.get(name(row)) ?? new Map<number, number>();
    line.set(row.at, (line.get(row.at) ?? 0) + row.value);
    values.set(name(row), line);
  }
  const sum = (line: Map<number, number>): number => [...line.values()].reduce((a, b) => a + b, 0);
  const ordered = [...values].sort((a, b) => sum(b[1]) - sum(a[1]) || (a[0] < b[0] ? -1 : 1));
  const shown = ordered.length > series_max ? ordered.slice(0, series_max - 1) : ordered;
  const others = ordered.slice(shown.length);
  if (others.length > 0) {
    const together = new Map<number, number>();
    for (const [, line] of others) for (const [at, value] of line) together.set(at, (together.get(at) ?? 0) + value);
    shown.push([rest, together]);
  }
  const times = times_of(figure);
  const empty = figure.kind === "count" ? 0 : null;
  return shown.map(([one, line]) => ({ name: one, points: times.map((x) => ({ x, y: line.get(x) ?? empty })) }));
}

/** How often each distance was met, all times and banks together: 0 to the largest that was. */
export function histogram_of(figure: Figure, column: string): { x: number; y: number }[] {
  const counts = new Map<number, number>();
  for (const row of rows_in(figure)) {
    const x = Number(row.of[column]);
    if (Number.isFinite(x)) counts.set(x, (counts.get(x) ?? 0) + row.value);
  }
  if (counts.size === 0) return [];
  const largest = Math.max(...counts.keys());
  return Array.from({ length: largest + 1 }, (_, x) => ({ x, y: counts.get(x) ?? 0 }));
}

/**
 * The bound below which `part` of the requests of each time were answered, from counts by upper bound; Infinity counts as
 * twice the largest finite bound. A time without requests is a gap.
 */
export function quantile_of(figure: Figure, part: number): { x: number; y: number | null }[] {
  const bounds = new Set<number>();
  const by_time = new Map<number, Map<number, number>>();
  for (const row of rows_in(figure)) {
    const bound = /inf/i.test(row.of["le"] ?? "") ? Infinity : Number(row.of["le"]);
    bounds.add(bound);
    const counts = by_time.get(row.at) ?? new Map<number, number>();
    counts.set(bound, (counts.get(bound) ?? 0) + row.value);
    by_time.set(row.at, counts);
  }
  const finite = [...bounds].filter(Number.isFinite);
  const beyond = 2 * Math.max(0, ...finite);
  return times_of(figure).map((x) => {
    const counts = [...(by_time.get(x) ?? [])].sort((a, b) => a[0] - b[0]);
    const all = counts.reduce((sum, [, count]) => sum + count, 0);
    let seen = 0;
    for (const [bound, count] of counts) {
      seen += count;
      if (all > 0 && seen >= part * all) return { x, y: Number.isFinite(bound) ? bound : beyond };
    }
    return { x, y: null };
  });
}

export interface Precision {
  bank: string;
  source: string;
  confirmed: number;
  refuted: number;
  /** confirmed of all that people decided. */
  part: number;
}

/** How often people found that what a source's entries met was what is listed: the newest state of each. Worst first. */
export function precision_of(confirmed: Figure, refuted: Figure): Precision[] {
  const newest = (figure: Figure): Map<string, Row> => {
    const found = new Map<string, Row>();
    for (const row of rows_in(figure)) {
      const key = JSON.stringify([row.of["bank"], row.of["source"]]);
      if ((found.get(key)?.at ?? -1) <= row.at) found.set(key, row);
    }
    return found;
  };
  const [yes, no] = [newest(confirmed), newest(refuted)];
  return [...new Set([...yes.keys(), ...no.keys()])]
    .map((key) => {
      const { of } = (yes.get(key) ?? no.get(key))!;
      const counts = { confirmed: yes.get(key)?.value ?? 0, refuted: no.get(key)?.value ?? 0 };
      const all = counts.confirmed + counts.refuted;
      return { bank: of["bank"] ?? "", source: of["source"] ?? "", ...counts, part: all === 0 ? 0 : counts.confirmed / all };
    })
    .filter((one) => one.confirmed + one.refuted > 0)
    .sort((a, b) => a.part - b.part || b.refuted - a.refuted);
}
