import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Refusal } from "$/api/problem";
import Diff from "./Diff.svelte";
import Field from "./Field.svelte";
import Refused from "./Refused.svelte";
import Table from "./Table.svelte";
import { dismiss, optimistic, toasts } from "./toasts.svelte";

const shown: object[] = [];

function show(component: unknown, props: Record<string, unknown>): HTMLElement {
  const target = document.body.appendChild(document.createElement("div"));
  shown.push(mount(component as Component<Record<string, unknown>>, { target, props }));
  flushSync();
  return target;
}

afterEach(async () => {
  for (const one of shown.splice(0)) await unmount(one);
  document.body.replaceChildren();
});

const rows = [{ id: "1.1" }, { id: "1.2" }, { id: "1.3" }];
const table = {
  label: "Entries",
  rows,
  columns: [{ id: "id", title: "Entry", text: (row: { id: string }) => row.id, sort: true }],
  row_key: (row: { id: string }) => row.id,
  href: (row: { id: string }) => `/console/${row.id}`,
};

describe("Table", () => {
  it("goes from row to row with the arrow keys", () => {
    const box = show(Table, table);
    const links = [...box.querySelectorAll<HTMLElement>("tbody a")];
    links[0]!.focus();
    links[0]!.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(document.activeElement).toBe(links[1]);
    links[1]!.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    expect(document.activeElement).toBe(links[2]);
  });

  it("chooses a row with Space, and all with the box above", () => {
    const onchoose = vi.fn();
    const box = show(Table, { ...table, chosen: new Set(["1.2"]), onchoose });
    const link = box.querySelector<HTMLElement>("tbody a")!;
    link.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true, cancelable: true }));
    expect([...onchoose.mock.calls[0]![0]].sort()).toEqual(["1.1", "1.2"]);
    box.querySelector<HTMLInputElement>("thead input")!.click();
    expect([...onchoose.mock.calls[1]![0]].sort()).toEqual(["1.1", "1.2", "1.3"]);
  });

  it("says by which column it is sorted, and turns it round", () => {
    const onsort = vi.fn();
    const sort = { column: "id", down: false };
    const box = show(Table, { ...table, sort, onsort });
    expect(box.querySelector("thead th")!.getAttribute("aria-sort")).toBe("ascending");
    box.querySelector<HTMLElement>("thead button")!.click();
    expect(onsort).toHaveBeenCalledWith({ column: "id", down: true });
  });
});

describe("Field", () => {
  it("says what is wrong with it to whoever listens", () => {
    const box = show(Field, { label: "Why", value: "", error: "Say why." });
    const input = box.querySelector("input")!;
    const told = input.getAttribute("aria-describedby")!.split(" ").map((id) => document.getElementById(id)!.textContent);
    expect(told).toContain("Say why.");
    expect(input.getAttribute("aria-invalid")).toBe("true");
  });
});

describe("Diff", () => {
  it("shows what was before and after, and leaves out what there was not", () => {
    const box = show(Diff, { changed: { radius: { from: 31, to: 24 }, series: { to: "autumn" } } });
    expect([...box.querySelectorAll("del, ins")].map((one) => one.lastChild!.textContent)).toEqual(["31", "24", "autumn"]);
  });
});

describe("Refused", () => {
  it("shows the service's words, its faults once, and the request's name", () => {
    const problem = {
      type: "/problems/invalid-input",
      title: "The request is wrong",
      status: 400,
      detail: "signals/pdq: 64 hex digits are needed.",
      code: "invalid_input" as const,
      request_id: "r_1",
      errors: [{ at: "/signals/pdq", detail: "64 hex digits are needed" }, { at: "/why", detail: "is missing" }],
    };
    const text = show(Refused, { refusal: new Refusal("problem", { status: 400, problem }) }).textContent!;
    expect(text).toContain("The request is wrong");
    expect(text.split("64 hex digits are needed")).toHaveLength(2);
    expect(text).toContain("/why: is missing");
    expect(text).toContain("r_1");
  });
});

describe("optimistic", () => {
  it("puts back what it showed, and says why, when the service refuses", async () => {
    let value = 1;
    const apply = (): (() => void) => {
      value = 2;
      return () => (value = 1);
    };
    expect(await optimistic(apply, async () => {})).toBe(true);
    expect(value).toBe(2);
    expect(await optimistic(apply, () => Promise.reject(new Refusal("unreachable")))).toBe(false);
    expect(value).toBe(1);
    expect(toasts.at(-1)!.tone).toBe("block");
    dismiss(toasts.at(-1)!.id);
  });
});
