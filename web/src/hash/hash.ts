import type { Digests, PictureHashes, Profile } from "./module";
import type { FileKind } from "./sniff";

export type { Profile } from "./module";

export interface FrameHashes extends PictureHashes {
  index: number;
  width: number;
  height: number;
}

/** Why a file was hashed by its bytes alone. */
export type Note = "no-picture" | "video" | "too-large" | "not-decoded";

/** The signals of one file. */
export interface Hashed extends Digests {
  where: "browser" | "server";
  kind: FileKind;
  size_bytes: number;
  /** Empty where `note` says why. */
  frames: FrameHashes[];
  note?: Note;
  /** What the browser said, in English. */
  why?: string;
}

export interface ToWorker {
  module: WebAssembly.Module;
  file: Blob;
  profile: Profile;
}
export interface FromWorker {
  progress?: number;
  hashed?: Hashed;
  failed?: string;
}

/** Why this browser cannot hash at all: the file would have to be sent. */
export class NoHasher extends Error {
  readonly why: "not-built" | "refused" | "failed";
  constructor(why: NoHasher["why"], words: string) {
    super(words);
    this.why = why;
  }
}

export interface HashOptions {
  profile?: Profile;
  /** From 0 to 1. */
  on_progress?: (share: number) => void;
  signal?: AbortSignal;
  /** Where no progress is made for so long, hashing fails. 60 s unless said. */
  stall_ms?: number;
}

// Nothing here where web/wasm/build has not run: the console is built without it.
const built = import.meta.glob<string>("../../wasm/out/seawall_hash.wasm", { query: "?url", import: "default" });

let loaded: Promise<WebAssembly.Module> | undefined;

/** Fetches and compiles the hasher, once. Errors: NoHasher. */
export function load_hasher(): Promise<WebAssembly.Module> {
  loaded ??= load().catch((thrown: unknown) => {
    loaded = undefined;
    throw thrown;
  });
  return loaded;
}

async function load(): Promise<WebAssembly.Module> {
  const [address] = Object.values(built);
  if (!address) throw new NoHasher("not-built", "this console was built without the hasher for browsers");
  if (typeof WebAssembly === "undefined" || typeof OffscreenCanvas === "undefined")
    throw new NoHasher("refused", "this browser has no WebAssembly or no canvas for workers");
  const answer = await fetch(await address(), { credentials: "same-origin" }).catch(() => undefined);
  if (!answer?.ok) throw new NoHasher("failed", "the hasher could not be fetched");
  try {
    return await WebAssembly.compile(await answer.arrayBuffer());
  } catch (thrown) {
    throw new NoHasher("refused", `this browser does not run the hasher: ${String(thrown)}`);
  }
}

/**
 * Hashes a file in this browser: digests of its bytes, and PDQ in the variants that a look-up asks. The file stays
 * here. Errors: NoHasher; DOMException "AbortError".
 */
export async function hash_file(file: Blob, options: HashOptions = {}): Promise<Hashed> {
  const { signal } = options;
  signal?.throwIfAborted();
  const module = await load_hasher();
  signal?.throwIfAborted();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hash" });
  try {
    return await answer_of(worker, { module, file, profile: options.profile ?? "default" }, options);
  } finally {
    worker.terminate();
  }
}

function answer_of(worker: Worker, ask: ToWorker, { on_progress, signal, stall_ms = 60_000 }: HashOptions): Promise<Hashed> {
  return new Promise((resolve, reject) => {
    const give_up = (words: string): void => reject(new NoHasher("failed", words));
    let late: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      clearTimeout(late);
      late = setTimeout(() => give_up("hashing stood still"), stall_ms);
    };
    const settle = (): void => clearTimeout(late);
    signal?.addEventListener("abort", () => (settle(), reject(signal.reason as Error)), { once: true });
    worker.onerror = (event) => (settle(), give_up(event.message || "the hasher did not start"));
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      wait();
      if (data.progress !== undefined) return on_progress?.(data.progress);
      settle();
      if (data.hashed) resolve(data.hashed);
      else give_up(data.failed ?? "the hasher said nothing");
    };
    wait();
    worker.postMessage(ask);
  });
}
