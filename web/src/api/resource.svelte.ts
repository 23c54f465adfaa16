import { as_refusal, type Refusal } from "./problem";

/**
 * What a page shows of the service: read when it is asked for, read anew on `reload()`. The value before stays while a new
 * one is on its way, and where that fails. An answer that comes after a later question is passed over.
 */
export class Resource<T> {
  value = $state.raw<T | undefined>();
  refusal = $state.raw<Refusal | undefined>();
  loading = $state(false);

  private asked = 0;
  private stop = new AbortController();
  private question: ((signal: AbortSignal) => Promise<T>) | undefined;

  /** Reads with `question`; what was under way is broken off. */
  async load(question: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.question = question;
    this.stop.abort();
    this.stop = new AbortController();
    const mine = ++this.asked;
    this.loading = true;
    try {
      const value = await question(this.stop.signal);
      if (mine !== this.asked) return;
      this.value = value;
      this.refusal = undefined;
    } catch (thrown) {
      if (mine !== this.asked) return;
      const refusal = as_refusal(thrown);
      if (refusal.kind !== "aborted") this.refusal = refusal;
    }
    this.loading = false;
  }

  async reload(): Promise<void> {
    if (this.question) await this.load(this.question);
  }
}
