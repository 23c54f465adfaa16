// @vitest-environment node
import { describe, expect, test } from "vitest";
import { upright, wanted_frames } from "./decode";

/** 2 x 3 pixels, named 0..5 by their red. */
const picture = { data: Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === 0 ? i / 4 : 7)), width: 2, height: 3 };
const rows = (orientation: number): number[][] => {
  const { data, width, height } = upright(picture, orientation);
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => data[4 * (y * width + x)]!));
};

describe("a picture is turned upright", () => {
  test.each([
    [1, [[0, 1], [2, 3], [4, 5]]],
    [2, [[1, 0], [3, 2], [5, 4]]],
    [3, [[5, 4], [3, 2], [1, 0]]],
    [4, [[4, 5], [2, 3], [0, 1]]],
    [5, [[0, 2, 4], [1, 3, 5]]],
    [6, [[4, 2, 0], [5, 3, 1]]],
    [7, [[5, 3, 1], [4, 2, 0]]],
    [8, [[1, 3, 5], [0, 2, 4]]],
  ])("from EXIF's orientation %d", (orientation, expected) => expect(rows(orientation)).toEqual(expected));
});

describe("of an animation", () => {
  test("all frames are looked at up to 64", () => expect(wanted_frames(64)).toEqual(Array.from({ length: 64 }, (_, i) => i)));
  test("64 evenly spaced ones of more, the first included", () => {
    const wanted = wanted_frames(1000);
    expect(wanted).toHaveLength(64);
    expect(wanted.slice(0, 3)).toEqual([0, 15, 31]);
    expect(wanted.at(-1)).toBe(984);
  });
});
