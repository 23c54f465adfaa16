import { operations, type Operations } from "./schema";
import { as_refusal, Refusal, refusal_of } from "./problem";

export type Operation = keyof Operations;
export type Params<O extends Operation> = Operations[O]["params"];
export type Body<O extends Operation> = Operations[O]["body"];
export type Answer<O extends Operation> = Operations[O]["answer"];

/** What the client asks of whoever keeps the session. */
export interface SessionKeeper {
  csrf_token(): string | undefined;
  /** Reads the token anew. */
  renew(): Promise<void>;
  /** Waits until the person has signed in again; false when they did not. */
  sign_in_again(): Promise<boolean>;
  /** Told of each answer, and of each time that none came. */
  reached(did: boolean): void;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** How long an answer may take. 30 s unless said. */
  timeout_ms?: number;
  headers?: Record<string, string>;
}

interface Environment {
  fetch: typeof fetch;
  wait: (ms: number) => Promise<void>;
  name: () => string;
}

const browser: Environment = {
  fetch: (...args) => fetch(...args),
  wait: (ms) => new Promise((done) => setTimeout(done, ms)),
  name: () => crypto.randomUUID(),
};

const tries_max = 3;
const longest_wait_s = 5;

/**
 * Calls the service. Each operation has its parameters, body and answer from docs/openapi.yaml.
 *
 * A call that got no answer, or 429 or 503 with a wait of 5 s at most, is tried again, three times in all: reads
 * always, changes where they carry an Idempotency-Key, which stays the same. Where the session is over the person is
 * asked to sign in again, and then the call goes on. Everything else is thrown as a `Refusal`.
 */
export class Client {
  private readonly keeper: SessionKeeper;
  private readonly environment: Environment;

  constructor(keeper: SessionKeeper, environment: Environment = browser) {
    this.keeper = keeper;
    this.environment = environment;
  }

  async call<O extends Operation>(
    operation: O,
    params: Params<O>,
    ...rest: Body<O> extends undefined ? [body?: undefined, options?: CallOptions] : [body: Body<O>, options?: CallOptions]
  ): Promise<Answer<O>> {
    const answer = await this.answer(operation, params, rest[0], rest[1] ?? {});
    if (answer.status === 204) return undefined as Answer<O>;
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) return (await answer.json()) as Answer<O>;
    return answer as Answer<O>;
  }

  private async answer(operation: Operation, params: object, body: unknown, options: CallOptions): Promise<Response> {
    const once = operations[operation].once ? this.environment.name() : undefined;
    for (let asked = 1; ; ++asked) {
      try {
        return await this.try_once(operation, params, body, options, once);
      } catch (thrown) {
        const refusal = as_refusal(thrown);
        if (await this.goes_on(operation, refusal, asked)) continue;
        throw refusal;
      }
    }
  }

  /** Whether to ask again, once what stood in the way has been waited for. */
  private async goes_on(operation: Operation, refusal: Refusal, asked: number): Promise<boolean> {
    if (refusal.status === 401 && operation !== "sign_in" && operation !== "session") return this.keeper.sign_in_again();
    if (asked >= tries_max) return false;
    if (refusal.is("csrf")) {
      await this.keeper.renew();
      return true;
    }
    const { method, once } = operations[operation];
    if (method !== "GET" && !once) return false;
    const wait_s = refusal.kind === "unreachable" ? asked : refusal.retry_after_s;
    if (wait_s === undefined || wait_s > longest_wait_s || (refusal.status !== 429 && refusal.status !== 503 && refusal.status !== 0))
      return false;
    await this.environment.wait(wait_s * 1000);
    return true;
  }

  private async try_once(
    operation: Operation,
    params: object,
    body: unknown,
    options: CallOptions,
    once: string | undefined,
  ): Promise<Response> {
    const { method, path } = operations[operation];
    const headers = new Headers({ Accept: "application/json, application/problem+json", ...options.headers });
    const token = this.keeper.csrf_token();
    if (method !== "GET" && token) headers.set("X-CSRF-Token", token);
    if (once) headers.set("Idempotency-Key", `"${once}"`);
    const raw = body instanceof Blob || body instanceof FormData;
    if (body instanceof Blob) headers.set("Content-Type", body.type || "application/octet-stream");
    else if (body !== undefined && !raw) headers.set("Content-Type", "application/json");
    const answer = await this.send(address(path, params), {
      method,
      headers,
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      ...(body === undefined ? {} : { body: raw ? (body as Blob | FormData) : JSON.stringify(body) }),
    }, options);
    if (!answer.ok) throw await refusal_of(answer);
    return answer;
  }

  private async send(url: string, request: RequestInit, options: CallOptions): Promise<Response> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), options.timeout_ms ?? 30_000);
    const stop = (): void => late.abort();
    options.signal?.addEventListener("abort", stop, { once: true });
    try {
      const answer = await this.environment.fetch(url, { ...request, signal: late.signal });
      this.keeper.reached(true);
      return answer;
    } catch {
      if (options.signal?.aborted) throw new Refusal("aborted");
      if (late.signal.aborted) throw new Refusal("too_slow");
      this.keeper.reached(false);
      throw new Refusal("unreachable");
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", stop);
    }
  }
}

/** "/v1/banks/{bank}/entries" with its parameters in the path and the others in the query; lists are repeated. */
export function address(path: string, params: object): string {
  const left = new Map(Object.entries(params).filter(([, value]) => value !== undefined && value !== null));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of left) {
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}
