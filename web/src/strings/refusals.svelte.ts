import type { Refusal } from "../api/problem";
import { t } from "./index.svelte";

/** A refusal as people read it: the server's own words where it gave any. */
export function refusal_words(refusal: Refusal): { title: string; detail: string; faults: string[] } {
  if (refusal.problem) {
    const faults = (refusal.problem.errors ?? []).map((one) => `${one.at}: ${one.detail}`);
    const told = faults.filter((one) => !refusal.problem!.detail.includes(one.slice(one.indexOf(": ") + 2)));
    return { title: refusal.problem.title, detail: refusal.problem.detail, faults: told };
  }
  if (refusal.kind === "too_slow") {
    return { title: t("problem.too_slow"), detail: t("problem.too_slow.detail", { seconds: 30 }), faults: [] };
  }
  if (refusal.kind === "unexpected") {
    const detail = t("problem.unexpected.detail", { status: refusal.status });
    return { title: t("problem.unexpected"), detail, faults: [] };
  }
  return { title: t("problem.unreachable"), detail: t("problem.unreachable.detail"), faults: [] };
}
