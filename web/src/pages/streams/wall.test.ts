import { describe, expect, it } from "vitest";
import type { Stream } from "../../api/schema";
import { sorted, wanted } from "./wall";

const stream = (name: string, phase: Stream["phase"], lag_ms = 0, alerts = 0): Stream =>
  ({ name, phase, lag_ms, alerts }) as Stream;
const all = [stream("lobby", "live", 90), stream("Attic", "failing", 10, 2), stream("cellar", "live", 40)];
const names = (list: Stream[]): string[] => list.map((one) => one.name);

describe("the wall", () => {
  it("puts first what needs somebody most", () => {
    expect(names(sorted(all, { column: "phase", down: false }))).toEqual(["Attic", "cellar", "lobby"]);
  });

  it("sorts by numbers both ways, and by name where the column is not known", () => {
    expect(names(sorted(all, { column: "lag", down: true }))).toEqual(["lobby", "cellar", "Attic"]);
    expect(names(sorted(all, { column: "alerts", down: true }))[0]).toBe("Attic");
    expect(names(sorted(all, { column: "nothing", down: false }))).toEqual(["Attic", "cellar", "lobby"]);
  });

  it("finds by state and by part of the name, whatever its case", () => {
    expect(names(wanted(all, "live", ""))).toEqual(["lobby", "cellar"]);
    expect(names(wanted(all, "", " ATT "))).toEqual(["Attic"]);
    expect(wanted(all, "over", "")).toEqual([]);
  });
});
