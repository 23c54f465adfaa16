import { errorOfProblem, SeawallError } from "./errors.js";

const answerBytesMax = 64 * 1024 * 1024;
const pauseFirstMs = 100;
const pauseMaxMs = 5000;

/** One request, ready to be sent as often as it must. */
export interface Request {
  method: "GET" | "POST";
  target: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array | ArrayBuffer | Blob | FormData;
}

/** How a client talks; `fetch`, `now` and `sleep` are the platform's unless given. */
export interface TransportOptions {
  base: string;
  headers: Record<string, string>;
  credentials: "omit" | "same-origin";
  retries: number;
  fetch: typeof fetch;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** Sends requests: a deadline for each as a whole, bounded tries again. */
export class Transport {
  constructor(private readonly options: TransportOptions) {}

  /**
   * The first answer that is no reason to try again. Every request here may be repeated: it changes nothing, or it names
   * its attempt by an Idempotency-Key. Throws SeawallError.
   */
  async send<T>(request: Request, timeoutMs: number): Promise<T> {
    const end = this.options.now() + timeoutMs;
    for (let tried = 0; ; ++tried) {
      try {
        return (await this.attempt(request, end)) as T;
      } catch (error) {
        if (!(error instanceof SeawallError) || tried === this.options.retries || !mayPass(error)) throw error;
        const pause = pauseAfter(tried, error);
        if (this.options.now() + pause >= end) throw error;
        await this.options.sleep(pause);
      }
    }
  }

  private async attempt(request: Request, end: number): Promise<unknown> {
    const left = end - this.options.now();
    if (left <= 0) throw tooLate();
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), Math.min(left, 2 ** 31 - 1));
    try {
      const response = await this.options.fetch(this.options.base + request.target, {
        method: request.method,
        headers: { Accept: "application/json", ...this.options.headers, ...request.headers },
        body: (request.body as BodyInit | undefined) ?? null,
        credentials: this.options.credentials,
        redirect: "manual",
        cache: "no-store",
        signal: abort.signal,
      });
      return valueOf(response.status, response.headers, await textOf(response));
    } catch (error) {
      if (error instanceof SeawallError) throw error;
      if (abort.signal.aborted) throw tooLate();
      throw new SeawallError("unreachable", `no answer from the service: ${wordsOf(error)}`);
    } finally {
      clearTimeout(timer);
    }
  }
}

function tooLate(): SeawallError {
  return new SeawallError("deadline", "the service did not answer in the time given; give it more (timeoutMs)");
}

/** What fetch fails with says little; its cause says what happened. */
function wordsOf(error: unknown): string {
  const cause = (error as { cause?: unknown } | undefined)?.cause;
  const { code, message } = (cause ?? error) as { code?: string; message?: string };
  return code ?? message ?? String(error);
}

function mayPass(error: SeawallError): boolean {
  if (error.type === "/problems/in-progress") return true; // Our own attempt before this one is still at work.
  if (error.code === "unreachable") return !error.isAboutCertificate;
  return error.status === 429 || error.status === 503;
}

function pauseAfter(tried: number, error: SeawallError): number {
  const longest = Math.min(pauseMaxMs, pauseFirstMs * 2 ** tried);
  const own = longest * (0.5 + Math.random() / 2); // Not all clients at the same moment.
  return error.retryAfterS === undefined ? own : Math.max(own, error.retryAfterS * 1000);
}

async function textOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  if (reader === undefined) return response.text();
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > answerBytesMax) {
      await reader.cancel();
      throw new SeawallError("bad_answer", `an answer of over ${answerBytesMax} bytes; ask in smaller batches`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function valueOf(status: number, headers: Headers, text: string): unknown {
  let value: unknown;
  try {
    value = text === "" ? null : JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (status >= 200 && status < 300) {
    if (value !== undefined) return value;
    throw new SeawallError("bad_answer", "the answer is not JSON; is the address that of a Seawall service?", { status });
  }
  const wait = headers.get("Retry-After");
  const retryAfterS = wait !== null && /^[0-9]{1,6}$/.test(wait) ? Number(wait) : undefined;
  const problem = value as { code?: unknown } | null | undefined;
  if (typeof problem?.code === "string") throw errorOfProblem(problem as Parameters<typeof errorOfProblem>[0], retryAfterS);
  const code = status === 429 ? "rate_limited" : status === 503 ? "unavailable" : "bad_answer";
  throw new SeawallError(code, `the answer is HTTP ${status} without a problem document`,
    retryAfterS === undefined ? { status } : { status, retryAfterS });
}
