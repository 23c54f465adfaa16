import { deflateSync } from "node:zlib";

const table = Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; ++bit) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = table[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(kind: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(kind, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Numbers from 0 to 1 that follow from `seed` alone (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A smooth coloured pattern as PNG bytes: harmless, and of high PDQ quality. `brighter` is added to each value, so that
 * the picture is an altered copy of the one without.
 */
export function png(seed: number, options: { size?: number; brighter?: number } = {}): Buffer {
  const { size = 256, brighter = 0 } = options;
  const next = random(seed);
  const grid = Array.from({ length: 81 * 3 }, () => next() * 255);
  const rows = Buffer.alloc((size * 3 + 1) * size);
  for (let y = 0, at = 0; y < size; ++y) {
    at += 1;
    for (let x = 0; x < size; ++x) {
      const [gx, gy] = [(x * 8) / size, (y * 8) / size];
      const [ix, iy] = [Math.floor(gx), Math.floor(gy)];
      for (let c = 0; c < 3; ++c, ++at) {
        const cell = (dx: number, dy: number): number => grid[((iy + dy) * 9 + ix + dx) * 3 + c]!;
        const above = cell(0, 0) * (1 - gx + ix) + cell(1, 0) * (gx - ix);
        const below = cell(0, 1) * (1 - gx + ix) + cell(1, 1) * (gx - ix);
        rows[at] = Math.max(0, Math.min(255, above * (1 - gy + iy) + below * (gy - iy) + brighter));
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", new Uint8Array())]);
}
