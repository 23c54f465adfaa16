import type { Code, Problem } from "./contract.js";

/**
 * A code of docs/errors.md, or one of this client's own: `unreachable` (no answer came from the service), `deadline`
 * (the time given was over), `bad_answer` (what answered is no Seawall).
 */
export type ErrorCode = Code | "unreachable" | "deadline" | "bad_answer";

export interface ErrorFacts {
  status?: number;
  type?: string;
  requestId?: string;
  errors?: NonNullable<Problem["errors"]>;
  retryAfterS?: number;
}

/** Something went wrong; `detail` says what to do, and never holds media, secrets or personal data. */
export class SeawallError extends Error {
  override readonly name = "SeawallError";
  /** The HTTP status, if there was one. */
  readonly status: number | undefined;
  /** The problem's type, such as `/problems/overloaded`. */
  readonly type: string;
  /** Names the request in the service's log. */
  readonly requestId: string;
  /** Each fault of the request. */
  readonly errors: NonNullable<Problem["errors"]>;
  /** When to come back, in seconds, if the service said so. */
  readonly retryAfterS: number | undefined;

  constructor(readonly code: ErrorCode, readonly detail: string, facts: ErrorFacts = {}) {
    super(`${code}: ${detail}`);
    this.status = facts.status;
    this.type = facts.type ?? "";
    this.requestId = facts.requestId ?? "";
    this.errors = facts.errors ?? [];
    this.retryAfterS = facts.retryAfterS;
  }

  /** The server's certificate is not valid, and stays so: nothing to try again, and no reason to let anything pass. */
  get isAboutCertificate(): boolean {
    return this.code === "unreachable" && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|HOSTNAME_MISMATCH|ALTNAME/.test(this.detail);
  }

  /** Whether the service gave no verdict through no fault of the request: then `onError` decides. */
  get isNoAnswer(): boolean {
    const isSilence = ["unavailable", "rate_limited", "unreachable", "deadline", "bad_answer"].includes(this.code);
    return isSilence && !this.isAboutCertificate;
  }
}

/** The error for a problem document (RFC 9457) that was an answer, or part of one. */
export function errorOfProblem(problem: Problem | undefined, retryAfterS?: number): SeawallError {
  if (problem === undefined) return new SeawallError("unavailable", "it failed, and the service does not say why");
  const facts: ErrorFacts = { status: problem.status, type: problem.type, requestId: problem.request_id };
  if (problem.errors !== undefined) facts.errors = problem.errors;
  if (retryAfterS !== undefined) facts.retryAfterS = retryAfterS;
  return new SeawallError(problem.code, problem.detail, facts);
}
