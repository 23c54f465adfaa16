// @vitest-environment node
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generate_picture, type Recipe } from "./generated_picture";
import { Hasher } from "./module";

interface Vector extends Recipe {
  pdq: string;
  quality: number;
  dihedral: string[];
}

const file = new URL("../../wasm/out/seawall_hash.wasm", import.meta.url);
const root = new URL("../../../", import.meta.url);
const { vectors } = JSON.parse(readFileSync(new URL("tests/data/pdq_generated.json", root), "utf8")) as { vectors: Vector[] };
const turns = ["original", "rotate90", "rotate180", "rotate270", "flip_x", "flip_y", "flip_plus_1", "flip_minus_1"];

/** What node's crypto says, in the three digests that a look-up knows. */
const twin = (bytes: Uint8Array): Record<string, string> =>
  Object.fromEntries(["md5", "sha1", "sha256"].map((name) => [name, createHash(name).update(bytes).digest("hex")]));

async function* in_pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.skipIf(!existsSync(file))("the hasher, compiled to WebAssembly", () => {
  const module = (): WebAssembly.Module => new WebAssembly.Module(readFileSync(file));
  const hasher = existsSync(file) ? new Hasher(module()) : (undefined as never);

  test("imports nothing, so it can compute and do nothing else", () => {
    expect(WebAssembly.Module.imports(module())).toEqual([]);
  });

  test("is at most 55 kB gzipped", async () => {
    const { gzipSync } = await import("node:zlib");
    expect(gzipSync(readFileSync(file)).length).toBeLessThan(55_000);
  });

  test("equals Meta's reference in hash and quality on all 78 generated pictures", () => {
    expect(vectors).toHaveLength(78);
    for (const vector of vectors) {
      const { pdq, quality } = hasher.hash(generate_picture(vector), "none");
      expect({ pdq, quality, of: `${vector.width}x${vector.height}` }).toEqual({
        pdq: vector.pdq,
        quality: vector.quality,
        of: `${vector.width}x${vector.height}`,
      });
    }
  }, 120_000);

  test("equals it in all eight symmetries, where pictures are not turned pixel by pixel", () => {
    const large = vectors.filter(({ width, height, quality }) => Math.min(width, height) >= 320 && width * height < 2e6 && quality >= 50);
    expect(large.length).toBeGreaterThan(5);
    for (const vector of large) {
      const { variants } = hasher.hash(generate_picture(vector), "default");
      const found = Object.fromEntries(variants.map(({ variant, pdq }) => [variant, pdq]));
      expect(turns.map((name) => found[name])).toEqual(vector.dihedral);
    }
  }, 60_000);

  test("gives no variants of a picture without features, and refuses pixels that do not fit", () => {
    const flat = { data: new Uint8Array(4 * 200 * 100).fill(90), width: 200, height: 100 };
    expect(hasher.hash(flat)).toMatchObject({ quality: 0, variants: [] });
    expect(() => hasher.hash({ ...flat, width: 201 })).toThrow(RangeError);
    expect(() => hasher.hash({ data: new Uint8Array(), width: 0, height: 0 })).toThrow(RangeError);
  });

  test("digests as node's crypto does: every length to 300, and pieces of any size", async () => {
    for (let length = 0; length <= 300; ++length) {
      const bytes = randomBytes(length);
      expect(await hasher.digest(in_pieces(bytes, 1 + (length % 67)))).toEqual(twin(bytes));
    }
    const large = randomBytes(3_000_001);
    expect(await hasher.digest(in_pieces(large, large.length))).toEqual(twin(large));
  });
});
