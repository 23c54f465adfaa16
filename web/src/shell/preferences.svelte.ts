import { browsers_language, choose_language, languages, type Language } from "../strings/index.svelte";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const state = $state<{ theme: Theme }>({ theme: "system" });

export function theme(): Theme {
  return state.theme;
}

export function choose_theme(wanted: Theme): void {
  state.theme = wanted;
  keep("seawall.theme", wanted);
  if (wanted === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = wanted;
}

export async function choose_language_for_good(wanted: Language): Promise<void> {
  keep("seawall.language", wanted);
  await choose_language(wanted);
}

/** What was chosen in this browser before; nothing else is kept in it. */
export async function restore_preferences(): Promise<void> {
  const theme = kept("seawall.theme");
  choose_theme(themes.find((one) => one === theme) ?? "system");
  const language = kept("seawall.language");
  await choose_language(language !== null && language in languages ? (language as Language) : browsers_language());
}

// A browser may forbid storage; then a choice lasts as long as the page.
function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    return;
  }
}
