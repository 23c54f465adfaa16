/** A line of points, or a row of bars. `y` is null where nothing was counted: the line has a gap there. */
export interface Series {
  name: string;
  points: readonly { x: number; y: number | null }[];
}

/** Round numbers from 0 or `from` to `to` and beyond, at most `count` steps apart. */
export function ticks(from: number, to: number, count: number): number[] {
  if (!(to > from)) return [from, from + 1];
  const rough = (to - from) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power;
  const first = Math.floor(from / step) * step;
  const found: number[] = [];
  for (let i = 0; i <= count + 2; ++i) {
    found.push(Number((first + i * step).toPrecision(12)));
    if (found[i]! >= to) break;
  }
  return found;
}

/** The least and greatest x of all series, and the greatest y. */
export function extent(series: readonly Series[]): { from: number; to: number; top: number } {
  const xs = series.flatMap((one) => one.points.map((point) => point.x));
  const ys = series.flatMap((one) => one.points.map((point) => point.y ?? 0));
  return {
    from: xs.reduce((a, b) => Math.min(a, b), Infinity),
    to: xs.reduce((a, b) => Math.max(a, b), -Infinity),
    top: ys.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** All x that any series has, in order, each with its series' values. */
export function rows_of(series: readonly Series[]): { x: number; values: (number | null)[] }[] {
  const xs = [...new Set(series.flatMap((one) => one.points.map((point) => point.x)))].sort((a, b) => a - b);
  const at = series.map((one) => new Map(one.points.map((point) => [point.x, point.y])));
  return xs.map((x) => ({ x, values: at.map((values) => values.get(x) ?? null) }));
}

/** Rows as CSV (RFC 4180), with a byte order mark as Excel wants it, and no cell that a program would calculate. */
export function csv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const cell = (value: string | number | null): string => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return "\ufeff" + [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** Lets the browser save `text`. */
export function download(name: string, text: string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
