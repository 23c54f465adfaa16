import { describe, expect, it } from "vitest";
import { blur_radius, blurred, still_in } from "./still";
import { Viewing } from "./viewing";

const answer = (grey: Uint8Array, headers: Record<string, string>): Response =>
  new Response(grey.slice().buffer as ArrayBuffer, { headers });

describe("a still", () => {
  it("is read with its size and the time it may be unblurred", async () => {
    const grey = new Uint8Array([0, 50, 100, 150, 200, 250]);
    const still = await still_in(answer(grey, { "Still-Width": "3", "Still-Height": "2", "Reveal-Left-Ms": "900" }));
    expect(still).toMatchObject({ width: 3, height: 2, reveal_left_ms: 900 });
    expect([...still!.grey]).toEqual([...grey]);
  });

  it("is refused where bytes and size differ, where it is larger than may be, and where a header lacks", async () => {
    const six = new Uint8Array(6);
    const good = { "Still-Width": "3", "Still-Height": "2", "Reveal-Left-Ms": "900" };
    expect(await still_in(answer(six, { ...good, "Still-Height": "3" }))).toBeUndefined();
    expect(await still_in(answer(new Uint8Array(257), { ...good, "Still-Width": "257", "Still-Height": "1" }))).toBeUndefined();
    expect(await still_in(answer(six, { "Still-Width": "3", "Still-Height": "2" }))).toBeUndefined();
  });

  it("blurs as the mean of what is around, which a slow twin confirms", () => {
    const [width, height, radius] = [23, 17, 4];
    const grey = Uint8Array.from({ length: width * height }, (_, i) => (i * 7919) % 256);
    let slow = grey;
    for (let pass = 0; pass < 3; ++pass) {
      for (const across of [true, false]) {
        const from = slow;
        slow = Uint8Array.from({ length: width * height }, (_, i) => {
          const [x, y] = [i % width, Math.floor(i / width)];
          const around: number[] = [];
          for (let d = -radius; d <= radius; ++d) {
            const [u, v] = across ? [x + d, y] : [x, y + d];
            if (u >= 0 && u < width && v >= 0 && v < height) around.push(from[v * width + u]!);
          }
          return Math.round(around.reduce((a, b) => a + b, 0) / around.length);
        });
      }
    }
    expect([...blurred({ width, height, grey }, radius)]).toEqual([...slow]);
  });

  it("takes details away: stripes as fine as a twentieth of it are all but even", () => {
    const side = 200;
    const grey = Uint8Array.from({ length: side * side }, (_, i) => (Math.floor((i % side) / 10) % 2) * 255);
    const soft = blurred({ width: side, height: side, grey }, blur_radius(side, side));
    const inner = [...soft.subarray(side * 100 + 60, side * 100 + 140)];
    expect(Math.max(...inner) - Math.min(...inner)).toBeLessThan(16);
  });
});

describe("what was seen of a still", () => {
  it("adds up what was shown and unblurred, and tells each time once", () => {
    let now = 0;
    const viewing = new Viewing(() => now);
    viewing.show(true);
    now = 1000;
    viewing.reveal(true);
    now = 1500;
    viewing.reveal(false);
    now = 2000;
    expect(viewing.take()).toEqual({ rendered: true, shown_ms: 2000, revealed_ms: 500 });
    expect(viewing.take()).toBeUndefined();
    now = 2300;
    viewing.show(false);
    now = 9000;
    expect(viewing.take()).toEqual({ rendered: true, shown_ms: 300, revealed_ms: 0 });
    expect(viewing.revealed_so_far_ms).toBe(500);
  });

  it("goes on over a telling while the key is held", () => {
    let now = 0;
    const viewing = new Viewing(() => now);
    viewing.show(true);
    viewing.reveal(true);
    now = 700;
    expect(viewing.take()).toEqual({ rendered: true, shown_ms: 700, revealed_ms: 700 });
    expect(viewing.is_revealed).toBe(true);
    now = 1000;
    viewing.reveal(false);
    expect(viewing.take()).toEqual({ rendered: true, shown_ms: 300, revealed_ms: 300 });
    expect(viewing.revealed_so_far_ms).toBe(1000);
  });

  it("tells again what could not be told", () => {
    let now = 0;
    const viewing = new Viewing(() => now);
    viewing.show(true);
    now = 400;
    const lost = viewing.take()!;
    viewing.give_back(lost);
    now = 500;
    expect(viewing.take()).toEqual({ rendered: true, shown_ms: 500, revealed_ms: 0 });
  });

  it("says that it was never drawn, where it was not", () => {
    const viewing = new Viewing(() => 0);
    expect(viewing.take()).toBeUndefined();
  });
});
