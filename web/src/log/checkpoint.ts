import { from_base64, to_base64, type Bytes } from "./bytes";
import { cosigned_at, is_named_by, verify_note, type VerifierKey } from "./keys";
import { is_note_text, parse_note } from "./note";
import { Refused } from "./refused";

/** A tree by its size and root. Sizes here are below 2^53; a log of more is refused. */
export interface TreeHead {
  size: number;
  root: Bytes;
}

/** A state of a log, as it is signed (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  origin: string;
  extensions: string[];
}

/** Whose word is taken for a log. */
export interface Trust {
  origin: string;
  log_keys: VerifierKey[];
  witness_keys: VerifierKey[];
  /** Witnesses of different names that must have cosigned. */
  quorum: number;
}

export interface OpenedCheckpoint {
  checkpoint: Checkpoint;
  /** The known witnesses that cosigned, and when: seconds since 1970. */
  seen_by: { witness: string; time_s: number }[];
}

const extensions_max = 64;

/** A decimal without leading zeros, below 2^53. */
export function decimal_in(text: string): number | undefined {
  const number = Number(text);
  return /^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

export function hash_in(text: string): Bytes | undefined {
  const bytes = from_base64(text);
  return bytes?.length === 32 ? bytes : undefined;
}

/** Errors: Refused. */
export function parse_checkpoint(text: string): Checkpoint {
  if (!is_note_text(text)) throw new Refused("a checkpoint is not lines of plain UTF-8");
  const [origin, size_line, root_line, ...rest] = text.split("\n");
  const extensions = rest.slice(0, -1);
  if (rest.length === 0) throw new Refused("a checkpoint has at least three lines");
  const size = decimal_in(size_line!);
  const root = hash_in(root_line!);
  if (origin === "") throw new Refused("a checkpoint's origin is empty");
  if (size === undefined) throw new Refused("a checkpoint's size is not a decimal below 2^53 without leading zeros");
  if (!root) throw new Refused("a checkpoint's root is not 32 bytes in base64");
  if (extensions.includes("")) throw new Refused("a checkpoint has an empty line");
  if (extensions.length > extensions_max) throw new Refused("a checkpoint has more than 64 extensions");
  return { origin: origin!, size, root, extensions };
}

export function print_checkpoint({ origin, size, root, extensions }: Checkpoint): string {
  return [origin, String(size), to_base64(root), ...extensions].map((line) => `${line}\n`).join("");
}

/**
 * Reads and verifies a signed checkpoint. Errors: Refused if it is of another log, is signed by no key of the log, by too
 * few witnesses, or wrongly in a known key's name.
 */
export async function open_checkpoint(note: string, trust: Trust): Promise<OpenedCheckpoint> {
  const parsed = parse_note(note);
  const checkpoint = parse_checkpoint(parsed.text);
  if (checkpoint.origin !== trust.origin) throw new Refused("a checkpoint is of another log", "missing");
  const verified = await verify_note(parsed, [...trust.log_keys, ...trust.witness_keys]);
  if (!verified.some((signature) => trust.log_keys.some((key) => is_named_by(key, signature))))
    throw new Refused("no key of the log signed the checkpoint");
  const seen = new Map<string, number>();
  for (const signature of verified) {
    if (!trust.witness_keys.some((key) => is_named_by(key, signature))) continue;
    seen.set(signature.name, Math.max(seen.get(signature.name) ?? 0, cosigned_at(signature) ?? 0));
  }
  if (seen.size < trust.quorum) throw new Refused("too few witnesses cosigned the checkpoint");
  return { checkpoint, seen_by: [...seen].map(([witness, time_s]) => ({ witness, time_s })) };
}
