import type { By, Bank, ChangeOutcome, Entry, EntrySettings, Release, Request, Signals, SignalType } from "$/api/schema";
import type { Tone } from "$/components/Badge.svelte";
import type { PlainKey } from "$/strings/index.svelte";

export const release_tones: Record<Release["state"], Tone> = {
  loading: "plain",
  proposed: "note",
  staged: "review",
  active: "allow",
  rejected: "plain",
};

export const entry_tones: Record<Entry["state"], Tone> = {
  proposed: "note",
  staged: "review",
  active: "allow",
  quarantined: "block",
  withdrawn: "plain",
};

/** Two spellings of an account are one person: letters in lower case and all spaces taken out, as the lists compare. */
export function same_account(a: string, b: string): boolean {
  const plain = (one: string): string => one.toLowerCase().replaceAll(" ", "");
  return plain(a) === plain(b);
}

/** Whether `account` could be one of the persons whose approval is missing. */
export function waits_for(what: { proposed: By; approvals: readonly By[]; approvals_missing?: number }, account: string): boolean {
  if ((what.approvals_missing ?? 0) === 0) return false;
  return ![what.proposed, ...what.approvals].some((by) => same_account(by.who, account));
}

export type ReleaseAction = "approve" | "stage" | "activate" | "reject" | "take_back";

/** What can be done with a release in its state; the service has the last word. */
export function actions_of(release: Release, account: string): ReleaseAction[] {
  if (release.state === "active") return release.counts.added > 0 ? ["take_back"] : [];
  if (release.state !== "proposed" && release.state !== "staged") return [];
  const actions: ReleaseAction[] = [];
  if (waits_for(release, account)) actions.push("approve");
  if (release.approvals_missing === 0) actions.push("activate");
  if (release.state === "proposed") actions.push("stage");
  return [...actions, "reject"];
}

/** What a release changes, without what is nothing. */
export function counts_of(release: Release): [keyof Release["counts"], number][] {
  const order = ["added", "updated", "withdrawn", "quarantined", "unchanged", "refused"] as const;
  return order.map((name): [typeof name, number] => [name, release.counts[name]]).filter(([, n]) => n > 0);
}

/** A request's changes as a table of differences has them. */
export function changed_of(request: Request): Record<string, { from?: string; to: string }> {
  return Object.fromEntries(
    request.changes.map((one) => [one.what, one.from === undefined ? { to: one.to } : { from: one.from, to: one.to }]),
  );
}

/** What became of a change that may wait for another person. */
export function outcome_words(outcome: ChangeOutcome): PlainKey {
  return outcome.done ? "lists.done" : "lists.waits";
}

export interface EntryForm {
  radius: string;
  action: string;
  expires: string;
  review: string;
  tags: string;
}

export function form_of(entry: Entry): EntryForm {
  return {
    radius: entry.radius?.toString() ?? "",
    action: entry.action ?? "",
    expires: entry.expires?.slice(0, 10) ?? "",
    review: entry.review?.slice(0, 10) ?? "",
    tags: (entry.tags ?? []).join(", "),
  };
}

/** What of a form differs from the entry: an empty field takes the entry's own value away. */
export function settings_of(entry: Entry, form: EntryForm): Omit<EntrySettings, "why"> {
  const before = form_of(entry);
  const day = (text: string): string | null => (text ? `${text}T00:00:00Z` : null);
  return {
    ...(form.radius.trim() !== before.radius ? { radius: form.radius.trim() ? Number(form.radius) : null } : {}),
    ...(form.action !== before.action ? { action: (form.action || null) as EntrySettings["action"] & string } : {}),
    ...(form.expires !== before.expires ? { expires: day(form.expires) } : {}),
    ...(form.review !== before.review ? { review: day(form.review) } : {}),
    ...(form.tags !== before.tags ? { tags: tags_of(form.tags) } : {}),
  };
}

export function tags_of(text: string): string[] {
  return [...new Set(text.split(",").map((one) => one.trim()).filter(Boolean))];
}

/** The signals that lines of hashes are; undefined where a line is none. 64 digits are a PDQ hash unless `sha256:` stands before. */
export function signals_of_lines(text: string): Signals | undefined {
  const pdq: string[] = [];
  const digests = new Map<string, string>();
  for (const line of text.split(/\s+/).filter(Boolean)) {
    const [, prefix, hex = ""] = /^(?:(pdq|md5|sha1|sha256):)?([0-9a-fA-F]+)$/.exec(line) ?? [];
    const kind = prefix ?? ({ 32: "md5", 40: "sha1", 64: "pdq" } as Record<number, string>)[hex.length];
    if (!kind || hex.length !== { md5: 32, sha1: 40, pdq: 64, sha256: 64 }[kind as SignalType]) return undefined;
    if (kind === "pdq") pdq.push(hex.toLowerCase());
    else if (digests.has(kind)) return undefined;
    else digests.set(kind, hex.toLowerCase());
  }
  if (pdq.length === 0 && digests.size === 0) return undefined;
  return { ...(pdq.length > 0 ? { pdq } : {}), ...Object.fromEntries(digests) };
}

/** What of a bank's settings differs; undefined where nothing does. */
export function bank_changes(bank: Bank, form: BankForm): Record<string, unknown> | undefined {
  const wanted: Record<string, unknown> = {
    purpose: form.purpose,
    owner: form.owner,
    action: form.action,
    radius: Number(form.radius),
    two_person: form.two_person,
    active: form.active,
  };
  const differ = Object.entries(wanted).filter(([name, value]) => bank[name as keyof Bank] !== value);
  return differ.length > 0 ? Object.fromEntries(differ) : undefined;
}

export interface BankForm {
  purpose: string;
  owner: string;
  action: Bank["action"];
  radius: string;
  two_person: boolean;
  active: boolean;
}

export function bank_form(bank: Bank): BankForm {
  const { purpose, owner, action, two_person, active } = bank;
  return { purpose, owner, action, radius: String(bank.radius), two_person, active };
}
