"""Verification from outside: a log kept by the real programs, verified over the web, in its folder and in a mirror;
and each way of deceiving whoever verifies it, found and told."""
import base64
import contextlib
import functools
import hashlib
import http.server
import json
import shutil
import sqlite3
import threading
import unittest

from log_support import LogTest, ORIGIN, Process
from support import main


@contextlib.contextmanager
def web_server(handler):
    """A plain web server, as anybody may run; gives its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class FolderHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


class Audit(LogTest):
    def setUp(self):
        super().setUp()
        self.w1 = self.witness("w1")
        self.trust = ("--log", self.keys["log"], "--witness", self.keys["w1"])
        self.lists("create", "known")
        self.grow()

    def grow(self, *words, signer=None):
        self.propose(1)
        self.publish(signer=signer)

    def publish(self, signer=None, witness="w1"):
        at = f"{self.keys['w1']}=unix:{self.folder}/{witness}.sock"
        self.run_seawall(*self.log_words("--once", "--witness", at, "--quorum", "1", signer=signer), code=0)

    def audit(self, command, *words, code=0):
        done = self.run_seawall("audit", command, *words, code=code)
        self.assertFalse([line for line in done.stderr.splitlines() if not line.startswith(b"seawall: ")], done.stderr)
        return done

    def verify(self, place="log", *words):
        """The summary that it prints."""
        done = self.audit("verify", place, *self.trust, "--json", *words, code=0)
        return json.loads(done.stdout.splitlines()[-1])

    def fault(self, place="log", *words, code=5):
        """Why it does not verify."""
        done = self.audit("verify", place, *self.trust, "--json", *words, code=code)
        self.assertNotIn(b'"verified"', done.stdout)
        return json.loads(done.stdout.splitlines()[-1])["error"]["message"]

    def files(self, folder="log"):
        """The files of the log as it is published, by their path."""
        size = self.checkpoint()[0]
        width = f".p/{size}"
        return [self.folder / folder / name for name in (f"tile/0/000{width}", f"tile/entries/000{width}")]

    def rewrite_history(self):
        """Somebody with every key of the log and of the witness begins it anew, with another past."""
        shutil.rmtree(self.folder / "log")
        with sqlite3.connect(self.folder / "lists.db") as database:
            database.execute("UPDATE log_records SET leaf = NULL")
            database.execute("UPDATE log_records SET entry = replace(entry, 'list-change', 'approval')")
        stolen = Process(self, "stolen", "log", "sign", "stolen", "--key", "log.key", "--sequencer",
                         self.keys["sequencer"], "--listen", f"unix:{self.folder}/stolen.sock")
        other = Process(self, "other", "witness", "other", "--key", "w1.key", "--log", self.keys["log"],
                        "--listen", f"unix:{self.folder}/other.sock")
        for process in (stolen, other):
            process.wait_for("listening")
        self.propose(1)
        self.publish(signer=f"{self.keys['log']}=unix:{self.folder}/stolen.sock", witness="other")

    def record_file(self, leaf):
        """What the keeper of records hands out."""
        _, salt, record, _ = self.records()[leaf]
        text = json.dumps({"record": json.loads(record), "salt": base64.b64encode(salt).decode()})
        return self.write(f"record-{leaf}.json", text)

    def test_a_log_verifies_in_its_folder_and_over_the_web(self):
        size, root, _ = self.checkpoint()
        told = self.verify()
        self.assertEqual((told["verified"], told["origin"], told["size"]), (True, ORIGIN, size))
        self.assertEqual(base64.b64decode(told["root"]), root)
        self.assertEqual([seen["witness"] for seen in told["seen_by"]], ["w.example/1"])
        self.assertEqual(told["findings"], {})
        run = Process(self, "run", *self.log_words("--listen", "127.0.0.1:0", "--witness",
                                                   f"{self.keys['w1']}=unix:{self.folder}/w1.sock", "--quorum", "1"))
        run.wait_for("listening on ")
        address = run.said().split("listening on ")[1].split()[0]
        self.assertEqual(self.verify(f"http://{address}")["root"], told["root"])
        self.assertIn(b"wrong with entries: nothing", self.audit("verify", f"http://{address}/", *self.trust).stdout)

    def test_it_reads_only_what_is_new(self):
        size = self.verify("log", "--state", "s")["size"]
        again = self.verify("log", "--state", "s")
        self.assertEqual((again["size"], again["read_before"]), (size, size))
        self.grow()
        later = self.verify("log", "--state", "s")
        self.assertEqual(later["read_before"], size)
        self.assertGreater(later["size"], size)

    def test_a_changed_byte_a_cut_file_and_a_missing_one_are_found(self):
        for file in self.files():
            whole = file.read_bytes()
            place = self.random.randrange(len(whole))
            for damaged, words in ((whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1:], "000.p"),
                                   (whole[:-1], "000.p"), (whole + b"x", "000.p"), (None, "is missing")):
                file.unlink()
                if damaged is not None:
                    file.write_bytes(damaged)
                self.assertIn(words, self.fault())
                file.write_bytes(whole)
        self.assertTrue(self.verify()["verified"])

    def test_a_checkpoint_without_its_witness_or_signature_is_refused(self):
        file = self.folder / "log/checkpoint"
        whole = file.read_text()
        text, log_line, witness_line = whole.partition("\n\n")[0], *whole.partition("\n\n")[2].splitlines()
        file.write_text(f"{text}\n\n{log_line}\n")
        self.assertIn("does not verify", self.fault())
        self.assertTrue(self.verify("log", "--quorum", "0")["verified"])
        file.write_text(f"{text}\n\n{witness_line}\n")
        self.assertIn("does not verify", self.fault())
        file.write_text(whole.replace("\n", "\n1", 1))
        self.assertIn("does not verify", self.fault())
        self.trust = ("--log", self.keys["log"], "--witness", self.keys["w2"])
        file.write_text(whole)
        self.assertIn("does not verify", self.fault())

    def test_a_rewritten_history_is_told_and_its_proof_kept(self):
        shutil.copy(self.folder / "log/checkpoint", self.folder / "seen-by-ann")
        before = self.checkpoint()[1]
        self.fault("log", "--state", "state/s", code=3)
        (self.folder / "state").mkdir()
        self.verify("log", "--state", "state/s")
        self.rewrite_history()
        after = self.checkpoint()[1]
        self.assertTrue(self.verify()["verified"], "who has seen nothing before cannot tell")
        kept = (self.folder / "state/s").read_bytes()
        self.assertIn("has forked", self.fault("log", "--state", "state/s"))
        proof, = (self.folder / "state").glob("contradiction-*.txt")
        for root in (before, after):
            self.assertIn(base64.b64encode(root).decode(), proof.read_text())
        self.assertEqual((self.folder / "state/s").read_bytes(), kept, "what was seen stays what was seen")
        self.assertIn("has forked", self.fault("log", "--against", "seen-by-ann"))
        self.assertTrue(list(self.folder.glob("contradiction-*.txt")))

    def test_an_old_copy_is_told(self):
        shutil.copytree(self.folder / "log", self.folder / "old")
        self.grow()
        self.verify("log", "--state", "s")
        kept = (self.folder / "s").read_bytes()
        self.assertIn("whether they are the same ones cannot be seen from here", self.fault("old", "--state", "s", code=4))
        self.assertEqual((self.folder / "s").read_bytes(), kept)
        shutil.copytree(self.folder / "log", self.folder / "lags")
        shutil.copy(self.folder / "old/checkpoint", self.folder / "lags/checkpoint")
        self.assertIn("they are the same ones", self.fault("lags", "--state", "s", code=4))
        newer = self.folder / "log/checkpoint"
        told = self.audit("verify", "lags", *self.trust, "--against", newer)
        self.assertIn(b"continues this log: it is newer", told.stderr)
        told = self.audit("verify", "old", *self.trust, "--against", newer, code=4)
        self.assertIn(b"cannot be seen until the log shows as many", told.stderr)
        self.assertEqual(list(self.folder.glob("contradiction-*.txt")), [], "nobody is accused")

    def test_a_state_that_the_log_did_not_sign_accuses_nobody(self):
        self.verify("log", "--state", "s")
        line = (self.folder / "s").read_text().split("\n", 1)[1]
        forged = json.loads(line)
        text, _, signatures = forged["checkpoint"].partition("\n\n")
        origin, size, _ = text.split("\n")
        forged["checkpoint"] = f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n\n{signatures}"
        line = json.dumps(forged, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
        (self.folder / "s").write_text(hashlib.sha256(line.encode()).hexdigest() + "\n" + line)
        self.assertIn("not one that the log signed", self.fault("log", "--state", "s"))
        self.assertEqual(list(self.folder.glob("contradiction-*.txt")), [])

    def test_a_copy_may_be_too_old(self):
        shutil.copytree(self.folder / "log", self.folder / "old")
        self.assertTrue(self.verify("old", "--max-age", "3600")["verified"])
        self.eventually(lambda: self.run_seawall("audit", "verify", "old", *self.trust, "--max-age",
                                                 "1").returncode == 5)
        self.assertIn("too old", self.fault("old", "--max-age", "1"))

    def test_an_entry_is_proved_and_its_record_opened(self):
        size = self.checkpoint()[0]
        for leaf in range(size):
            record = self.record_file(leaf)
            self.audit("prove", "log", *self.trust, "--index", str(leaf), "--out", "a.tlog-proof")
            self.audit("prove", "log", *self.trust, "--record", record, "--out", "b.tlog-proof")
            self.assertEqual((self.folder / "a.tlog-proof").read_bytes(), (self.folder / "b.tlog-proof").read_bytes())
            told, = self.lines("audit", "check", "a.tlog-proof", *self.trust, "--record", record, "--json", code=0)
            self.assertEqual((told["verified"], told["index"], told["size"]), (True, leaf, size))
        commitment = json.loads(self.records()[1][3])["c"]
        self.assertTrue(self.audit("prove", "log", *self.trust, "--commitment", commitment).stdout.startswith(
            b"c2sp.org/tlog-proof@v1\n"))
        self.assertIn(b"does not stand for this record",
                      self.audit("check", "a.tlog-proof", *self.trust, "--record", self.record_file(0), code=5).stderr)
        proof = (self.folder / "a.tlog-proof").read_text()
        self.write("c.tlog-proof", proof.replace(f"index {size - 1}\n", "index 0\n"))
        self.audit("check", "c.tlog-proof", *self.trust, code=5)
        self.audit("prove", "log", *self.trust, "--index", str(size), code=3)
        self.audit("prove", "log", *self.trust, code=2)

    def test_inspection_counts_lists_and_opens(self):
        entries = self.expect_whole_log()
        counts = self.lines("audit", "inspect", "log", *self.trust, "--json", code=0)
        self.assertEqual(sum(row["entries"] for row in counts), len(entries))
        self.assertEqual({row["kind"] for row in counts}, {entry["k"] for entry in entries})
        listed = self.lines("audit", "inspect", "log", *self.trust, "--entries", "--json", "--kind", "list-change",
                            code=0)
        self.assertEqual([row["commitment"] for row in listed],
                         [entry["c"] for entry in entries if entry["k"] == "list-change"])
        self.assertEqual(self.lines("audit", "inspect", "log", *self.trust, "--until", "2020-01-01", "--json",
                                    code=0), [])
        opened, = self.lines("audit", "inspect", "log", *self.trust, "--record", self.record_file(1), "--json", code=1)
        self.assertEqual(opened["index"], 1)
        record = json.loads(self.record_file(1).read_text())
        record["salt"] = base64.b64encode(bytes(32)).decode()
        self.audit("inspect", "log", *self.trust, "--record", self.write("other.json", json.dumps(record)), code=0)

    def test_a_mirror_is_served_by_any_web_server(self):
        self.audit("mirror", "log", "mirror", *self.trust)
        self.grow()
        self.audit("mirror", "log", "mirror", *self.trust)
        with web_server(functools.partial(FolderHandler, directory=self.folder / "mirror")) as address:
            self.assertEqual(self.verify(address), self.verify())
            self.audit("mirror", address, "second", *self.trust)
            self.assertEqual(self.verify("second"), self.verify())
        kept = (self.folder / "mirror/checkpoint").read_bytes()
        self.rewrite_history()
        self.audit("mirror", "log", "mirror", *self.trust, code=5)
        self.assertEqual((self.folder / "mirror/checkpoint").read_bytes(), kept)
        self.assertTrue(list((self.folder / "mirror").glob("contradiction-*.txt")))

    def test_a_mirror_that_follows_catches_up_and_ends_well(self):
        mirror = Process(self, "mirror", "audit", "mirror", "log", "mirror", *self.trust, "--every", "1")
        self.grow()
        size = self.checkpoint()[0]
        self.eventually(lambda: (self.folder / "mirror/checkpoint").exists()
                        and f"\n{size}\n" in (self.folder / "mirror/checkpoint").read_text(), mirror.said)
        self.assertEqual(mirror.stop(), 0)
        self.assertEqual(self.verify("mirror")["size"], size)

    def test_a_hostile_server_is_told_and_does_no_harm(self):
        folder = self.folder / "log"

        class Handler(FolderHandler):
            """Serves the log, but for the path that a test asks to be answered badly."""
            bad_path, badly = "", None

            def do_GET(self):
                if not self.path.startswith(self.bad_path):
                    return super().do_GET()
                with contextlib.suppress(ConnectionError):
                    type(self).badly(self)

            def answer(self, status, body=b"", length=None):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body) if length is None else length))
                self.send_header("Location", self.path)
                self.end_headers()
                self.wfile.write(body)

            def pour(self):
                self.send_response(200)
                self.end_headers()
                while True:
                    self.wfile.write(b"x" * 65536)

        with web_server(functools.partial(Handler, directory=folder)) as address:
            for bad_path in ("/checkpoint", "/tile/0", "/tile/entries"):
                Handler.bad_path = bad_path
                for badly, code in ((Handler.pour, 5), (lambda self: self.answer(200, b"\xff\0garbage"), 5),
                                    (lambda self: self.answer(200), 5), (lambda self: self.answer(403), 3)):
                    Handler.badly = badly
                    self.fault(address, code=code)
            for badly in (lambda self: self.answer(302), lambda self: self.answer(200, b"x", 100)):
                Handler.badly = badly
                self.fault(address, code=4)
            Handler.bad_path = "/none"
            self.assertTrue(self.verify(address)["verified"])

    def test_it_says_what_is_missing(self):
        self.assertIn(b"--log is needed", self.audit("verify", "log", code=2).stderr)
        self.audit("verify", "log", "--log", "nonsense", code=3)
        self.assertIn(b"--max-age needs --witness",
                      self.audit("verify", "log", "--log", self.keys["log"], "--max-age", "5", code=3).stderr)
        (self.folder / "empty").mkdir()
        self.assertIn(b"there is no log here", self.audit("verify", "empty", *self.trust, code=3).stderr)
        self.write("s", "damaged")
        self.audit("verify", "log", *self.trust, "--state", "s", code=5)


if __name__ == "__main__":
    main()
