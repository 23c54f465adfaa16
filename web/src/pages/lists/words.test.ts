import { describe, expect, it } from "vitest";
import type { Bank, Entry, Release } from "$/api/schema";
import {
  actions_of,
  bank_changes,
  bank_form,
  counts_of,
  form_of,
  same_account,
  settings_of,
  signals_of_lines,
  tags_of,
  waits_for,
} from "./words";

const by = (who: string): { who: string; why: string; when: string } => ({ who, why: "test", when: "2026-11-23T00:00:00Z" });

function release(more: Partial<Release>): Release {
  return {
    release: 5,
    bank: "shared",
    source: "manual",
    state: "proposed",
    proposed: by("mia"),
    approvals: [],
    approvals_needed: 1,
    approvals_missing: 1,
    counts: { added: 1, updated: 0, withdrawn: 0, unchanged: 3, quarantined: 0, refused: 0 },
    version: 1,
    ...more,
  };
}

describe("who may approve", () => {
  it("is neither the proposer, however they spell their name, nor who has approved already", () => {
    expect(same_account("M ia", "mIA")).toBe(true);
    expect(waits_for(release({}), "Mia ")).toBe(false);
    expect(waits_for(release({}), "max")).toBe(true);
    expect(waits_for(release({ approvals: [by("max")], approvals_missing: 1 }), "max")).toBe(false);
    expect(waits_for(release({ approvals_missing: 0 }), "max")).toBe(false);
  });
});

describe("what can be done with a release", () => {
  it("follows from its state and from who asks", () => {
    expect(actions_of(release({}), "max")).toEqual(["approve", "stage", "reject"]);
    expect(actions_of(release({}), "mia")).toEqual(["stage", "reject"]);
    expect(actions_of(release({ state: "staged", approvals_missing: 0 }), "mia")).toEqual(["activate", "reject"]);
    expect(actions_of(release({ state: "active" }), "mia")).toEqual(["take_back"]);
    expect(actions_of(release({ state: "rejected" }), "mia")).toEqual([]);
    const nothing_new = { ...release({}).counts, added: 0 };
    expect(actions_of(release({ state: "active", counts: nothing_new }), "mia")).toEqual([]);
  });

  it("shows of its counts those that are not nothing", () => {
    expect(counts_of(release({}))).toEqual([["added", 1], ["unchanged", 3]]);
  });
});

describe("settings", () => {
  const entry = { entry: "1.2", radius: 20, tags: ["a"], expires: "2027-01-31T00:00:00Z" } as Entry;

  it("of an entry name what differs alone, and take away what was emptied", () => {
    const form = form_of(entry);
    expect(settings_of(entry, form)).toEqual({});
    expect(settings_of(entry, { ...form, radius: "", action: "review", expires: "", tags: "a, b" })).toEqual({
      radius: null,
      action: "review",
      expires: null,
      tags: ["a", "b"],
    });
  });

  it("of a bank name what differs alone", () => {
    const bank = { bank: "known", purpose: "p", owner: "o", action: "block", radius: 31, two_person: true, active: true } as Bank;
    expect(bank_changes(bank, bank_form(bank))).toBeUndefined();
    expect(bank_changes(bank, { ...bank_form(bank), radius: "24", active: false })).toEqual({ radius: 24, active: false });
  });

  it("have each tag once", () => {
    expect(tags_of(" a, b ,,a")).toEqual(["a", "b"]);
  });
});

describe("hashes of an entry", () => {
  const pdq = "0f".repeat(32);

  it("are told by their length, or by the word before them", () => {
    expect(signals_of_lines(`${pdq.toUpperCase()}\n${pdq}\n${"a".repeat(32)} sha256:${"b".repeat(64)}`)).toEqual({
      pdq: [pdq, pdq],
      md5: "a".repeat(32),
      sha256: "b".repeat(64),
    });
  });

  it("are none where a line is none, or a digest stands twice", () => {
    for (const text of ["", "x", "abc", `md5:${pdq}`, `${"a".repeat(32)} ${"b".repeat(32)}`]) {
      expect(signals_of_lines(text), text).toBeUndefined();
    }
  });
});
