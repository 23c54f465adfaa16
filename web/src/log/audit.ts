import { bytes_of, equal, from_base64, to_base64 } from "./bytes";
import { open_checkpoint, type OpenedCheckpoint, type TreeHead, type Trust } from "./checkpoint";
import { Edge } from "./edge";
import { log_entry_from, type LogEntry } from "./entry";
import { hash_leaf, TiledTree, verify_consistency, verify_inclusion, type Hash, type ReadTile } from "./proofs";
import { Refused } from "./refused";
import { empty_tally, take_entry, type Tally } from "./tally";
import { bundle_path, parse_bundle, parse_tile, tile_path, tile_width, tile_width_max, type TileId } from "./tile";

/** Gives a file of the log by its C2SP path. Errors are its own. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** What a browser remembers of a log between two visits; plain data. */
export interface Remembered {
  origin: string;
  size: number;
  /** Base64. */
  root: string;
  /** The newest checkpoint that was verified, as it was signed. */
  checkpoint: string;
  tally: Tally;
  /** When it was verified last, in milliseconds since 1970. */
  verified_ms: number;
}

/** Two checkpoints of one log, both signed, of which one does not continue the other: proof that somebody deceives. */
export class Contradiction extends Refused {
  readonly before: string;
  readonly now: string;
  constructor(code: "forked" | "shrunk", words: string, before: string, now: string) {
    super(words, code);
    this.before = before;
    this.now = now;
  }
}

export interface AuditOptions {
  now_ms: number;
  /** Entries of the tree that are verified so far, and all. At least once in 16 bundles. */
  on_progress?: (done: number, size: number) => void;
  /** Every entry that is read, in order. */
  on_entry?: (index: number, entry: LogEntry | undefined, text: Uint8Array) => void;
  /** The tree's root at each of these sizes is told. */
  sizes?: readonly number[];
  on_size?: (size: number, root: Hash) => void;
  signal?: AbortSignal;
  /** Told of what is verified so far, every 65,536 entries and at the end. */
  on_checked?: (state: Remembered) => void;
}

const utf8 = new TextDecoder();
const bundles_at_once = 16;
const saved_every = 65_536;

const head_of = ({ size, root }: Remembered): TreeHead => ({ size, root: from_base64(root)! });

/**
 * Whether `opened` continues what is remembered. Errors: Contradiction; Refused, of code behind where it is an older copy,
 * and where the tiles make no tree or what is remembered was not signed by this log.
 */
export async function check_growth(remembered: Remembered, note: string, opened: OpenedCheckpoint, read: ReadFile, trust: Trust): Promise<void> {
  // The log's own word is enough to convict it.
  const seen = await open_checkpoint(remembered.checkpoint, { ...trust, quorum: 0 }).catch((thrown: unknown) => {
    if (thrown instanceof Refused && thrown.code === "unsupported") throw thrown;
    throw new Refused("what this browser remembers was not signed by these keys: forget it, or compare the keys");
  });
  const [before, now] = [seen.checkpoint, opened.checkpoint];
  const contradict = (code: "forked" | "shrunk", words: string): Contradiction => new Contradiction(code, words, remembered.checkpoint, note);
  if (now.size < before.size) {
    const who = who_saw_it_shrink(opened, seen);
    if (who) throw contradict("shrunk", `the log has shrunk: ${who} saw ${now.size} entries after it had seen ${before.size}`);
  }
  const [less, more] = now.size < before.size ? [now, before] : [before, now];
  try {
    if (less.size > 0) verify_consistency(less, more, less.size === more.size ? [] : await new TiledTree(more.size, tile_reader(read)).consistency(less.size));
  } catch (thrown) {
    // Tiles that do not make the larger root prove nothing against whoever signed it.
    if (thrown instanceof Refused && thrown.code === "forked") throw contradict("forked", `of the first ${less.size} entries at least one is another now`);
    if (now.size >= before.size) throw thrown;
  }
  if (now.size < before.size)
    throw new Refused(`this is an older copy of the log: it shows ${now.size} entries, and ${before.size} were seen before`, "behind");
}

const clock_tolerance_s = 600;

/** Who of those that saw both saw the smaller tree later, by more than their clock may be wrong. */
function who_saw_it_shrink(smaller: OpenedCheckpoint, larger: OpenedCheckpoint): string | undefined {
  return smaller.seen_by.find((late) => larger.seen_by.some((early) => late.witness === early.witness && late.time_s > early.time_s + clock_tolerance_s))?.witness;
}

/**
 * Verifies a log whole, or on from what is remembered: the checkpoint's signatures and quorum, that it continues what was
 * seen, each entry's hash, each tile that is served, and the root. Gives what to remember. Errors: Refused, Contradiction,
 * those of `read`; DOMException "AbortError".
 */
export async function audit(read: ReadFile, trust: Trust, remembered: Remembered | undefined, options: AuditOptions): Promise<Remembered> {
  const note = utf8.decode(await read("checkpoint"));
  const opened = await open_checkpoint(note, trust);
  const tree = new TiledTree(opened.checkpoint.size, tile_reader(read));
  if (remembered) await check_growth(remembered, note, opened, read, trust);
  return new Run(read, opened.checkpoint, note, options).from(remembered, tree);
}

export const tile_reader = (read: ReadFile): ReadTile => (tile) => read(tile_path(tile));

/** One run over the entries. */
class Run {
  private readonly read: ReadFile;
  private readonly head: TreeHead & { origin: string };
  private readonly note: string;
  private readonly options: AuditOptions;
  private tally = empty_tally();
  private edge = new Edge();
  private waiting: { tile: TileId; hashes: readonly Hash[] }[] = [];

  constructor(read: ReadFile, head: TreeHead & { origin: string }, note: string, options: AuditOptions) {
    this.read = read;
    this.head = head;
    this.note = note;
    this.options = options;
  }

  async from(remembered: Remembered | undefined, tree: TiledTree): Promise<Remembered> {
    if (remembered) {
      this.edge = await Edge.load(tree, head_of(remembered));
      this.tally = structuredClone(remembered.tally);
    }
    for (let saved = this.edge.size; this.edge.size < this.head.size; ) {
      this.options.signal?.throwIfAborted();
      await this.read_some();
      this.options.on_progress?.(this.edge.size, this.head.size);
      if (this.edge.size - saved < saved_every || this.edge.size === this.head.size) continue;
      saved = this.edge.size;
      // Entries of a tree that is not shown to be the signed one must not be remembered.
      verify_consistency({ size: saved, root: this.edge.root() }, this.head, await tree.consistency(saved));
      this.options.on_checked?.(this.state());
    }
    if (!equal(this.edge.root(), this.head.root)) throw new Refused("the entries that are served do not make the signed root");
    await this.compare_edge();
    const state = this.state();
    this.options.on_checked?.(state);
    return state;
  }

  private state(): Remembered {
    const { origin } = this.head;
    return {
      origin,
      size: this.edge.size,
      root: to_base64(this.edge.root()),
      checkpoint: this.note,
      tally: structuredClone(this.tally),
      verified_ms: this.options.now_ms,
    };
  }

  private async read_some(): Promise<void> {
    const first = Math.floor(this.edge.size / tile_width_max);
    const bundles = Array.from({ length: bundles_at_once }, (_, i) => first + i).filter((index) => index * tile_width_max < this.head.size);
    const files = await Promise.all(bundles.map((index) => this.files_of(index)));
    for (const { index, width, bundle, tile } of files) this.take_bundle(index, parse_bundle(bundle, width), parse_tile(tile, width));
    await Promise.all(this.waiting.splice(0).map(({ tile, hashes }) => this.compare(tile, hashes)));
  }

  private async files_of(index: number): Promise<{ index: number; width: number; bundle: Uint8Array; tile: Uint8Array }> {
    const width = tile_width(this.head.size, 0, index);
    const [bundle, tile] = await Promise.all([this.read(bundle_path(index, width)), this.read(tile_path({ level: 0, index, width }))]);
    return { index, width, bundle, tile };
  }

  private take_bundle(bundle: number, entries: readonly Uint8Array[], tile: readonly Hash[]): void {
    const begin = bundle * tile_width_max;
    for (let i = this.edge.size - begin; i < entries.length; ++i) {
      const text = entries[i]!;
      const leaf = hash_leaf(text);
      if (!equal(leaf, tile[i]!)) throw new Refused(`entry ${begin + i} is not the one that its tile holds`);
      this.edge.add(leaf, (level, index, hashes) => this.waiting.push({ tile: { level, index, width: tile_width_max }, hashes }));
      const entry = log_entry_from(text);
      take_entry(this.tally, begin + i, entry, this.options.now_ms);
      this.options.on_entry?.(begin + i, entry, text);
      if (this.options.sizes?.includes(this.edge.size)) this.options.on_size?.(this.edge.size, this.edge.root());
    }
  }

  private async compare(tile: TileId, hashes: readonly Hash[]): Promise<void> {
    const served = parse_tile(await this.read(tile_path(tile)), tile.width);
    if (!served.every((hash, i) => equal(hash, hashes[i]!))) throw new Refused(`the file ${tile_path(tile)} is not the one that the entries make`);
  }

  private async compare_edge(): Promise<void> {
    for (let level = 1; level < this.edge.levels; ++level) {
      const hashes = this.edge.partial(level);
      const index = Math.floor(this.edge.size / tile_width_max ** (level + 1));
      if (hashes.length > 0) await this.compare({ level, index, width: hashes.length }, hashes);
    }
  }
}

/** One entry, shown to be in the log. */
export interface Proven {
  index: number;
  entry: LogEntry | undefined;
  text: string;
  proof: Hash[];
  head: TreeHead;
  checkpoint: string;
}

/** Reads entry `index` and proves that the signed tree holds it there. Errors: as audit(). */
export async function prove_entry(read: ReadFile, trust: Trust, index: number): Promise<Proven> {
  const checkpoint = utf8.decode(await read("checkpoint"));
  const head = (await open_checkpoint(checkpoint, trust)).checkpoint;
  if (!Number.isSafeInteger(index) || index < 0 || index >= head.size) throw new Refused("the log has no such entry", "missing");
  const bundle = Math.floor(index / tile_width_max);
  const width = tile_width(head.size, 0, bundle);
  const text = parse_bundle(await read(bundle_path(bundle, width)), width)[index % tile_width_max]!;
  const proof = await new TiledTree(head.size, tile_reader(read)).inclusion(index);
  verify_inclusion(hash_leaf(text), index, head, proof);
  return { index, entry: log_entry_from(text), text: utf8.decode(text), proof, head, checkpoint };
}

/** A proof as C2SP tlog-proof writes it, with the entry as its extra data, which `seawall audit check` reads. */
export function print_proof_file({ index, text, proof, checkpoint }: Pick<Proven, "index" | "text" | "proof" | "checkpoint">): string {
  const lines = ["c2sp.org/tlog-proof@v1", `extra ${to_base64(bytes_of(text))}`, `index ${index}`, ...proof.map((hash) => to_base64(hash))];
  return [...lines, "", checkpoint].join("\n");
}
