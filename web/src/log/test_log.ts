import "./node_crypto";
import { bytes_of, join, to_base64, to_hex, type Bytes } from "./bytes";
import { print_checkpoint } from "./checkpoint";
import { print_log_entry, type LogEntry, type LogKind } from "./entry";
import { hash_leaf, tree_hash, type Hash } from "./proofs";
import { sha256 } from "./sha256";
import { bundle_path, tile_path, tile_width, tile_width_max } from "./tile";

/** A key with its private half, for tests. */
export interface TestKey {
  vkey: string;
  sign(text: string, time_s?: number): Promise<string>;
}

/** `type`: 1 signs notes, 4 cosigns checkpoints. */
export async function new_key(name: string, type: 1 | 4): Promise<TestKey> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const typed = join(Uint8Array.of(type), raw);
  const id = sha256(join(bytes_of(`${name}\n`), typed)).slice(0, 4);
  const signed = async (text: string): Promise<Bytes> => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, bytes_of(text)));
  return {
    vkey: `${name}+${to_hex(id)}+${to_base64(typed)}`,
    sign: async (text, time_s = 0) => {
      const time = new Uint8Array(8);
      new DataView(time.buffer).setBigUint64(0, BigInt(time_s));
      const bytes = type === 1 ? await signed(text) : join(time, await signed(`cosignature/v1\ntime ${time_s}\n${text}`));
      return `\u2014 ${name} ${to_base64(join(id, bytes))}\n`;
    },
  };
}

export const test_entry = (index: number, kind: LogKind = "list-change", more: Partial<LogEntry> = {}): LogEntry => ({
  at: new Date(Date.UTC(2026, 0, 1) + 1000 * index).toISOString().replace(".000", ""),
  kind,
  commitment: sha256(bytes_of(`record ${index}`)),
  count: 1 + (index % 3),
  ...more,
});

/** A log in memory, as its files. */
export class TestLog {
  readonly files = new Map<string, Uint8Array>();
  readonly texts: Bytes[] = [];
  readonly origin: string;
  private readonly keys: readonly TestKey[];

  constructor(origin: string, keys: readonly TestKey[]) {
    this.origin = origin;
    this.keys = keys;
  }

  readonly read = async (path: string): Promise<Uint8Array> => {
    const bytes = this.files.get(path);
    if (!bytes) throw new Error(`no file ${path}`);
    return bytes;
  };

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.texts.push(bytes_of(print_log_entry(entry)));
  }

  root(size: number): Hash {
    return tree_hash(this.texts.slice(0, size).map(hash_leaf));
  }

  /** Writes the files of the tree as it is, and its checkpoint. */
  async publish(time_s = 0): Promise<void> {
    const size = this.texts.length;
    let row = this.texts.map(hash_leaf);
    for (let level = 0; row.length > 0; ++level) {
      for (let index = 0; tile_width(size, level, index) > 0; ++index) {
        const width = tile_width(size, level, index);
        const begin = index * tile_width_max;
        this.files.set(tile_path({ level, index, width }), join(...row.slice(begin, begin + width)));
        if (level === 0) this.files.set(bundle_path(index, width), bundle_of(this.texts.slice(begin, begin + width)));
      }
      row = Array.from({ length: Math.floor(row.length / tile_width_max) }, (_, i) => tree_hash(row.slice(i * tile_width_max, (i + 1) * tile_width_max)));
    }
    const text = print_checkpoint({ origin: this.origin, size, root: this.root(size), extensions: [] });
    const signatures = await Promise.all(this.keys.map((key) => key.sign(text, time_s)));
    this.files.set("checkpoint", bytes_of(`${text}\n${signatures.join("")}`));
  }
}

function bundle_of(texts: readonly Bytes[]): Bytes {
  return join(...texts.flatMap((text) => [Uint8Array.of(text.length >> 8, text.length & 255), text]));
}

