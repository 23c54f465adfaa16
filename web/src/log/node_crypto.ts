// For tests: Node 18 has Web Cryptography without its global name.
if (!("crypto" in globalThis)) {
  const { webcrypto } = await import("node:crypto");
  Object.defineProperty(globalThis, "crypto", { value: webcrypto });
}
export {};
