import { describe, expect, it, vi } from "vitest";
import { listen_for_keys } from "./keys";

function press(key: string, target: EventTarget = document.body): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

describe("keys of the whole console", () => {
  it("opens the help, and goes to a page after g", () => {
    const help = vi.fn();
    const go = vi.fn(() => true);
    const stop = listen_for_keys({ help, go });
    press("?");
    press("l");
    press("g");
    press("l");
    expect(help).toHaveBeenCalledOnce();
    expect(go.mock.calls).toEqual([["l"]]);
    stop();
    press("?");
    expect(help).toHaveBeenCalledOnce();
  });

  it("leaves alone what is typed into a field", () => {
    const help = vi.fn();
    const stop = listen_for_keys({ help, go: () => true });
    const field = document.body.appendChild(document.createElement("input"));
    press("?", field);
    expect(help).not.toHaveBeenCalled();
    stop();
  });
});
