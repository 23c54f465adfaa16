import type { MatchDone } from "./contract.js";
import { webCrypto } from "./crypto.js";
import { SeawallError } from "./errors.js";

const ageSecondsMax = 300;

/**
 * The content of a webhook that the service signed, no more than five minutes ago (Standard Webhooks).
 * `body`: as it came; `headers`: by name, either case; `secret`: the key's `whsec_...`. A `webhook-id` that was seen
 * before is a repeat: answer 2xx and do nothing. Throws SeawallError `unauthenticated`; answer 401 then.
 */
export async function verifyWebhook(body: string | Uint8Array, headers: Headers | Record<string, string>, secret: string,
                                    now: () => number = Date.now): Promise<MatchDone> {
  const header = (name: string): string => {
    if (headers instanceof Headers) return headers.get(name) ?? "";
    const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
    return found === undefined ? "" : String(found[1]);
  };
  const sent = header("webhook-timestamp");
  if (!/^[0-9]{1,12}$/.test(sent) || Math.abs(now() / 1000 - Number(sent)) > ageSecondsMax) {
    throw new SeawallError("unauthenticated", "the webhook is older than five minutes, or bears no time");
  }
  if (!secret.startsWith("whsec_")) throw new TypeError("a webhook's secret begins with whsec_");
  const raw = Uint8Array.from(atob(secret.slice("whsec_".length)), (letter) => letter.charCodeAt(0));
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${header("webhook-id")}.${sent}.`);
  const signed = new Uint8Array(head.length + bytes.length);
  signed.set(head);
  signed.set(bytes, head.length);
  const { subtle } = await webCrypto();
  const key = await subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  for (const one of header("webhook-signature").split(" ").slice(0, 8)) {
    if (!/^v1,[A-Za-z0-9+/]{43}=$/.test(one)) continue;
    const signature = Uint8Array.from(atob(one.slice(3)), (letter) => letter.charCodeAt(0));
    if (await subtle.verify("HMAC", key, signature, signed)) {
      return JSON.parse(new TextDecoder().decode(bytes)) as MatchDone;
    }
  }
  throw new SeawallError("unauthenticated", "the webhook is not signed with this secret");
}
