import { describe, expect, it } from "vitest";
import { read, type Typed } from "./ask";

const typed = (over: Partial<Typed>): Typed => ({
  order: "o1",
  by: "entry",
  entry: "12.345",
  release: "",
  radius: "",
  days: "",
  ...over,
});

describe("a look-up of observations", () => {
  it("names an entry, or a release, and nothing that was left empty", () => {
    expect(read(typed({}))).toEqual({ params: { entry: "12.345", limit: 100 }, wrong: [] });
    expect(read(typed({ by: "release", release: " 41 " }))).toEqual({ params: { release: 41, limit: 100 }, wrong: [] });
  });

  it("asks what another radius would have met, of the last days", () => {
    expect(read(typed({ radius: "0", days: "30" })).params).toEqual({ entry: "12.345", radius: 0, days: 30, limit: 100 });
    expect(read(typed({ by: "release", release: "41", radius: "20" })).params.radius).toBeUndefined();
  });

  it("says what is missing or out of range", () => {
    expect(read(typed({ order: " ", entry: "", radius: "65", days: "0" })).wrong).toEqual(["order", "entry", "radius", "days"]);
    expect(read(typed({ by: "release", release: "x" })).wrong).toEqual(["release"]);
  });
});
