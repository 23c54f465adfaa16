import { describe, expect, it, vi } from "vitest";
import { address, Client, type SessionKeeper } from "./client";
import { Refusal } from "./problem";

interface Sent {
  url: string;
  request: RequestInit;
}

/** A client of a service that gives `answers` in order; what a function throws is a lost connection. */
function client(answers: (() => Response)[], keeper: Partial<SessionKeeper> = {}) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const full: SessionKeeper = {
    csrf_token: () => "token",
    renew: async () => {},
    sign_in_again: async () => false,
    reached: () => {},
    ...keeper,
  };
  let names = 0;
  const it = new Client(full, {
    fetch: async (url, request) => {
      sent.push({ url: String(url), request: request! });
      const answer = answers[sent.length - 1];
      if (!answer) throw new Error("more was asked than answers there are");
      return answer();
    },
    wait: async (ms) => void waits.push(ms),
    name: () => `name-${++names}`,
  });
  return { it, sent, waits, header: (i: number, name: string) => new Headers(sent[i]!.request.headers).get(name) };
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) => (): Response =>
  new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });

const problem = (status: number, type: string, headers: Record<string, string> = {}) => (): Response =>
  new Response(
    JSON.stringify({ type: `/problems/${type}`, title: "T", status, detail: "D", code: "conflict", request_id: "r_1" }),
    { status, headers: { "Content-Type": "application/problem+json", ...headers } },
  );

const lost = (): Response => {
  throw new TypeError("connection lost");
};

describe("address", () => {
  it("escapes what stands in the path, repeats lists, and leaves out what is not given", () => {
    expect(address("/v1/banks/{bank}/entries", { bank: "a b/ü", after: undefined, limit: 5 })).toBe(
      "/v1/banks/a%20b%2F%C3%BC/entries?limit=5",
    );
    expect(address("/v1/match", { banks: ["a", "b"] })).toBe("/v1/match?banks=a&banks=b");
  });
});

describe("Client", () => {
  it("sends changes with the token and a name of their own, and reads with neither", async () => {
    const { it: api, header } = client([json({ release: 1 }), json({ banks: [] })]);
    await api.call("approve_release", { release: 1 }, { why: "checked" });
    await api.call("banks", {});
    expect(header(0, "X-CSRF-Token")).toBe("token");
    expect(header(0, "Idempotency-Key")).toBe('"name-1"');
    expect(header(1, "X-CSRF-Token")).toBeNull();
    expect(header(1, "Idempotency-Key")).toBeNull();
  });

  it("sends a file as it is, under its own type", async () => {
    const { it: api, sent, header } = client([json({ md5: "" })]);
    const file = new Blob(["x"], { type: "image/png" });
    await api.call("hash", {}, file);
    expect(sent[0]!.request.body).toBe(file);
    expect(header(0, "Content-Type")).toBe("image/png");
  });

  it("repeats a change whose answer was lost under the same name", async () => {
    const { it: api, header, waits } = client([lost, json({ release: 1 })]);
    await api.call("approve_release", { release: 1 }, { why: "checked" });
    expect(header(1, "Idempotency-Key")).toBe(header(0, "Idempotency-Key"));
    expect(waits).toEqual([1000]);
  });

  it("gives up after three tries, and says that the service was not reached", async () => {
    const reached = vi.fn();
    const { it: api, sent } = client([lost, lost, lost], { reached });
    await expect(api.call("banks", {})).rejects.toMatchObject({ kind: "unreachable" });
    expect(sent).toHaveLength(3);
    expect(reached).toHaveBeenLastCalledWith(false);
  });

  it("does not repeat a change that has no name", async () => {
    const { it: api, sent } = client([lost]);
    await expect(api.call("detach_stream", { stream: "a" })).rejects.toBeInstanceOf(Refusal);
    expect(sent).toHaveLength(1);
  });

  it("waits as long as a full service says, but for 5 s at most", async () => {
    const short = client([problem(503, "unavailable", { "Retry-After": "2" }), json({ banks: [] })]);
    await short.it.call("banks", {});
    expect(short.waits).toEqual([2000]);
    const long = client([problem(429, "rate-limited", { "Retry-After": "60" })]);
    await expect(long.it.call("banks", {})).rejects.toMatchObject({ status: 429, retry_after_s: 60 });
  });

  it("goes on after the person has signed in again, and with the new token", async () => {
    let token = "old";
    const sign_in_again = async (): Promise<boolean> => ((token = "new"), true);
    const { it: api, header } = client([problem(401, "unauthenticated"), json({ release: 1 })], {
      csrf_token: () => token,
      sign_in_again,
    });
    await api.call("approve_release", { release: 1 }, { why: "checked" });
    expect([header(0, "X-CSRF-Token"), header(1, "X-CSRF-Token")]).toEqual(["old", "new"]);
    expect(header(1, "Idempotency-Key")).toBe(header(0, "Idempotency-Key"));
  });

  it("throws the refusal where the person does not sign in again", async () => {
    const { it: api } = client([problem(401, "unauthenticated")]);
    await expect(api.call("banks", {})).rejects.toMatchObject({ status: 401 });
  });

  it("does not ask for signing in again while signing in", async () => {
    const sign_in_again = vi.fn(async () => true);
    const { it: api } = client([problem(401, "totp-required")], { sign_in_again });
    const thrown = await api.call("sign_in", {}, { account: "a", password: "b" }).catch((one: Refusal) => one);
    expect((thrown as Refusal).is("totp-required")).toBe(true);
    expect(sign_in_again).not.toHaveBeenCalled();
  });

  it("renews a token that the service refuses, and tries again", async () => {
    const renew = vi.fn(async () => {});
    const { it: api, sent } = client([problem(403, "csrf"), json({ release: 1 })], { renew });
    await api.call("approve_release", { release: 1 }, { why: "checked" });
    expect(renew).toHaveBeenCalledOnce();
    expect(sent).toHaveLength(2);
  });

  it("throws the service's own words", async () => {
    const { it: api } = client([problem(409, "conflict")]);
    await expect(api.call("banks", {})).rejects.toMatchObject({ status: 409, problem: { title: "T", detail: "D" } });
  });

  it("takes an error page of something between for no problem document", async () => {
    const { it: api } = client([() => new Response("<h1>Bad gateway</h1>", { status: 502 })]);
    await expect(api.call("banks", {})).rejects.toMatchObject({ kind: "unexpected", status: 502 });
  });

  it("breaks off when told to, and does not try again", async () => {
    const stop = new AbortController();
    const { it: api, sent } = client([
      () => {
        stop.abort();
        throw new DOMException("stopped", "AbortError");
      },
    ]);
    await expect(api.call("banks", {}, undefined, { signal: stop.signal })).rejects.toMatchObject({ kind: "aborted" });
    expect(sent).toHaveLength(1);
  });

  it("answers nothing where the service has nothing to say", async () => {
    const { it: api } = client([() => new Response(null, { status: 204 })]);
    expect(await api.call("sign_out", {})).toBeUndefined();
  });
});
