import { from_base64, type Bytes } from "./bytes";
import { Refused } from "./refused";

/** One line of signature: who says that he signed. Proves nothing until it is verified. */
export interface NoteSignature {
  name: string;
  key_id: number;
  bytes: Bytes;
}

/** A signed note (C2SP signed-note), taken apart; keys.ts verifies it. */
export interface SignedNote {
  /** With its last line end: what is signed. */
  text: string;
  signatures: NoteSignature[];
}

const note_bytes_max = 1 << 20;
const signatures_max = 64;

/** UTF-8 without control characters but line ends, ending in one. Text that is not well-formed is not UTF-8. */
export function is_note_text(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return text.endsWith("\n") && !/[\0-\x09\x0b-\x1f]/.test(text) && is_well_formed(text);
}

// As String.prototype.isWellFormed(), which Node 18 lacks.
const is_well_formed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** Not empty, without Unicode spaces, control characters and "+". */
export function is_key_name(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return name !== "" && !/[\0-\x1f+]|\p{White_Space}/u.test(name) && is_well_formed(name);
}

function signature_of(line: string): NoteSignature {
  const [dash, name, base64, ...more] = line.split(" ");
  if (dash !== "\u2014" || base64 === undefined || more.length > 0) throw new Refused("a line of signature is not one");
  if (!is_key_name(name!)) throw new Refused("a signature has no name of a key");
  const bytes = from_base64(base64);
  if (!bytes || bytes.length <= 4) throw new Refused("a signature is not a key id and bytes in base64");
  return { name: name!, key_id: new DataView(bytes.buffer).getUint32(0), bytes: bytes.slice(4) };
}

/** Reads a signed note strictly. Errors: Refused. */
export function parse_note(note: string): SignedNote {
  if (note.length > note_bytes_max) throw new Refused("a note of more than 1 MiB");
  if (!is_note_text(note)) throw new Refused("a note is not lines of plain UTF-8");
  const blank = note.lastIndexOf("\n\n");
  if (blank < 0) throw new Refused("a note has no blank line before its signatures");
  const lines = note.slice(blank + 2).split("\n").slice(0, -1);
  if (lines.length > signatures_max) throw new Refused("a note has more than 64 signatures");
  return { text: note.slice(0, blank + 1), signatures: lines.map(signature_of) };
}
