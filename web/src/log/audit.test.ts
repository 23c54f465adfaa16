// @vitest-environment node
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { audit, Contradiction, print_proof_file, prove_entry, type AuditOptions, type Remembered } from "./audit";
import { text_of, to_base64 } from "./bytes";
import type { Trust } from "./checkpoint";
import { log_entry_from, opens, print_log_entry, shown_record, canonical_json, type LogEntry } from "./entry";
import { parse_vkey } from "./keys";
import { overdue } from "./tally";
import { new_key, test_entry, TestLog, type TestKey } from "./test_log";

const now_ms = Date.UTC(2026, 6, 1);
let keys: TestKey[];
let trust: Trust;

beforeAll(async () => {
  keys = await Promise.all([new_key("o", 1), new_key("w", 4)]);
});
beforeEach(() => {
  trust = { origin: "o", log_keys: [parse_vkey(keys[0]!.vkey)], witness_keys: [parse_vkey(keys[1]!.vkey)], quorum: 1 };
});

const entries = (from: number, to: number): LogEntry[] => Array.from({ length: to - from }, (_, i) => test_entry(from + i));
async function log_of(size: number, more: LogEntry[] = []): Promise<TestLog> {
  const log = new TestLog("o", keys);
  log.add([...entries(0, size), ...more]);
  await log.publish();
  return log;
}
/** Over three levels of tiles; made once. */
let large: Promise<TestLog> | undefined;
const large_log = (): Promise<TestLog> => (large ??= log_of(66_000));
const run = (log: TestLog, remembered?: Remembered, options: Partial<AuditOptions> = {}): Promise<Remembered> =>
  audit(log.read, trust, remembered, { now_ms, ...options });

describe("a whole log", () => {
  test.each([0, 1, 255, 256, 257, 700, 5000])("of %d entries is verified, and gone on from at any size", async (size) => {
    const log = await log_of(size);
    const state = await run(log);
    expect(state).toMatchObject({ origin: "o", size, root: to_base64(log.root(size)), verified_ms: now_ms });
    for (const grown of [size, size + 1, size + 256, size + 300]) {
      const larger = await log_of(grown);
      const told: number[] = [];
      const next = await run(larger, state, { on_entry: (index) => told.push(index) });
      expect(next.size).toBe(grown);
      expect(told).toEqual(Array.from({ length: grown - size }, (_, i) => size + i));
    }
  });

  test("over three levels of tiles is verified, saved on the way, and its tally is that of one go", async () => {
    const log = await large_log();
    const saved: Remembered[] = [];
    const whole = await run(log, undefined, { on_checked: (state) => saved.push(state) });
    expect(saved.map(({ size }) => size)).toEqual([65_536, 66_000]);
    expect(await run(log, saved[0])).toEqual(whole);
  }, 60_000);

  test("stops when it is asked to", async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(run(await log_of(300), undefined, { signal: stop.signal })).rejects.toThrow(/abort/i);
  });
});

describe("nothing is believed", () => {
  test("once a byte of any file is changed, cut off or added", async () => {
    const log = await log_of(600);
    for (const [path, bytes] of [...log.files]) {
      for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
        log.files.set(path, bytes.map((byte, i) => (i === at ? byte ^ 0x10 : byte)));
        await expect(run(log), `${path} ${at}`).rejects.toThrow();
      }
      for (const other of [bytes.slice(0, -1), Uint8Array.of(...bytes, 0), new Uint8Array()]) {
        log.files.set(path, other);
        await expect(run(log), path).rejects.toThrow();
      }
      log.files.set(path, bytes);
    }
    await expect(run(log)).resolves.toBeDefined();
  }, 60_000);

  test("of an upper tile that is not the one that the entries make, full or not", async () => {
    const log = await large_log();
    for (const path of ["tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"]) {
      const bytes = log.files.get(path)!;
      log.files.set(path, bytes.map((byte, i) => (i === 3 ? byte ^ 1 : byte)));
      await expect(run(log), path).rejects.toThrow();
      log.files.set(path, bytes);
    }
  }, 60_000);

  test("without the quorum of witnesses", async () => {
    const log = await log_of(3);
    trust = { ...trust, quorum: 2 };
    await expect(run(log)).rejects.toThrow("too few witnesses");
  });
});

describe("a log that changes its past", () => {
  test("by showing fewer entries, after a witness saw more, is told with both checkpoints", async () => {
    const before = await run(await log_of(300));
    const log = await log_of(299);
    await log.publish(601);
    const told = await run(log, before).catch((thrown: unknown) => thrown);
    expect(told).toBeInstanceOf(Contradiction);
    expect(told).toMatchObject({ code: "shrunk", before: before.checkpoint });
  });

  test("by showing fewer and other entries, though its files reach further, is told as a fork", async () => {
    const before = await run(await log_of(300));
    const log = await log_of(300);
    log.texts.splice(0, log.texts.length);
    log.add(entries(0, 200).map((entry, i) => (i === 7 ? { ...entry, count: 99 } : entry)));
    const files = new Map(log.files);
    await log.publish();
    for (const [path, bytes] of files) if (path !== "checkpoint") log.files.set(path, bytes);
    expect(await run(log, before).catch((thrown: unknown) => thrown)).toMatchObject({ code: "forked" });
  });

  test("is not accused where it is only an older copy, and that is not believed either", async () => {
    const before = await run(await log_of(300));
    const told = await run(await log_of(256), before).catch((thrown: unknown) => thrown);
    expect(told).not.toBeInstanceOf(Contradiction);
    expect(told).toMatchObject({ code: "behind" });
  });

  test("is not accused by what somebody wrote into this browser", async () => {
    const before = await run(await log_of(300));
    const forged = { ...before, checkpoint: before.checkpoint.replace("\n300\n", "\n299\n") };
    const told = await run(await log_of(301), forged).catch((thrown: unknown) => thrown);
    expect(told).not.toBeInstanceOf(Contradiction);
    expect(told).toMatchObject({ code: "invalid" });
  });

  test.each([300, 301, 700])("by showing other entries, %d of them, is told as a fork", async (size) => {
    const before = await run(await log_of(300));
    const other = new TestLog("o", keys);
    other.add(entries(0, size).map((entry, i) => (i === 7 ? { ...entry, count: 99 } : entry)));
    await other.publish();
    const told = await run(other, before).catch((thrown: unknown) => thrown);
    expect(told).toBeInstanceOf(Contradiction);
    expect(told).toMatchObject({ code: "forked" });
    expect((told as Contradiction).now).toBe(text_of(other.files.get("checkpoint")!));
  });

  test("is not called a fork where only its tiles are damaged", async () => {
    const before = await run(await log_of(300));
    const log = await log_of(700);
    const bytes = log.files.get("tile/0/001")!;
    log.files.set("tile/0/001", bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)));
    const told = await run(log, before).catch((thrown: unknown) => thrown);
    expect(told).toBeInstanceOf(Error);
    expect(told).not.toBeInstanceOf(Contradiction);
  });
});

describe("entries", () => {
  test("are counted by day and kind, and odd ones are found", async () => {
    const odd = [
      test_entry(3, "order", { due: "2026-03-01T00:00:00Z" }),
      test_entry(4, "order", { due: "2026-03-01T00:00:00Z" }),
      test_entry(5, "order-opening", { ref: 3 }),
      test_entry(6, "order-extension", { ref: 4, due: "2026-09-01T00:00:00Z" }),
      test_entry(7, "error", { due: "2026-02-01T00:00:00Z" }),
      test_entry(8, "release", { ref: 9 }),
      { ...test_entry(9), at: "2020-01-01T00:00:00Z" },
      { ...test_entry(10), at: "2027-01-01T00:00:00Z" },
    ];
    const { tally } = await run(await log_of(3, odd));
    expect(tally.days["2026-01-01"]).toMatchObject({ "list-change": [3, 6], order: [2, 3] });
    expect(tally.findings.map(({ kind, index }) => [kind, index])).toEqual([["stray-ref", 8], ["time-runs-back", 9], ["time-ahead", 10]]);
    expect(tally.open).toEqual({ 4: { kind: "order", due: "2026-09-01T00:00:00Z" }, 7: { kind: "error", due: "2026-02-01T00:00:00Z" } });
    expect(overdue(tally, now_ms)).toEqual([{ kind: "overdue", index: 7, of: "error", due: "2026-02-01T00:00:00Z" }]);
  });

  test("have one text each, and everything else is none", () => {
    const bytes = new TextEncoder();
    const text = print_log_entry(test_entry(1, "order", { ref: 0, due: "2026-03-01T00:00:00Z" }));
    expect(print_log_entry(log_entry_from(bytes.encode(text))!)).toBe(text);
    for (const wrong of [
      text + " ", text.replace('"n":2', '"n":0'), text.replace('"n":2', '"n":02'), text.replace('"v":1', '"v":2'), text.replace("order", "ordeal"),
      text.replace("2026-01-01", "2026-02-30"), text.replace("Z", "z"), text.replace("{", "{ "), text.replace('"ref":0', '"ref":-1'),
      text.replace('"n":2', '"n":9007199254740992'), "", "{}",
    ])
      expect(log_entry_from(bytes.encode(wrong)), wrong).toBeUndefined();
  });

  test("open with their record and salt, and with nothing else", () => {
    const entry = log_entry_from(new TextEncoder().encode(
      '{"at":"2026-11-22T23:47:31Z","c":"' + to_base64(new Uint8Array(32)) + '","k":"release","n":1,"v":1}'))!;
    expect(opens(entry, new Uint8Array(32), "{}")).toBe(false);
    const shown = shown_record(JSON.stringify({ record: { b: 1, a: [true, null, "é"] }, salt: to_base64(new Uint8Array(32)) }))!;
    expect(shown.record).toBe('{"a":[true,null,"é"],"b":1}');
    for (const wrong of ["", "{}", '{"record":{},"salt":"AAAA"}', '{"record":"x","salt":""}']) expect(shown_record(wrong)).toBeUndefined();
    expect(canonical_json({ "\u20ac": 1, "\r": 2, "1": 3 })).toBe('{"\\r":2,"1":3,"€":1}');
  });

  test("are proved one by one, and the proof is written as others read it", async () => {
    const log = await log_of(700);
    const proven = await prove_entry(log.read, trust, 300);
    expect(proven.entry).toEqual(test_entry(300));
    expect(print_proof_file(proven)).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra [A-Za-z0-9+/=]+\nindex 300\n([A-Za-z0-9+/]{43}=\n)+\no\n700\n/);
    await expect(prove_entry(log.read, trust, 700)).rejects.toThrow("no such entry");
    await expect(prove_entry(log.read, trust, -1)).rejects.toThrow("no such entry");
  });
});
