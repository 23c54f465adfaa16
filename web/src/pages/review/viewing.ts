/**
 * How long a still was on the screen, and how long unblurred: what `viewed` records say. Times are of a clock that only goes
 * forward (performance.now()). What was told is not told again.
 */
export class Viewing {
  rendered = false;
  private shown_ms = 0;
  private revealed_ms = 0;
  private revealed_in_all_ms = 0;
  private shown_from: number | undefined;
  private revealed_from: number | undefined;
  private told_rendered = false;
  private readonly now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** It is on the screen now, or not any more. */
  show(on: boolean): void {
    if (on) this.rendered = true;
    if (on && this.shown_from === undefined) this.shown_from = this.now();
    else if (!on && this.shown_from !== undefined) {
      this.shown_ms += this.now() - this.shown_from;
      this.shown_from = undefined;
    }
  }

  reveal(on: boolean): void {
    if (on && this.revealed_from === undefined) this.revealed_from = this.now();
    else if (!on && this.revealed_from !== undefined) {
      const time = this.now() - this.revealed_from;
      this.revealed_ms += time;
      this.revealed_in_all_ms += time;
      this.revealed_from = undefined;
    }
  }

  get is_revealed(): boolean {
    return this.revealed_from !== undefined;
  }

  /** Unblurred in all, up to now. */
  get revealed_so_far_ms(): number {
    return this.revealed_in_all_ms + (this.revealed_from === undefined ? 0 : this.now() - this.revealed_from);
  }

  /** What has come since it was last asked for; undefined: nothing. Rounded up: never less than it was. */
  take(): { rendered: boolean; shown_ms: number; revealed_ms: number } | undefined {
    const goes_on = { shown: this.shown_from !== undefined, revealed: this.is_revealed };
    this.show(false);
    this.reveal(false);
    const taken = {
      rendered: this.rendered,
      shown_ms: Math.ceil(this.shown_ms),
      revealed_ms: Math.ceil(this.revealed_ms),
    };
    this.shown_ms = 0;
    this.revealed_ms = 0;
    if (goes_on.shown) this.show(true);
    if (goes_on.revealed) this.reveal(true);
    const anything = taken.shown_ms > 0 || taken.revealed_ms > 0 || (taken.rendered && !this.told_rendered);
    this.told_rendered = this.rendered;
    return anything ? taken : undefined;
  }

  /** What was taken could not be told: it is told with the next. */
  give_back(taken: { shown_ms: number; revealed_ms: number }): void {
    this.shown_ms += taken.shown_ms;
    this.revealed_ms += taken.revealed_ms;
    this.told_rendered = false;
  }
}
