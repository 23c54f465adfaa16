// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytes_of, text_of, from_base64, to_base64 } from "./bytes";
import { open_checkpoint, parse_checkpoint, print_checkpoint, type Trust } from "./checkpoint";
import { parse_vkey } from "./keys";
import { parse_note } from "./note";
import { TiledTree, hash_leaf, verify_consistency, verify_inclusion } from "./proofs";
import { new_key, TestLog, test_entry } from "./test_log";
import { parse_bundle, tile_path } from "./tile";

const tessera = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../tests/data/tlog/tessera_log/${name}`, import.meta.url)));
const origin = "example.com/log/testdata";
const tessera_trust: Trust = {
  origin,
  log_keys: [parse_vkey("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")],
  witness_keys: [],
  quorum: 0,
};
const opened = async (size: number) => (await open_checkpoint(text_of(tessera(`checkpoint.${size}`))!, tessera_trust)).checkpoint;

describe("a log that transparency-dev/tessera wrote", () => {
  test("has in its tiles the root of each signed checkpoint, each entry, and each checkpoint in the next", async () => {
    const entries = parse_bundle(tessera("tile/entries/000.p/15"), 15);
    expect(text_of(entries[0]!)).toBe("one");
    for (let size = 1; size <= 15; ++size) {
      const head = await opened(size);
      const tree = new TiledTree(size, async (tile) => tessera(tile_path(tile)));
      expect(await tree.root()).toEqual(head.root);
      for (let i = 0; i < size; ++i) verify_inclusion(hash_leaf(entries[i]!), i, head, await tree.inclusion(i));
      for (let old = 1; old <= size; ++old) verify_consistency(await opened(old), head, await tree.consistency(old));
    }
  });

  test("is not believed once a bit of its checkpoint is flipped", async () => {
    const note = tessera("checkpoint.15");
    for (let bit = 0; bit < 8 * note.length; ++bit) {
      const changed = Uint8Array.from(note, (byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const text = text_of(changed);
      if (text === undefined) continue;
      await expect(open_checkpoint(text, tessera_trust), `bit ${bit}`).rejects.toThrow();
    }
  });
});

describe("a key", () => {
  test("of the specification's example is read", () =>
    expect(parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")).toMatchObject({ name: "example.com/foo", id: 0x530d903a, type: 1 }));
  test.each([
    ["example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "id"],
    ["example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "id"],
    ["example com+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "name"],
    ["example.com/foo+530d903a", "+"],
    ["example.com/foo+530d903a+Aeky", "32 bytes"],
    ["example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "type"],
    ["", "+"],
  ])("%s is refused", (vkey, why) => expect(() => parse_vkey(vkey)).toThrow(why));
});

describe("witnesses", () => {
  test("count by name, with the last time that each saw it, and too few refuse the checkpoint", async () => {
    const [log_key, other, one, two] = await Promise.all([new_key("l", 1), new_key("l2", 1), new_key("w1", 4), new_key("w2", 4)]);
    const log = new TestLog("l", [log_key, one, one, two]);
    log.add([test_entry(0)]);
    await log.publish(1_700_000_000);
    const note = text_of(log.files.get("checkpoint")!)!;
    const trust = (log_vkey: string, witnesses: string[], quorum: number): Trust => ({
      origin: "l",
      log_keys: [parse_vkey(log_vkey)],
      witness_keys: witnesses.map(parse_vkey),
      quorum,
    });
    expect((await open_checkpoint(note, trust(log_key.vkey, [one.vkey, two.vkey], 2))).seen_by).toEqual([
      { witness: "w1", time_s: 1_700_000_000 },
      { witness: "w2", time_s: 1_700_000_000 },
    ]);
    await expect(open_checkpoint(note, trust(log_key.vkey, [one.vkey], 2))).rejects.toThrow("too few witnesses");
    await expect(open_checkpoint(note, trust(other.vkey, [one.vkey], 1))).rejects.toThrow("no key of the log");
    await expect(open_checkpoint(note, { ...trust(log_key.vkey, [], 0), origin: "m" })).rejects.toThrow("another log");
    const late = note.replace("\u2014 w2 ", "\u2014 w1 ");
    await expect(open_checkpoint(late, trust(log_key.vkey, [one.vkey], 1))).resolves.toBeDefined();
  });

  test("that sign wrongly in a known name refuse the whole note", async () => {
    const [log_key, one] = await Promise.all([new_key("l", 1), new_key("w1", 4)]);
    const log = new TestLog("l", [log_key, one]);
    log.add([test_entry(0)]);
    await log.publish(5);
    const note = text_of(log.files.get("checkpoint")!)!;
    const line = note.split("\n").at(-2)!;
    const bytes = from_base64(line.split(" ")[2]!)!;
    bytes[11] = bytes[11]! ^ 1;
    const forged = note.replace(line, `\u2014 w1 ${to_base64(bytes)}`);
    const trust = { origin: "l", log_keys: [parse_vkey(log_key.vkey)], witness_keys: [parse_vkey(one.vkey)], quorum: 0 };
    await expect(open_checkpoint(forged, trust)).rejects.toThrow("is wrong");
  });
});

describe("text that is nearly a checkpoint is refused", () => {
  const root = to_base64(new Uint8Array(32));
  test.each([
    [`o\n01\n${root}\n`],
    [`o\n-1\n${root}\n`],
    [`o\n9007199254740992\n${root}\n`],
    [`o\n1\n${root.slice(0, -1)}\n`],
    [`\n1\n${root}\n`],
    [`o\n1\n${root}\n\nx\n`],
    [`o\n1\n${root}`],
    [`o\n1\n`],
    [`o\r\n1\n${root}\n`],
    [`o\n1\n${root}\n${"x\n".repeat(65)}`],
  ])("%j", (text) => expect(() => parse_checkpoint(text)).toThrow());
  test("and what is one is printed as it was", () => {
    const text = `o\n1\n${root}\nan extension\n`;
    expect(print_checkpoint(parse_checkpoint(text))).toBe(text);
  });
});

test.each(["no blank line\n", "text\n\n\u2014 n\n", "text\n\n\u2014 a b c\n", "text\n\n- a AAAAAAA=\n", "text\n\n\u2014 a AAAA\n", "a\0b\n\n\u2014 a AAAAAAA=\n", "text\n\n\u2014 a+b AAAAAAA=\n", "t\n\n" + "\u2014 a AAAAAAA=\n".repeat(65)])(
  "%j is no note",
  (note) => expect(() => parse_note(note)).toThrow(),
);
test("what is no UTF-8 has no text", () => expect(text_of(Uint8Array.of(0xff, 0x0a))).toBeUndefined());
test("bytes and base64 have one form", () => {
  expect(from_base64("AAA=")).toEqual(new Uint8Array(2));
  for (const wrong of ["AAA", "AAB=", "AB==", "AA==A", " AAA=", "AA=\n=", "A===", "====", "=AAA", "AA=A", "AAé="]) expect(from_base64(wrong)).toBeUndefined();
  for (let length = 0; length < 70; ++length) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 255);
    expect(from_base64(to_base64(bytes))).toEqual(bytes);
  }
  expect(bytes_of("é")).toEqual(Uint8Array.of(0xc3, 0xa9));
});
