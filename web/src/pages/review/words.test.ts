import { describe, expect, it } from "vitest";
import { changed_limits, is_other_series, limit_names, type LimitName } from "./words";

const all = (value: number): Record<LimitName, number> =>
  Object.fromEntries(limit_names.map((name) => [name, value])) as Record<LimitName, number>;
const typed = (over: Partial<Record<LimitName, string>>): Record<LimitName, string> => ({
  ...(Object.fromEntries(limit_names.map((name) => [name, "10"])) as Record<LimitName, string>),
  ...over,
});

describe("own limits", () => {
  it("are those that were changed", () => {
    expect(changed_limits(typed({ stills: "4", reveal_s: "0" }), all(10), all(20))).toEqual({
      changed: { stills: 4, reveal_s: 0 },
      wrong: [],
    });
  });

  it("are whole numbers up to what the house allows", () => {
    const read = changed_limits(typed({ stills: "21", stills_high: "-1", reveal_s: "ten", reveal_high_s: "" }), all(10), all(20));
    expect(read.wrong).toEqual(["stills", "stills_high", "reveal_s", "reveal_high_s"]);
  });
});

describe("another series", () => {
  it("is told when there was one before, and this is of another", () => {
    expect(is_other_series("a", "b")).toBe(true);
    expect(is_other_series("a", "a")).toBe(false);
    expect(is_other_series(undefined, "b")).toBe(false);
    expect(is_other_series("a", "")).toBe(false);
  });
});
