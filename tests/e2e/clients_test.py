"""Both clients against the real service: what a platform's engineer writes, over TLS and over a Unix socket.

The Python client comes from python/src, the TypeScript one is compiled here; where there is no node its half is
skipped with a message.
"""
import contextlib
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from serve_support import ServeTest
from support import main, png

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "python/src"), str(ROOT / "python/tests"), str(ROOT / "clients/typescript")]

import check_package  # noqa: E402  (of the TypeScript client)
import seawall  # noqa: E402
from stand_in import Say, StandIn, make_certificate  # noqa: E402

NOT_SERVED = "/problems/not-served"
LISTED_TEXT = b"listed text"
LISTED_MD5 = hashlib.md5(LISTED_TEXT).hexdigest()


class ClientsTest(ServeTest):
    """A service with one list, `known`, of a picture and a text; a key for all that clients ask."""

    def setUp(self):
        super().setUp()
        self.picture, self.other = png(200, 160, 7), png(200, 160, 8)
        self.write("listed.png", self.picture)
        self.write("other.png", self.other)
        hashes = json.loads(self.run_seawall("hash", "listed.png", "--json", code=0).stdout)
        self.pdq = hashes["pdq"]
        self.make_list("known", f"id,pdq,md5\npicture,{self.pdq},\nfile,,{LISTED_MD5}\n")
        self.default_key = self.key("clients", ("match", "status", "entries:read", "feedback"))

    def serve_tls(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", "tls.key",
                        "-out", "tls.pem"], cwd=self.folder, check=True, capture_output=True)
        os.chmod(self.folder / "tls.key", 0o600)
        self.serve("--certificate", "tls.pem", "--key", "tls.key", ready=False)
        self.url = f"https://localhost:{self.port}"
        self.context = ssl.create_default_context(cafile=str(self.folder / "tls.pem"))
        client = seawall.Client(self.url, self.default_key, ssl_context=self.context)
        self.wait_for(lambda: self.is_ready(client), "ready")
        return client

    def serve_plain(self, **named):
        self.serve()
        self.url = f"http://127.0.0.1:{self.port}"
        return self.client(**named)

    def client(self, **named):
        client = seawall.Client(self.url, named.pop("key", self.default_key), **named)
        self.addCleanup(client.close)
        return client

    @contextlib.contextmanager
    def once_served(self):
        """Skips what the service says that it does not serve yet (501), and nothing else."""
        try:
            yield
        except seawall.SeawallError as error:
            if error.type != NOT_SERVED:
                raise
            self.skipTest(error.detail)

    @staticmethod
    def is_ready(client):
        try:
            return client.status()["ready"]
        except seawall.UnavailableError:
            return False


class PythonClient(ClientsTest):
    def test_looks_up_over_tls_and_believes_nobody_else(self):
        with self.serve_tls() as client:
            result = client.match(png(200, 160, 7, rotate=True), id="post-1", timings=True)
            self.assertEqual((result.verdict, result.id, result.decided_by), ("block", "post-1", "service"))
            self.assertNotEqual(result.matches[0]["variant"], "original")
            self.assertGreater(result.timings["total_us"], 0)
            self.assertEqual(client.match(path=self.folder / "other.png").verdict, "allow")
        with self.assertRaises(seawall.SeawallError) as caught:
            self.client(on_error="fail_open").match(b"x")
        self.assertIn("certificate", caught.exception.detail)

    def test_looks_up_over_a_unix_socket(self):
        self.serve(listen="unix:s", ready=False)
        self.url = f"unix:{self.folder / 's'}"
        client = self.client()
        self.wait_for(lambda: self.is_ready(client), "ready")
        self.assertEqual(client.match(signals={"md5": LISTED_MD5}).verdict, "block")

    def test_batches_files_hash_and_compare(self):
        client = self.serve_plain()
        batch = client.match_batch([{"id": "a", "signals": {"pdq": self.pdq}}, {"id": "b", "signals": {"md5": "0" * 32}}])
        self.assertEqual((batch.verdict, [item.result.verdict for item in batch.items]), ("block", ["block", "allow"]))
        self.assertEqual(batch.items[0].result.request_id, batch.request_id)
        files = client.match_files([self.folder / "listed.png", ("mine", self.other)])
        self.assertEqual([(item.id, item.result.verdict) for item in files.items],
                         [("listed.png", "block"), ("mine", "allow")])
        self.assertEqual(client.hash(self.picture)["pdq"], self.pdq)
        self.assertEqual(len(client.hash(path=self.folder / "listed.png", dihedral=True)["dihedral"]), 8)
        self.assertEqual(client.compare(self.pdq, seawall.Pdq.from_text(self.pdq))["distance"], 0)
        self.assertFalse(client.compare(self.picture, self.other)["match"])
        self.assertEqual(client.match(LISTED_TEXT, banks=["known"]).media["decoded"], False)

    def test_refusals_are_exceptions(self):
        client = self.serve_plain()
        with self.assertRaises(seawall.NotFoundError) as caught:
            client.match(b"x", banks=["knwon"])
        self.assertRegex(caught.exception.request_id, "^[A-Za-z0-9_-]{8,64}$")
        with self.assertRaises(seawall.InvalidInputError):
            client.match(signals={"pdq": "abc"})
        with self.assertRaises(seawall.InvalidInputError) as caught:
            client.match(url="http://127.0.0.1:1/x")
        self.assertEqual(caught.exception.type, "/problems/url-refused")
        with self.assertRaises(seawall.UnauthenticatedError):
            self.client(key="swk_" + "a" * 76).match(b"x")
        narrow = self.key("narrow", ("status",))
        with self.assertRaises(seawall.ForbiddenError):
            self.client(key=narrow, on_error="fail_open").match(b"x")

    def test_failures_are_decided_as_the_caller_said(self):
        client = self.serve_plain()
        damaged = b"P5\n100000 100000\n255\nfar too large"
        with self.assertRaises(seawall.LimitExceededError):
            client.match(damaged)
        closed = client.match(damaged, on_error="fail_closed")
        self.assertEqual((closed.verdict, closed.failed["mode"], closed.decided_by), ("block", "fail_closed", "service"))
        self.stop()
        gone = client.match(damaged, on_error="fail_closed", timeout_s=2)
        self.assertEqual((gone.verdict, gone.decided_by), ("block", "client"))

    def test_a_rate_that_is_used_up_is_waited_for(self):
        slow = self.key("slow", ("match",), "--rate", "2/1")
        self.serve_plain()
        client = self.client(key=slow, timeout_s=30)
        verdicts = [client.match(signals={"md5": LISTED_MD5}).verdict for _ in range(5)]
        self.assertEqual(verdicts, ["block"] * 5)

    def test_feedback_and_entries(self):
        client = self.serve_plain()
        match = client.match(self.picture, id="post-1").matches[0]
        with self.once_served():
            finding = client.feedback(match["match"], "false-match", "a test")
        self.assertEqual((finding["entry"], finding["verdict"]), (match["entry"], "false-match"))
        self.assertEqual(client.entry(match["entry"])["bank"], "known")

    def test_the_same_attempt_is_carried_out_once(self):
        client = self.serve_plain()
        request = seawall.client._post("/v1/match", {"signals": {"md5": LISTED_MD5}})
        first = client._transport.send(request, 60)
        again = client._transport.send(request, 60)
        self.assertEqual(again.body, first.body)
        self.assertEqual(again.headers["idempotency-replayed"], "true")
        self.assertNotEqual(client.match(signals={"md5": LISTED_MD5}).request_id, first.body["request_id"])

    def test_a_look_up_that_is_handed_in(self):
        client = self.serve_plain()
        job = client.submit(self.picture, id="post-1")
        self.assertEqual(job["state"], "pending")
        result = client.wait(job["request_id"], timeout_s=60)
        self.assertEqual((result.verdict, result.id, result.request_id), ("block", "post-1", job["request_id"]))
        batch = client.submit(items=[{"id": "a", "signals": {"pdq": self.pdq}}])
        self.assertEqual(client.wait(batch["request_id"], timeout_s=60).items[0].result.verdict, "block")
        failed = client.submit(b"P5\n100000 100000\n255\nfar too large")
        with self.assertRaises(seawall.LimitExceededError):
            client.wait(failed["request_id"], timeout_s=60)

    def test_a_webhook_is_told_and_verified(self):
        key, certificate = make_certificate(self.folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        made = json.loads(self.run_seawall("keys", "create", "hooked", "--scope", "match", "--access-key", "access.key",
                                           "--why", "test", "--store", "sqlite:lists.db", "--json", code=0).stdout)
        self.write("serve.toml", f'webhook_networks = "127.0.0.1/32"\nwebhook_ca_file = "{certificate}"\n')
        with StandIn(Say(204, b""), Say(204, b""), tls=context) as receiver:
            self.serve("--config", "serve.toml")
            self.url = f"http://127.0.0.1:{self.port}"
            client = self.client(key=made["secret"])
            job = client.submit(self.picture, id="post-1", webhook=f"{receiver.address}/hook")
            self.wait_for(lambda: receiver.asked, "told")
            done = seawall.verify_webhook(receiver.asked[0].body, receiver.asked[0].headers, made["webhook_secret"])
            self.assertEqual((done["job"]["request_id"], done["job"]["answer"]["verdict"]), (job["request_id"], "block"))
            self.wait_for(lambda: client.job(job["request_id"])["webhook"]["state"] == "delivered", "delivered")
            client.replay(job["request_id"])
            self.wait_for(lambda: len(receiver.asked) == 2, "told again")
            self.assertEqual(receiver.asked[0].headers["webhook-id"], receiver.asked[1].headers["webhook-id"])


PROGRAM = """
import { readFile } from "node:fs/promises";
import { Client, SeawallError } from "./dist/index.js";
import { unixFetch } from "./dist/node.js";

const [pdq, md5, picture, other, socket] = process.argv.slice(2);
const client = new Client(socket ? { address: "http://localhost", fetch: unixFetch(socket) } : {});
const code = (error) => [error instanceof SeawallError, error.code, error.type];
const said = {};
const steps = {
  match: async () => { const r = await client.match({ data: await readFile(picture) }, { id: "post-1", timings: true });
    return [r.verdict, r.id, r.decidedBy, r.matches[0].bank, r.timings.total_us > 0]; },
  other: async () => (await client.match({ data: await readFile(other) }, { banks: ["known"] })).verdict,
  signals: async () => (await client.match({ signals: { md5 } })).verdict,
  batch: async () => { const r = await client.matchBatch([{ id: "a", signals: { pdq } }, { id: "b", signals: { md5: "0".repeat(32) } }]);
    return [r.verdict, r.items.map((item) => item.result.verdict)]; },
  files: async () => (await client.matchFiles([{ id: "one", data: await readFile(picture) }, { id: "two", data: await readFile(other) }]))
    .items.map((item) => [item.id, item.result.verdict]),
  hash: async () => (await client.hash({ data: await readFile(picture) })).pdq === pdq,
  compare: async () => (await client.compare({ pdq }, { pdq })).distance,
  bytes: async () => (await client.compare({ data: await readFile(picture) }, { data: await readFile(other) })).match,
  status: async () => (await client.status()).ready,
  wrong: async () => client.match({ signals: { pdq: "abc" } }),
  missing: async () => client.match({ signals: { md5 } }, { banks: ["knwon"] }),
  feedback: async () => { const [match] = (await client.match({ data: await readFile(picture) }, { id: "post-2" })).matches;
    const entry = await client.entry(match.entry);
    return [(await client.feedback(match.match, "confirmed", "a test")).verdict, entry.bank]; },
  wait: async () => { const job = await client.submit({ data: await readFile(picture) }, { id: "post-3" });
    const r = await client.wait(job.request_id, 60_000); return [r.verdict, r.id]; },
};
for (const name of process.env.STEPS.split(" ")) said[name] = await steps[name]().catch(code);
console.log(JSON.stringify(said));
"""

WANTED = {
    "match": ["block", "post-1", "service", "known", True], "other": "allow", "signals": "block",
    "batch": ["block", ["block", "allow"]], "files": [["one", "block"], ["two", "allow"]], "hash": True, "compare": 0,
    "bytes": False, "status": True, "wrong": [True, "invalid_input", "/problems/invalid-input"],
    "missing": [True, "not_found", "/problems/not-found"], "feedback": ["confirmed", "known"],
    "wait": ["block", "post-3"],
}


class TypeScriptClient(ClientsTest):
    @classmethod
    def setUpClass(cls):
        if not shutil.which("node") or not shutil.which("tsc"):
            raise unittest.SkipTest("there is no node or no tsc on this machine; ./do setup installs them")
        cls.package = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.package.cleanup)
        check_package.build(cls.package.name)
        (Path(cls.package.name) / "try.mjs").write_text(PROGRAM, encoding="utf-8")

    def say(self, steps, socket="", **more):
        environment = {**os.environ, "SEAWALL_URL": getattr(self, "url", ""), "SEAWALL_KEY": self.default_key,
                       "STEPS": " ".join(steps), **more}
        done = subprocess.run(["node", "try.mjs", self.pdq, LISTED_MD5, self.folder / "listed.png",
                               self.folder / "other.png", socket], cwd=self.package.name, env=environment,
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return json.loads(done.stdout)

    def test_asks_all_that_the_contract_has_for_it(self):
        self.serve_plain()
        later = ("feedback",)
        now = {name: value for name, value in WANTED.items() if name not in later}
        self.assertEqual(self.say(now), now)
        for step in later:
            with self.subTest(step):
                said = self.say([step])[step]
                if said == [True, "invalid_input", NOT_SERVED]:
                    self.skipTest("the service does not serve it yet")
                self.assertEqual(said, WANTED[step])

    def test_looks_up_over_tls(self):
        self.serve_tls()
        said = self.say(["match", "files"], NODE_EXTRA_CA_CERTS=str(self.folder / "tls.pem"))
        self.assertEqual(said, {name: WANTED[name] for name in ("match", "files")})

    def test_looks_up_over_a_unix_socket(self):
        self.serve(listen="unix:s", ready=False)
        client = seawall.Client(f"unix:{self.folder / 's'}", self.default_key)
        self.wait_for(lambda: self.is_ready(client), "ready")
        client.close()
        said = self.say(["match", "signals", "files"], str(self.folder / "s"))
        self.assertEqual(said, {name: WANTED[name] for name in ("match", "signals", "files")})


if __name__ == "__main__":
    main()
