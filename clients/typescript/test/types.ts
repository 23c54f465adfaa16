// Compiled, never run: what a user writes under the strictest settings.
import { Client, SeawallError, verifyWebhook } from "@seawall/client";
import type { BatchResult, Match, MatchResult, Verdict } from "@seawall/client";
import { unixFetch } from "@seawall/client/node";

export async function use(data: Uint8Array, headers: Headers): Promise<Verdict> {
  const client = new Client({ address: "http://localhost", fetch: unixFetch("/run/s"), onError: "fail_closed" });
  const result: MatchResult = await client.match({ data }, { id: "a", banks: ["known"], profile: "thorough" });
  const first: Match | undefined = result.matches[0];
  if (first !== undefined) await client.feedback(first.match, "confirmed", "seen by a person");
  const batch: BatchResult = await client.matchBatch([{ id: "a", signals: { pdq: ["00"], quality: [null] } }]);
  for (const item of batch.items) {
    const verdict: Verdict | undefined = item.error === undefined ? item.result.verdict : undefined;
    if (item.error instanceof SeawallError) throw item.error;
    if (verdict === "block") return verdict;
  }
  const done = await verifyWebhook(data, headers, "whsec_");
  if (done.job.state === "failed") return batch.verdict ?? "review";
  // @ts-expect-error: exactly one kind of thing
  await client.match({ bytes: data });
  // @ts-expect-error: no such verdict
  await client.feedback("1.1", "maybe", "why");
  return result.verdict;
}
