/** Why something is not believed. */
export class Refused extends Error {
  /**
   * invalid: it does not prove what it says; forked, shrunk: it contradicts what was seen; behind: it is older than what was
   * seen, which may be a lagging copy; waiting: what is needed is not in the log yet.
   */
  readonly code: "invalid" | "forked" | "shrunk" | "behind" | "unsupported" | "missing" | "waiting";
  constructor(words: string, code: Refused["code"] = "invalid") {
    super(words);
    this.code = code;
  }
}
