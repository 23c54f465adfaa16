"""The look-up service through the real program: what a platform's engineer does, and what goes wrong."""
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import signal
import socket
import ssl
import subprocess
import threading
import time

from serve_support import ServeTest
from support import main, png

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


class Serve(ServeTest):
    def setUp(self):
        super().setUp()
        self.picture = png(200, 160, 7)
        self.other = png(200, 160, 8)
        self.write("listed.png", self.picture)
        hashes = json.loads(self.run_seawall("hash", "listed.png", "--json", code=0).stdout)
        md5 = hashlib.md5(b"listed text").hexdigest()
        self.make_list("known", f"id,pdq,md5\npicture,{hashes['pdq']},\nfile,,{md5}\n")
        self.default_key = self.key("test", ("match", "status", "metrics", "entries:read"))

    def match(self, body, query="", **named):
        return self.ask("POST", "/v1/match" + query, body, **named)

    def test_an_upload_gets_a_verdict_with_its_reasons(self):
        self.serve()
        answer = self.match(png(200, 160, 7, rotate=True), "?id=post-1&timings=true",
                            content_type="application/octet-stream")
        self.assertEqual(answer.status, 200, answer.body)
        verdict = answer.json
        self.assertEqual((verdict["verdict"], verdict["id"]), ("block", "post-1"))
        match = verdict["matches"][0]
        self.assertEqual(match["bank"], "known")
        self.assertEqual(match["source"], "test")
        self.assertEqual(match["signal"], "pdq")
        self.assertEqual(match["match"], match["entry"] + "@post-1")
        self.assertNotEqual(match["variant"], "original")
        self.assertEqual(len(verdict["reasons"]), 1)
        self.assertTrue(verdict["media"]["decoded"])
        self.assertGreater(verdict["timings"]["total_us"], 0)
        self.assertEqual(verdict["request_id"], answer.headers["x-request-id"])
        clear = self.match(self.other, content_type="image/png").json
        self.assertEqual((clear["verdict"], clear["matches"]), ("allow", []))
        text = self.match(b"listed text", content_type="application/octet-stream").json
        self.assertEqual((text["verdict"], text["media"]["decoded"]), ("block", False))

    def test_signals_batches_and_forms(self):
        self.serve()
        one = self.match({"signals": {"md5": hashlib.md5(b"listed text").hexdigest()}, "id": "a"}).json
        self.assertEqual((one["verdict"], one["id"]), ("block", "a"))
        batch = self.match({"items": [{"id": "x", "signals": {"pdq": PDQ}},
                                      {"id": "y", "signals": {"md5": hashlib.md5(b"listed text").hexdigest()}}]}).json
        self.assertEqual(batch["verdict"], "block")
        self.assertEqual([item["verdict"] for item in batch["answers"]], ["allow", "block"])
        form = (b'--b\r\nContent-Disposition: form-data; name="items"; filename="one"\r\n\r\n' + self.picture +
                b'\r\n--b\r\nContent-Disposition: form-data; name="items"; filename="two"\r\n\r\n' + self.other +
                b"\r\n--b--\r\n")
        both = self.match(form, content_type="multipart/form-data; boundary=b").json
        self.assertEqual([(item["id"], item["verdict"]) for item in both["answers"]],
                         [("one", "block"), ("two", "allow")])

    def test_only_banks_that_are_there_and_only_this_keys(self):
        self.make_list("other", "id,md5\nfile2," + hashlib.md5(b"other text").hexdigest() + "\n")
        narrow = self.key("narrow", ("match",), "--bank", "other")
        self.serve()
        self.refused(self.match({"signals": {"pdq": PDQ}, "banks": ["knwon"]}), 404, "not-found")
        listed = {"signals": {"md5": hashlib.md5(b"listed text").hexdigest()}}
        self.assertEqual(self.match({**listed, "banks": ["other"]}).json["verdict"], "allow")
        self.assertEqual(self.match({**listed, "banks": ["known"]}).json["verdict"], "block")
        self.assertEqual(self.match(listed, key=narrow).json["verdict"], "allow")
        self.refused(self.match({**listed, "banks": ["known"]}, key=narrow), 404, "not-found")

    def test_a_bank_of_the_keys_own_that_is_gone_is_no_silent_gap(self):
        self.make_list("other", "id,md5\nfile2," + hashlib.md5(b"other text").hexdigest() + "\n")
        both = self.key("both", ("match",), "--bank", "known", "--bank", "other")
        self.serve()
        listed = {"signals": {"md5": hashlib.md5(b"listed text").hexdigest()}, "on_error": "fail_closed"}
        self.assertEqual(self.match(listed, key=both).json["verdict"], "block")
        self.lists("set", "known", "--name", "renamed", "--why", "test")
        self.wait_for(lambda: self.match(listed, key=both).status != 200, "told")
        self.refused(self.match(listed, key=both), 404, "not-found")

    def test_it_ends_while_much_is_still_to_be_done(self):
        self.serve("--drain", "0")
        form = b"".join(b'--b\r\nContent-Disposition: form-data; name="items"; filename="%d"\r\n\r\n' % n + self.picture +
                        b"\r\n" for n in range(16)) + b"--b--\r\n"
        for _ in range(12):
            taken = self.match(form, "?mode=async&profile=thorough", content_type="multipart/form-data; boundary=b")
            self.assertEqual(taken.status, 202)
        self.assertEqual(self.stop(), 0)

    def test_observations_are_kept_as_long_as_the_settings_say(self):
        self.write("serve.toml", "observe = true\nkeep_days = 30\n")
        self.serve("--config", "serve.toml")
        self.match({"signals": {"pdq": PDQ}})
        self.assertEqual(self.stop(), 0)
        shown = json.loads(self.run_seawall("observations", "show", "state/observations", "--json").stdout.splitlines()[0])
        self.assertIn("30", json.dumps(shown))

    def test_who_asks_and_what_for(self):
        self.serve()
        ask = {"signals": {"pdq": PDQ}}
        self.refused(self.match(ask, key=None), 401, "unauthenticated")
        self.refused(self.match(ask, key="swk_" + "a" * 76), 401, "unauthenticated")
        narrow = self.key("narrow", ("status",))
        self.refused(self.match(ask, key=narrow), 403, "forbidden")
        self.assertEqual(self.ask("GET", "/v1/status", key=narrow).status, 200)
        # A body is not read for somebody who may not send it.
        huge = self.raw(b"POST /v1/match HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n"
                        b"Content-Type: image/png\r\nExpect: 100-continue\r\n\r\n")
        self.assertTrue(huge.startswith(b"HTTP/1.1 401 "), huge[:40])

    def test_a_revoked_key_opens_nothing(self):
        self.serve()
        ask = {"signals": {"pdq": PDQ}}
        self.assertEqual(self.match(ask).status, 200)
        self.run_seawall("keys", "revoke", "test", "--store", "sqlite:lists.db", "--why", "test", code=0)
        self.wait_for(lambda: self.match(ask).status == 401, "revoked")

    def test_rates_are_said_and_kept(self):
        slow = self.key("slow", ("match",), "--rate", "3/3600")
        self.serve()
        ask = {"signals": {"pdq": PDQ}}
        first = self.match(ask, key=slow)
        self.assertEqual(first.headers["ratelimit-policy"], '"key";q=3;w=3600')
        self.assertTrue(first.headers["ratelimit"].startswith('"key";r=2;t='), first.headers["ratelimit"])
        batch = {"items": [ask, ask, ask]}
        over = self.match(batch, key=slow)
        self.refused(over, 429, "rate-limited")
        self.assertGreater(int(over.headers["retry-after"]), 0)

    def test_wrong_requests_are_told_what_is_wrong(self):
        self.serve()
        wrong = self.refused(self.match({"signals": {"pdq": "abc"}}), 400, "invalid-input")
        self.assertIn("PDQ", wrong["detail"])
        self.assertNotIn("abc", wrong["detail"])
        self.refused(self.match({"signals": {"pdq": PDQ}, "radias": 3}), 400, "invalid-input")
        self.refused(self.match(b"{", content_type="application/json"), 400, "invalid-input")
        self.refused(self.match(self.picture, content_type="application/x-www-form-urlencoded"), 415, "unsupported")
        unknown = self.refused(self.match(self.picture, "?radias=3", content_type="image/png"), 400, "invalid-input")
        self.assertEqual(unknown["errors"][0]["at"], "?radias")
        self.refused(self.match(self.picture, "?radius=300", content_type="image/png"), 400, "invalid-input")
        self.refused(self.ask("GET", "/v1/nothing"), 404, "not-found")
        other = self.ask("DELETE", "/v1/match")
        self.refused(other, 405, "method-not-allowed")
        self.assertEqual(other.headers["allow"], "POST")
        self.refused(self.match({"url": "http://127.0.0.1:1/x"}), 400, "url-refused")
        self.refused(self.match({"url": "file:///etc/passwd"}), 400, "url-refused")

    def test_what_fails_is_decided_as_the_caller_said(self):
        self.serve()
        damaged = b"P5\n100000 100000\n255\nfar too large"
        named = {"content_type": "application/octet-stream"}
        self.refused(self.match(damaged, **named), 413, "limit-exceeded")
        closed = self.match(damaged, "?on_error=fail_closed", **named).json
        self.assertEqual((closed["verdict"], closed["failed"]["mode"]), ("block", "fail_closed"))
        self.assertEqual(self.match(damaged, "?on_error=fail_open", **named).json["verdict"], "allow")

    def test_hash_and_compare(self):
        self.serve()
        mine = self.ask("POST", "/v1/hash?frames=true&dihedral=true", self.picture, content_type="image/png").json
        theirs = json.loads(self.run_seawall("hash", "listed.png", "--json", "--frames", "--dihedral").stdout)
        del theirs["path"]
        self.assertEqual(mine, theirs)
        same = self.ask("POST", "/v1/compare", {"a": {"pdq": PDQ}, "b": {"pdq": PDQ[:-1] + "3"}}).json
        self.assertEqual((same["match"], same["distance"]), (True, 1))
        form = (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + self.picture +
                b'\r\n--b\r\nContent-Disposition: form-data; name="b"\r\n\r\n' + self.other + b"\r\n--b--\r\n")
        different = self.ask("POST", "/v1/compare", form, content_type="multipart/form-data; boundary=b").json
        self.assertFalse(different["match"])

    def test_state_metrics_and_log(self):
        self.serve()
        self.assertEqual(self.ask("GET", "/healthz/live", key=None).body, b"alive\n")
        status = self.ask("GET", "/v1/status").json
        self.assertEqual((status["ready"], status["index"]["pdq"], status["index"]["md5"]), (True, 1, 1))
        self.match(self.picture, "?id=secret-place", content_type="image/png")
        metrics = self.ask("GET", "/metrics").body.decode()
        self.assertIn('seawall_lookups_total{verdict="block"} 1\n', metrics)
        self.assertIn('seawall_index_signals{type="pdq"} 1\n', metrics)
        self.assertEqual(self.stop(), 0)
        log = self.log_text()
        self.assertNotIn("secret-place", log)
        self.assertNotIn("127.0.0.1:", log.split("\n", 2)[-1])
        lines = self.log_lines()
        known = {"time", "level", "event", "request_id", "method", "path", "key", "status", "problem", "bytes_in",
                 "bytes_out", "us", "waited_us", "message", "code"}
        self.assertLessEqual({name for line in lines for name in line}, known)
        self.assertTrue(any(line.get("path") == "/v1/match" and line["status"] == 200 for line in lines))

    def test_a_change_of_the_lists_acts_at_once(self):
        self.serve()
        ask = {"signals": {"md5": hashlib.md5(b"new text").hexdigest()}}
        self.assertEqual(self.match(ask).json["verdict"], "allow")
        self.make_list("later", "id,md5\nn," + hashlib.md5(b"new text").hexdigest() + "\n")
        self.wait_for(lambda: self.match(ask).json["verdict"] == "block", "listed")

    def test_observed_look_ups_are_found_later(self):
        self.serve("--observe")
        answer = self.match({"signals": {"md5": hashlib.md5(b"later listed").hexdigest()}, "place": "post-9"}).json
        self.assertTrue(answer["observed"])
        # Killed, not stopped: what was answered is in the log.
        self.stop(signal.SIGKILL)
        shown = self.run_seawall("observations", "show", "state/observations", "--json").stdout.decode()
        self.assertIn('"observations":1', shown.replace(" ", ""))

    def test_one_key_of_several_has_no_entry_held_back(self):
        other = self.key("other", ("match",))
        self.write("serve.toml", "flood = true\n")
        self.serve("--config", "serve.toml")
        listed = {"signals": {"md5": hashlib.md5(b"listed text").hexdigest()}}
        self.assertEqual(self.match({"signals": {"pdq": PDQ}}, key=other).json["verdict"], "allow")
        for _ in range(40):
            self.assertEqual(self.match(listed).json["verdict"], "block")
        alert = json.loads(self.lists("alerts", "--json", code=1).stdout.splitlines()[0])
        self.assertEqual((alert["standing"], alert["matches"]), ("told", 25))
        # Of the first key's matches 13 count: with the other's twelve it is a flood.
        for _ in range(12):
            self.match(listed, key=other)
        self.wait_for(lambda: self.match(listed, key=other).json["verdict"] == "allow", "held back")

    def test_a_repeated_request_is_carried_out_once(self):
        self.serve("--observe")
        ask, named = {"signals": {"pdq": PDQ}, "id": "once"}, {"headers": {"Idempotency-Key": "attempt-1"}}
        first = self.match(ask, **named)
        again = self.match(ask, **named)
        self.assertEqual((first.status, again.status), (200, 200))
        self.assertEqual(first.json, again.json)
        self.assertNotIn("idempotency-replayed", first.headers)
        self.assertEqual(again.headers["idempotency-replayed"], "true")
        self.refused(self.match({"signals": {"pdq": PDQ}}, **named), 409, "idempotency-key-reused")
        # Another caller's key of the same name is another key.
        other = self.match({"signals": {"pdq": PDQ}}, key=self.key("other", ("match",)), **named)
        self.assertEqual(other.status, 200)
        # It outlives the process.
        self.stop(signal.SIGKILL)
        self.serve("--observe")
        self.assertEqual(self.match(ask, **named).json, first.json)
        self.assertEqual(self.stop(), 0)
        shown = self.run_seawall("observations", "show", "state/observations", "--json").stdout.decode()
        self.assertIn('"observations":2', shown.replace(" ", ""))

    def test_an_answer_can_be_asked_for_later(self):
        self.serve()
        taken = self.match(self.picture, "?mode=async&id=later", content_type="image/png")
        self.assertEqual(taken.status, 202, taken.body)
        self.assertEqual(taken.json["state"], "pending")
        where = taken.headers["location"]
        self.wait_for(lambda: self.ask("GET", where).json["state"] == "done", "done")
        job = self.ask("GET", where).json
        self.assertEqual((job["answer"]["verdict"], job["answer"]["id"]), ("block", "later"))
        self.assertEqual(job["answer"]["request_id"], job["request_id"])
        self.refused(self.ask("GET", where, key=self.key("other", ("match",))), 404, "not-found")
        failed = self.match(b"P5\n100000 100000\n255\nfar too large", "?mode=async",
                            content_type="application/octet-stream").headers["location"]
        self.wait_for(lambda: self.ask("GET", failed).json["state"] == "failed", "failed")
        self.assertEqual(self.ask("GET", failed).json["problem"]["type"], "/problems/limit-exceeded")
        self.refused(self.ask("POST", where + "/replay"), 409, "conflict")

    def test_a_signed_webhook_brings_the_answer_and_comes_again(self):
        receiver = self.receiver(first_status=503)
        key = json.loads(self.run_seawall(
            "keys", "create", "hooked", "--scope", "match", "--access-key", "access.key", "--why", "test", "--store",
            "sqlite:lists.db", "--json", code=0).stdout)
        self.write("serve.toml", f'webhook_networks = "127.0.0.1/32"\nwebhook_ca_file = "{receiver.certificate}"\n')
        self.serve("--config", "serve.toml")
        taken = self.match(self.picture, f"?mode=async&id=hook&webhook=https://localhost:{receiver.port}/hook",
                           content_type="image/png", key=key["secret"])
        self.assertEqual(taken.status, 202, taken.body)
        self.wait_for(lambda: len(receiver.got) >= 2, "sent again")
        for headers, body in receiver.got[:2]:
            done = json.loads(body)
            self.assertEqual(done["type"], "match.done")
            self.assertEqual(done["job"]["answer"]["verdict"], "block")
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            secret = base64.b64decode(key["webhook_secret"].removeprefix("whsec_"))
            mine = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
            self.assertIn("v1," + mine, headers["webhook-signature"].split())
        self.assertEqual(receiver.got[0][0]["webhook-id"], receiver.got[1][0]["webhook-id"])
        where = taken.headers["location"]
        self.wait_for(lambda: self.ask("GET", where, key=key["secret"]).json["webhook"]["state"] == "delivered",
                      "delivered")
        self.assertEqual(self.ask("POST", where + "/replay", key=key["secret"]).status, 202)
        self.wait_for(lambda: len(receiver.got) >= 3, "replayed")

    def receiver(self, first_status):
        """An https server that keeps what it gets; it answers the first with `first_status`, then 204."""
        self.run_openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                         "-keyout", "hook.key", "-out", "hook.pem", "-days", "2", "-subj", "/CN=localhost",
                         "-addext", "subjectAltName=DNS:localhost")
        got = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(first_status if len(got) == 1 else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "hook.pem", self.folder / "hook.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        server.got, server.port, server.certificate = got, server.server_address[1], "hook.pem"
        return server

    def run_openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def test_tls_and_certificates_of_clients(self):
        self.run_openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                         "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test authority")
        self.certify("server")
        self.certify("client")
        self.serve("--certificate", "server.pem", "--key", "server.key", "--client-ca", "ca.pem", ready=False)
        self.assertTrue(self.address.startswith("https://"))
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        with self.assertRaises((ssl.SSLError, OSError)):
            self.https(context)
        context.load_cert_chain(self.folder / "client.pem", self.folder / "client.key")
        self.assertEqual(self.https(context), 200)
        # A new certificate without a restart; a bad one changes nothing.
        before = self.serial(context)
        self.certify("server")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.serial(context) != before, "reloaded")
        now = self.serial(context)
        self.write("server.pem", "no certificate")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: any(line["event"] == "reload" and line["level"] == "error"
                                  for line in self.log_lines()), "refused")
        self.assertEqual(self.serial(context), now)

    def certify(self, name):
        """`name`.key and `name`.pem for localhost, signed by ca.pem."""
        self.run_openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                         "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        self.write("names.txt", "subjectAltName=DNS:localhost\n")
        self.run_openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
                         "-extfile", "names.txt", "-out", name + ".pem", "-set_serial", str(time.time_ns()))
        (self.folder / (name + ".key")).chmod(0o600)

    def https(self, context):
        connection = http.client.HTTPSConnection("localhost", self.port, context=context, timeout=30)
        try:
            connection.request("GET", "/healthz/live")
            return connection.getresponse().status
        finally:
            connection.close()

    def serial(self, context):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                return tls.getpeercert()["serialNumber"]

    def test_bad_settings_are_told(self):
        open_net = self.run_seawall("serve", "state", "--store", "sqlite:lists.db", "--listen", "0.0.0.0:0")
        self.assertEqual(open_net.returncode, 3)
        self.assertIn("certificate", open_net.stderr.decode())
        self.write("serve.toml", 'store = "sqlite:lists.db"\nfolder = "state"\nlistn = 3\n')
        wrong = self.run_seawall("serve", "--config", "serve.toml")
        self.assertEqual(wrong.returncode, 3)
        self.assertIn("serve.toml:3", wrong.stderr.decode())


if __name__ == "__main__":
    main()
