import { be64, bytes_of, equal, join, to_base64, to_hex, type Bytes } from "./bytes";
import { hash_in } from "./checkpoint";
import { canonical_json, log_kinds, type LogEntry, type LogKind } from "./entry";
import { Refused } from "./refused";
import { sha256 } from "./sha256";

/** What a random draw chooses from (overseer/draw.h). */
export interface DrawFrame {
  origin: string;
  size: number;
  root: Bytes;
  kind: LogKind;
  /** Leaves [from, to). */
  from: number;
  to: number;
  count: number;
  wanted: number;
  secret_hash: Bytes;
}

export interface Draw {
  frame: DrawFrame;
  secret: Bytes;
  /** The leaf of the frame. */
  entered: number;
  /** The commitment of the first draw-answer that refers to it. */
  answer: Bytes;
  drawn: number[];
}

/** What the log itself says to a draw; whoever reads it verifies it. Of several frames, answers or results the first counts. */
export class DrawFacts {
  readonly frame: DrawFrame;
  frame_root: Bytes | undefined;
  entered: number | undefined;
  answer: Bytes | undefined;
  result: { leaf: number; commitment: Bytes } | undefined;
  /** Of the frame's kind in its leaves, ascending. */
  readonly leaves: number[] = [];
  /** Frames of draws in the whole log, and those of them of which no result is told. */
  frames = 0;
  readonly undrawn = new Set<number>();
  private readonly commitment: Bytes;

  constructor(frame: DrawFrame) {
    this.frame = frame;
    this.commitment = draw_commitment(canonical_json(json_of_frame(frame)), frame.secret_hash);
  }

  take(index: number, entry: LogEntry | undefined): void {
    if (!entry) return;
    const { kind, from, to } = this.frame;
    if (entry.kind === "draw") this.take_draw(index, entry);
    if (entry.kind === "draw-answer" && this.entered !== undefined && entry.ref === this.entered) this.answer ??= entry.commitment;
    if (entry.kind === kind && index >= from && index < to) this.leaves.push(index);
  }

  private take_draw(leaf: number, { ref, commitment }: LogEntry): void {
    if (ref !== undefined) {
      this.undrawn.delete(ref);
      if (ref === this.entered) this.result ??= { leaf, commitment };
      return;
    }
    ++this.frames;
    this.undrawn.add(leaf);
    if (this.entered === undefined && equal(commitment, this.commitment)) this.entered = leaf;
  }
}

const frame_members = ["v", "origin", "size", "root", "kind", "from", "to", "count", "wanted", "secret_hash"];
const count_max = 1_000_000;
const wanted_max = 10_000;
const draw_bytes_max = 1 << 20;

type Members = Record<string, unknown>;

function members_of(value: unknown, names: readonly string[], what: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Refused(`${what} is no object`);
  const found = Object.keys(value);
  if (found.length !== names.length || !names.every((name) => found.includes(name)))
    throw new Refused(`${what} has not exactly the members ${names.join(", ")}`);
  if ((value as Members)["v"] !== 2) throw new Refused(`${what} is of another version`);
  return value as Members;
}

function number_in(members: Members, name: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = members[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most)
    throw new Refused(`${name} is not a number from ${least} to ${most}`);
  return value;
}

function hash_member(members: Members, name: string): Bytes {
  const hash = typeof members[name] === "string" ? hash_in(members[name]) : undefined;
  if (!hash) throw new Refused(`${name} is not 32 bytes of base64`);
  return hash;
}

function frame_from(value: unknown): DrawFrame {
  const members = members_of(value, frame_members, "the frame of a draw");
  const kind = log_kinds.find((name) => name === members["kind"]);
  const origin = members["origin"];
  if (typeof origin !== "string" || origin === "" || origin.length > 1024) throw new Refused("origin is no text");
  if (!kind) throw new Refused("kind is none that is known");
  const frame = {
    origin,
    kind,
    size: number_in(members, "size", 1),
    root: hash_member(members, "root"),
    from: number_in(members, "from", 0),
    to: number_in(members, "to", 1),
    count: number_in(members, "count", 1, count_max),
    wanted: number_in(members, "wanted", 1, wanted_max),
    secret_hash: hash_member(members, "secret_hash"),
  };
  check_frame(frame);
  return frame;
}

function check_frame({ from, to, size, count, wanted }: DrawFrame): void {
  if (from >= to || to > size) throw new Refused("a frame's leaves must be in its checkpoint");
  if (count > to - from || wanted > count) throw new Refused("a frame cannot have more entries than leaves, nor draw more than it has");
}

function parsed(text: string): unknown {
  if (text.length > draw_bytes_max) throw new Refused("a draw of more than 1 MiB");
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused("a draw is JSON");
  }
}

/** Reads what `seawall oversee draw-frame` writes. Errors: Refused. */
export const draw_frame_from_text = (text: string): DrawFrame => frame_from(parsed(text));

/** Reads what `seawall oversee draw-make` writes. Errors: Refused. */
export function draw_from_text(text: string): Draw {
  const members = members_of(parsed(text), ["v", "frame", "secret", "entered", "answer", "drawn"], "a draw");
  const frame = frame_from(members["frame"]);
  const drawn = members["drawn"];
  if (!Array.isArray(drawn) || drawn.length !== frame.wanted) throw new Refused("not as many are drawn as the frame says");
  drawn.forEach((leaf, i) => {
    if (!Number.isSafeInteger(leaf) || leaf < frame.from || leaf >= frame.to || (i > 0 && drawn[i - 1] >= leaf))
      throw new Refused("what is drawn is not in the frame, or not in order");
  });
  const entered = number_in(members, "entered", 1);
  if (entered < frame.size) throw new Refused("a frame cannot stand in the log that it was made from");
  return { frame, secret: hash_member(members, "secret"), entered, answer: hash_member(members, "answer"), drawn: drawn as number[] };
}

function json_of_frame(frame: DrawFrame): object {
  return { v: 2, ...frame, root: to_base64(frame.root), secret_hash: to_base64(frame.secret_hash) };
}

export const print_draw_frame = (frame: DrawFrame): string => `${canonical_json(json_of_frame(frame))}\n`;

const json_of_draw = ({ frame, secret, entered, answer, drawn }: Draw): object => ({
  v: 2,
  frame: json_of_frame(frame),
  secret: to_base64(secret),
  entered,
  answer: to_base64(answer),
  drawn,
});
export const print_draw = (draw: Draw): string => `${canonical_json(json_of_draw(draw))}\n`;

/** What a log entry of kind draw commits to. */
const draw_commitment = (record: string, salt: Bytes): Bytes => sha256(join(bytes_of("seawall/draw/v1\0"), salt, bytes_of(record)));

/** The frame's number. */
export const draw_frame_hash = (frame: DrawFrame): Bytes =>
  sha256(bytes_of(`seawall/draw-frame/v2\n${canonical_json(json_of_frame(frame))}`));
export const draw_frame_number = (frame: DrawFrame): string => to_hex(draw_frame_hash(frame));
export const draw_secret_hash = (secret: Bytes): Bytes => sha256(join(bytes_of("seawall/draw-secret/v1\n"), secret));

export const draw_seed = (frame: DrawFrame, secret: Bytes, answer: Bytes): Bytes =>
  sha256(join(bytes_of("seawall/draw/v2\n"), draw_frame_hash(frame), secret, answer));

/** Numbers from a seed: the big-endian 64-bit words of SHA-256(seed || be64(i)), i = 0, 1, ... */
function* words_of(seed: Bytes): Generator<bigint, never> {
  for (let i = 0; ; ++i) {
    const view = new DataView(sha256(join(seed, be64(i))).buffer);
    for (let at = 0; at < 32; at += 8) yield view.getBigUint64(at);
  }
}

/** `wanted` of the places 0..count-1, ascending: a partial Fisher-Yates shuffle. */
export function draw_places(seed: Bytes, count: number, wanted: number): number[] {
  const words = words_of(seed);
  const moved = new Map<number, number>();
  const at = (place: number): number => moved.get(place) ?? place;
  const places = [];
  for (let i = 0; i < wanted; ++i) {
    const taken = i + below(words, count - i);
    places.push(at(taken));
    moved.set(taken, at(i));
  }
  return places.sort((a, b) => a - b);
}

/** Uniform in 0..n-1: words of the last incomplete multiple of n are passed over. */
function below(words: Generator<bigint, never>, n: number): number {
  const whole = 1n << 64n;
  const end = whole - (whole % BigInt(n));
  for (;;) {
    const word = words.next().value;
    if (word < end) return Number(word % BigInt(n));
  }
}

/** The draw that the frame and the log make. Errors: Refused, of code waiting until the log holds frame and answer. */
export function make_draw(frame: DrawFrame, secret: Bytes, facts: DrawFacts): Draw {
  check_frame(frame);
  if (facts.entered === undefined) throw new Refused("the log does not hold this frame", "waiting");
  if (frame.size > facts.entered || !facts.frame_root || !equal(facts.frame_root, frame.root))
    throw new Refused("the frame is not of this log as it was before: its root is another");
  if (!facts.answer) throw new Refused("whoever keeps the log has not answered the frame yet", "waiting");
  if (facts.leaves.length !== frame.count) throw new Refused("the log has another number of such entries than the frame says");
  if (!equal(draw_secret_hash(secret), frame.secret_hash)) throw new Refused("this is not the secret that the frame was made with");
  const { entered, answer } = facts;
  const drawn = draw_places(draw_seed(frame, secret, answer), frame.count, frame.wanted).map((place) => facts.leaves[place]!);
  return { frame, secret, entered, answer, drawn };
}

/** Errors: Refused unless the log makes exactly this draw, and was told of no other. */
export function check_draw(draw: Draw, facts: DrawFacts): void {
  const again = make_draw(draw.frame, draw.secret, facts);
  if (print_draw(again) !== print_draw(draw)) throw new Refused("the log makes another draw of this frame");
  const told = canonical_json({ draw: to_hex(sha256(bytes_of(canonical_json(json_of_draw(draw))))) });
  if (facts.result && !equal(facts.result.commitment, draw_commitment(told, draw.secret)))
    throw new Refused(`what the log was told of this frame, as leaf ${facts.result.leaf}, is another draw`);
}
