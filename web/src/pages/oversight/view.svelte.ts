import { as_refusal, type Refusal } from "$/api/problem";
import { api } from "$/api/session.svelte";
import { audit_log, Contradicted } from "$/log/ask";
import type { Remembered } from "$/log/audit";
import { decimal_in, open_checkpoint, type OpenedCheckpoint } from "$/log/checkpoint";
import { forget, keep, kept_of, same_trust, trust_of, type NamedTrust } from "$/log/memory";
import { Refused } from "$/log/refused";
import { served_log } from "$/log/served";
import { is_long_read } from "./log";

/** nothing: not asked yet; fine, alarm: the log contradicts what was seen; wrong: it does not verify; behind; unread. */
export type Standing = "nothing" | "busy" | "fine" | "alarm" | "wrong" | "behind" | "unread" | "other-keys";

/**
 * The log as this browser verified it; shared by the pages of the oversight room, so that each entry is read once a visit.
 */
class LogView {
  trust = $state.raw<NamedTrust | undefined>();
  /** As they were seen here first, where the service names other ones now. */
  known_trust = $state.raw<NamedTrust | undefined>();
  refusal = $state.raw<Refusal | undefined>();
  standing = $state<Standing>("nothing");
  /** Why it does not stand well, in English, as the verifier says it. */
  words = $state("");
  contradiction = $state.raw<{ before: string; now: string } | undefined>();
  done = $state(0);
  size = $state(0);
  verified = $state.raw<Remembered | undefined>();
  head = $state.raw<OpenedCheckpoint | undefined>();
  /** Whether the browser keeps what was verified for the next visit. */
  is_kept = $state(true);
  /** How many entries were verified on earlier visits. */
  before = $state(0);

  private running = false;

  /**
   * Reads whose signatures are believed, and verifies what is new; where that is over 100,000 entries, only if it was
   * `asked` for.
   */
  async open(asked = false): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      const named = await api.call("log_trust", {});
      this.refusal = undefined;
      this.trust = named;
      const kept = kept_of(named.origin);
      this.known_trust = kept && !same_trust(kept.trust, named) ? kept.trust : undefined;
      if (this.known_trust) this.standing = "other-keys";
      else if (asked || !(await this.is_long(kept?.remembered))) await this.verify(named, kept?.remembered);
    } catch (thrown) {
      this.refusal = as_refusal(thrown);
    } finally {
      this.running = false;
    }
  }

  /** Whether so much is new that a person is asked first; then says how much. */
  private async is_long(remembered: Remembered | undefined): Promise<boolean> {
    const text = await served_log()("checkpoint").then((bytes) => new TextDecoder().decode(bytes), () => "");
    const size = decimal_in(text.split("\n")[1] ?? "") ?? 0;
    if (!is_long_read(size, remembered?.size ?? 0)) return false;
    [this.standing, this.size, this.before] = ["nothing", size, remembered?.size ?? 0];
    return true;
  }

  /** The person compared the keys with those on paper: they are believed from now on, and the log is read anew. */
  async accept_keys(): Promise<void> {
    forget(this.trust!.origin);
    await this.open(true);
  }

  /** Verifies every entry anew. */
  async from_the_start(): Promise<void> {
    if (this.running || !this.trust || this.known_trust) return;
    this.running = true;
    try {
      await this.verify(this.trust, undefined, kept_of(this.trust.origin)?.remembered);
    } finally {
      this.running = false;
    }
  }

  private async verify(trust: NamedTrust, remembered: Remembered | undefined, also?: Remembered): Promise<void> {
    [this.standing, this.words, this.contradiction] = ["busy", "", undefined];
    [this.done, this.size, this.before] = [remembered?.size ?? 0, remembered?.size ?? 0, remembered?.size ?? 0];
    const watch = {
      on_progress: (done: number, size: number) => ([this.done, this.size] = [done, size]),
      on_checked: (state: Remembered) => void (also === undefined && (this.is_kept = keep({ trust, remembered: state }))),
    };
    try {
      if (!remembered) keep(also ? { trust, remembered: also } : { trust });
      let verified = await audit_log(trust, remembered, watch);
      // Read anew, it must continue what was seen before as well.
      if (also) verified = await audit_log(trust, also, {}).then((state) => ({ ...state, tally: verified.tally }));
      this.is_kept = keep({ trust, remembered: verified });
      this.verified = verified;
      this.head = await open_checkpoint(verified.checkpoint, trust_of(trust));
      this.standing = "fine";
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  private fail(thrown: unknown): void {
    this.words = thrown instanceof Error ? thrown.message : String(thrown);
    if (thrown instanceof Contradicted) {
      this.contradiction = { before: thrown.before, now: thrown.now };
      this.standing = "alarm";
    } else if (thrown instanceof Refused) {
      const unread = thrown.code === "missing" || thrown.code === "unsupported";
      this.standing = thrown.code === "behind" ? "behind" : unread ? "unread" : thrown.code === "forked" ? "alarm" : "wrong";
    } else this.standing = "unread";
  }
}

export const view = new LogView();
