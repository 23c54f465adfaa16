// The client against a server that stands in for the service (tests/e2e has the real one).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { Client, SeawallError, verifyWebhook } from "../dist/index.js";
import { unixFetch } from "../dist/node.js";
import { allow, block, chain, problem, say, standIn } from "./stand_in.mjs";

const pdq = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22";
const bytes = (text) => new TextEncoder().encode(text);
const busy = say(503, problem(503, "unavailable", "overloaded"), { "Retry-After": "7" });
const nobody = "http://127.0.0.1:1";

/** A clock that moves when somebody sleeps. */
function fakeTime() {
  const time = { at: 0, slept: [], now: () => time.at, sleep: async (ms) => { time.slept.push(ms); time.at += ms; } };
  return time;
}

function client(service, options = {}) {
  const { now, sleep } = options.time ?? fakeTime();
  const { time, ...rest } = options;
  return new Client({ address: service.address ?? service, key: "swk_test", now, sleep, ...rest });
}

const fails = (code) => (error) => error instanceof SeawallError && error.code === code;

test("bytes go as they are and options in the query", async (t) => {
  const service = await standIn(t, [say(200, block)]);
  const result = await client(service).match({ data: bytes("bytes") }, {
    id: "post 17", banks: ["a&b", "c"], radius: 20, profile: "thorough", includeSilent: true, timings: false });
  const [asked] = service.asked;
  assert.deepEqual([asked.method, asked.path, asked.body.toString()], ["POST", "/v1/match", "bytes"]);
  assert.deepEqual(asked.query, [["id", "post 17"], ["banks", "a&b"], ["banks", "c"], ["radius", "20"],
    ["profile", "thorough"], ["include_silent", "true"]]);
  assert.equal(asked.headers.authorization, "Bearer swk_test");
  assert.equal(asked.headers["content-type"], "application/octet-stream");
  assert.equal(asked.headers["content-length"], "5");
  assert.match(asked.headers["idempotency-key"], /^"[0-9a-f]{32}"$/);
  assert.deepEqual([result.verdict, result.id, result.decidedBy], ["block", "post-17", "service"]);
  assert.equal(result.matches[0].match, "12.345@post-17");
  assert.deepEqual(result.listVersion, { number: 41, chain });
});

test("signals and URLs go as JSON", async (t) => {
  const service = await standIn(t, [say(200, allow), say(200, allow)]);
  const asker = client(service, { onError: "fail_closed" });
  await asker.match({ signals: { pdq, quality: 100 } }, { place: "p", banks: ["k"] });
  await asker.match({ url: "https://media.example/a.jpg" }, { timings: true });
  assert.deepEqual(service.asked[0].json,
    { place: "p", banks: ["k"], on_error: "fail_closed", signals: { pdq, quality: 100 } });
  assert.deepEqual(service.asked[1].json,
    { on_error: "fail_closed", timings: true, url: "https://media.example/a.jpg" });
  assert.notEqual(service.asked[0].headers["idempotency-key"], service.asked[1].headers["idempotency-key"]);
});

test("a Blob and an ArrayBuffer are bytes too, and no bytes are refused", async (t) => {
  const service = await standIn(t, [say(200, allow), say(200, allow)]);
  await client(service).match({ data: new Blob(["blob"]) });
  await client(service).match({ data: bytes("buffer").buffer });
  assert.deepEqual(service.asked.map((one) => one.body.toString()), ["blob", "buffer"]);
  await assert.rejects(client(service).match({ data: new Uint8Array() }), fails("limit_exceeded"));
});

test("the rest goes where the contract says", async (t) => {
  const job = { request_id: "r_0e1VbJ3Zk2", state: "pending", asked: "2026-11-22T03:04:05Z" };
  const service = await standIn(t, [say(200, { pdq }), say(200, { match: true }), say(200, { match: true }),
    say(201, { entry: "12.345" }), say(202, job), say(202, job), say(200, { entry: "12.345" }), say(200, { ready: true })]);
  const asker = client(service);
  assert.deepEqual(await asker.hash({ data: bytes("x") }, { frames: true }), { pdq });
  await asker.compare({ pdq }, { url: "https://media.example/a.jpg" }, { radius: 20 });
  await asker.compare({ data: bytes("one") }, { data: bytes("two") }, { profile: "none" });
  await asker.feedback("12.345@post-17", "false-match", "a logo", { sendBack: false });
  await asker.submit({ signals: { md5: "0".repeat(32) } }, { webhook: "https://hooks.example/x", id: "a" });
  await asker.replay("r_0e1VbJ3Zk2");
  await asker.entry("12.345");
  await asker.status();
  assert.deepEqual(service.asked.map(({ method, path, query }) => [method, path, query]), [
    ["POST", "/v1/hash", [["frames", "true"]]], ["POST", "/v1/compare", []],
    ["POST", "/v1/compare", [["profile", "none"]]], ["POST", "/v1/feedback", []], ["POST", "/v1/match", []],
    ["POST", "/v1/match/r_0e1VbJ3Zk2/replay", []], ["GET", "/v1/entries/12.345", []], ["GET", "/v1/status", []]]);
  assert.deepEqual(service.asked[1].json, { a: { pdq }, b: { url: "https://media.example/a.jpg" }, radius: 20 });
  assert.match(service.asked[2].body.toString(), /name="b"; filename="b"\r\n(.*\r\n)?\r\ntwo\r\n/);
  assert.deepEqual(service.asked[3].json,
    { match: "12.345@post-17", verdict: "false-match", why: "a logo", send_back: false });
  assert.deepEqual(service.asked[4].json,
    { id: "a", webhook: "https://hooks.example/x", mode: "async", signals: { md5: "0".repeat(32) } });
  assert.equal(service.asked[0].headers["idempotency-key"], undefined);
});

test("a batch says which items have no verdict", async (t) => {
  const body = { request_id: "r_0e1VbJ3Zk5", list_version: { number: 41, chain }, answers: [
    { id: "a", verdict: "allow", matches: [], reasons: [], observed: true },
    { id: "b", error: { code: "invalid_input", message: "signals/md5: 32 hex digits are needed" } }] };
  const service = await standIn(t, [say(200, body), say(200, body)]);
  const asker = client(service);
  const result = await asker.matchBatch([{ id: "a", signals: { md5: "0" } }, { id: "b", signals: { md5: "1" } }]);
  assert.equal("verdict" in result, false);
  assert.equal(result.items[0].result.verdict, "allow");
  assert.equal(result.items[1].error.code, "invalid_input");
  await asker.matchFiles([{ id: "a", data: bytes("one") }, { id: "b", data: bytes("two") }], { radius: 3 });
  assert.deepEqual(service.asked[1].query, [["radius", "3"]]);
  assert.equal(service.asked[1].body.toString().match(/name="items"/g).length, 2);
  await assert.rejects(asker.matchFiles([]), fails("limit_exceeded"));
  await assert.rejects(asker.matchFiles([{ id: 'a"', data: bytes("x") }]), fails("invalid_input"));
});

test("a refusal becomes an error and is not repeated", async (t) => {
  const errors = [{ at: "/signals/pdq", detail: "64 hex digits are needed" }];
  const service = await standIn(t, [say(400, problem(400, "invalid_input", "invalid-input", { errors }))]);
  await assert.rejects(client(service, { onError: "fail_closed" }).match({ signals: { pdq: "0" } }), (error) => {
    assert.deepEqual([error.code, error.detail, error.status, error.type, error.requestId, error.errors],
      ["invalid_input", "What to do.", 400, "/problems/invalid-input", "r_0e1VbJ3Zk2", errors]);
    return true;
  });
  assert.equal(service.asked.length, 1);
});

test("an overloaded service is asked again when it says", async (t) => {
  const service = await standIn(t, [busy, busy, say(200, allow)]);
  const time = fakeTime();
  assert.equal((await client(service, { time }).match({ data: bytes("x") })).verdict, "allow");
  assert.deepEqual(time.slept, [7000, 7000]);
  assert.equal(new Set(service.asked.map((one) => one.headers["idempotency-key"])).size, 1);
});

test("tries are bounded", async (t) => {
  const limited = say(429, problem(429, "rate_limited", "rate-limited"), { "Retry-After": "1" });
  const service = await standIn(t, Array(9).fill(limited));
  await assert.rejects(client(service, { retries: 2 }).match({ data: bytes("x") }),
    (error) => error.code === "rate_limited" && error.retryAfterS === 1);
  assert.equal(service.asked.length, 3);
});

test("a wait beyond the deadline is not begun", async (t) => {
  const service = await standIn(t, [busy]);
  const time = fakeTime();
  await assert.rejects(client(service, { time, timeoutMs: 5000 }).match({ data: bytes("x") }), fails("unavailable"));
  assert.deepEqual([time.slept, service.asked.length], [[], 1]);
});

test("a lost answer is asked for again under the same name", async (t) => {
  const waits = say(409, problem(409, "conflict", "in-progress"), { "Retry-After": "2" });
  const service = await standIn(t, [{ hangUp: true }, waits, say(200, allow)]);
  const time = fakeTime();
  assert.equal((await client(service, { time }).match({ data: bytes("x") })).verdict, "allow");
  assert.equal(new Set(service.asked.map((one) => one.headers["idempotency-key"])).size, 1);
  assert.equal(time.slept[1], 2000);
});

test("another conflict is not repeated", async (t) => {
  const service = await standIn(t, [say(409, problem(409, "conflict", "stale"), { "Retry-After": "2" })]);
  await assert.rejects(client(service).match({ data: bytes("x") }), fails("conflict"));
});

test("nobody there is what the caller chose", async () => {
  await assert.rejects(client(nobody).match({ data: bytes("x") }), fails("unreachable"));
  const closed = await client(nobody, { onError: "fail_closed" }).match({ data: bytes("x") }, { id: "a" });
  assert.deepEqual([closed.verdict, closed.decidedBy, closed.id, closed.matches], ["block", "client", "a", []]);
  assert.equal(closed.failed.mode, "fail_closed");
  assert.equal(closed.failed.error.code, "unavailable");
  assert.equal((await client(nobody).match({ data: bytes("x") }, { onError: "fail_open" })).verdict, "allow");
  const batch = await client(nobody, { onError: "fail_closed" }).matchBatch([{ id: "a", signals: { md5: "0" } }]);
  assert.deepEqual([batch.verdict, batch.items[0].result.verdict, batch.decidedBy], ["block", "block", "client"]);
});

test("an answer that does not come ends at the deadline", async (t) => {
  const service = await standIn(t, [{ never: true }]);
  await assert.rejects(client(service, { timeoutMs: 50 }).match({ data: bytes("x") }), fails("deadline"));
});

test("what is no Seawall is told, and redirects are not followed", async (t) => {
  const service = await standIn(t, [say(200, "<html>"), say(502, "<html>"), say(302, "", { Location: "/status" })]);
  for (let i = 0; i < 3; ++i) await assert.rejects(client(service).match({ data: bytes("x") }), fails("bad_answer"));
  assert.equal(service.asked.length, 3);
});

test("wait asks until it is done", async (t) => {
  const job = { request_id: "r_0e1VbJ3Zk2", state: "pending", asked: "2026-11-22T03:04:05Z" };
  const service = await standIn(t, [say(200, job), say(200, job), say(200, { ...job, state: "done", answer: block })]);
  assert.equal((await client(service).wait("r_0e1VbJ3Zk2")).verdict, "block");
  const failed = { ...job, state: "failed", problem: problem(413, "limit_exceeded", "limit-exceeded") };
  await assert.rejects(client(await standIn(t, [say(200, failed)])).wait("r_0e1VbJ3Zk2"), fails("limit_exceeded"));
  const slow = await standIn(t, Array(50).fill(say(200, job)));
  await assert.rejects(client(slow).wait("r_0e1VbJ3Zk2", 5000), fails("deadline"));
});

test("addresses that would show the key are refused", () => {
  for (const address of ["http://seawall.example", "https://hma:swk_x@host", "ftp://host", "https://host/path", "x", ""]) {
    assert.throws(() => new Client({ address, key: "swk_x" }), TypeError);
  }
  new Client({ address: "http://seawall.example", key: "swk_x", allowHttp: true });
  assert.throws(() => new Client({ address: "https://seawall.example", key: "swk_x\r\nX: y" }), TypeError);
});

test("a page sends its token and no key", async (t) => {
  const service = await standIn(t, [say(200, allow)]);
  await client(service, { csrfToken: "token" }).match({ data: bytes("x") });
  assert.equal(service.asked[0].headers["x-csrf-token"], "token");
  assert.equal(service.asked[0].headers.authorization, undefined);
});

test("address and key come from the environment", async (t) => {
  const service = await standIn(t, [say(200, allow)]);
  Object.assign(process.env, { SEAWALL_URL: service.address, SEAWALL_KEY: "swk_env\n" });
  t.after(() => { delete process.env.SEAWALL_URL; delete process.env.SEAWALL_KEY; });
  await new Client().match({ data: bytes("x") });
  assert.equal(service.asked[0].headers.authorization, "Bearer swk_env");
});

function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), "seawall-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a Unix socket is an address", async (t) => {
  const path = join(folderFor(t), "s");
  const service = await standIn(t, [say(200, allow), { hangUp: true }, say(200, allow), { never: true }], { path });
  const asker = client(service, { fetch: unixFetch(path) });
  assert.equal((await asker.match({ data: bytes("x") })).verdict, "allow");
  assert.equal(service.asked[0].body.toString(), "x");
  assert.equal((await asker.match({ data: bytes("x") })).verdict, "allow");
  const hasty = client(service, { fetch: unixFetch(path), timeoutMs: 50 });
  await assert.rejects(hasty.match({ data: bytes("x") }), fails("deadline"));
});

test("a server is believed only with its certificate", async (t) => {
  const folder = folderFor(t);
  const [key, cert] = [join(folder, "k"), join(folder, "c")];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
    "-keyout", key, "-out", cert], { stdio: "ignore" });
  const service = await standIn(t, [say(200, allow)], { tls: { key: readFileSync(key), cert: readFileSync(cert) } });
  const time = fakeTime();
  await assert.rejects(client(service, { time, onError: "fail_open" }).match({ data: bytes("x") }),
    (error) => error.isAboutCertificate);
  assert.deepEqual([service.asked.length, time.slept], [0, []]);
});

test("webhooks are taken when signed and new, and refused when altered, old or unsigned", async () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, i) => i));
  const secret = `whsec_${key.toString("base64")}`;
  const body = JSON.stringify({ type: "match.done", time: "2026-11-22T03:04:05Z", job: {} });
  const signature = createHmac("sha256", key).update(`msg_1.1000.${body}`).digest("base64");
  const headers = { "Webhook-Id": "msg_1", "webhook-timestamp": "1000", "webhook-signature": `v1,AAAA v1,${signature}` };
  const at = (seconds) => () => seconds * 1000;
  assert.equal((await verifyWebhook(body, headers, secret, at(1299))).type, "match.done");
  assert.equal((await verifyWebhook(bytes(body), new Headers(headers), secret, at(1000))).type, "match.done");
  const other = `whsec_${Buffer.alloc(32).toString("base64")}`;
  for (const [what, head, known, when] of [[`${body} `, headers, secret, 1000], [body, headers, secret, 1301],
    [body, headers, other, 1000], [body, { ...headers, "Webhook-Id": "msg_2" }, secret, 1000], [body, {}, secret, 1000]]) {
    await assert.rejects(verifyWebhook(what, head, known, at(when)), fails("unauthenticated"));
  }
});

test("a webhook's signature is that of the specification's example", async () => {
  const headers = { "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" };
  const done = await verifyWebhook('{"test": 2432232314}', headers, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    () => 1614265330_000);
  assert.deepEqual(done, { test: 2432232314 });
});
