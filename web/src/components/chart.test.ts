import { describe, expect, it } from "vitest";
import { csv, extent, rows_of, ticks } from "./chart";

describe("ticks", () => {
  it("are round, begin at zero and reach the greatest value", () => {
    expect(ticks(0, 70, 4)).toEqual([0, 20, 40, 60, 80]);
    expect(ticks(0, 0.3, 4)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it("are there where nothing was counted, too", () => {
    expect(ticks(0, 0, 4)).toEqual([0, 1]);
  });
});

describe("series", () => {
  const series = [
    { name: "a", points: [{ x: 1, y: 5 }, { x: 3, y: null }] },
    { name: "b", points: [{ x: 2, y: 7 }] },
  ];

  it("reach as far as any of them", () => {
    expect(extent(series)).toEqual({ from: 1, to: 3, top: 7 });
  });

  it("become rows by x, with nothing where a series has none", () => {
    expect(rows_of(series)).toEqual([
      { x: 1, values: [5, null] },
      { x: 2, values: [null, 7] },
      { x: 3, values: [null, null] },
    ]);
  });
});

describe("csv", () => {
  it("quotes what needs it, and lets no program calculate a cell", () => {
    expect(csv(["a", 'b"'], [["=1+1", 2], ["x,y", null]])).toBe('\ufeffa,"b"""\r\n\'=1+1,2\r\n"x,y",\r\n');
  });
});
