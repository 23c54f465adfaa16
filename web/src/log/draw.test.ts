// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import "./node_crypto";
import { audit, print_proof_file, prove_entry } from "./audit";
import { be64, bytes_of, join, to_hex, type Bytes } from "./bytes";
import type { Trust } from "./checkpoint";
import { check_draw, draw_frame_from_text, draw_from_text, draw_places, make_draw, print_draw, print_draw_frame, DrawFacts, type DrawFrame } from "./draw";
import { parse_vkey } from "./keys";
import { sha256 } from "./sha256";

const file = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`./sample_log/${name}`, import.meta.url)));
const text = (name: string): string => new TextDecoder().decode(file(name));
const keys = JSON.parse(text("keys.json")) as { origin: string; log: string; witness: string };
const trust: Trust = { origin: keys.origin, log_keys: [parse_vkey(keys.log)], witness_keys: [parse_vkey(keys.witness)], quorum: 1 };
const read = async (path: string): Promise<Uint8Array> => file(path);
const secret = Uint8Array.from(text("secret").trim().match(/../g)!, (digits) => parseInt(digits, 16));

async function facts_for(frame: DrawFrame): Promise<DrawFacts> {
  const facts = new DrawFacts(frame);
  await audit(read, trust, undefined, {
    now_ms: Date.now(),
    sizes: [frame.size],
    on_size: (_, root) => (facts.frame_root = root),
    on_entry: (index, entry) => facts.take(index, entry),
  });
  return facts;
}

/** The shuffle by the whole row, with numbers made as the documentation says. */
function plain_places(seed: Bytes, count: number, wanted: number): number[] {
  const words: bigint[] = [];
  for (let block = 0; words.length < wanted + 40; ++block) {
    const view = new DataView(sha256(join(seed, be64(block))).buffer);
    for (let at = 0; at < 32; at += 8) words.push(view.getBigUint64(at));
  }
  const row = [...Array(count).keys()];
  for (let i = 0; i < wanted; ++i) {
    const left = BigInt(count - i);
    let word = words.shift()!;
    while (word >= ((1n << 64n) / left) * left) word = words.shift()!;
    const taken = i + Number(word % left);
    [row[i], row[taken]] = [row[taken]!, row[i]!];
  }
  return row.slice(0, wanted).sort((a, b) => a - b);
}

describe("a log and a draw of the real programs", () => {
  test("are read, and made again here to the byte", async () => {
    const frame = draw_frame_from_text(text("frame.json"));
    expect(print_draw_frame(frame)).toBe(text("frame.json"));
    const facts = await facts_for(frame);
    const draw = make_draw(frame, secret, facts);
    expect(print_draw(draw)).toBe(text("draw.json"));
    check_draw(draw_from_text(text("draw.json")), facts);
    expect([facts.frames, facts.undrawn.size, facts.result?.leaf]).toEqual([1, 0, expect.any(Number)]);
  });

  test("are refused once anything in the draw is another", async () => {
    const draw = draw_from_text(text("draw.json"));
    const facts = await facts_for(draw.frame);
    const { frame } = draw;
    for (const changed of [
      { ...draw, secret: new Uint8Array(32) },
      { ...draw, answer: frame.root },
      { ...draw, entered: draw.entered + 1 },
      { ...draw, drawn: draw.drawn.map((leaf) => leaf - 1) },
      { ...draw, frame: { ...frame, count: frame.count - 1 } },
      { ...draw, frame: { ...frame, root: draw.answer } },
      { ...draw, frame: { ...frame, wanted: 2 } },
    ])
      await expect(facts_for(changed.frame).then((facts) => check_draw(changed, facts)), JSON.stringify(changed)).rejects.toThrow();
    facts.result = { leaf: 0, commitment: draw.answer };
    expect(() => check_draw(draw, facts)).toThrow("another draw");
  });

  test("wait until the log holds frame and answer", () => {
    const frame = draw_frame_from_text(text("frame.json"));
    const facts = new DrawFacts(frame);
    expect(() => make_draw(frame, secret, facts)).toThrow(expect.objectContaining({ code: "waiting" }) as Error);
    [facts.entered, facts.frame_root] = [frame.size, frame.root];
    expect(() => make_draw(frame, secret, facts)).toThrow(expect.objectContaining({ code: "waiting" }) as Error);
  });

  test("give the proof of an entry that the program gives", async () => {
    expect(print_proof_file(await prove_entry(read, trust, 5))).toBe(text("entry-5.tlog-proof"));
  });
});

test("draws are those of the textbook's shuffle, each place once", () => {
  for (let i = 0; i < 300; ++i) {
    const count = 1 + (i % 50);
    const wanted = 1 + (i % count);
    const seed = sha256(bytes_of(`seed ${i}`));
    const places = draw_places(seed, count, wanted);
    expect(places, to_hex(seed)).toEqual(plain_places(seed, count, wanted));
    expect(new Set(places).size).toBe(wanted);
  }
});

test.each([
  ['"v":2', '"v":1'], ['"count":8', '"count":0'], ['"count":8', '"count":11'], ['"wanted":3', '"wanted":9'],
  ['"kind":"release"', '"kind":"x"'], ['"to":11', '"to":12'], ['"from":1', '"from":-1'], ['"from":1', '"from":1,"more":1'], ['"size":11', '"size":1.5'], ["{", "["], ["}", ""],
])("a frame with %s as %s is refused", (from, to) => {
  expect(() => draw_frame_from_text(text("frame.json").replace(from, to))).toThrow();
});
test.each([['"drawn":[3,5,9]', '"drawn":[3,9,5]'], ['"drawn":[3,5,9]', '"drawn":[3,5]'], ['"drawn":[3,5,9]', '"drawn":[0,5,9]'], ['"drawn":[3,5,9]', '"drawn":[3,5,11]'], ['"secret":"', '"secret":"A']])(
  "a draw with %s as %s is refused",
  (from, to) => expect(() => draw_from_text(text("draw.json").replace(from, to))).toThrow(),
);
