/** One pair of pictures of a match: docs/formats/stream-evidence.md. */
export interface Pair {
  stream_ms: number;
  listed_ms: number;
  distance: number;
}

/** What pages show of an alert's evidence. */
export interface Evidence {
  why: string;
  begin: string | undefined;
  end: string | undefined;
  listed_begin_ms: number | undefined;
  listed_end_ms: number | undefined;
  speed: number | undefined;
  distinct_frames: number | undefined;
  pairs: readonly Pair[];
}

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Reads the evidence as far as it is of the form that is known; what is not is left out. Pairs in order of time. */
export function evidence_of(given: Record<string, unknown>): Evidence {
  const listed = Array.isArray(given["pairs"]) ? (given["pairs"] as unknown[]) : [];
  const pairs = listed
    .map((one) => one as Partial<Pair> | null)
    .filter((one): one is Pair => [one?.stream_ms, one?.listed_ms, one?.distance].every((part) => typeof part === "number"))
    .sort((a, b) => a.stream_ms - b.stream_ms);
  return {
    why: text(given["why"]) ?? "",
    begin: text(given["begin"]),
    end: text(given["end"]),
    listed_begin_ms: number(given["listed_begin_ms"]),
    listed_end_ms: number(given["listed_end_ms"]),
    speed: number(given["speed"]),
    distinct_frames: number(given["distinct_frames"]),
    pairs,
  };
}

/** A moment of a video as people read it: "1:02.5". */
export function moment_text(ms: number): string {
  const tenths = Math.round(ms / 100);
  const seconds = Math.floor(tenths / 10) % 60;
  return `${Math.floor(tenths / 600)}:${String(seconds).padStart(2, "0")}.${tenths % 10}`;
}
