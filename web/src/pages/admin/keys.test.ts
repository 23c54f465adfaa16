import { describe, expect, it } from "vitest";
import { end_after, names_in } from "./keys";

describe("a key's form", () => {
  it("takes names with commas or spaces between", () => {
    expect(names_in(" 192.0.2.0/24,2001:db8::/48  10.0.0.0/8 ")).toEqual(["192.0.2.0/24", "2001:db8::/48", "10.0.0.0/8"]);
    expect(names_in(" , ")).toBeUndefined();
  });

  it("ends after 1 to 400 days, and says so to the second", () => {
    const now = new Date("2026-11-23T03:04:05.678Z");
    expect(end_after("1", now)).toBe("2026-11-24T03:04:05Z");
    expect(end_after(" 400 ", now)).toBe("2027-12-28T03:04:05Z");
    for (const wrong of ["0", "401", "", "1.5", "-3", "ten", "1e2"]) expect(end_after(wrong, now)).toBeUndefined();
  });
});
