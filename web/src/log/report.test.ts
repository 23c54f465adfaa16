// @vitest-environment node
import { describe, expect, test } from "vitest";
import { forget, keep, kept_of, same_trust, type Kept } from "./memory";
import { months_between, report_of } from "./report";
import { empty_tally } from "./tally";

describe("a report that may be published", () => {
  const tally = {
    ...empty_tally(),
    days: { "2026-01-03": { order: [3, 3] as [number, number], release: [7, 70] as [number, number] }, "2026-01-04": { order: [1, 1] as [number, number] }, "2026-02-28": { order: [2, 5] as [number, number] }, "2026-03-01": { order: [90, 90] as [number, number] } },
  };
  test("hides 1 to 4, sums what is shown alone, and is of whole months", () => {
    const report = report_of(tally, "2026-01", "2026-03", false);
    expect(report.columns).toEqual(["release", "order"]);
    expect(report.rows).toEqual([
      { month: "2026-01", cells: [7, undefined], total: { of_shown: 7, leaves_out: true } },
      { month: "2026-02", cells: [0, undefined], total: { of_shown: 0, leaves_out: true } },
    ]);
    expect(report.totals).toEqual([{ of_shown: 7, leaves_out: false }, { of_shown: 0, leaves_out: true }]);
    expect(report.total).toEqual({ of_shown: 7, leaves_out: true });
  });
  test("counts what entries stand for, where that is asked", () => {
    expect(report_of(tally, "2026-01", "2026-03", true).rows.map(({ cells }) => cells)).toEqual([[70, undefined], [0, 5]]);
  });
  test("goes over the turn of the year", () => expect(months_between("2025-11", "2026-02")).toEqual(["2025-11", "2025-12", "2026-01"]));
});

describe("what a browser keeps of a log", () => {
  const store = (): Storage => {
    const held = new Map<string, string>();
    return { getItem: (name: string) => held.get(name) ?? null, setItem: (name: string, value: string) => void held.set(name, value), removeItem: (name: string) => void held.delete(name) } as unknown as Storage;
  };
  const trust = { origin: "o", log_keys: ["a", "b"], witness_keys: [], quorum: 0 };
  const remembered = { origin: "o", size: 1, root: "A".repeat(43) + "=", checkpoint: "c", tally: empty_tally(), verified_ms: 1 };
  test("is read again, and nothing that is damaged", () => {
    const kept: Kept = { trust, remembered };
    const here = store();
    expect(kept_of("o", here)).toBeUndefined();
    expect(keep(kept, here)).toBe(true);
    expect(kept_of("o", here)).toEqual(kept);
    expect(kept_of("p", here)).toBeUndefined();
    for (const wrong of ["", "{", "[]", '{"trust":1}', JSON.stringify({ trust, remembered: { ...remembered, root: "x" } }), JSON.stringify({ trust, remembered: { ...remembered, size: -1 } }), JSON.stringify({ trust: { ...trust, quorum: "1" } })]) {
      here.setItem("seawall.log.o", wrong);
      expect(kept_of("o", here), wrong).toBeUndefined();
    }
    forget("o", here);
    expect(here.getItem("seawall.log.o")).toBeNull();
  });
  test("says whether keys are the same, in any order", () => {
    expect(same_trust(trust, { ...trust, log_keys: ["b", "a"] })).toBe(true);
    for (const other of [{ ...trust, log_keys: ["a"] }, { ...trust, quorum: 1 }, { ...trust, witness_keys: ["w"] }, { ...trust, origin: "p" }]) expect(same_trust(trust, other)).toBe(false);
  });
});
