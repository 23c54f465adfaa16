import { describe, expect, it } from "vitest";
import { evidence_of, moment_text } from "./evidence";

describe("the evidence of an alert", () => {
  it("is read as it is written down", () => {
    const read = evidence_of({
      why: "three pictures in step",
      begin: "2026-11-22T10:00:00Z",
      speed: 1.1,
      listed_begin_ms: 1000,
      pairs: [
        { stream_ms: 900, listed_ms: 1900, distance: 12, quality: 100 },
        { stream_ms: 400, listed_ms: 1400, distance: 8, quality: 100 },
      ],
    });
    expect(read.why).toBe("three pictures in step");
    expect(read.speed).toBe(1.1);
    expect(read.pairs.map((one) => one.distance)).toEqual([8, 12]);
  });

  it("leaves out what is of another form", () => {
    const read = evidence_of({ why: 7, pairs: [null, { stream_ms: "1", listed_ms: 2, distance: 3 }, 5] });
    expect(read).toMatchObject({ why: "", speed: undefined, pairs: [] });
    expect(evidence_of({ pairs: "no" }).pairs).toEqual([]);
  });

  it("tells moments in minutes, seconds and tenths", () => {
    expect(moment_text(0)).toBe("0:00.0");
    expect(moment_text(62_540)).toBe("1:02.5");
    expect(moment_text(59_960)).toBe("1:00.0");
  });
});
