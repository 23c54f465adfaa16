// @vitest-environment node
import { describe, expect, test } from "vitest";
import { is_gray, kind_of, stored_orientation } from "./sniff";

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? Array.from(part, (c) => c.charCodeAt(0)) : part)));
const exif = (orientation: number): (string | number[])[] => ["MM\0*", [0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]];
const png_start = [0x89, ...Array.from("PNG\r\n\x1a\n", (c) => c.charCodeAt(0))];

describe("a file's first bytes", () => {
  test.each([
    ["jpeg", bytes([0xff, 0xd8, 0xff, 0xe0])],
    ["png", bytes(png_start)],
    ["gif", bytes("GIF89a")],
    ["webp", bytes("RIFF", [1, 0, 0, 0], "WEBPVP8L")],
    ["avif", bytes([0, 0, 0, 28], "ftypmif1", [0, 0, 0, 0], "mif1avif")],
    ["other-picture", bytes([0, 0, 0, 28], "ftypheic", [0, 0, 0, 0], "mif1heic")],
    ["other-picture", bytes("II*\0")],
    ["other-picture", bytes("P6\n")],
    ["video", bytes([0, 0, 0, 28], "ftypisom", [0, 0, 2, 0], "isomavc1")],
    ["video", bytes([0x1a, 0x45, 0xdf, 0xa3])],
    ["other", bytes("%PDF-1.7")],
    ["other", bytes("")],
  ])("say %s", (kind, head) => expect(kind_of(head)).toBe(kind));
});

describe("one channel", () => {
  const jpeg = (channels: number): Uint8Array =>
    bytes([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8, 0, 1, 0, 1, channels], [1, 0x11, 0, 0, 0, 0, 0, 0]);
  test("is told of JPEG by the frame's header", () => {
    expect(is_gray(jpeg(1))).toBe(true);
    expect(is_gray(jpeg(3))).toBe(false);
  });
  test("is told of PNG by its colour type", () => {
    const png = (type: number): Uint8Array => bytes(png_start, [0, 0, 0, 13], "IHDR", [0, 0, 0, 1, 0, 0, 0, 1, 8, type]);
    expect(is_gray(png(0))).toBe(true);
    expect(is_gray(png(2))).toBe(false);
  });
  test("is not believed of bytes that end early", () => expect(is_gray(bytes([0xff, 0xd8, 0xff, 0xff, 0xff]))).toBe(false));
});

describe("the orientation in EXIF", () => {
  test("is read from PNG", () => expect(stored_orientation(bytes(png_start, [0, 0, 0, 26], "eXIf", ...exif(6)))).toBe(6));
  test("is read from WebP after other chunks, with and without the name before it", () => {
    const start = ["RIFF", [0, 0, 0, 0], "WEBP", "VP8X", [3, 0, 0, 0, 9, 9, 9, 0]];
    expect(stored_orientation(bytes(...start, "EXIF", [26, 0, 0, 0], ...exif(8)))).toBe(8);
    expect(stored_orientation(bytes(...start, "EXIF", [32, 0, 0, 0], "Exif\0\0", ...exif(3)))).toBe(3);
  });
  test("is 1 where it is out of range, missing or cut off, however the bytes end", () => {
    expect(stored_orientation(bytes(png_start, [0, 0, 0, 26], "eXIf", ...exif(9)))).toBe(1);
    const whole = bytes(png_start, [0, 0, 0, 26], "eXIf", ...exif(6));
    for (let length = 0; length < whole.length - 8; ++length) expect(stored_orientation(whole.subarray(0, length))).toBe(1);
    const hostile = bytes(png_start, [0xff, 0xff, 0xff, 0xff], "eXIf", "MM\0*", [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0, 0, 0]);
    expect(stored_orientation(hostile)).toBe(1);
  });
});
