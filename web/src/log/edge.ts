import type { TreeHead } from "./checkpoint";
import { hash_empty, split_of, tree_hash, hash_children, type Hash, type TiledTree } from "./proofs";
import { Refused } from "./refused";
import { tile_width_max } from "./tile";
import { equal } from "./bytes";

/** Told of each tile above level 0 once it is full. */
export type OnTile = (level: number, index: number, hashes: readonly Hash[]) => void;

/** The right edge of a tree: recomputes its tiles from its entries' hashes. Memory: 256 hashes a level. */
export class Edge {
  size = 0;
  private readonly tiles: Hash[][] = [];

  /** That of `head`, out of the tiles of a larger tree. Errors: Refused if those do not make its root. */
  static async load(tree: TiledTree, head: TreeHead): Promise<Edge> {
    const edge = new Edge();
    edge.size = head.size;
    for (let level = 0, hashes = head.size; hashes > 0; ++level, hashes = Math.floor(hashes / tile_width_max)) {
      const width = hashes % tile_width_max;
      edge.tiles[level] = width === 0 ? [] : (await tree.tile(level, Math.floor(hashes / tile_width_max))).slice(0, width);
    }
    if (!equal(edge.root(), head.root)) throw new Refused("what the log serves does not make the tree that was verified before", "forked");
    return edge;
  }

  add(leaf: Hash, on_tile: OnTile): void {
    ++this.size;
    this.push(0, leaf, on_tile);
  }

  /** Hashes of the last tile of `level` as long as it is not full. */
  partial(level: number): readonly Hash[] {
    return this.tiles[level] ?? [];
  }

  get levels(): number {
    return this.tiles.length;
  }

  root(): Hash {
    let rest: Hash | undefined;
    for (const hashes of this.tiles) {
      const row = rest ? [...hashes, rest] : hashes;
      rest = row.length > 0 ? row_hash(row) : undefined;
    }
    return rest ?? hash_empty();
  }

  private push(level: number, hash: Hash, on_tile: OnTile): void {
    const row = (this.tiles[level] ??= []);
    row.push(hash);
    if (row.length < tile_width_max) return;
    this.tiles[level] = [];
    if (level > 0) on_tile(level, Math.floor(this.size / tile_width_max ** (level + 1)) - 1, row);
    this.push(level + 1, tree_hash(row), on_tile);
  }
}

/** As tree_hash(); the last may stand for fewer entries than the others. */
function row_hash(row: readonly Hash[]): Hash {
  if (row.length === 1) return row[0]!;
  const middle = split_of(row.length);
  return hash_children(row_hash(row.slice(0, middle)), row_hash(row.slice(middle)));
}
