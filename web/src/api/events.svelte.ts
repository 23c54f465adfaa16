/**
 * What others change, as the service tells it: GET /v1/events, server-sent events that hold ids and counts only. A
 * page says what it wants to hear, and reads anew what it shows. Where the service has no events, or ends them, `live()`
 * is false and pages say that they must be reloaded; the browser itself connects again after a lost connection, from the
 * last event on (Last-Event-ID).
 */
export type EventName = "list" | "release" | "request" | "stream" | "stream-alert" | "review" | "health";
export const event_names: readonly EventName[] = [
  "list",
  "release",
  "request",
  "stream",
  "stream-alert",
  "review",
  "health",
];

type Listener = (data: unknown) => void;

const state = $state({ live: false });
const listeners = new Map<EventName, Set<Listener>>();
let source: EventSource | undefined;

export function live(): boolean {
  return state.live;
}

/** Calls `listener` with each event's data until the function that is returned is called. For `$effect`. */
export function on_event(name: EventName, listener: Listener): () => void {
  const set = listeners.get(name) ?? new Set();
  listeners.set(name, set.add(listener));
  return () => set.delete(listener);
}

export function listen(): void {
  if (source || typeof EventSource === "undefined") return;
  source = new EventSource("/v1/events");
  source.onopen = () => (state.live = true);
  source.onerror = () => (state.live = false);
  for (const name of event_names) {
    source.addEventListener(name, (event) => tell(name, (event as MessageEvent<string>).data));
  }
}

export function stop_listening(): void {
  source?.close();
  source = undefined;
  state.live = false;
}

/** Passes an event's data on. What is no JSON is passed over: a broken event must not break a page. */
export function tell(name: EventName, text: string): void {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return;
  }
  for (const listener of listeners.get(name) ?? []) listener(data);
}
