import { bytes_of, from_base64, join, to_hex, type Bytes } from "./bytes";
import { is_key_name, type NoteSignature, type SignedNote } from "./note";
import { Refused } from "./refused";
import { sha256 } from "./sha256";

const ed25519 = 0x01;
const cosignature = 0x04;

/** A public key with the name and the kind of signature for which it is trusted (C2SP signed-note, tlog-cosignature). */
export interface VerifierKey {
  name: string;
  id: number;
  type: typeof ed25519 | typeof cosignature;
  public_key: Bytes;
}

/** Reads a vkey, "name+hex(id)+base64(type || key)". Errors: Refused; of code unsupported for another type of key. */
export function parse_vkey(vkey: string): VerifierKey {
  const first = vkey.indexOf("+");
  const second = vkey.indexOf("+", first + 1);
  if (first < 0 || second < 0) throw new Refused("a key is not a name, an id and bytes with + between them");
  const name = vkey.slice(0, first);
  if (!is_key_name(name)) throw new Refused("a key has no usable name");
  const bytes = from_base64(vkey.slice(second + 1));
  if (!bytes || bytes.length === 0) throw new Refused("a key's bytes are not base64");
  const type = bytes[0];
  if (type !== ed25519 && type !== cosignature) throw new Refused("a key is of a type that is not verified here", "unsupported");
  if (bytes.length !== 33) throw new Refused("an Ed25519 key has 32 bytes");
  const id = sha256(join(bytes_of(`${name}\n`), bytes)).subarray(0, 4);
  if (to_hex(id) !== vkey.slice(first + 1, second)) throw new Refused("a key's id is not that of its bytes");
  return { name, id: new DataView(id.buffer, id.byteOffset).getUint32(0), type, public_key: bytes.slice(1) };
}

export function is_named_by(key: VerifierKey, signature: NoteSignature): boolean {
  return key.name === signature.name && key.id === signature.key_id;
}

/** When a cosignature says that it was made, in seconds since 1970; undefined where it is none. */
export function cosigned_at(signature: NoteSignature): number | undefined {
  if (signature.bytes.length !== 72) return undefined;
  const time_s = new DataView(signature.bytes.buffer, signature.bytes.byteOffset).getBigUint64(0);
  return time_s <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time_s) : undefined;
}

async function verifies(key: VerifierKey, text: string, signature: NoteSignature): Promise<boolean> {
  if (key.type === ed25519) return signature.bytes.length === 64 && ed25519_verifies(key, bytes_of(text), signature.bytes);
  const time_s = cosigned_at(signature);
  if (time_s === undefined) return false;
  return ed25519_verifies(key, bytes_of(`cosignature/v1\ntime ${time_s}\n${text}`), signature.bytes.slice(8));
}

async function ed25519_verifies(key: VerifierKey, message: Bytes, signature: Bytes): Promise<boolean> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) throw new Refused("a browser verifies signatures on https and on this machine only", "unsupported");
  const imported = await subtle.importKey("raw", key.public_key, { name: "Ed25519" }, false, ["verify"]).catch((thrown: unknown) => {
    if (thrown instanceof Error && thrown.name === "NotSupportedError")
      throw new Refused("this browser cannot verify Ed25519 signatures", "unsupported");
    return undefined;
  });
  return imported !== undefined && subtle.verify({ name: "Ed25519" }, imported, signature, message);
}

/**
 * Those of the note's signatures that known keys made. Each that names a known key must be right. Errors: Refused if one
 * is wrong, or if none is of a known key.
 */
export async function verify_note(note: SignedNote, known: readonly VerifierKey[]): Promise<NoteSignature[]> {
  const verified = [];
  for (const signature of note.signatures) {
    const named = known.filter((key) => is_named_by(key, signature));
    if (named.length === 0) continue;
    const right = await Promise.all(named.map((key) => verifies(key, note.text, signature)));
    if (!right.includes(true)) throw new Refused("a signature in the name of a known key is wrong");
    verified.push(signature);
  }
  if (verified.length === 0) throw new Refused("a note has no signature of a known key");
  return verified;
}
