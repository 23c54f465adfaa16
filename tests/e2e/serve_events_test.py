"""GET /v1/events as browsers and curl read it: who is told what, coming back, being slow, and what ends a stream."""
import hashlib
import json
import shutil
import signal
import socket
import subprocess
import time
import unittest

from serve_people_test import PeopleTest
from support import main

PDQ_ROW = f"id,pdq\none,{1:064x}\n"


class Stream:
    """One stream of events, read as they come."""

    def __init__(self, test, headers, target="/v1/events"):
        self.peer = socket.create_connection(("127.0.0.1", test.port), timeout=60)
        lines = [f"GET {target} HTTP/1.1", "Host: a", *[f"{name}: {value}" for name, value in headers.items()]]
        self.peer.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.peer.makefile("rb")
        self.head = []
        while line := self.file.readline().strip():
            self.head.append(line.decode())
        self.status = int(self.head[0].split()[1])
        self.text, self.ended = "", False

    def more(self):
        """Reads one chunk; False at the end of the body, None when the connection was cut."""
        size = self.file.readline()
        if not size:
            return None
        size = int(size, 16)
        self.text += self.file.read(size).decode()
        self.file.readline()
        self.ended = size == 0
        return size != 0

    def event(self):
        """The next event, (name, data, id); comments are passed over."""
        while True:
            while "\n\n" not in self.text:
                if not self.more():
                    raise EOFError
            one, self.text = self.text.split("\n\n", 1)
            fields = dict(line.split(": ", 1) for line in one.splitlines() if ": " in line)
            if "event" in fields:
                return fields["event"], json.loads(fields["data"]), fields["id"]

    def until(self, wanted):
        """The next event of that name."""
        while True:
            name, data, at = self.event()
            if name == wanted:
                return data, at

    def ends(self, within_s):
        """Whether the stream ends well within that time."""
        self.peer.settimeout(within_s)
        try:
            while self.more():
                pass
        except TimeoutError:
            return False
        return self.ended

    def close(self):
        self.file.close()
        self.peer.close()


class Events(PeopleTest):
    def setUp(self):
        super().setUp()
        self.account("ann")
        self.account("mia", role="list_manager")
        self.account("vic", role="viewer")
        self.make_list("known", PDQ_ROW)

    def listen(self, who, last=None, target="/v1/events"):
        headers = {"Authorization": "Bearer " + who} if isinstance(who, str) else {"Cookie": "__Host-seawall=" + who.cookie}
        if last:
            headers["Last-Event-ID"] = last
        stream = Stream(self, headers, target)
        self.addCleanup(stream.close)
        return stream

    def propose(self, mia, key):
        body = {"key": key, "signals": {"md5": hashlib.md5(key.encode()).hexdigest()}, "why": "test"}
        answer = self.ask_as(mia, "POST", "/v1/banks/known/entries", body)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json["release"]

    def test_each_is_told_what_they_may_read_as_it_happens(self):
        self.serve()
        mia, vic = self.sign_in("mia"), self.sign_in("vic")
        manager, viewer = self.listen(mia), self.listen(vic)
        self.assertEqual(manager.status, 200)
        self.assertIn("Content-Type: text/event-stream", manager.head)
        self.assertIn("Cache-Control: no-store", manager.head)
        self.assertIn("Transfer-Encoding: chunked", manager.head)
        kinds = manager.until("open")[0]["kinds"]
        self.assertEqual(kinds, ["list", "release", "request", "stream", "stream-alert", "review", "health"])
        self.assertEqual(viewer.until("open")[0]["kinds"], ["list", "health"])
        release = self.propose(mia, "e1")
        self.assertEqual(manager.until("release")[0], {"release": release, "bank": "known", "state": "proposed"})
        manager.until("list")
        self.ask_as(mia, "POST", f"/v1/releases/{release}/activate", {"why": "test"})
        self.assertEqual(manager.until("release")[0]["state"], "active")
        version, _ = manager.until("list")
        while viewer.event()[:2] != ("list", version):  # And never a release.
            pass
        bank = self.ask_as(mia, "GET", "/v1/banks/known").json
        asked = self.ask_as(mia, "PATCH", "/v1/banks/known", {"version": bank["version"], "two_person": True, "why": "x"})
        if asked.status == 202:
            self.assertEqual(manager.until("request")[0]["request"], asked.json["request"])

    def test_programs_are_told_by_their_scopes_and_banks(self):
        only = self.key("only", ("status",))
        reads = self.key("reads", ("status", "banks:read"), "--bank", "known")
        none = self.key("none", ("banks:read",))
        self.serve()
        self.assertEqual(self.listen(only).until("open")[0]["kinds"], ["health"])
        stream = self.listen(reads)
        self.assertEqual(stream.until("open")[0]["kinds"], ["list", "release", "request", "health"])
        self.assertEqual(self.listen(none).status, 403)
        self.assertEqual(Stream(self, {}).status, 401)
        mia = self.sign_in("mia")
        self.lists("create", "other", "--purpose", "t", "--owner", "t", "--why", "t", "--one-person")
        body = {"key": "x", "signals": {"md5": hashlib.md5(b"x").hexdigest()}, "why": "test"}
        self.assertEqual(self.ask_as(mia, "POST", "/v1/banks/other/entries", body).status, 201)
        release = self.propose(mia, "mine")
        self.assertEqual(stream.until("release")[0]["release"], release)

    def test_who_comes_back_misses_nothing_and_a_restart_says_reset(self):
        self.serve()
        mia = self.sign_in("mia")
        first = self.listen(mia)
        first.until("open")
        one = self.propose(mia, "a")
        data, last = first.until("release")
        self.assertEqual(data["release"], one)
        first.close()
        two = self.propose(mia, "b")
        self.wait_for(lambda: str(two) in self.listen_once(mia, last), "told")
        again = self.listen(mia, last)
        self.assertEqual(again.event()[0], "open")
        self.assertEqual(again.until("release")[0]["release"], two)
        self.assertEqual(self.stop(), 0)
        self.serve()
        mia = self.sign_in("mia")
        self.assertEqual(self.listen(mia, last).event()[0], "reset")

    def listen_once(self, who, last):
        """All that there is for somebody who comes back."""
        stream = self.listen(who, last, "/v1/events?seconds=0")
        self.assertTrue(stream.ends(30))
        return stream.text

    def test_a_session_that_is_over_and_a_key_that_is_revoked_end_their_streams_within_seconds(self):
        secret = self.key("reads", ("status",))
        self.serve()
        vic, mia = self.sign_in("vic"), self.sign_in("mia")
        streams = [self.listen(vic), self.listen(mia), self.listen(secret)]
        for stream in streams:
            stream.until("open")
        self.ask_as(vic, "DELETE", "/v1/session")
        self.assertTrue(streams[0].ends(15))
        self.accounts("disable", "mia")
        self.assertTrue(streams[1].ends(15))
        self.run_seawall("keys", "revoke", secret.split("_")[1], "--why", "test", "--store", self.store, code=0)
        self.assertTrue(streams[2].ends(15))
        self.assertEqual(self.listen(vic).status, 401)

    def test_one_person_listens_eight_times_and_who_left_counts_no_more(self):
        self.serve()
        vic = self.sign_in("vic")
        streams = [self.listen(vic) for _ in range(8)]
        self.assertEqual([stream.status for stream in streams], [200] * 8)
        self.assertEqual(self.listen(vic).status, 429)
        streams[0].close()
        self.wait_for(lambda: self.listen(vic).status == 200, "let in again")

    def test_a_drain_ends_streams_well(self):
        self.serve("--drain", "20")
        vic = self.sign_in("vic")
        stream = self.listen(vic)
        stream.until("open")
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.assertTrue(stream.ends(30))
        self.assertEqual(self.process.wait(timeout=30), 0)
        self.assertLess(time.monotonic() - begun, 15)

    def test_a_reader_that_stands_still_holds_up_nobody(self):
        self.serve()
        mia = self.sign_in("mia")
        slow, quick = self.listen(mia), self.listen(mia)
        quick.until("open")
        for number in range(20):
            release = self.propose(mia, f"slow-{number}")
        while quick.until("release")[0]["release"] != release:
            pass
        self.assertEqual(slow.status, 200)  # Nothing was read of it since its head; others were told all the same.
        self.assertEqual(self.ask("GET", "/healthz/ready").status, 200)

    def test_the_time_that_was_asked_for_ends_it_and_what_is_wrong_is_refused(self):
        self.serve()
        vic = self.sign_in("vic")
        stream = self.listen(vic, target="/v1/events?seconds=1")
        stream.until("open")
        self.assertTrue(stream.ends(10))
        for query in ("?seconds=-1", "?seconds=3601", "?seconds=x", "?seconds=0&kinds=list"):
            self.refused(self.ask_as(vic, "GET", "/v1/events" + query), 400, "invalid-input")
        self.refused(self.ask_as(vic, "GET", "/v1/events?seconds=0", headers={"Last-Event-ID": "x" * 65}), 400, "invalid-input")

    @unittest.skipUnless(shutil.which("curl"), "needs curl")
    def test_curl_reads_it(self):
        self.serve()
        secret = self.key("reads", ("status", "banks:read"))
        mia = self.sign_in("mia")
        curl = subprocess.Popen(["curl", "-sN", "--max-time", "60", "-H", "Authorization: Bearer " + secret,
                                 f"http://127.0.0.1:{self.port}/v1/events"], stdout=subprocess.PIPE, cwd=self.folder)
        try:
            self.assertEqual(curl.stdout.readline(), b"retry: 3000\n")
            release = self.propose(mia, "by-curl")
            got = b""
            while b"event: release" not in got:
                got += curl.stdout.readline()
            self.assertIn(f'"release":{release}'.encode(), curl.stdout.readline())
        finally:
            curl.kill()
            curl.communicate()


if __name__ == "__main__":
    main()
