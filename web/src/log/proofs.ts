import { bytes_of, equal, type Bytes } from "./bytes";
import type { TreeHead } from "./checkpoint";
import { Refused } from "./refused";
import { sha256 } from "./sha256";
import { hash_bytes, parse_tile, tile_width, tile_width_max, type TileId } from "./tile";

/** Trees of RFC 6962 section 2.1 and their proofs (RFC 9162 sections 2.1.3 and 2.1.4). */
export type Hash = Bytes;

export const hash_empty = (): Hash => sha256(bytes_of(""));

export function hash_leaf(entry: Uint8Array): Hash {
  const bytes = new Uint8Array(entry.length + 1);
  bytes.set(entry, 1);
  return sha256(bytes);
}

const pair = new Uint8Array(65).fill(1, 0, 1);

export function hash_children(left: Hash, right: Hash): Hash {
  pair.set(left, 1);
  pair.set(right, 33);
  return sha256(pair);
}

/** The largest power of two that is below `count`, which is 2 at least. */
export function split_of(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

/** The tree hash of leaves' hashes; of none the empty tree's. */
export function tree_hash(hashes: readonly Hash[], from = 0, to = hashes.length): Hash {
  if (from === to) return hash_empty();
  if (to - from === 1) return hashes[from]!;
  const middle = from + split_of(to - from);
  return hash_children(tree_hash(hashes, from, middle), tree_hash(hashes, middle, to));
}

/** Gives a tile's bytes. Asked only for tiles of the tree that is read, each as wide as it is there. */
export type ReadTile = (tile: TileId) => Promise<Uint8Array>;

/** Finds the hashes of one tree's ranges in its tiles, reading each once. */
export class TiledTree {
  private readonly size: number;
  private readonly read: ReadTile;
  private readonly tiles = new Map<string, Promise<Hash[]>>();

  constructor(size: number, read: ReadTile) {
    this.size = size;
    this.read = read;
  }

  /** The hash of the entries [first, last), which are a node of the tree. */
  async node(first: number, last: number): Promise<Hash> {
    const count = last - first;
    if (count === 1 || split_of(count) * 2 === count) return this.full_node(first, Math.round(Math.log2(count)));
    const middle = first + split_of(count);
    return hash_children(await this.node(first, middle), await this.node(middle, last));
  }

  root(): Promise<Hash> {
    return this.size === 0 ? Promise.resolve(hash_empty()) : this.node(0, this.size);
  }

  /** That entry `index` is in the tree, from the leaf's sibling up. */
  async inclusion(index: number): Promise<Hash[]> {
    if (index < 0 || index >= this.size) throw new Refused("the log has no such entry");
    const proof = [];
    for (let first = 0, last = this.size; last - first > 1; ) {
      const middle = first + split_of(last - first);
      const left = index < middle;
      proof.unshift(await (left ? this.node(middle, last) : this.node(first, middle)));
      if (left) last = middle;
      else first = middle;
    }
    return proof;
  }

  /** That the tree begins with that of `old_size`, 1 to its own. */
  async consistency(old_size: number): Promise<Hash[]> {
    if (old_size < 1 || old_size > this.size) throw new Refused("the log has no such pair of sizes to prove");
    const proof = [];
    let first = 0;
    for (let last = this.size; old_size < last; ) {
      const middle = first + split_of(last - first);
      const left = old_size <= middle;
      proof.unshift(await (left ? this.node(middle, last) : this.node(first, middle)));
      if (left) last = middle;
      else first = middle;
    }
    return first > 0 ? [await this.node(first, old_size), ...proof] : proof;
  }

  tile(level: number, index: number): Promise<Hash[]> {
    const id = { level, index, width: tile_width(this.size, level, index) };
    const key = `${level}/${index}`;
    const known = this.tiles.get(key) ?? this.read(id).then((bytes) => parse_tile(bytes, id.width));
    this.tiles.set(key, known);
    return known;
  }

  private async full_node(first: number, height: number): Promise<Hash> {
    const level = Math.floor(height / 8);
    const count = 2 ** (height % 8);
    const begin = first / 256 ** level;
    const at = begin % tile_width_max;
    const hashes = await this.tile(level, Math.floor(begin / tile_width_max));
    if (at + count > hashes.length) throw new Refused("a tile is narrower than its tree needs");
    return tree_hash(hashes.slice(at, at + count));
  }
}

/** The numbers of a node in its level and of the level's last node. */
class Climb {
  node: number;
  last: number;
  constructor(node: number, last: number) {
    this.node = node;
    this.last = last;
  }
  up(): void {
    this.node = Math.floor(this.node / 2);
    this.last = Math.floor(this.last / 2);
  }
  up_while_left(): void {
    while (this.node % 2 === 0 && this.node !== 0) this.up();
  }
  get sibling_is_left(): boolean {
    return this.node % 2 === 1 || this.node === this.last;
  }
}

/** A hash of another length would be taken for one that it is not. */
function check_hashes(...hashes: readonly Hash[]): void {
  if (hashes.some((hash) => hash.length !== hash_bytes)) throw new Refused("a hash has 32 bytes");
}

const is_size = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

/** Errors: Refused unless `proof` shows that the entry of `leaf` hash is number `index` of the tree. */
export function verify_inclusion(leaf: Hash, index: number, { size, root }: TreeHead, proof: readonly Hash[]): void {
  if (!is_size(index) || !is_size(size) || index >= size) throw new Refused("a tree of this size has no such entry");
  check_hashes(leaf, root, ...proof);
  const climb = new Climb(index, size - 1);
  let hash = leaf;
  for (const other of proof) {
    if (climb.last === 0) throw new Refused("an inclusion proof is too long");
    if (climb.sibling_is_left) {
      hash = hash_children(other, hash);
      climb.up_while_left();
    } else hash = hash_children(hash, other);
    climb.up();
  }
  if (climb.last !== 0) throw new Refused("an inclusion proof is too short");
  if (!equal(hash, root)) throw new Refused("an inclusion proof leads to another root");
}

/** Errors: Refused, of code forked where it is proved that it does not, unless `proof` shows that `next` begins with the entries of `old`, of which there must be some. */
export function verify_consistency(old: TreeHead, next: TreeHead, proof: readonly Hash[]): void {
  if (!is_size(old.size) || !is_size(next.size)) throw new Refused("a tree has no such size");
  if (old.size === 0) throw new Refused("of an empty tree there is nothing to prove");
  if (old.size > next.size) throw new Refused("the old tree is larger than the new one");
  if (old.size < next.size) return verify_longer(old, next, proof);
  if (proof.length > 0) throw new Refused("between trees of one size there is nothing to prove");
  if (!equal(old.root, next.root)) throw new Refused("two trees of one size have different roots", "forked");
}

function verify_longer(old: TreeHead, next: TreeHead, proof: readonly Hash[]): void {
  check_hashes(old.root, next.root, ...proof);
  const climb = new Climb(old.size - 1, next.size - 1);
  while (climb.node % 2 === 1) climb.up();
  // An old tree that is full is a node of the new one, so its root is left out of the proof.
  const is_full = old.size === 1 || split_of(old.size) * 2 === old.size;
  if (!is_full && proof.length === 0) throw new Refused("a consistency proof is too short");
  let old_root = is_full ? old.root : proof[0]!;
  let next_root = old_root;
  for (const other of proof.slice(is_full ? 0 : 1)) {
    if (climb.last === 0) throw new Refused("a consistency proof is too long");
    if (climb.sibling_is_left) {
      old_root = hash_children(other, old_root);
      next_root = hash_children(other, next_root);
      climb.up_while_left();
    } else next_root = hash_children(next_root, other);
    climb.up();
  }
  if (climb.last !== 0) throw new Refused("a consistency proof is too short");
  if (!equal(next_root, next.root)) throw new Refused("a consistency proof leads to another new root");
  // The proof's hashes are the new tree's own, so its beginning is another.
  if (!equal(old_root, old.root)) throw new Refused("a consistency proof leads to another old root", "forked");
}
