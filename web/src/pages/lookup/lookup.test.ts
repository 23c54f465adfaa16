import { describe, expect, it } from "vitest";
import type { BatchAnswer, Match, MatchAnswer } from "$/api/schema";
import { grounds, shown_of, strongest } from "./answer";
import { asked, kinds_of, radius_is_wrong, signals_of } from "./question";

const version = { number: 7, chain: "0".repeat(64) };

function match(entry: string, distance: number, more: Partial<Match> = {}): Match {
  return {
    match: `${entry}@r_1`,
    entry,
    bank: "known",
    source: "samples",
    signal: "pdq",
    distance,
    radius: 31,
    standing: "enforced",
    action: "block",
    list_version: 7,
    ...more,
  };
}

describe("what a person types", () => {
  it("tells hashes by their length, in either case, and nothing else", () => {
    expect(kinds_of(` ${"aB".repeat(32)} `)).toEqual(["pdq", "sha256"]);
    expect(kinds_of("0".repeat(40))).toEqual(["sha1"]);
    expect(kinds_of("0".repeat(32))).toEqual(["md5"]);
    for (const text of ["", "0".repeat(63), "g".repeat(64), "https://example.org"]) expect(kinds_of(text)).toEqual([]);
    expect(signals_of("md5", " AB ")).toEqual({ md5: "ab" });
  });

  it("asks for what differs from the defaults alone", () => {
    expect(asked({ bank: "", radius: " ", include_silent: false })).toEqual({});
    const all = { bank: "known", radius: "12", include_silent: true };
    expect(asked(all)).toEqual({ banks: ["known"], radius: 12, include_silent: true });
    expect(["", "0", "256"].map(radius_is_wrong)).toEqual([false, false, false]);
    expect(["257", "-1", "1.5", "x"].map(radius_is_wrong)).toEqual([true, true, true, true]);
  });
});

describe("an answer", () => {
  const one: MatchAnswer = {
    request_id: "r_1",
    verdict: "block",
    list_version: version,
    reasons: ["near"],
    observed: true,
    matches: [match("1.1", 8, { frame: 3 }), match("1.2", 4, { standing: "quarantined" }), match("2.1", 9, { action: "review" })],
  };

  it("follows from the matches in force whose action it is", () => {
    expect(grounds(shown_of(one)).map((found) => found.entry)).toEqual(["1.1"]);
    expect(strongest(["allow", "review"])).toBe("review");
    expect(strongest([])).toBeUndefined();
  });

  it("says what the hash that met stands for", () => {
    const shown = shown_of(one, (item, place) => ({ frame: item, variant: `variant ${place}` }));
    expect(shown.matches[0]!.origin).toEqual({ frame: 0, variant: "variant 3" });
    expect(shown.matches[1]!.origin).toBeUndefined();
  });

  it("in several parts names an entry once, by its nearest signal, and what failed", () => {
    const part = { verdict: "block" as const, reasons: ["near"], observed: false };
    const batch: BatchAnswer = {
      request_id: "r_1",
      verdict: "block",
      list_version: version,
      answers: [
        { ...part, matches: [match("1.1", 8)] },
        { ...part, matches: [match("1.1", 2), match("1.3", 5)] },
        { id: "part-3", error: { code: "unavailable", message: "later" } },
      ],
    };
    const shown = shown_of(batch);
    expect(shown.matches.map((found) => [found.entry, found.distance])).toEqual([["1.1", 2], ["1.3", 5]]);
    expect([shown.reasons, shown.failures, shown.observed]).toEqual([["near"], ["later"], false]);
  });
});
