import type { Bytes } from "./bytes";
import { Refused } from "./refused";

/** Hashes in a full tile, and entries in a full bundle (C2SP tlog-tiles). */
export const tile_width_max = 256;
export const hash_bytes = 32;

/** Names the hashes of `width` full subtrees of 256^level entries, from subtree index * 256 on. */
export interface TileId {
  level: number;
  index: number;
  width: number;
}

/** "x001/x234/067", or for a partial one "x001/x234/067.p/8". */
function number_path(index: number, width: number): string {
  const groups = [];
  for (let rest = index; ; rest = Math.floor(rest / 1000)) {
    groups.unshift(String(rest % 1000).padStart(3, "0"));
    if (rest < 1000) break;
  }
  const path = groups.map((group, i) => (i + 1 < groups.length ? `x${group}` : group)).join("/");
  return width < tile_width_max ? `${path}.p/${width}` : path;
}

export const tile_path = ({ level, index, width }: TileId): string => `tile/${level}/${number_path(index, width)}`;
export const bundle_path = (index: number, width: number): string => `tile/entries/${number_path(index, width)}`;

/** How many hashes that tile has in a tree of `size`: 0 (none) to 256. */
export function tile_width(size: number, level: number, index: number): number {
  const hashes = Math.floor(size / 256 ** level);
  return Math.max(0, Math.min(hashes - index * tile_width_max, tile_width_max));
}

/** The hashes of a tile's bytes. Errors: Refused. */
export function parse_tile(bytes: Uint8Array, width: number): Bytes[] {
  if (width < 1 || width > tile_width_max || bytes.length !== width * hash_bytes)
    throw new Refused(`a tile of ${width} hashes has ${bytes.length} bytes`);
  return Array.from({ length: width }, (_, i) => bytes.slice(i * hash_bytes, (i + 1) * hash_bytes) as Bytes);
}

/** The entries of a bundle's bytes: exactly `width` and nothing after. Errors: Refused. */
export function parse_bundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const entries = [];
  let at = 0;
  for (; entries.length < width; ) {
    if (at + 2 > bytes.length) throw new Refused("a bundle ends early");
    const end = at + 2 + (bytes[at]! << 8) + bytes[at + 1]!;
    if (end > bytes.length) throw new Refused("a bundle ends early");
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  if (at !== bytes.length) throw new Refused("a bundle has more than its entries");
  return entries;
}
