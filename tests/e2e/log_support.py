"""A transparency log kept by the real programs: signer, witnesses, sequencer. For tests of it and of what verifies it.

The log is read here by RFC 6962's definitions, written again in a few lines, not by the program's own code."""
import base64
import hashlib
import json
import os
import signal
import subprocess
import time
import unittest

from support import SEAWALL, SeawallTest

ORIGIN = "lists.example/log"


def tree_hash(leaves):
    """MTH of RFC 6962 section 2.1, as it is defined."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def commitment(kind, salt, record):
    return hashlib.sha256(b"seawall/" + kind.encode() + b"/v1\0" + salt + record).digest()


class Process:
    """A program that goes on; its standard error in a file."""

    def __init__(self, test, name, *words):
        self.errors = test.folder / f"{name}.err"
        self.words = words
        self.test = test
        self.start()
        test.addCleanup(self.stop)

    def start(self):
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen([SEAWALL, *map(os.fsencode, self.words)], cwd=self.test.folder,
                                            stdout=subprocess.DEVNULL, stderr=errors)

    def said(self):
        return self.errors.read_text(errors="replace")

    def wait_for(self, words):
        self.test.eventually(lambda: words in self.said(), lambda: f"{self.words[:2]}: {self.said()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.process.returncode


@unittest.skipUnless(os.getuid() == 0, "acts as two people, which only the superuser may")
class LogTest(SeawallTest):
    def setUp(self):
        super().setUp()
        self.store = ("--store", "sqlite:lists.db")
        self.run_seawall("db", "create", *self.store, code=0)
        self.keys = {name: self.keygen(name, what, holder) for name, what, holder in (
            ("log", "log", ORIGIN), ("sequencer", "sequencer", "lists.example/sequencer"),
            ("w1", "witness", "w.example/1"), ("w2", "witness", "w.example/2"))}
        self.signer = Process(self, "signer", "log", "sign", "signer", "--key", "log.key", "--sequencer",
                              self.keys["sequencer"], "--listen", f"unix:{self.folder}/signer.sock")
        self.signer.wait_for("listening")

    def keygen(self, name, what, holder):
        return self.run_seawall("log", "keygen", "--for", what, holder, f"{name}.key", code=0).stdout.decode().strip()

    def eventually(self, condition, why=lambda: ""):
        end = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), end, why())
            time.sleep(0.02)

    def witness(self, name):
        process = Process(self, name, "witness", name, "--key", f"{name}.key", "--log", self.keys["log"],
                          "--listen", f"unix:{self.folder}/{name}.sock")
        process.wait_for("listening")
        return process

    def log_words(self, *words, signer=None):
        return ("log", "run", "log", *self.store, "--sequencer-key", "sequencer.key", "--signer",
                signer or f"{self.keys['log']}=unix:{self.folder}/signer.sock", *words)

    def with_witnesses(self, quorum, *names):
        words = [word for name in names for word in
                 ("--witness", f"{self.keys[name]}=unix:{self.folder}/{name}.sock")]
        return (*words, "--quorum", str(quorum))

    def lists(self, command, *words, who="ann", code=0, stdin=b""):
        done = self.run_seawall("lists", command, *words, *self.store, "--as", who, "--why", f"{who} has a reason",
                                "--json", stdin=stdin, code=code)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def propose(self, count=3):
        release, = self.lists("import", "known", "-", stdin=("id,md5\n" + "".join(
            f"{i},{self.random.getrandbits(128):032x}\n" for i in range(count))).encode())
        return str(release["release"])

    def checkpoint(self):
        text, _, signatures = (self.folder / "log/checkpoint").read_text().partition("\n\n")
        origin, size, root = text.split("\n")[:3]
        self.assertEqual(origin, ORIGIN)
        return int(size), base64.b64decode(root), signatures.splitlines()

    def entries(self, size):
        found = []
        while len(found) < size:
            number = len(found) // 256
            width = min(256, size - len(found))
            name = f"log/tile/entries/{number:03}" + (f".p/{width}" if width < 256 else "")
            data = (self.folder / name).read_bytes()
            for _ in range(width):
                length = int.from_bytes(data[:2], "big")
                found.append(data[2:2 + length])
                data = data[2 + length:]
            self.assertEqual(data, b"")
        return found

    def expect_whole_log(self):
        """The published head is that of all entries; gives them."""
        size, root, _ = self.checkpoint()
        entries = self.entries(size)
        self.assertEqual(tree_hash([leaf_hash(entry) for entry in entries]), root)
        return [json.loads(entry) for entry in entries]

    def records(self):
        import sqlite3
        with sqlite3.connect(self.folder / "lists.db") as database:
            return database.execute("SELECT leaf, salt, record, entry FROM log_records ORDER BY id").fetchall()
