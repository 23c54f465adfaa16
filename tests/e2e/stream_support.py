"""`seawall stream watch` as a process of a test, and what it says."""
import json
import signal
import subprocess
import threading
import time
from datetime import datetime

from live_support import LISTED_FROM_S, Videos, publish
from support import SEAWALL, SEED, SeawallTest

HERE = ("--allow-network", "127.0.0.1/32")
SECRET = "q7Zsecret"


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def time_to_detect(match):
    """From the listed part's first moment on the air to the alert. `begin`: when what matched was here."""
    on_air = seconds(match["begin"]) - (match["listed_begin_ms"] / 1000 - LISTED_FROM_S)
    return seconds(match["at"]) - on_air


class WatchTest(SeawallTest):
    """A bank with a listed video, videos in which it is shown, and a watch of streams."""

    def setUp(self):
        super().setUp()
        print(f"seed {SEED}")
        self.videos = Videos(self.folder)
        self.run_seawall("bank", "create", "bank", code=0)
        self.run_seawall("bank", "add", "bank", self.videos.listed, code=0)
        self.children = []
        self.addCleanup(self.end_children)

    def end_children(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait(20)

    def publish(self, *words, **named):
        self.children.append(publish(*words, **named))
        return self.children[-1]

    def watch(self, *words):
        """Begins; its lines are taken by finish()."""
        process = subprocess.Popen([SEAWALL, "stream", "watch", "--bank", "bank", "--json", *HERE, *map(str, words)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        self.children.append(process)
        process.seen, process.raw = [], []
        process.readers = [threading.Thread(target=self.read, args=(process,)),
                           threading.Thread(target=lambda: process.raw.append(process.stderr.read()))]
        for reader in process.readers:
            reader.start()
        return process

    @staticmethod
    def read(process):
        for line in process.stdout:
            process.raw.append(line)
            process.seen.append(json.loads(line))

    def finish(self, process, code, when=None):
        """Its lines, once it has ended by itself or `when(lines)` holds (or did not within 90 s: whoever asks sees)."""
        deadline = time.monotonic() + 90
        while process.poll() is None and time.monotonic() < deadline and not (when and when(process.seen)):
            time.sleep(0.1)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)
        for reader in process.readers:
            reader.join(30)
        process.stdout.close()
        process.stderr.close()
        lines, raw = process.seen, b"".join(process.raw)
        self.assertEqual(process.returncode, code, (raw[-2000:], lines[-3:]))
        self.assertNotIn(SECRET.encode(), raw, "no address is ever told")
        return lines

    def all_told(self, *names):
        """For finish(): each of these streams was told with three aligned pictures."""
        def hold(lines):
            told = {line["stream"] for line in list(lines) if line["event"] == "match" and line["tier"] == "three-aligned"}
            return told >= set(names)
        return hold

    @staticmethod
    def matches(lines, name=None):
        return [line for line in lines if line["event"] == "match" and name in (None, line["stream"])]

    @staticmethod
    def kinds(lines, name):
        return [line["kind"] for line in lines if line["event"] == "stream" and line["stream"] == name]

    def assert_detected(self, lines, name):
        """Seconds that it took; not judged but for being stuck, since others may use the machine."""
        found = self.matches(lines, name)
        self.assertTrue(found, f"{name}: {[l for l in lines if l.get('stream') == name]}")
        self.assertLess(time_to_detect(found[0]), 20, name)
        return time_to_detect(found[0])

    def wait_for(self, holds):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if holds():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        self.fail("it did not happen within 30 s")
