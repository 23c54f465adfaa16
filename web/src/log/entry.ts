import { bytes_of, equal, from_base64, join, text_of, to_base64, type Bytes } from "./bytes";
import { decimal_in, hash_in } from "./checkpoint";
import { sha256 } from "./sha256";

/** What an entry of the log tells of: the closed list. */
export const log_kinds = [
  "list-change", "approval", "release", "observation-lookup", "disclosure", "export", "role-change", "key-change", "order",
  "order-opening", "order-extension", "retention", "destruction", "error", "recommendation", "canary", "limit", "log-start",
  "draw", "draw-answer",
] as const;
export type LogKind = (typeof log_kinds)[number];

/** One entry (statement/log_entry.h): public, and with nothing personal in it. Times are "2026-11-22T23:00:00Z". */
export interface LogEntry {
  at: string;
  kind: LogKind;
  commitment: Bytes;
  /** How many things it stands for. */
  count: number;
  /** The leaf of the entry that it continues or closes. */
  ref?: number;
  due?: string;
}

const entry_bytes_max = 4096;
const form =
  /^\{"at":"([^"]{20})","c":"([A-Za-z0-9+/]{43}=)"(?:,"due":"([^"]{20})")?,"k":"([a-z-]{1,32})","n":([0-9]{1,16})(?:,"ref":([0-9]{1,16}))?,"v":1\}$/;

/** Whether `text` is a time in whole seconds, in UTC, that there is. */
export function is_time(text: string): boolean {
  const milliseconds = Date.parse(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(milliseconds) &&
    new Date(milliseconds).toISOString() === text.replace("Z", ".000Z");
}

/** Reads the one text that an entry has; undefined for everything else. */
export function log_entry_from(bytes: Uint8Array): LogEntry | undefined {
  const found = bytes.length <= entry_bytes_max ? form.exec(text_of(bytes) ?? "") : null;
  if (!found) return undefined;
  const [, at, c, due, k, n, ref] = found;
  const kind = log_kinds.find((name) => name === k);
  const commitment = hash_in(c!);
  const count = decimal_in(n!);
  const refers = ref === undefined ? undefined : decimal_in(ref);
  if (!kind || !commitment || !count || (ref !== undefined && refers === undefined)) return undefined;
  if (!is_time(at!) || (due !== undefined && !is_time(due))) return undefined;
  return { at: at!, kind, commitment, count, ...(refers === undefined ? {} : { ref: refers }), ...(due === undefined ? {} : { due }) };
}

/** Its one text. */
export function print_log_entry({ at, kind, commitment, count, ref, due }: LogEntry): string {
  const promised = due === undefined ? "" : `,"due":"${due}"`;
  const refers = ref === undefined ? "" : `,"ref":${ref}`;
  return `{"at":"${at}","c":"${to_base64(commitment)}"${promised},"k":"${kind}","n":${count}${refers},"v":1}`;
}

/** Whether `entry` was made of this record with this salt of 32 bytes. */
export function opens(entry: LogEntry, salt: Uint8Array, record: string): boolean {
  const made = sha256(join(bytes_of(`seawall/${entry.kind}/v1`), Uint8Array.of(0), salt, bytes_of(record)));
  return salt.length === 32 && equal(made, entry.commitment);
}

/** JSON as RFC 8785 writes it: members by their names' UTF-16, numbers and text as JSON.stringify does. */
export function canonical_json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical_json).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${canonical_json(one)}`).join(",")}}`;
}

/** A record as `seawall log record` hands it out, {"record": ..., "salt": base64}; the record as its canonical JSON. */
export function shown_record(text: string): { record: string; salt: Bytes } | undefined {
  try {
    const { record, salt } = JSON.parse(text) as { record?: unknown; salt?: unknown };
    const bytes = typeof salt === "string" ? from_base64(salt) : undefined;
    const is_record = typeof record === "object" && record !== null && bytes?.length === 32;
    return is_record ? { record: canonical_json(record), salt: bytes } : undefined;
  } catch {
    return undefined;
  }
}
