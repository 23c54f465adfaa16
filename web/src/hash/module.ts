/** How many ways of altering a picture are looked for: as `profile` of a look-up. */
export type Profile = "none" | "default" | "thorough";

/** One hash of a picture, and how the picture was turned or cut for it: "original", "trim+flip_x", ... */
export interface VariantHash {
  variant: string;
  quality: number;
  pdq: string;
}

export interface PictureHashes {
  /** The picture as it is, whatever its quality. */
  pdq: string;
  quality: number;
  /** What a look-up would ask: only of quality 50 and more, the picture as it is first. */
  variants: VariantHash[];
}

export interface Digests {
  md5: string;
  sha1: string;
  sha256: string;
}

/** Pixels as a canvas gives them: R, G, B and a byte that is ignored. */
export interface Pixels {
  data: Uint8ClampedArray | Uint8Array;
  width: number;
  height: number;
  /** Whether the file has one channel; of pictures up to 128 x 128 the float noise is another then. */
  gray?: boolean;
}

interface Exports {
  memory: WebAssembly.Memory;
  _initialize(): void;
  allocate(bytes: number): number;
  release(address: number): void;
  hash_pixels(address: number, width: number, height: number, gray: boolean, profile: number): number;
  hash_answer(): number;
  digest_start(): void;
  digest_update(address: number, bytes: number): void;
  digest_finish(): number;
}

const profiles: readonly Profile[] = ["none", "default", "thorough"];
const piece_bytes = 1 << 20;

const hex_of = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * The program's own hasher (modules fingerprint and match), compiled to WebAssembly by web/wasm/build. It imports
 * nothing, so it can compute and do nothing else. One picture, and one file, at a time. A picture for which there is no
 * memory is a RangeError.
 */
export class Hasher {
  private readonly wasm: Exports;

  constructor(module: WebAssembly.Module) {
    this.wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.wasm._initialize();
  }

  hash(pixels: Pixels, profile: Profile = "default"): PictureHashes {
    const { data, width, height } = pixels;
    if (width < 1 || height < 1 || data.length !== 4 * width * height) throw new RangeError("pixels do not fit their size");
    const at = this.copy(data);
    try {
      const length = this.wasm.hash_pixels(at, width, height, pixels.gray ?? false, profiles.indexOf(profile));
      return hashes_of(new TextDecoder().decode(this.bytes(this.wasm.hash_answer(), length)));
    } finally {
      this.wasm.release(at);
    }
  }

  /** Of the bytes in all `pieces`, in order. */
  async digest(pieces: AsyncIterable<Uint8Array>): Promise<Digests> {
    this.wasm.digest_start();
    for await (const piece of pieces)
      for (let from = 0; from < piece.length; from += piece_bytes) this.update(piece.subarray(from, from + piece_bytes));
    const bytes = this.bytes(this.wasm.digest_finish(), 68);
    return { md5: hex_of(bytes.subarray(0, 16)), sha1: hex_of(bytes.subarray(16, 36)), sha256: hex_of(bytes.subarray(36)) };
  }

  private update(piece: Uint8Array): void {
    const at = this.copy(piece);
    this.wasm.digest_update(at, piece.length);
    this.wasm.release(at);
  }

  private copy(data: Uint8Array | Uint8ClampedArray): number {
    const at = this.wasm.allocate(data.length) >>> 0;
    if (at === 0) throw new RangeError("no memory for a picture of this size");
    this.bytes(at, data.length).set(data);
    return at;
  }

  /** Memory may have grown, and moved, since the last call. */
  private bytes(at: number, count: number): Uint8Array {
    return new Uint8Array(this.wasm.memory.buffer, at >>> 0, count);
  }
}

function hashes_of(answer: string): PictureHashes {
  const [whole, ...variants] = answer.trimEnd().split("\n").map((line): VariantHash => {
    const [variant, quality, pdq] = line.split("\t");
    return { variant: variant!, quality: Number(quality), pdq: pdq! };
  });
  return { pdq: whole!.pdq, quality: whole!.quality, variants };
}
