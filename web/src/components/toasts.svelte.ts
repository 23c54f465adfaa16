import { as_refusal } from "../api/problem";
import { refusal_words } from "../strings/refusals.svelte";
import { t } from "../strings/index.svelte";

export interface Toast {
  id: number;
  tone: "allow" | "block" | "note";
  title: string;
  detail?: string;
  undo?: () => void;
}

const shown_max = 4;
export const toasts = $state<Toast[]>([]);
let last = 0;

/** Says that something was done. It goes by itself after 6 s; one that can be undone, after 12 s; a failure stays. */
export function toast(one: Omit<Toast, "id">): void {
  const id = ++last;
  toasts.push({ ...one, id });
  if (toasts.length > shown_max) toasts.shift();
  if (one.tone !== "block") setTimeout(() => dismiss(id), one.undo ? 12_000 : 6_000);
}

export function dismiss(id: number): void {
  const at = toasts.findIndex((one) => one.id === id);
  if (at >= 0) toasts.splice(at, 1);
}

/**
 * Does `act` as though it had succeeded already: `apply` shows it so at once, and gives back what undoes that. If the
 * service refuses, that is undone and the service's own words are shown. Says whether it was done.
 */
export async function optimistic(apply: () => () => void, act: () => Promise<unknown>): Promise<boolean> {
  const put_back = apply();
  try {
    await act();
    return true;
  } catch (thrown) {
    put_back();
    const words = refusal_words(as_refusal(thrown));
    toast({ tone: "block", title: t("problem.not_done"), detail: `${words.title}. ${words.detail}` });
    return false;
  }
}
