import type { Remembered } from "./audit";
import { Refused } from "./refused";
import type { DrawAnswer, LogAnswer, LogAsk, ProofAnswer } from "./worker";

export type { DrawAnswer, ProofAnswer } from "./worker";

/** The log contradicts what this browser saw: both statements are signed. */
export class Contradicted extends Refused {
  readonly before: string;
  readonly now: string;
  constructor({ code, words, before, now }: NonNullable<LogAnswer["failed"]>) {
    super(words, code === "shrunk" ? "shrunk" : "forked");
    this.before = before ?? "";
    this.now = now ?? "";
  }
}

export interface LogWatch {
  on_progress?: (done: number, size: number) => void;
  on_checked?: (state: Remembered) => void;
  signal?: AbortSignal;
}

// One question to a worker; a union's members are told apart by `what`.
type Question = LogAsk extends infer One ? (One extends LogAsk ? Omit<One, "now_ms"> : never) : never;

function ask<T>(question: Question, take: (answer: LogAnswer) => T | undefined, watch: LogWatch): Promise<T> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "log" });
  return new Promise<T>((resolve, reject) => {
    watch.signal?.addEventListener("abort", () => reject(watch.signal!.reason as Error), { once: true });
    worker.onerror = (event) => reject(new Error(event.message || "the verifier did not start"));
    worker.onmessage = ({ data }: MessageEvent<LogAnswer>) => {
      if (data.progress) watch.on_progress?.(data.progress.done, data.progress.size);
      if (data.checked) watch.on_checked?.(data.checked);
      if (data.failed) {
        const { code, words, before } = data.failed;
        if (before !== undefined) reject(new Contradicted(data.failed));
        else reject(code === "error" ? new Error(words) : new Refused(words, code));
      }
      const value = take(data);
      if (value !== undefined) resolve(value);
    };
    worker.postMessage({ ...question, now_ms: Date.now() });
  }).finally(() => worker.terminate());
}

type Trusting = Pick<LogAsk, "trust">["trust"];

/** Verifies the log in a worker. Errors: Refused, Contradicted; Error where it could not be read. */
export const audit_log = (trust: Trusting, remembered: Remembered | undefined, watch: LogWatch): Promise<Remembered> =>
  ask({ what: "audit", trust, ...(remembered ? { remembered } : {}) }, (answer) => answer.audited, watch);
export const prove_index = (trust: Trusting, index: number, watch: LogWatch = {}): Promise<ProofAnswer> =>
  ask({ what: "prove", trust, index }, (answer) => answer.proven, watch);
export const find_record = (trust: Trusting, shown: string, watch: LogWatch = {}): Promise<ProofAnswer> =>
  ask({ what: "find", trust, shown }, (answer) => answer.proven, watch);
export const check_log_draw = (trust: Trusting, draw: string, watch: LogWatch = {}): Promise<DrawAnswer> =>
  ask({ what: "draw", trust, draw }, (answer) => answer.drawn, watch);
export const make_log_draw = (trust: Trusting, frame: string, secret: string, watch: LogWatch = {}): Promise<DrawAnswer> =>
  ask({ what: "make", trust, frame, secret }, (answer) => answer.drawn, watch);
