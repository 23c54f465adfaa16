/** Keys that act on the whole console: "?" for help, and "g" and then a page's letter within 1.5 s. */
export interface Keys {
  help: () => void;
  /** Says whether there is such a page for this person. */
  go: (letter: string) => boolean;
}

const second_key_ms = 1500;

/** Whether keys that a person types belong to what has the focus. */
export function is_typing(target: EventTarget | null): boolean {
  const one = target as HTMLElement | null;
  return one?.closest?.("input, textarea, select, [contenteditable], dialog[open], [data-own-keys]") != null;
}

export function listen_for_keys(keys: Keys): () => void {
  let g_at = -Infinity;
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || is_typing(event.target)) return;
    if (event.key === "?") {
      event.preventDefault();
      keys.help();
    } else if (event.timeStamp - g_at < second_key_ms && keys.go(event.key.toLowerCase())) {
      event.preventDefault();
      g_at = -Infinity;
    } else if (event.key === "g") g_at = event.timeStamp;
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}
