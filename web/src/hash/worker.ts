import { file_bytes_max, frames_of, NotDecoded } from "./decode";
import { Hasher } from "./module";
import { kind_of } from "./sniff";
import type { FrameHashes, FromWorker, Hashed, ToWorker } from "./hash";

const channel = self as unknown as { postMessage(message: FromWorker): void; onmessage: ((event: MessageEvent<ToWorker>) => void) | null };

/** The bytes of a file in pieces, telling how far it is. */
async function* pieces_of(file: Blob, told: (done: number) => void): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (let done = 0; ; ) {
    const { value, done: ended } = await reader.read();
    if (ended) return;
    done += value.length;
    told(done / file.size);
    yield value;
  }
}

async function hash(hasher: Hasher, { file, profile }: ToWorker): Promise<Hashed> {
  const tell = (share: number): void => channel.postMessage({ progress: share });
  const kind = kind_of(new Uint8Array(await file.slice(0, 64).arrayBuffer()));
  const digests = await hasher.digest(pieces_of(file, (share) => tell(share / 2)));
  const hashed: Hashed = { where: "browser", kind, size_bytes: file.size, ...digests, frames: [] };
  if (kind === "other") return { ...hashed, note: "no-picture" };
  if (kind === "video") return { ...hashed, note: "video" };
  if (file.size > file_bytes_max) return { ...hashed, note: "too-large" };
  try {
    hashed.frames = await frames(hasher, file, profile, tell);
  } catch (thrown) {
    if (thrown instanceof NotDecoded) return { ...hashed, note: "not-decoded", why: thrown.message };
    if (thrown instanceof RangeError) return { ...hashed, note: "too-large", why: thrown.message };
    throw thrown;
  }
  return hashed;
}

async function frames(hasher: Hasher, file: Blob, profile: ToWorker["profile"], tell: (share: number) => void): Promise<FrameHashes[]> {
  const all: FrameHashes[] = [];
  for await (const frame of frames_of(new Uint8Array(await file.arrayBuffer()))) {
    const { width, height, index } = frame;
    all.push({ index, width, height, ...hasher.hash(frame, profile) });
    tell(1 - 0.5 / (all.length + 1));
  }
  return all;
}

channel.onmessage = ({ data }) => {
  void (async () => {
    try {
      const hashed = await hash(new Hasher(data.module), data);
      channel.postMessage({ hashed });
    } catch (thrown) {
      channel.postMessage({ failed: thrown instanceof Error ? thrown.message : String(thrown) });
    }
  })();
};
