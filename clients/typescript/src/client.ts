import type {
  CompareSide, Entry, Explanation, Finding, MatchAnswer, MatchItem, MatchJob, MediaHashes, OnError, Profile, Signals,
  SignalType, Status, BatchAnswer,
} from "./contract.js";
import { randomName } from "./crypto.js";
import { errorOfProblem, SeawallError } from "./errors.js";
import { batchResult, BatchResult, decidedHere, matchResult, MatchResult } from "./results.js";
import { Request, Transport } from "./transport.js";

const batchItemsMax = 10_000;
const batchFilesMax = 16;
const mediaBytesMax = 256 * 1024 * 1024;
const jsonBytesMax = 8 * 1024 * 1024;
const waitPauseMaxMs = 5000;

/** The bytes of a file. */
export type Bytes = Uint8Array | ArrayBuffer | Blob;
/** One thing to look up: bytes, a URL that the service fetches, or signals alone. */
export type Thing = { data: Bytes } | { url: string } | { signals: Signals };

export interface ClientOptions {
  /** `https://host[:port]`, or `http://` on this machine. In Node.js $SEAWALL_URL unless given. */
  address?: string;
  /** `swk_...`. In Node.js $SEAWALL_KEY unless given. Keys are for programs, never for pages that people load. */
  key?: string;
  /** For pages: the token of `GET /v1/session`. Then the cookie says who asks, and no key is sent. */
  csrfToken?: string;
  /** How long a call may take as a whole, tries again included. 30,000 unless given. */
  timeoutMs?: number;
  /** How often a call is tried again after a connection error, 429 or 503; 0 to 10, 3 unless given. */
  retries?: number;
  /**
   * The verdict where there is none. `fail_closed`: block. `fail_open`: allow. It goes to the service, and holds here too
   * where the service cannot be reached or is overloaded; unless given such a call throws.
   */
  onError?: OnError;
  /** Allows `http://` to other machines: the key is then shown to the network. */
  allowHttp?: boolean;
  /** Another fetch: one for a Unix socket is in `@seawall/client/node`. */
  fetch?: typeof fetch;
  /** Another clock, for tests: milliseconds. */
  now?: () => number;
  sleep?: (ms: number) => Promise<void>;
}

/** Options of a look-up, as `POST /v1/match` has them. */
export interface LookUpOptions {
  banks?: string[];
  radius?: number;
  profile?: Profile;
  onError?: OnError;
  includeSilent?: boolean;
  timings?: boolean;
  timeoutMs?: number;
}

export interface MatchOptions extends LookUpOptions {
  /** The caller's own name for it. */
  id?: string;
  /** Where it was seen, as an opaque reference, never a person. */
  place?: string;
}

export interface SubmitOptions extends MatchOptions {
  /** https; told when the look-up is done. Check it with verifyWebhook. */
  webhook?: string;
}

/** Asks a look-up service (docs/openapi.yaml). Calls may run side by side. */
export class Client {
  private readonly transport: Transport;
  private readonly timeoutMs: number;
  private readonly onError: OnError | undefined;
  private readonly now: () => number;
  private readonly sleep: (ms: number) => Promise<void>;

  constructor(options: ClientOptions = {}) {
    const base = baseOf(options.address ?? environment("SEAWALL_URL"), options.allowHttp ?? false);
    const key = options.csrfToken === undefined ? (options.key ?? environment("SEAWALL_KEY")).trim() : "";
    if (key !== "" && !/^[!-~]{1,512}$/.test(key)) throw new TypeError("a key is printable ASCII without blanks");
    const retries = options.retries ?? 3;
    this.timeoutMs = options.timeoutMs ?? 30_000;
    if (!(retries >= 0 && retries <= 10) || !(this.timeoutMs > 0)) {
      throw new TypeError("retries is 0 to 10, timeoutMs more than 0");
    }
    this.onError = options.onError;
    this.now = options.now ?? (() => performance.now());
    this.sleep = options.sleep ?? ((ms) => new Promise((wake) => setTimeout(wake, ms)));
    const headers: Record<string, string> = key === "" ? {} : { Authorization: `Bearer ${key}` };
    if (options.csrfToken !== undefined) headers["X-CSRF-Token"] = options.csrfToken;
    this.transport = new Transport({
      base, headers, retries, credentials: options.csrfToken === undefined ? "omit" : "same-origin",
      fetch: options.fetch ?? ((...words) => fetch(...words)), now: this.now, sleep: this.sleep,
    });
  }

  /** Looks one thing up. Throws SeawallError. */
  async match(thing: Thing, options: MatchOptions = {}): Promise<MatchResult> {
    const onError = options.onError ?? this.onError;
    const request = await matchRequest(thing, membersOf({ ...options, ...some({ onError }) }));
    try {
      const answer = await this.send<MatchAnswer>(request, options.timeoutMs);
      return matchResult(answer, answer);
    } catch (error) {
      return decidedHere(options.id, onError, error);
    }
  }

  /** Looks up to 10,000 items with signals up at once; 16 of them may have a `url` instead. */
  async matchBatch(items: MatchItem[], options: LookUpOptions = {}): Promise<BatchResult> {
    checkCount(items.length, batchItemsMax, "items");
    const onError = options.onError ?? this.onError;
    const request = await post("/v1/match", { ...membersOf({ ...options, ...some({ onError }) }), items });
    return this.batch(request, items.map((item) => item.id), onError, options.timeoutMs);
  }

  /** Looks up to 16 files up at once. */
  async matchFiles(files: { id: string; data: Bytes }[], options: LookUpOptions = {}): Promise<BatchResult> {
    checkCount(files.length, batchFilesMax, "files");
    const onError = options.onError ?? this.onError;
    const body = formOf(files.map(({ id, data }) => ["items", id, data]));
    const target = targetOf("/v1/match", membersOf({ ...options, ...some({ onError }) }));
    const request: Request = { method: "POST", target, body, headers: await attempt() };
    return this.batch(request, files.map((file) => file.id), onError, options.timeoutMs);
  }

  private async batch(request: Request, ids: (string | undefined)[], onError: OnError | undefined,
                      timeoutMs: number | undefined): Promise<BatchResult> {
    try {
      return batchResult(await this.send<BatchAnswer>(request, timeoutMs));
    } catch (error) {
      const { verdict } = decidedHere(undefined, onError, error);
      const items = ids.map((id) => ({ ...some({ id }), result: decidedHere(id, onError, error) }));
      return { verdict, items, requestId: "", decidedBy: "client" };
    }
  }

  /** Hands a look-up in and does not wait for its verdict: ask with job() or wait(), or be told at `webhook`. */
  async submit(thing: Thing | { items: MatchItem[] }, options: SubmitOptions = {}): Promise<MatchJob> {
    const onError = options.onError ?? this.onError;
    const members = { ...membersOf({ ...options, ...some({ onError }) }), mode: "async" };
    if ("items" in thing) return this.send(await post("/v1/match", { ...members, ...thing }), options.timeoutMs);
    return this.send(await matchRequest(thing, members), options.timeoutMs);
  }

  /** What became of an asynchronous look-up. Answers are kept for 72 hours. */
  job(requestId: string, timeoutMs?: number): Promise<MatchJob> {
    return this.send({ method: "GET", target: `/v1/match/${encodeURIComponent(requestId)}` }, timeoutMs);
  }

  /** Asks until the look-up is done, seldomer as time goes on. Throws SeawallError. */
  async wait(requestId: string, timeoutMs = 300_000): Promise<MatchResult | BatchResult> {
    const end = this.now() + timeoutMs;
    for (let pause = 100; ; pause = Math.min(waitPauseMaxMs, pause * 1.5)) {
      const job = await this.job(requestId, Math.max(1, Math.min(this.timeoutMs, end - this.now())));
      if (job.state === "failed") throw errorOfProblem(job.problem);
      if (job.state === "done" && job.answer !== undefined) {
        return "answers" in job.answer ? batchResult(job.answer) : matchResult(job.answer, job.answer);
      }
      if (this.now() + pause >= end) {
        throw new SeawallError("deadline", `the look-up ${requestId} is not done yet; ask again later`);
      }
      await this.sleep(pause);
    }
  }

  /** Has the webhook of a finished look-up sent again. */
  async replay(requestId: string, timeoutMs?: number): Promise<MatchJob> {
    const target = `/v1/match/${encodeURIComponent(requestId)}/replay`;
    return this.send({ method: "POST", target, headers: await attempt() }, timeoutMs);
  }

  /** The signals of media, without looking anything up. */
  hash(thing: { data: Bytes } | { url: string },
       options: { frames?: boolean; dihedral?: boolean; timeoutMs?: number } = {}): Promise<MediaHashes> {
    const { timeoutMs, ...rest } = options;
    const target = targetOf("/v1/hash", said(rest));
    if ("url" in thing) return this.send({ method: "POST", target, ...jsonBody(thing) }, timeoutMs);
    return this.send({ method: "POST", target, ...mediaBody(thing.data) }, timeoutMs);
  }

  /**
   * Why two pieces of media are, or are not, a match: `a` as an upload, `b` as listed content. Each is a PDQ hash or a
   * URL; or both are bytes.
   */
  compare(a: CompareSide | { data: Bytes }, b: CompareSide | { data: Bytes },
          options: { radius?: number; profile?: Profile; timeoutMs?: number } = {}): Promise<Explanation> {
    const { timeoutMs, ...rest } = options;
    if ("data" in a && "data" in b) {
      const body = formOf([["a", "a", a.data], ["b", "b", b.data]]);
      return this.send({ method: "POST", target: targetOf("/v1/compare", said(rest)), body }, timeoutMs);
    }
    if ("data" in a || "data" in b) throw new TypeError("compare takes bytes on both sides or on neither");
    return this.send({ method: "POST", target: "/v1/compare", ...jsonBody({ ...said(rest), a, b }) }, timeoutMs);
  }

  /** Says what a person found when they looked at a match. `match`: the match's name from its answer. */
  async feedback(match: string, verdict: "confirmed" | "false-match", why: string,
                 options: { signal?: SignalType; reason?: string; sendBack?: boolean; timeoutMs?: number } = {},
  ): Promise<Finding> {
    const { signal, reason, sendBack, timeoutMs } = options;
    const body = { match, verdict, why, ...some({ signal, reason }), ...(sendBack === false ? { send_back: false } : {}) };
    return this.send(await post("/v1/feedback", body), timeoutMs);
  }

  /** One entry as it is now. */
  entry(entry: string, timeoutMs?: number): Promise<Entry> {
    return this.send({ method: "GET", target: `/v1/entries/${encodeURIComponent(entry)}` }, timeoutMs);
  }

  /** What runs there, how new its lists are, how full its queues. */
  status(timeoutMs?: number): Promise<Status> {
    return this.send({ method: "GET", target: "/v1/status" }, timeoutMs);
  }

  private send<T>(request: Request, timeoutMs: number | undefined): Promise<T> {
    return this.transport.send<T>(request, timeoutMs ?? this.timeoutMs);
  }
}

type Members = Record<string, unknown>;

function environment(name: string): string {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] ?? "";
}

function baseOf(address: string, allowHttp: boolean): string {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new TypeError("say where the service is: https://host[:port], or $SEAWALL_URL");
  }
  if (!["http:", "https:"].includes(url.protocol)) throw new TypeError("the address is https://host[:port]");
  if (url.username !== "" || url.password !== "" || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new TypeError("the address has no name, password or path; the key is an option of its own");
  }
  const isHere = /^(localhost|127(\.[0-9]+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !allowHttp && !isHere) {
    throw new TypeError("http:// would show the key to the network; use https://, or say allowHttp");
  }
  return url.origin;
}

function checkCount(count: number, most: number, what: string): void {
  if (count >= 1 && count <= most) return;
  throw new SeawallError("limit_exceeded", `1 to ${most} ${what} at once, not ${count}`);
}

/** Without the members that are undefined. */
function some<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

/** What was said: neither undefined nor false, which every option has as its default. */
function said(options: object): Members {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== false));
}

function membersOf(options: SubmitOptions): Members {
  const { id, place, banks, radius, profile, onError, includeSilent, timings, webhook } = options;
  return said({
    id, place, banks, radius, profile, on_error: onError, include_silent: includeSilent, timings, webhook,
  });
}

function targetOf(path: string, members: Members): string {
  const words: string[] = [];
  for (const [name, value] of Object.entries(members)) {
    for (const one of Array.isArray(value) ? value : [value]) words.push(`${name}=${encodeURIComponent(String(one))}`);
  }
  return words.length === 0 ? path : `${path}?${words.join("&")}`;
}

async function attempt(): Promise<Record<string, string>> {
  return { "Idempotency-Key": `"${await randomName()}"` };
}

function jsonBody(value: unknown): { body: string; headers: Record<string, string> } {
  const body = JSON.stringify(value);
  if (new TextEncoder().encode(body).length > jsonBytesMax) {
    throw new SeawallError("limit_exceeded", `the JSON is over ${jsonBytesMax} bytes; send smaller batches`);
  }
  return { body, headers: { "Content-Type": "application/json" } };
}

function mediaBody(data: Bytes): { body: Bytes; headers: Record<string, string> } {
  const size = sizeOf(data);
  if (size < 1 || size > mediaBytesMax) {
    throw new SeawallError("limit_exceeded", `media has 1 to ${mediaBytesMax} bytes; send its digests as signals`);
  }
  return { body: data, headers: { "Content-Type": "application/octet-stream" } };
}

function sizeOf(data: Bytes): number {
  return data instanceof Blob ? data.size : data.byteLength;
}

async function post(target: string, body: unknown): Promise<Request> {
  const json = jsonBody(body);
  return { method: "POST", target, body: json.body, headers: { ...json.headers, ...(await attempt()) } };
}

async function matchRequest(thing: Thing, members: Members): Promise<Request> {
  if (!("data" in thing)) return post("/v1/match", { ...members, ...thing });
  const { body, headers } = mediaBody(thing.data);
  return { method: "POST", target: targetOf("/v1/match", members), body, headers: { ...headers, ...(await attempt()) } };
}

function formOf(parts: [string, string, Bytes][]): FormData {
  const form = new FormData();
  for (const [field, name, data] of parts) {
    if (/[\u0000-\u001f\u007f"\\]/.test(name)) {
      throw new SeawallError("invalid_input",
        "a file's name in a form holds no quotes, backslashes or control characters; name it otherwise");
    }
    form.append(field, data instanceof Blob ? data : new Blob([data]), name);
  }
  if (parts.reduce((sum, [, , data]) => sum + sizeOf(data), 0) > mediaBytesMax) {
    throw new SeawallError("limit_exceeded", `the files are over ${mediaBytesMax} bytes; send fewer at once`);
  }
  return form;
}
