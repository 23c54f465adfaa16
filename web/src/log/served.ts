import type { ReadFile } from "./audit";
import { Refused } from "./refused";

const full_of = (path: string): string | undefined => /^(.*)\.p\/\d+$/.exec(path)?.[1];
const width_of = (path: string): number => Number(/\.p\/(\d+)$/.exec(path)?.[1]);

/** The first `width` hashes of a tile, or entries of a bundle. */
function beginning(path: string, bytes: Uint8Array, width: number): Uint8Array {
  if (!path.startsWith("tile/entries/")) return bytes.subarray(0, 32 * width);
  let at = 0;
  for (let i = 0; i < width && at + 2 <= bytes.length; ++i) at += 2 + (bytes[at]! << 8) + bytes[at + 1]!;
  return bytes.subarray(0, at);
}

const tries_max = 4;

/**
 * Reads the log's files from this service. A partial tile that is gone is the beginning of the full one. What is busy is
 * asked again, four times in all. Errors: Refused, of code missing where there is no such file.
 */
export function served_log(signal?: AbortSignal): ReadFile {
  const ask = async (path: string): Promise<Uint8Array | undefined> => {
    for (let tried = 1; ; ++tried) {
      const asked = fetch(`/v1/log/file?path=${path}`, { credentials: "same-origin", ...(signal ? { signal } : {}) });
      const answer = await asked.catch((thrown: unknown) => {
        signal?.throwIfAborted();
        if (tried === tries_max) throw thrown;
        return undefined;
      });
      if (answer?.ok) return new Uint8Array(await answer.arrayBuffer());
      if (answer?.status === 404) return undefined;
      const busy = !answer || answer.status === 429 || answer.status === 503;
      if (!busy || tried === tries_max) throw new Refused(`the log could not be read: ${answer?.status ?? "no answer"}`, "missing");
      await new Promise((done) => setTimeout(done, 1000 * Math.min(5, Number(answer?.headers.get("Retry-After")) || tried)));
    }
  };
  return async (path) => {
    const full = full_of(path);
    const bytes = (await ask(path)) ?? (full ? await ask(full) : undefined);
    if (!bytes) throw new Refused(path === "checkpoint" ? "the log has not published anything yet" : `the file ${path} of the log is missing`, "missing");
    return full ? beginning(path, bytes, width_of(path)) : bytes;
  };
}
