// @vitest-environment node
import { describe, expect, test } from "vitest";
import type { OrderClocks } from "$/api/schema";
import { empty_tally } from "$/log/tally";
import { days_of, is_long_read, kinds_of, witnesses_of } from "./log";
import { by_clock, clock_of } from "./orders";

const order = (more: Partial<OrderClocks>): OrderClocks => ({
  order: "o-0000000000000001", state: "in-force", urgent: false, actions: [], not_before: "2026-01-01T00:00:00Z", not_after: "2026-02-01T00:00:00Z",
  ends: "2026-02-01T00:00:00Z", records_max: 5, used: 0, leaf: 1, received: null, confirm_by: null, opening_due: "2026-03-01T00:00:00Z", opened: false, ...more,
});
const at = (text: string): number => Date.parse(text);

describe("an order's clock", () => {
  test("is its end while it is in force, and then the day on which those concerned must have been told", () => {
    expect(clock_of(order({}), at("2026-01-15T00:00:00Z"))).toEqual({ what: "end", at: "2026-02-01T00:00:00Z", overdue: false });
    const over = order({ state: "expired" });
    expect(clock_of(over, at("2026-02-15T00:00:00Z"))).toEqual({ what: "open", at: "2026-03-01T00:00:00Z", overdue: false });
    expect(clock_of(over, at("2026-03-02T00:00:00Z")).overdue).toBe(true);
    expect(clock_of(order({ state: "expired", opened: true, opening_due: null }), at("2026-03-02T00:00:00Z"))).toEqual({ what: "none", overdue: false });
  });
  test("is its confirmation where it was given orally", () => {
    const urgent = order({ urgent: true, confirm_by: "2026-01-03T00:00:00Z" });
    expect(clock_of(urgent, at("2026-01-02T00:00:00Z"))).toEqual({ what: "confirm", at: "2026-01-03T00:00:00Z", overdue: false });
    expect(clock_of({ ...urgent, state: "void", opening_due: null }, at("2026-01-04T00:00:00Z")).what).toBe("none");
  });
  test("sorts what is overdue first, and what has none last", () => {
    const rows = by_clock([order({ order: "c", state: "refused", ends: null, opening_due: null }), order({ order: "b" }), order({ order: "a", state: "expired" })], at("2026-03-02T00:00:00Z"));
    expect(rows.map((row) => row.order.order)).toEqual(["a", "b", "c"]);
  });
});

describe("entries", () => {
  const tally = { ...empty_tally(), days: { "2026-01-01": { order: [1, 1] as [number, number] }, "2026-01-03": { order: [2, 2] as [number, number], release: [4, 9] as [number, number] } } };
  test("are counted by kind, the most first", () =>
    expect(kinds_of(tally)).toEqual([{ kind: "release", entries: 4, things: 9 }, { kind: "order", entries: 3, things: 3 }]));
  test("and by day, with those between on which there were none", () => {
    expect(days_of(tally, undefined)[0]!.points.map(({ y }) => y)).toEqual([1, 0, 6]);
    expect(days_of(tally, "order")[0]!.points.map(({ y }) => y)).toEqual([1, 0, 2]);
    expect(days_of(empty_tally(), undefined)[0]!.points).toEqual([]);
  });
  test("of which days without end are not drawn", () => {
    const long = { ...empty_tally(), days: { "2020-01-01": { order: [1, 1] as [number, number] }, "2026-01-03": { order: [2, 2] as [number, number] } } };
    expect(days_of(long, undefined)[0]!.points).toHaveLength(90);
  });
});

test("a person is asked before more than 100,000 entries are read, and never for a log that is shorter than before", () => {
  expect([is_long_read(100_000, 0), is_long_read(100_001, 0), is_long_read(5_000_000, 4_950_000), is_long_read(1, 900_000)]).toEqual([false, true, false, false]);
});

test("a witness that did not cosign stands there without a time", () => {
  const trust = { origin: "o", log_keys: [], witness_keys: ["w.example/1+71f92302+BJkTcFdU+yrm28t5u2mAQyly93SUxVh1v+jEP/X5GN+w"], quorum: 0 };
  const checkpoint = { origin: "o", size: 1, root: new Uint8Array(32), extensions: [] };
  expect(witnesses_of(trust, { checkpoint, seen_by: [] })).toEqual([{ name: "w.example/1" }]);
  expect(witnesses_of(trust, { checkpoint, seen_by: [{ witness: "w.example/1", time_s: 1 }] })).toEqual([{ name: "w.example/1", seen: "1970-01-01T00:00:01.000Z" }]);
});
