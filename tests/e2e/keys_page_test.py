"""The key service calls somebody: signed webhooks at a canary, a limit and a freeze, through refusals and kill -9."""
import base64
import hashlib
import hmac
import http.server
import json
import re
import ssl
import subprocess
import threading
import time

from keys_support import KeyService, Log, Person, statement, unwrap
from support import SeawallTest, main

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class Receiver(http.server.ThreadingHTTPServer):
    """https on a port of this machine; answers with `status`, keeps what came."""

    def __init__(self, folder):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", "page.key", "-out", "page.pem", "-days", "3", "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1"], cwd=folder, check=True, capture_output=True)
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "page.pem", folder / "page.key")
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.status, self.came = 204, []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # A client that was killed.


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((dict(self.headers), body, self.server.status))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *words):
        pass


class PageTest(SeawallTest):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver(self.folder)
        self.addCleanup(self.receiver.server_close)
        self.addCleanup(self.receiver.shutdown)
        (self.folder / "page.secret").write_text(f"secret = {SECRET}\n")
        (self.folder / "page.secret").chmod(0o600)
        self.log = Log(self.random)
        self.service = KeyService(self, self.log)
        self.start_with(*self.paging("--allow-network", "127.0.0.1/32"))
        self.people = {name: Person(name, role, self.random) for name, role in (
            ("ann", "custodian"), ("bob", "custodian"), ("cat", "custodian"), ("amy", "applicant"), ("ben", "applicant"),
            ("dora", "approver"), ("rolf", "reviewer"))}
        self.service.ceremony(self.people.values())

    def paging(self, *more):
        return ("--page", f"https://127.0.0.1:{self.receiver.server_port}/page", "--page-secret", "page.secret",
                "--ca-file", "page.pem", *more)

    def start_with(self, *more):
        self.service.stop()
        self.service.start(*more)

    def eventually(self, condition, seconds=40):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, (self.receiver.came, self.service.said()))
            time.sleep(0.02)

    def verified(self, headers, body):
        """As docs/webhooks.md says; gives the body."""
        self.assertLess(abs(time.time() - int(headers["webhook-timestamp"])), 300)
        content = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode() + b"." + body
        expected = hmac.new(base64.b64decode(SECRET.removeprefix("whsec_")), content, hashlib.sha256).digest()
        self.assertEqual(headers["webhook-signature"], "v1," + base64.b64encode(expected).decode())
        return json.loads(body)

    def freeze(self, who):
        self.service.accept(statement("key-freeze", {"grounds": "Her key was stolen.", "nonce": self.random.randbytes(16).hex(),
                                                     "person": who}, self.people["cat"]))

    def metric(self, name):
        text = self.service.ask("GET", "/metrics")[1]
        return float(re.search(rf"(?m)^{re.escape(name)} (\S+)$", text)[1])

    def test_calls_at_a_canary_and_a_freeze_and_names_nobody(self):
        made = self.service.ok("POST", "/record-keys", {"tenant": "forum", "case": "case-1", "record": "rec-1", "version": 1})
        record = {"tenant": "forum", "case": "case-1", "record": "rec-1", "version": 1, "wrapped": made["wrapped"]}
        self.service.accept(statement("key-canary", {"grounds": "Nobody needs it.", "guards": "backup 3", "nonce": "00" * 16,
                                                     "record": "rec-1", "tenant": "forum"},
                                      self.people["ann"], self.people["bob"]))
        asked = unwrap(self.people["amy"], "o-" + "0" * 16, record)
        asked["body"].pop("selector", None)
        members = {name: value for name, value in asked["body"].items() if name not in ("kind", "at", "signers")}
        said = statement("key-unwrap", members, self.people["amy"])
        status, answer = self.service.ask("POST", "/keys", {"statement": said})
        self.assertEqual((status, answer["refused"]), (403, "frozen"))
        self.freeze("ben")
        self.eventually(lambda: len(self.receiver.came) == 2)
        pages = [self.verified(headers, body) for headers, body, _ in self.receiver.came]
        self.assertEqual([page["type"] for page in pages], ["keys.alarm"] * 2)
        self.assertEqual([page["alarm"]["kind"] for page in pages], ["canary", "frozen"])
        for _, body, _ in self.receiver.came:
            for word in (b"amy", b"ben", b"forum", b"rec-1", b"backup"):
                self.assertNotIn(word, body)
        self.eventually(lambda: self.metric('seawall_keys_pages_total{end="sent"}') == 2)
        self.assertEqual(self.metric("seawall_keys_pages_waiting"), 0)

    def test_calls_again_after_a_refusal_and_after_it_was_killed(self):
        self.receiver.status = 500
        self.freeze("amy")
        self.eventually(lambda: self.receiver.came)
        self.service.kill()
        self.service.start()
        self.eventually(lambda: len(self.receiver.came) >= 2)
        self.receiver.status = 200
        self.eventually(lambda: self.receiver.came[-1][2] == 200)
        self.assertEqual(len({headers["webhook-id"] for headers, _, _ in self.receiver.came}), 1)
        self.assertEqual(len({body for _, body, _ in self.receiver.came}), 1)
        self.eventually(lambda: self.metric("seawall_keys_pages_waiting") == 0)

    def test_goes_into_no_network_that_was_not_allowed(self):
        self.start_with(*self.paging())
        self.freeze("amy")
        self.eventually(lambda: self.metric('seawall_keys_pages_total{end="failed"}') > 0)
        self.assertEqual(self.receiver.came, [])
        self.assertEqual(self.metric("seawall_keys_pages_waiting"), 1)

    def test_refuses_settings_that_cannot_work(self):
        self.service.stop()
        rest = ("--root-key", "root.key", "--log", self.log.key.vkey, "--listen", f"unix:{self.folder}/keys.sock")
        for paging in (("--page", "https://example.org/"), ("--page-secret", "page.secret"),
                       ("--page", "http://example.org/", "--page-secret", "page.secret"),
                       ("--page", "https://example.org:25/", "--page-secret", "page.secret"),
                       ("--page", "https://example.org/", "--page-secret", "root.key"),
                       (*self.paging(), "--allow-network", "10.0.0.0/99")):
            self.run_seawall("keys", "serve", "vault", *rest, *paging, code=3)


if __name__ == "__main__":
    main()
