import { from_base64 } from "./bytes";
import type { Remembered } from "./audit";
import type { Trust } from "./checkpoint";
import { parse_vkey } from "./keys";

/** Whose signatures are believed, as GET /v1/log says it: keys as vkeys. */
export interface NamedTrust {
  origin: string;
  log_keys: string[];
  witness_keys: string[];
  quorum: number;
}

/** What this browser keeps of a log: the keys that it saw first or that a person confirmed, and what it verified. */
export interface Kept {
  trust: NamedTrust;
  remembered?: Remembered;
}

const name_of = (origin: string): string => `seawall.log.${origin}`;

const are_texts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");

export function is_named_trust(value: unknown): value is NamedTrust {
  const trust = value as NamedTrust | null;
  return typeof trust === "object" && trust !== null && typeof trust.origin === "string" && are_texts(trust.log_keys) &&
    are_texts(trust.witness_keys) && Number.isSafeInteger(trust.quorum) && trust.quorum >= 0;
}

function is_remembered(value: unknown): value is Remembered {
  const one = value as Remembered | null;
  return typeof one === "object" && one !== null && typeof one.origin === "string" && Number.isSafeInteger(one.size) && one.size >= 0 &&
    from_base64(one.root)?.length === 32 && typeof one.checkpoint === "string" && typeof one.verified_ms === "number" &&
    typeof one.tally?.days === "object" && Array.isArray(one.tally.findings) && typeof one.tally.open === "object";
}

/** Undefined where nothing is kept, or what is kept is damaged. */
export function kept_of(origin: string, store: Storage = localStorage): Kept | undefined {
  try {
    const kept = JSON.parse(store.getItem(name_of(origin)) ?? "null") as Kept | null;
    if (!kept || !is_named_trust(kept.trust) || kept.trust.origin !== origin) return undefined;
    const { trust, remembered } = kept;
    return remembered === undefined ? { trust } : is_remembered(remembered) ? { trust, remembered } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is kept: a browser may refuse, or be full. */
export function keep(kept: Kept, store: Storage = localStorage): boolean {
  try {
    store.setItem(name_of(kept.trust.origin), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function forget(origin: string, store: Storage = localStorage): void {
  store.removeItem(name_of(origin));
}

/** Whether both name the same keys and ask for as many witnesses. */
export function same_trust(a: NamedTrust, b: NamedTrust): boolean {
  const same = (one: string[], other: string[]): boolean => JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());
  return a.origin === b.origin && a.quorum === b.quorum && same(a.log_keys, b.log_keys) && same(a.witness_keys, b.witness_keys);
}

/** Errors: Refused. */
export function trust_of({ origin, log_keys, witness_keys, quorum }: NamedTrust): Trust {
  return { origin, log_keys: log_keys.map(parse_vkey), witness_keys: witness_keys.map(parse_vkey), quorum };
}
