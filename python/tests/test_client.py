"""The client of the service, against a server that stands in for it (tests/e2e has the real one)."""
import base64
import hashlib
import hmac
import json
import os
import ssl
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import seawall
from seawall import _transport
from stand_in import ALLOW, BLOCK, CHAIN, Say, StandIn, make_certificate, problem

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
BUSY = Say(503, problem(503, "unavailable", "overloaded"), {"Retry-After": 7})


class Time:
    """A clock that moves when somebody sleeps or pushes it."""

    def __init__(self):
        self.now = 1000.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.time = Time()

    def service(self, *answers, **named):
        service = StandIn(*answers, **named)
        self.enterContext(service) if hasattr(self, "enterContext") else self._enter(service)
        return service

    def _enter(self, service):  # Before Python 3.11.
        service.__enter__()
        self.addCleanup(service.__exit__, None, None, None)

    def client(self, service, **named):
        named = {"key": "swk_test", "clock": self.time, "sleep": self.time.sleep, **named}
        client = seawall.Client(service if isinstance(service, str) else service.address, **named)
        self.addCleanup(client.close)
        return client


class WhatIsAsked(ClientTest):
    def test_bytes_go_as_they_are_and_options_in_the_query(self):
        service = self.service(Say(200, BLOCK))
        result = self.client(service).match(b"bytes", id="post 17", banks=["a&b", "c"], radius=20, profile="thorough",
                                            include_silent=True)
        asked, = service.asked
        self.assertEqual((asked.method, asked.path, asked.body), ("POST", "/v1/match", b"bytes"))
        self.assertEqual(asked.query, [("id", "post 17"), ("banks", "a&b"), ("banks", "c"), ("radius", "20"),
                                       ("profile", "thorough"), ("include_silent", "true")])
        self.assertEqual(asked.headers["authorization"], "Bearer swk_test")
        self.assertEqual(asked.headers["content-type"], "application/octet-stream")
        self.assertRegex(asked.headers["idempotency-key"], r'^"[0-9a-f]{32}"$')
        self.assertEqual((result.verdict, result.id, result.decided_by), ("block", "post-17", "service"))
        self.assertEqual(result.matches[0]["match"], "12.345@post-17")
        self.assertEqual(result.list_version, {"number": 41, "chain": CHAIN})

    def test_signals_and_urls_go_as_json(self):
        service = self.service(Say(200, ALLOW), Say(200, ALLOW))
        client = self.client(service, on_error="fail_closed")
        client.match(signals={"pdq": PDQ, "quality": 100}, place="p", banks=["k"])
        client.match(url="https://media.example/a.jpg", timings=True)
        self.assertEqual(service.asked[0].json, {"place": "p", "banks": ["k"], "on_error": "fail_closed",
                                                 "signals": {"pdq": PDQ, "quality": 100}})
        self.assertEqual(service.asked[1].json, {"on_error": "fail_closed", "timings": True,
                                                 "url": "https://media.example/a.jpg"})
        self.assertNotEqual(service.asked[0].headers["idempotency-key"], service.asked[1].headers["idempotency-key"])

    def test_a_file_is_read_and_sent(self):
        service = self.service(Say(200, ALLOW))
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"content")
            file.flush()
            self.client(service).match(path=file.name)
        self.assertEqual(service.asked[0].body, b"content")
        with self.assertRaises(seawall.NotFoundError):
            self.client(service).match(path="/nonexistent/file")

    def test_exactly_one_thing_is_looked_up(self):
        client = self.client("http://localhost:1")
        for named in ({}, {"data": b"x", "url": "https://a.example/"}):
            with self.assertRaises(ValueError):
                client.match(**named)
        with self.assertRaises(seawall.LimitExceededError):
            client.match(b"")

    def test_the_rest_goes_where_the_contract_says(self):
        job = {"request_id": "r_0e1VbJ3Zk2", "state": "pending", "asked": "2026-11-22T03:04:05Z"}
        service = self.service(Say(200, {"pdq": PDQ}), Say(200, {"match": True}), Say(200, {"match": True}),
                               Say(201, {"entry": "12.345"}), Say(202, job), Say(202, job), Say(200, {"entry": "12.345"}),
                               Say(200, {"ready": True}))
        client = self.client(service)
        self.assertEqual(client.hash(b"x", frames=True), {"pdq": PDQ})
        client.compare(seawall.Pdq.from_text(PDQ), "https://media.example/a.jpg", radius=20)
        client.compare(b"one", b"two", profile="none")
        client.feedback("12.345@post-17", "false-match", "a logo", send_back=False)
        client.submit(signals={"md5": "0" * 32}, webhook="https://hooks.example/x", id="a")
        client.replay("r_0e1VbJ3Zk2")
        client.entry("12.345")
        client.status()
        seen = [(one.method, one.path, one.query) for one in service.asked]
        self.assertEqual(seen, [
            ("POST", "/v1/hash", [("frames", "true")]), ("POST", "/v1/compare", []),
            ("POST", "/v1/compare", [("profile", "none")]), ("POST", "/v1/feedback", []), ("POST", "/v1/match", []),
            ("POST", "/v1/match/r_0e1VbJ3Zk2/replay", []), ("GET", "/v1/entries/12.345", []), ("GET", "/v1/status", [])])
        self.assertEqual(service.asked[1].json, {"a": {"pdq": PDQ}, "b": {"url": "https://media.example/a.jpg"},
                                                 "radius": 20})
        self.assertIn(b'name="b"; filename="b"\r\nContent-Type: application/octet-stream\r\n\r\ntwo\r\n',
                      service.asked[2].body)
        self.assertEqual(service.asked[3].json, {"match": "12.345@post-17", "verdict": "false-match", "why": "a logo",
                                                 "send_back": False})
        self.assertEqual(service.asked[4].json, {"id": "a", "webhook": "https://hooks.example/x", "mode": "async",
                                                 "signals": {"md5": "0" * 32}})
        self.assertNotIn("idempotency-key", service.asked[0].headers)

    def test_a_batch_says_which_items_have_no_verdict(self):
        body = {"request_id": "r_0e1VbJ3Zk5", "list_version": {"number": 41, "chain": CHAIN}, "answers": [
            {"id": "a", "verdict": "allow", "matches": [], "reasons": [], "observed": True},
            {"id": "b", "error": {"code": "invalid_input", "message": "signals/md5: 32 hex digits are needed"}}]}
        service = self.service(Say(200, body), Say(200, body))
        client = self.client(service)
        result = client.match_batch([{"id": "a", "signals": {"md5": "0" * 32}}, {"id": "b", "signals": {"md5": "1"}}])
        self.assertIsNone(result.verdict)
        self.assertEqual(result.items[0].result.verdict, "allow")
        self.assertIsInstance(result.items[1].error, seawall.InvalidInputError)
        self.assertEqual([item["id"] for item in service.asked[0].json["items"]], ["a", "b"])
        client.match_files([("a", b"one"), ("b", b"two")], radius=3)
        self.assertEqual(service.asked[1].query, [("radius", "3")])
        self.assertEqual(service.asked[1].body.count(b'name="items"'), 2)
        for bad in ([], [("a", b"")] * 17):
            with self.assertRaises(seawall.LimitExceededError):
                client.match_files(bad)
        with self.assertRaises(seawall.InvalidInputError):
            client.match_files([('a"\r\nX: y', b"one")])

    def test_a_connection_is_kept_and_replaced_when_it_is_gone(self):
        service = self.service(Say(200, ALLOW), Say(200, ALLOW, close=True), Say(200, ALLOW))
        client = self.client(service)
        for _ in range(3):
            client.match(b"x")
        self.assertEqual([one.connection for one in service.asked], [1, 1, 2])
        self.assertEqual(self.time.slept, [])

    def test_a_unix_socket_is_an_address(self):
        with tempfile.TemporaryDirectory() as folder:
            service = self.service(Say(200, ALLOW), unix_path=str(Path(folder) / "s"))
            self.assertEqual(self.client(service).match(b"x").verdict, "allow")

    def test_address_and_key_come_from_the_environment(self):
        service = self.service(Say(200, ALLOW))
        with mock.patch.dict(os.environ, {"SEAWALL_URL": service.address, "SEAWALL_KEY": "swk_env\n"}):
            with seawall.Client() as client:
                client.match(b"x")
        self.assertEqual(service.asked[0].headers["authorization"], "Bearer swk_env")

    def test_many_threads_share_a_client(self):
        service = self.service(*[Say(200, ALLOW)] * 40)
        client = self.client(service)
        threads = [threading.Thread(target=lambda: [client.match(b"x") for _ in range(10)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(service.asked), 40)
        self.assertLessEqual(max(one.connection for one in service.asked), 4)


class WhatGoesWrong(ClientTest):
    def test_a_refusal_becomes_an_exception_and_is_not_repeated(self):
        faults = [{"at": "/signals/pdq", "detail": "64 hex digits are needed"}]
        service = self.service(Say(400, problem(400, "invalid_input", "invalid-input", "Correct it.", errors=faults)))
        with self.assertRaises(seawall.InvalidInputError) as caught:
            self.client(service, on_error="fail_closed").match(signals={"pdq": "0"})
        error = caught.exception
        self.assertEqual((error.code, error.detail, error.status, error.type, error.request_id, error.errors),
                         ("invalid_input", "Correct it.", 400, "/problems/invalid-input", "r_0e1VbJ3Zk2", faults))
        self.assertEqual(len(service.asked), 1)

    def test_each_code_has_its_exception(self):
        for status, code, kind in ((401, "unauthenticated", seawall.UnauthenticatedError),
                                   (403, "forbidden", seawall.ForbiddenError), (404, "not_found", seawall.NotFoundError),
                                   (409, "conflict", seawall.ConflictError), (500, "corrupt", seawall.CorruptError),
                                   (413, "limit_exceeded", seawall.LimitExceededError),
                                   (415, "unsupported", seawall.UnsupportedError),
                                   (422, "decoder_crashed", seawall.DecoderCrashedError),
                                   (418, "new_code", seawall.SeawallError)):
            service = self.service(Say(status, problem(status, code, "x")))
            with self.assertRaises(kind) as caught:
                self.client(service).match(b"x")
            self.assertEqual(caught.exception.code, code)

    def test_an_overloaded_service_is_asked_again_when_it_says(self):
        service = self.service(BUSY, BUSY, Say(200, ALLOW))
        self.assertEqual(self.client(service).match(b"x").verdict, "allow")
        self.assertEqual(self.time.slept, [7.0, 7.0])
        self.assertEqual(len({one.headers["idempotency-key"] for one in service.asked}), 1)

    def test_tries_are_bounded(self):
        limited = Say(429, problem(429, "rate_limited", "rate-limited"), {"Retry-After": 1})
        service = self.service(*[limited] * 9)
        with self.assertRaises(seawall.RateLimitedError) as caught:
            self.client(service, retries=2).match(b"x")
        self.assertEqual((caught.exception.retry_after_s, len(service.asked)), (1.0, 3))

    def test_a_wait_beyond_the_deadline_is_not_begun(self):
        service = self.service(BUSY)
        with self.assertRaises(seawall.UnavailableError):
            self.client(service, timeout_s=5).match(b"x")
        self.assertEqual((self.time.slept, len(service.asked)), ([], 1))

    def test_a_lost_answer_is_asked_for_again_under_the_same_name(self):
        waits = Say(409, problem(409, "conflict", "in-progress"), {"Retry-After": 2})
        service = self.service(Say(0), waits, Say(200, ALLOW))
        self.assertEqual(self.client(service).match(b"x").verdict, "allow")
        self.assertEqual(len({one.headers["idempotency-key"] for one in service.asked}), 1)
        self.assertEqual(self.time.slept[1], 2.0)

    def test_another_conflict_is_not_repeated(self):
        service = self.service(Say(409, problem(409, "conflict", "idempotency-key-reused"), {"Retry-After": 2}))
        with self.assertRaises(seawall.ConflictError):
            self.client(service).match(b"x")

    def test_nobody_there_is_what_the_caller_chose(self):
        nobody = "http://127.0.0.1:1"
        with self.assertRaises(seawall.UnreachableError):
            self.client(nobody).match(b"x")
        closed = self.client(nobody, on_error="fail_closed").match(b"x", id="a")
        self.assertEqual((closed.verdict, closed.decided_by, closed.id, closed.matches), ("block", "client", "a", ()))
        self.assertEqual(closed.failed["mode"], "fail_closed")
        self.assertEqual(closed.failed["error"]["code"], "unavailable")
        self.assertEqual(self.client(nobody).match(b"x", on_error="fail_open").verdict, "allow")
        batch = self.client(nobody, on_error="fail_closed").match_batch([{"id": "a", "signals": {"md5": "0" * 32}}])
        self.assertEqual((batch.verdict, batch.items[0].result.verdict, batch.decided_by), ("block", "block", "client"))

    def test_a_dripping_answer_ends_at_the_deadline(self):
        def drip():
            self.time.now += 3.0

        service = self.service(Say(200, ALLOW, drip=drip))
        with self.assertRaises(seawall.DeadlineError):
            self.client(service, timeout_s=10).match(b"x")

    def test_what_is_no_seawall_is_told(self):
        service = self.service(Say(200, b"<html>"), Say(502, b"<html>Bad gateway"))
        for _ in range(2):
            with self.assertRaises(seawall.BadAnswerError):
                self.client(service).match(b"x")
        with mock.patch.object(_transport, "ANSWER_BYTES_MAX", 100), self.assertRaises(seawall.BadAnswerError):
            self.client(self.service(Say(200, b"1" * 101))).match(b"x")

    def test_a_body_refused_unread_tells_why(self):
        refusal = Say(413, problem(413, "limit_exceeded", "limit-exceeded", "Too large."), unread=True)
        service = self.service(refusal)
        with self.assertRaises(seawall.LimitExceededError):
            self.client(service, retries=0).match(b"x" * (8 << 20))

    def test_wait_asks_until_it_is_done(self):
        job = {"request_id": "r_0e1VbJ3Zk2", "state": "pending", "asked": "2026-11-22T03:04:05Z"}
        service = self.service(Say(200, job), Say(200, job), Say(200, {**job, "state": "done", "answer": BLOCK}))
        result = self.client(service).wait("r_0e1VbJ3Zk2")
        self.assertEqual((result.verdict, len(service.asked)), ("block", 3))
        failed = {**job, "state": "failed", "problem": problem(413, "limit_exceeded", "limit-exceeded")}
        with self.assertRaises(seawall.LimitExceededError):
            self.client(self.service(Say(200, failed))).wait("r_0e1VbJ3Zk2")
        with self.assertRaises(seawall.DeadlineError):
            self.client(self.service(*[Say(200, job)] * 50)).wait("r_0e1VbJ3Zk2", timeout_s=5)

    def test_addresses_that_would_show_the_key_are_refused(self):
        for address in ("http://seawall.example", "https://hma:swk_x@host", "ftp://host", "https://host/path", "unix:x",
                        "host:8443", ""):
            with self.assertRaises(ValueError):
                seawall.Client(address, "swk_x")
        seawall.Client("http://seawall.example", "swk_x", allow_http=True)
        with self.assertRaises(ValueError):
            seawall.Client("https://seawall.example", "swk_x\r\nX: y")

    def test_a_server_is_believed_only_with_its_certificate(self):
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = make_certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            service = self.service(Say(200, ALLOW), tls=context)
            with self.assertRaises(seawall.SeawallError) as caught:
                self.client(service, on_error="fail_open").match(b"x")
            self.assertIn("certificate", caught.exception.detail)
            self.assertEqual((service.asked, self.time.slept), ([], []))
            known = ssl.create_default_context(cafile=str(certificate))
            self.assertEqual(self.client(service, ssl_context=known).match(b"x").verdict, "allow")
            lax = ssl.create_default_context()
            lax.check_hostname = False
            with self.assertRaises(ValueError):
                self.client(service, ssl_context=lax)

    def test_a_forked_child_makes_connections_of_its_own(self):
        service = self.service(Say(200, ALLOW), Say(200, ALLOW), Say(200, ALLOW))
        client = self.client(service)
        client.match(b"x")
        child = os.fork()
        if child == 0:
            os._exit(0 if client.match(b"x").verdict == "allow" else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        client.match(b"x")
        self.assertEqual([one.connection for one in service.asked], [1, 2, 1])


class Webhooks(unittest.TestCase):
    SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    BODY = json.dumps({"type": "match.done", "time": "2026-11-22T03:04:05Z", "job": {}}).encode()

    def headers(self, name="msg_1", sent=1000):
        signed = hmac.new(bytes(range(32)), f"{name}.{sent}.".encode() + self.BODY, hashlib.sha256).digest()
        return {"Webhook-Id": name, "Webhook-Timestamp": str(sent),
                "Webhook-Signature": "v1,AAAA v1," + base64.b64encode(signed).decode()}

    def test_are_taken_when_signed_and_new(self):
        done = seawall.verify_webhook(self.BODY, self.headers(), self.SECRET, now=lambda: 1299)
        self.assertEqual(done["type"], "match.done")

    def test_are_those_of_the_specification(self):
        headers = {"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
                   "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}
        done = seawall.verify_webhook(b'{"test": 2432232314}', headers, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                      now=lambda: 1614265330)
        self.assertEqual(done, {"test": 2432232314})

    def test_are_refused_when_altered_old_or_unsigned(self):
        other = "whsec_" + base64.b64encode(bytes(32)).decode()
        for body, headers, secret, now in ((self.BODY + b" ", self.headers(), self.SECRET, 1000),
                                           (self.BODY, self.headers(), self.SECRET, 1301),
                                           (self.BODY, self.headers(), other, 1000),
                                           (self.BODY, {**self.headers(), "Webhook-Id": "msg_2"}, self.SECRET, 1000),
                                           (self.BODY, {}, self.SECRET, 1000)):
            with self.assertRaises(seawall.UnauthenticatedError):
                seawall.verify_webhook(body, headers, secret, now=lambda now=now: now)


if __name__ == "__main__":
    unittest.main()
