import { createHmac } from "node:crypto";

/** The secret of an otpauth:// address: base32 (RFC 4648), without padding. */
export function secret_of(address: string): Buffer {
  const text = /secret=([A-Z2-7]+)/.exec(address)![1]!;
  const bits = [...text].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
  return Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
}

/** RFC 6238 with SHA-1, 30 s and six digits. */
export function totp(secret: Buffer, at_ms: number): string {
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(at_ms / 30_000)));
  const digest = createHmac("sha1", secret).update(step).digest();
  const start = digest[19]! & 15;
  return String((digest.readUInt32BE(start) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
