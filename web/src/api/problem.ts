import type { Problem } from "./schema";

/** Why a call came to nothing. `title` and `detail` are the server's own words where it gave any. */
export class Refusal extends Error {
  readonly kind: "problem" | "unreachable" | "too_slow" | "unexpected" | "aborted";
  readonly status: number;
  readonly problem: Problem | undefined;
  /** Seconds after which it may be tried again, where the server said so. */
  readonly retry_after_s: number | undefined;

  constructor(kind: Refusal["kind"], options: { status?: number; problem?: Problem; retry_after_s?: number } = {}) {
    super(options.problem?.detail ?? kind);
    this.name = "Refusal";
    this.kind = kind;
    this.status = options.status ?? 0;
    this.problem = options.problem;
    this.retry_after_s = options.retry_after_s;
  }

  /** Whether the problem's type is /problems/`name`. */
  is(name: string): boolean {
    return this.problem?.type === `/problems/${name}`;
  }

  /** What the server said of the member at `pointer` ("/why") of what was sent. */
  fault_at(pointer: string): string | undefined {
    return this.problem?.errors?.find((one) => one.at === pointer)?.detail;
  }
}

function retry_after(headers: Headers): number | undefined {
  const text = headers.get("Retry-After");
  return text !== null && /^\d{1,4}$/.test(text) ? Number(text) : undefined;
}

function is_problem(value: unknown): value is Problem {
  const one = value as Partial<Problem> | null;
  return typeof one === "object" && one !== null && typeof one.title === "string" && typeof one.code === "string";
}

/** The refusal that an answer is. Reads its body. */
export async function refusal_of(answer: Response): Promise<Refusal> {
  const rest = { status: answer.status, retry_after_s: retry_after(answer.headers) };
  const given = rest.retry_after_s === undefined ? { status: rest.status } : { ...rest, retry_after_s: rest.retry_after_s };
  if (answer.headers.get("Content-Type")?.startsWith("application/problem+json")) {
    const value: unknown = await answer.json().catch(() => null);
    if (is_problem(value)) return new Refusal("problem", { ...given, problem: value });
  }
  return new Refusal("unexpected", given);
}

/** Anything thrown, as a refusal. */
export function as_refusal(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown;
  console.error(thrown);
  return new Refusal("unexpected");
}
