import { describe, expect, it, vi } from "vitest";
import { on_event, tell } from "./events.svelte";

describe("events", () => {
  it("tells who listens for them, until they stop", () => {
    const listener = vi.fn();
    const stop = on_event("release", listener);
    tell("release", '{"release":5}');
    tell("list", "{}");
    expect(listener.mock.calls).toEqual([[{ release: 5 }]]);
    stop();
    tell("release", "{}");
    expect(listener).toHaveBeenCalledOnce();
  });

  it("passes over what is no JSON", () => {
    const listener = vi.fn();
    const stop = on_event("list", listener);
    tell("list", "not json");
    expect(listener).not.toHaveBeenCalled();
    stop();
  });
});
