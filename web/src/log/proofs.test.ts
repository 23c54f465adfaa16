// @vitest-environment node
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytes_of, from_base64, to_hex } from "./bytes";
import { hash_leaf, split_of, tree_hash, TiledTree, verify_consistency, verify_inclusion, type Hash } from "./proofs";
import { sha256 } from "./sha256";
import { new_key, test_entry, TestLog } from "./test_log";
import { tile_reader } from "./audit";

const data = (name: string): string => readFileSync(new URL(`../../../tests/data/tlog/${name}`, import.meta.url), "utf8");
const hash = (text: string): Hash => from_base64(text ?? "") ?? (new Uint8Array() as Hash);
const holds = (check: () => void): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

interface Probe {
  file: string;
  wantErr: boolean;
  proof: string[] | null;
}
interface InclusionProbe extends Probe {
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
}
interface ConsistencyProbe extends Probe {
  size1: number;
  size2: number;
  root1: string;
  root2: string;
}

test("SHA-256 is node's: every length to 300, and long ones", () => {
  for (const length of [...Array(301).keys(), 65_537, 1_000_003]) {
    const bytes = randomBytes(length);
    expect(to_hex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

describe("the probes of transparency-dev/merkle are answered as they ask", () => {
  test("98 of inclusion", () => {
    const probes = JSON.parse(data("inclusion.json")) as InclusionProbe[];
    expect(probes).toHaveLength(98);
    for (const { leafIdx, treeSize, root, leafHash, proof, wantErr, file } of probes) {
      const verifies = holds(() => verify_inclusion(hash(leafHash), leafIdx, { size: treeSize, root: hash(root) }, (proof ?? []).map(hash)));
      expect([file, verifies]).toEqual([file, !wantErr]);
    }
  });
  test("98 of consistency", () => {
    const probes = JSON.parse(data("consistency.json")) as ConsistencyProbe[];
    expect(probes).toHaveLength(98);
    for (const { size1, size2, root1, root2, proof, wantErr, file } of probes) {
      const verifies = holds(() => verify_consistency({ size: size1, root: hash(root1) }, { size: size2, root: hash(root2) }, (proof ?? []).map(hash)));
      expect([file, verifies]).toEqual([file, !wantErr]);
    }
  });
});

/** RFC 6962 section 2.1 word for word: the twin. */
function plain_root(leaves: readonly Hash[]): Hash {
  return leaves.length === 1 ? leaves[0]! : tree_hash([plain_root(leaves.slice(0, split_of(leaves.length))), plain_root(leaves.slice(split_of(leaves.length)))]);
}

async function log_of(size: number): Promise<TestLog> {
  const log = new TestLog("test/log", [await new_key("test/log", 1)]);
  log.add(Array.from({ length: size }, (_, i) => test_entry(i)));
  await log.publish();
  return log;
}

describe("proofs made from tiles", () => {
  test("verify for each entry and each earlier size, for all sizes to 40", async () => {
    for (let size = 1; size <= 40; ++size) {
      const log = await log_of(size);
      const tree = new TiledTree(size, tile_reader(log.read));
      const leaves = log.texts.map(hash_leaf);
      const head = { size, root: await tree.root() };
      expect(head.root).toEqual(plain_root(leaves));
      for (let i = 0; i < size; ++i) verify_inclusion(leaves[i]!, i, head, await tree.inclusion(i));
      for (let old = 1; old <= size; ++old) verify_consistency({ size: old, root: log.root(old) }, head, await tree.consistency(old));
    }
  });

  test("verify over three levels of tiles", async () => {
    const size = 66_000;
    const log = await log_of(size);
    const tree = new TiledTree(size, tile_reader(log.read));
    const head = { size, root: await tree.root() };
    expect(head.root).toEqual(log.root(size));
    for (const i of [0, 255, 256, 65_535, 65_536, 65_999]) verify_inclusion(hash_leaf(log.texts[i]!), i, head, await tree.inclusion(i));
    for (const old of [1, 255, 256, 257, 40_000, 65_536, 65_537])
      verify_consistency({ size: old, root: log.root(old) }, head, await tree.consistency(old));
  }, 60_000);

  test("never verify once a bit, an index, a size or the length is changed", async () => {
    const size = 37;
    const log = await log_of(size);
    const tree = new TiledTree(size, tile_reader(log.read));
    const head = { size, root: await tree.root() };
    const flipped = (bytes: Hash, bit: number): Hash => Uint8Array.from(bytes, (byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
    for (const index of [0, 17, 35, 36]) {
      const leaf = hash_leaf(log.texts[index]!);
      const proof = await tree.inclusion(index);
      for (let bit = 0; bit < 256; ++bit) {
        expect(holds(() => verify_inclusion(flipped(leaf, bit), index, head, proof))).toBe(false);
        expect(holds(() => verify_inclusion(leaf, index, { size, root: flipped(head.root, bit) }, proof))).toBe(false);
        proof.forEach((_, at) =>
          expect(holds(() => verify_inclusion(leaf, index, head, proof.map((one, i) => (i === at ? flipped(one, bit) : one))))).toBe(false),
        );
      }
      for (let other = -1; other <= size + 1; ++other)
        if (other !== index) expect(holds(() => verify_inclusion(leaf, other, head, proof))).toBe(false);
      expect(holds(() => verify_inclusion(leaf, index, head, proof.slice(1)))).toBe(false);
      expect(holds(() => verify_inclusion(leaf, index, head, [...proof, leaf]))).toBe(false);
    }
    for (const old of [1, 16, 20, 36]) {
      const before = { size: old, root: log.root(old) };
      const proof = await tree.consistency(old);
      for (let bit = 0; bit < 256; bit += 5) {
        expect(holds(() => verify_consistency({ size: old, root: flipped(before.root, bit) }, head, proof))).toBe(false);
        expect(holds(() => verify_consistency(before, { size, root: flipped(head.root, bit) }, proof))).toBe(false);
        proof.forEach((_, at) =>
          expect(holds(() => verify_consistency(before, head, proof.map((one, i) => (i === at ? flipped(one, bit) : one))))).toBe(false),
        );
      }
      expect(holds(() => verify_consistency(before, head, [...proof, head.root]))).toBe(false);
      expect(holds(() => verify_consistency(before, head, proof.slice(0, -1)))).toBe(false);
    }
  });

  test("the hash of an empty entry is SHA-256 of a zero byte", () =>
    expect(to_hex(hash_leaf(bytes_of("")))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"));
});
