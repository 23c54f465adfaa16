import type { BankNames, MatchRequest, MatchSignals, SignalType } from "$/api/schema";

/** What hexadecimal text may be: 64 digits are a PDQ hash or a SHA-256. Empty: no signal that is looked up. */
export function kinds_of(text: string): SignalType[] {
  const hex = text.trim();
  if (!/^[0-9a-fA-F]+$/.test(hex)) return [];
  return ({ 32: ["md5"], 40: ["sha1"], 64: ["pdq", "sha256"] } as Record<number, SignalType[]>)[hex.length] ?? [];
}

/** One signal to look up. */
export function signals_of(kind: SignalType, text: string): MatchSignals {
  return { [kind]: text.trim().toLowerCase() };
}

export interface Options {
  /** Empty: all banks. */
  bank: string;
  /** Empty: what the lists say. */
  radius: string;
  include_silent: boolean;
}

/** Options as members of a request, and as its parameters: the same names. */
export function asked(options: Options): { banks?: BankNames; radius?: number; include_silent?: boolean } {
  return {
    ...(options.bank ? { banks: [options.bank] } : {}),
    ...(options.radius.trim() ? { radius: Number(options.radius) } : {}),
    ...(options.include_silent ? { include_silent: true } : {}),
  };
}

/** What is wrong with a radius as it is typed. */
export function radius_is_wrong(text: string): boolean {
  return text.trim() !== "" && !(/^\d{1,3}$/.test(text.trim()) && Number(text) <= 256);
}

/** The first file of what was dropped or pasted. */
export function file_of(data: DataTransfer | null): File | undefined {
  return data?.files[0];
}

export type Body = MatchRequest | Blob;
