import type { Stream } from "../../api/schema";
import type { Sort } from "../../components/table";

/** From what needs somebody most to what needs nobody. */
export const phases = ["failing", "stalled", "waiting", "live", "over"] as const satisfies readonly Stream["phase"][];

export const phase_tone = {
  failing: "block",
  stalled: "review",
  waiting: "note",
  live: "allow",
  over: "plain",
} as const satisfies Record<Stream["phase"], string>;

/** Those in `phase` (empty: in any) whose name holds `name`, whatever its case. */
export function wanted(streams: readonly Stream[], phase: string, name: string): Stream[] {
  const part = name.trim().toLowerCase();
  return streams.filter((one) => (phase === "" || one.phase === phase) && one.name.toLowerCase().includes(part));
}

const values: Record<string, (one: Stream) => number | string> = {
  name: (one) => one.name,
  phase: (one) => phases.indexOf(one.phase),
  lag: (one) => one.lag_ms,
  alerts: (one) => one.alerts,
};

/** By the column, then by name. A column that is not known: by name. */
export function sorted(streams: readonly Stream[], sort: Sort): Stream[] {
  const value = values[sort.column] ?? values["name"]!;
  const sign = sort.down ? -1 : 1;
  return [...streams].sort((a, b) => {
    const left = value(a);
    const right = value(b);
    if (left !== right) return left < right ? -sign : sign;
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
}
