/** The time as pages show it: moved on every half minute, so that "3 minutes ago" does not grow old. */
class Clock {
  now = $state(new Date());

  constructor() {
    setInterval(() => (this.now = new Date()), 30_000);
  }
}

export const clock = new Clock();
