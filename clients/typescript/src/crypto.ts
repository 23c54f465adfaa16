/** The platform's Web Crypto; Node.js 18 has it in a module only. */
export async function webCrypto(): Promise<Crypto> {
  if (globalThis.crypto !== undefined) return globalThis.crypto;
  const name = "node:crypto"; // In a variable, so that bundlers for browsers pass it over.
  return ((await import(name)) as { webcrypto: Crypto }).webcrypto;
}

/** 128 random bits as hex digits. */
export async function randomName(): Promise<string> {
  const bytes = (await webCrypto()).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
