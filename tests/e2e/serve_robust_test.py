"""What the service must bear: media that must not be left anywhere, peers that are slow or never end, more load than it can
carry, and its own death in the middle of work."""
import json
import os
import re
import resource
import signal
import socket
import struct
import threading
import time
import unittest
import zlib

from own_network import PUBLIC, PublicHost, leave_for_own_network
from serve_support import ServeTest
from support import main, png

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


def with_comment(picture, text):
    """A PNG with a text chunk that nobody shows."""
    data = b"Comment\0" + text
    chunk = struct.pack(">I", len(data)) + b"tEXt" + data + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    return picture[:33] + chunk + picture[33:]


class RobustTest(ServeTest):
    def setUp(self):
        super().setUp()
        self.picture = png(160, 120, 7)
        self.make_list("known", "id,md5\na,0123456789abcdef0123456789abcdef\n")
        self.default_key = self.key("test", ("match", "status", "metrics"))

    def match(self, body, query="", **named):
        return self.ask("POST", "/v1/match" + query, body, **named)

    def everything_written(self):
        """The bytes of every file of the test's folder, and of those in /tmp that are newer than it."""
        begun = self.folder.stat().st_ctime
        for top in (str(self.folder), "/tmp", "/var/tmp", "/dev/shm"):
            for folder, _, names in os.walk(top):
                for name in names:
                    path = os.path.join(folder, name)
                    try:
                        about = os.lstat(path)
                        if not os.path.isfile(path) or about.st_size > 1 << 28:
                            continue
                        if top == str(self.folder) or about.st_mtime >= begun:
                            with open(path, "rb") as file:
                                yield path, file.read()
                    except OSError:
                        continue

    def nothing_left(self, canary):
        self.assertEqual([path for path, data in self.everything_written() if canary in data], [])
        self.assertEqual([p.name for p in self.folder.rglob("core*")], [])


class Robust(RobustTest):
    def test_no_byte_of_media_is_left_anywhere(self):
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
        canary = os.urandom(32).hex().encode()
        upload = with_comment(self.picture, canary)
        self.assertIn(canary, upload)
        self.serve("--observe")
        for query in ("", "?mode=async", "?on_error=fail_closed"):
            self.assertIn(self.match(upload, query, content_type="image/png").status, (200, 202))
        form = b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\n' + upload + b"\r\n--b--\r\n"
        self.assertEqual(self.match(form, content_type="multipart/form-data; boundary=b").status, 200)
        self.assertEqual(self.ask("POST", "/v1/hash", upload, content_type="image/png").status, 200)
        self.match(canary, content_type="image/png")
        self.match({"signals": {"md5": canary.decode()}})
        # It dies of a fault while half of an upload is in its memory.
        half = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        half.sendall(b"POST /v1/match HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + self.default_key.encode() +
                     b"\r\nContent-Type: image/png\r\nContent-Length: 1000000\r\n\r\n" + canary * 2000)
        self.wait_for(lambda: b"seawall_body_bytes 1" in self.ask("GET", "/metrics").body, "being read")
        self.assertEqual(self.stop(signal.SIGABRT), -signal.SIGABRT)
        half.close()
        self.nothing_left(canary)

    def test_slow_peers_do_not_hold_up_others(self):
        self.serve()
        slow = [socket.create_connection(("127.0.0.1", self.port), timeout=30) for _ in range(300)]
        for number, peer in enumerate(slow):
            peer.sendall(b"POST /v1/match HTTP/1.1\r\nHost: a\r\nX: " if number % 2 else b"P")
        for _ in range(50):
            self.assertEqual(self.match({"signals": {"pdq": PDQ}}).status, 200)
        until = time.monotonic() + 30
        for peer in slow:
            peer.settimeout(max(0.1, until - time.monotonic()))
            self.assertIn(peer.recv(100)[:12], (b"HTTP/1.1 408", b""))
            peer.close()

    def test_bodies_without_end_and_bombs_are_cut_off(self):
        self.serve()
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        peer.sendall(b"POST /v1/match HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + self.default_key.encode() +
                     b"\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        # It answers when the limit is passed, though the peer never ends; the rest is thrown away, then cut off.
        answer, waiting, until = b"", b"", time.monotonic() + 60
        peer.setblocking(False)
        while b"\r\n\r\n" not in answer and time.monotonic() < until:
            try:
                waiting = waiting or chunk
                waiting = waiting[peer.send(waiting):]
            except BlockingIOError:
                pass
            except OSError:
                break
            try:
                answer += peer.recv(65536)
            except BlockingIOError:
                pass
        peer.close()
        self.assertEqual(answer[:12], b"HTTP/1.1 413", answer[:200])
        # 270 MB of pixels, and 2.7 GB promised, in 260 kB.
        header = struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0)
        pressed = zlib.compressobj(9)
        data = b"".join(pressed.compress(b"\0" * (30000 * 3 + 1)) for _ in range(3000)) + pressed.flush()
        bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
            struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d))
            for k, d in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b"")))
        begun = time.monotonic()
        answer = self.match(bomb, "?on_error=fail_closed", content_type="image/png").json
        self.assertEqual(answer["failed"]["error"]["code"], "limit_exceeded")
        self.assertLess(time.monotonic() - begun, 30)

    def test_more_than_it_can_carry_is_told_to_come_back(self):
        self.write("serve.toml", "media_threads = 1\nqueue_wait_max_ms = 100\nqueue_jobs_max = 8\n")
        self.serve("--config", "serve.toml")
        large = png(700, 500, 9)
        statuses, lock = [], threading.Lock()

        def send():
            for _ in range(4):
                answer = self.match(large, "?profile=thorough", content_type="image/png")
                with lock:
                    statuses.append(answer.status)
                if answer.status == 503:
                    self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)

        threads = [threading.Thread(target=send) for _ in range(24)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(statuses), 96)
        self.assertEqual(set(statuses), {200, 503})
        self.wait_for(lambda: self.match(self.picture, content_type="image/png").status == 200, "itself again")

    def test_what_was_answered_is_in_the_record_after_kill_9_under_load(self):
        self.serve("--observe")
        answered, lock, over = {}, threading.Lock(), threading.Event()

        def send(number):
            count = 0
            while not over.is_set():
                name = f"{number}-{count}"
                try:
                    answer = self.match({"signals": {"pdq": PDQ}, "id": name},
                                        headers={"Idempotency-Key": name})
                except OSError:
                    return
                except Exception as error:  # http.client's own, when the server dies in an answer.
                    if type(error).__module__ == "http.client":
                        return
                    raise
                with lock:
                    answered[name] = answer.body
                count += 1

        threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        self.wait_for(lambda: len(answered) >= 60, "answering")
        self.stop(signal.SIGKILL)
        over.set()
        for thread in threads:
            thread.join()
        self.serve("--observe")
        for name in sorted(answered)[:20]:
            again = self.match({"signals": {"pdq": PDQ}, "id": name}, headers={"Idempotency-Key": name})
            self.assertEqual(again.body, answered[name])
            self.assertEqual(again.headers["idempotency-replayed"], "true")
        self.assertEqual(self.stop(), 0)
        shown = json.loads(self.run_seawall("observations", "show", "state/observations", "--json").stdout.splitlines()[0])
        # One for each answer; and at most one for each client whose answer was cut off.
        self.assertGreaterEqual(shown["observations"], len(answered))
        self.assertLessEqual(shown["observations"], len(answered) + len(threads))

    def test_what_is_under_way_is_answered_before_the_end(self):
        self.serve()
        got = []
        thread = threading.Thread(target=lambda: got.append(
            self.match(png(700, 500, 3), "?profile=thorough", content_type="image/png").status))
        thread.start()
        self.wait_for(lambda: b"seawall_queue_running{lane=\"media\"} 1" in self.ask("GET", "/metrics").body or got,
                      "decoding")
        self.assertEqual(self.stop(), 0)
        thread.join()
        self.assertEqual(got, [200])


class Urls(RobustTest):
    """Last by its name: it leaves this machine's network for good."""

    def half(self, body):
        """A host that sends `body` of a longer one, and then nothing."""
        listener = socket.create_server((PUBLIC, 0))
        self.addCleanup(listener.close)

        def answer():
            peer = listener.accept()[0]
            self.addCleanup(peer.close)
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + body)

        threading.Thread(target=answer, daemon=True).start()
        return f"http://{PUBLIC}:{listener.getsockname()[1]}/half"

    def test_no_byte_of_fetched_media_is_left_anywhere(self):
        if not leave_for_own_network():
            self.skipTest("this machine lets nobody make a network namespace")
        resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
        host = PublicHost()
        self.addCleanup(host.close)
        canary = os.urandom(32).hex().encode()
        path = f"/{canary.decode()}.png"
        host.files.update({path: with_comment(self.picture, canary), "/no-picture": canary * 5000})
        self.serve("--observe")
        for options in ({}, {"mode": "async"}, {"on_error": "fail_closed"}):
            answer = self.match({"url": host.url(path), **options})
            self.assertIn(answer.status, (200, 202), answer.body)
        self.match({"url": host.url("/no-picture")})
        self.assertEqual(self.ask("POST", "/v1/hash", {"url": host.url(path)}).status, 200)
        # It dies of a fault while half of what it fetches is in its memory.
        asked = self.raw_head({"url": self.half(canary * 20_000)})
        fetching = re.compile(rb"(?m)^seawall_body_bytes [1-9]\d{6,}$")
        self.wait_for(lambda: fetching.search(self.ask("GET", "/metrics").body), "a megabyte is fetched")
        self.assertEqual(self.stop(signal.SIGABRT), -signal.SIGABRT)
        asked.close()
        self.nothing_left(canary)

    def raw_head(self, body):
        """A look-up whose answer nobody waits for."""
        text = json.dumps(body).encode()
        peer = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        peer.sendall(b"POST /v1/match HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + self.default_key.encode() +
                     b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
        return peer


if __name__ == "__main__":
    main()
