// @vitest-environment node
import { describe, expect, test } from "vitest";
import type { Hashed } from "./hash";
import { question_of } from "./signals";

const digests = { md5: "a".repeat(32), sha1: "b".repeat(40), sha256: "c".repeat(64) };
const hashed = (frames: number, variants: number): Hashed => ({
  where: "browser",
  kind: "gif",
  size_bytes: 1,
  ...digests,
  frames: Array.from({ length: frames }, (_, f) => ({
    index: 10 * f,
    width: 1,
    height: 1,
    pdq: "0".repeat(64),
    quality: 100,
    variants: Array.from({ length: variants }, (_, v) => ({ variant: `v${v}`, quality: 60 + v, pdq: `${f}-${v}` })),
  })),
});

describe("the question that is sent", () => {
  test("has digests and every variant's hash with its quality, and no name", () => {
    const { items } = question_of(hashed(1, 3));
    expect(items).toEqual([{ id: "part-1", signals: { ...digests, pdq: ["0-0", "0-1", "0-2"], quality: [60, 61, 62] } }]);
  });
  test("is of digests alone where there is no picture", () => {
    expect(question_of(hashed(0, 0)).items).toEqual([{ id: "part-1", signals: digests }]);
  });
  test("has items of 256 hashes at most, and says of each place whose it is", () => {
    const question = question_of(hashed(64, 8));
    expect(question.items.map(({ signals }) => signals.pdq!.length)).toEqual([256, 256]);
    expect(question.items[1]!.signals).not.toHaveProperty("md5");
    expect(question.origin(1, 0)).toEqual({ frame: 320, variant: "v0" });
    expect(question.origin(0, 9)).toEqual({ frame: 10, variant: "v1" });
    expect(question.origin(2, 0)).toBeUndefined();
  });
});
