import { describe, expect, it } from "vitest";
import { histogram_of, lines_of, precision_of, quantile_of, times_of, type Figure } from "./series";

const figure = (columns: string[], rows: (string | number)[][], over: Partial<Figure> = {}): Figure => ({
  kind: "count",
  step: "minute",
  from: "2026-11-23T10:00:00Z",
  until: "2026-11-23T10:03:00Z",
  columns,
  rows,
  ...over,
});
const at = (minute: number): string => `2026-11-23T10:0${minute}:00Z`;

describe("figures", () => {
  it("span each step from the first to the last", () => {
    expect(times_of(figure(["at", "value"], []))).toHaveLength(3);
    const hours = figure(["at", "value"], [], { step: "hour", from: "2026-11-23T10:20:00Z", until: "2026-11-23T12:30:00Z" });
    expect(times_of(hours).map((one) => new Date(one).toISOString())).toEqual(["2026-11-23T11:00:00.000Z", "2026-11-23T12:00:00.000Z"]);
  });

  it("are lines: where nothing was counted stands 0, and a state that is not known is a gap", () => {
    const rows = [[at(0), "known", "block", 3], [at(0), "known", "review", 2], [at(2), "watch", "review", 1]];
    const lines = lines_of(figure(["at", "bank", "action", "value"], rows), (row) => row.of["bank"]!, "others");
    expect(lines.map((one) => [one.name, one.points.map((point) => point.y)])).toEqual([["known", [5, 0, 0]], ["watch", [0, 0, 1]]]);
    const state = lines_of(figure(["at", "value"], [[at(1), 7]], { kind: "state" }), () => "age", "others");
    expect(state[0]!.points.map((point) => point.y)).toEqual([null, 7, null]);
  });

  it("put what is beyond four lines together", () => {
    const rows = ["a", "b", "c", "d", "e"].map((bank, i) => [at(0), bank, 10 - i]);
    const lines = lines_of(figure(["at", "bank", "value"], rows), (row) => row.of["bank"]!, "others");
    expect(lines.map((one) => [one.name, one.points[0]!.y])).toEqual([["a", 10], ["b", 9], ["c", 8], ["others", 13]]);
  });

  it("are a histogram of distances, with those that nobody met", () => {
    const rows = [[at(0), "known", "2", 3], [at(1), "watch", "2", 1], [at(1), "known", "4", 5]];
    expect(histogram_of(figure(["at", "bank", "distance", "value"], rows), "distance").map((one) => one.y)).toEqual([0, 0, 4, 0, 5]);
    expect(histogram_of(figure(["at", "value"], []), "distance")).toEqual([]);
  });

  it("tell the bound below which a part of the requests was answered", () => {
    const rows = [[at(0), "match", "0.01", 98], [at(0), "match", "0.1", 1], [at(0), "match", "inf", 1], [at(2), "match", "0.1", 1]];
    const latency = figure(["at", "operation", "le", "value"], rows);
    expect(quantile_of(latency, 0.5).map((one) => one.y)).toEqual([0.01, null, 0.1]);
    expect(quantile_of(latency, 0.99)[0]!.y).toBe(0.1);
    expect(quantile_of(latency, 1)[0]!.y).toBe(0.2);
  });

  it("tell how right each source was, from the newest state, the worst first", () => {
    const columns = ["at", "bank", "source", "value"];
    const confirmed = figure(columns, [[at(0), "known", "a", 1], [at(2), "known", "a", 9], [at(1), "known", "b", 1]]);
    const refuted = figure(columns, [[at(2), "known", "a", 1], [at(1), "known", "b", 3]]);
    expect(precision_of(confirmed, refuted).map((one) => [one.source, one.part])).toEqual([["b", 0.25], ["a", 0.9]]);
  });
});
