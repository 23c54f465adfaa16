import type { Pixels } from "./module";

/** The generator of tests/data/pdq_generated.json (fingerprint/detail/generated_picture.h), for tests. */
export interface Recipe {
  seed: number;
  grid: number;
  noise: number;
  width: number;
  height: number;
  channels: number;
}

/** Low and high 32 bits of a 64-bit number. */
let low = 0;
let high = 0;

function multiply(by_high: number, by_low: number): void {
  const [a1, a0, b1, b0] = [low >>> 16, low & 0xffff, by_low >>> 16, by_low & 0xffff];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  const carried = a1 * b1 + Math.floor(middle / 65536) + Math.floor(other / 65536);
  high = (carried + Math.imul(high, by_low) + Math.imul(low, by_high)) >>> 0;
  low = Math.imul(low, by_low) >>> 0;
}

function fold(bits: number): void {
  const shifted_low = ((low >>> bits) | (high << (32 - bits))) >>> 0;
  low = (low ^ shifted_low) >>> 0;
  high = (high ^ (high >>> bits)) >>> 0;
}

/** splitmix64's finaliser on x + 0x9E3779B97F4A7C15; gives the low 32 bits. */
function mix(x_high: number, x_low: number): number {
  const sum = x_low + 0x7f4a7c15;
  low = sum >>> 0;
  high = (x_high + 0x9e3779b9 + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  fold(30);
  multiply(0xbf58476d, 0x1ce4e5b9);
  fold(27);
  multiply(0x94d049bb, 0x133111eb);
  fold(31);
  return low;
}

/** mix() of `factor` * place ^ seed ^ 0x5555. */
function grain_at(seed: number, place: number): number {
  low = place;
  high = 0;
  multiply(0, 0x1000193);
  return mix(high, (low ^ seed ^ 0x5555) >>> 0);
}

function control_values({ seed, grid, channels }: Recipe): number[] {
  const values = [];
  for (let j = 0; j < grid + 2; ++j)
    for (let i = 0; i < grid + 2; ++i)
      for (let k = 0; k < channels; ++k) {
        const x = BigInt(seed) * 1000003n + BigInt((j * 64 + i) * 4 + k);
        values.push(mix(Number(x >> 32n), Number(x & 0xffffffffn)) & 255);
      }
  return values;
}

export function generate_picture(recipe: Recipe): Pixels {
  const { seed, grid, noise, width, height, channels } = recipe;
  const control = control_values(recipe);
  const below = channels * (grid + 2);
  const data = new Uint8Array(4 * width * height);
  for (let y = 0, at = 0; y < height; ++y) {
    const down = Math.floor((y * grid * 256) / height);
    for (let x = 0; x < width; ++x, at += 4) {
      const across = Math.floor((x * grid * 256) / width);
      const [fx, fy] = [across & 255, down & 255];
      for (let k = 0; k < channels; ++k) {
        const cell = (down >> 8) * below + (across >> 8) * channels + k;
        const a = control[cell]! * (256 - fx) + control[cell + channels]! * fx;
        const b = control[cell + below]! * (256 - fx) + control[cell + below + channels]! * fx;
        const grain = noise === 0 ? 0 : grain_at(seed, (y * width + x) * 4 + k) & noise;
        data[at + k] = Math.min(255, Math.max(0, ((a * (256 - fy) + b * fy) >> 16) + grain - ((noise + 1) >> 1)));
      }
      if (channels === 1) data[at + 1] = data[at + 2] = data[at]!;
    }
  }
  return { data, width, height, gray: channels === 1 };
}
