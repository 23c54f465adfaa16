"""The transparency log through the real programs: signer, witnesses, sequencer, and lists that wait for it."""
import base64
import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from log_support import ORIGIN, LogTest, Process, commitment
from serve_support import ServeTest
from support import main


class Log(LogTest):
    def test_every_change_of_lists_and_rights_becomes_an_entry_that_its_record_opens(self):
        self.lists("create", "known")
        number = self.propose()
        self.lists("approve", number, who="bob")
        self.lists("activate", number)
        request, = self.lists("take-back", number)
        self.lists("approve-request", str(request["request"]), who="bob")
        self.run_seawall("access", "init", "access.key", code=0)
        self.run_seawall("keys", "create", "uploads", *self.store, "--as", "root", "--why", "a test", "--scope", "match",
                         "--days", "1", "--access-key", "access.key", code=0)
        self.run_seawall(*self.log_words("--once"), code=0)
        entries = self.expect_whole_log()
        kinds = [entry["k"] for entry in entries]
        self.assertEqual(kinds[0], "log-start")
        for kind in ("list-change", "release", "approval", "key-change"):
            self.assertIn(kind, kinds)
        rows = self.records()
        self.assertEqual([row[0] for row in rows], list(range(len(entries))))
        for (_, salt, record, text), entry in zip(rows, entries):
            self.assertEqual(json.loads(text), entry)
            self.assertEqual(base64.b64decode(entry["c"]), commitment(entry["k"], salt, record.encode()))
        everything = b"".join(self.entries(len(entries)))
        for secret in (b"ann", b"bob", b"reason", b"known", b"uploads"):
            self.assertNotIn(secret, everything, "the log tells nothing of who and what")

    def test_a_record_is_handed_out_and_opens_its_entry(self):
        self.lists("create", "known")
        self.run_seawall(*self.log_words("--once"), code=0)
        opening = self.run_seawall("log", "record", "--index", "1", *self.store, code=0).stdout
        self.assertEqual(json.loads(opening)["record"]["who"], "ann")
        self.write("record.json", opening)
        found = self.run_seawall("audit", "inspect", "log", "--log", self.keys["log"], "--record", "record.json", code=1)
        self.assertIn(b"list-change", found.stdout)
        self.run_seawall("log", "record", "--index", "77", *self.store, code=3)

    def test_heads_are_published_with_the_signatures_of_log_and_witnesses(self):
        for name in ("w1", "w2"):
            self.witness(name)
        self.lists("create", "known")
        self.run_seawall(*self.log_words(*self.with_witnesses(2, "w1", "w2"), "--once"), code=0)
        size, _, signatures = self.checkpoint()
        self.assertEqual(size, 2)
        self.assertEqual([line.split()[1] for line in signatures], [ORIGIN, "w.example/1", "w.example/2"])

    def test_lists_take_no_change_before_it_is_published(self):
        self.lists("create", "known")
        self.run_seawall(*self.log_words("--once"), code=0)

        def seen():
            done = self.run_seawall("lists", "follow", "index", *self.store, "--once", "--json", code=0)
            return json.loads(done.stdout.splitlines()[-1])["version"]

        first = seen()
        number = self.propose()
        self.lists("approve", number, who="bob")
        self.lists("activate", number)
        self.assertEqual(seen(), first, "what the log does not hold yet is not followed")
        self.run_seawall(*self.log_words("--once"), code=0)
        newest, = self.lines("lists", "version", *self.store, "--json")
        self.assertEqual(seen(), newest["version"])

    def test_nothing_is_published_without_the_quorum(self):
        self.witness("w1")
        self.lists("create", "known")
        done = self.run_seawall(*self.log_words(*self.with_witnesses(2, "w1", "w2"), "--once"), code=4)
        self.assertIn(b"only 1 of the 2 witnesses", done.stderr)
        self.assertFalse((self.folder / "log/checkpoint").exists())
        self.witness("w2")
        self.run_seawall(*self.log_words(*self.with_witnesses(2, "w1", "w2"), "--once"), code=0)
        self.expect_whole_log()

    def test_a_rewritten_history_is_signed_by_nobody(self):
        witness = self.witness("w1")
        self.lists("create", "known")
        self.run_seawall(*self.log_words(*self.with_witnesses(1, "w1"), "--once"), code=0)
        before = (self.folder / "log/checkpoint").read_bytes()
        # Somebody with all of the server's files begins the log anew, with another past.
        import sqlite3
        shutil.rmtree(self.folder / "log")
        with sqlite3.connect(self.folder / "lists.db") as database:
            database.execute("UPDATE log_records SET leaf = NULL")
            database.execute("UPDATE log_records SET entry = replace(entry, 'list-change', 'approval')")
        self.lists("create", "other")
        done = self.run_seawall(*self.log_words(*self.with_witnesses(1, "w1"), "--once"), code=6)
        self.assertIn(b"does not continue what it signed before", done.stderr)
        self.signer.wait_for("ALARM")
        self.assertTrue(list((self.folder / "signer").glob("alarm-*.txt")))
        # Even with the log's own key, which he should not have, the witness does not cosign.
        stolen = Process(self, "stolen", "log", "sign", "stolen", "--key", "log.key", "--sequencer",
                         self.keys["sequencer"], "--listen", f"unix:{self.folder}/stolen.sock")
        stolen.wait_for("listening")
        self.run_seawall(*self.log_words(*self.with_witnesses(1, "w1"), "--once",
                                         signer=f"{self.keys['log']}=unix:{self.folder}/stolen.sock"), code=4)
        witness.wait_for("ALARM")
        self.assertFalse((self.folder / "log/checkpoint").exists())
        self.assertIn(before.split(b"\n")[2], next((self.folder / "w1").glob("alarm-*.txt")).read_bytes(),
                      "the proof holds what was signed before")

    def test_no_entry_is_lost_or_doubled_when_it_is_killed_at_random(self):
        self.lists("create", "known")
        run = Process(self, "run", *self.log_words("--listen", f"unix:{self.folder}/log.sock"))
        for _ in range(6):
            self.propose(1)
            time.sleep(self.random.random() * 0.3)
            run.kill()
            run.start()
        run.wait_for("listening")
        newest, = self.lines("lists", "version", *self.store, "--json")

        def caught_up():
            try:
                return self.checkpoint()[0] == len(self.records()) and len(self.records()) > newest["version"]
            except FileNotFoundError:
                return False

        self.eventually(caught_up, run.said)
        self.assertEqual(run.stop(), 0)
        entries = self.expect_whole_log()
        self.assertEqual(len(entries), len(self.records()))
        self.assertEqual(len({entry["c"] for entry in entries}), len(entries), "no entry is there twice")

    def test_it_serves_the_log_to_anybody(self):
        self.lists("create", "known")
        run = Process(self, "run", *self.log_words("--listen", "127.0.0.1:0"))
        run.wait_for("listening on ")
        run.wait_for("published")
        address = run.said().split("listening on ")[1].split()[0]

        def get(path):
            with urllib.request.urlopen(f"http://{address}/{path}", timeout=20) as answer:
                return answer.read(), answer.headers

        body, headers = get("checkpoint")
        self.assertEqual(body, (self.folder / "log/checkpoint").read_bytes())
        self.assertIn("max-age", headers["Cache-Control"])
        size = self.checkpoint()[0]
        self.assertEqual(get(f"tile/entries/000.p/{size}")[0],
                         (self.folder / f"log/tile/entries/000.p/{size}").read_bytes())
        self.assertIn(b"seawall_log_entries", get("metrics")[0])
        for path in ("tile/0/000", "tile/0/0", "tile/0/../../lists.db", "state", "lock", "tile/entries/000.p/255"):
            with self.assertRaises(urllib.error.HTTPError) as refused:
                get(path)
            self.assertEqual(refused.exception.code, 404, path)

    def test_its_alerts_ask_for_metrics_that_there_are(self):
        import re
        rules = Path(__file__).resolve().parents[2] / "packaging/prometheus/log_alerts.yml"
        wanted = set(re.findall(r"seawall_[a-z_]+", "".join(
            line for line in rules.read_text().splitlines(True) if "expr:" in line)))
        witness = Process(self, "w1", "witness", "w1", "--key", "w1.key", "--log", self.keys["log"], "--listen", "127.0.0.1:0")
        run = Process(self, "run", *self.log_words("--listen", "127.0.0.1:0", "--witness",
                                                   f"{self.keys['w2']}=unix:{self.folder}/none"))
        given = ""
        for process in (witness, run):
            process.wait_for("listening on ")
            address = process.said().split("listening on ")[1].split()[0]
            with urllib.request.urlopen(f"http://{address}/metrics", timeout=20) as answer:
                given += answer.read().decode()
        self.assertEqual(wanted - set(re.findall(r"seawall_[a-z_]+", given)), set())
        self.assertGreater(len(wanted), 3)
        if shutil.which("promtool"):
            subprocess.run(["promtool", "check", "rules", rules], check=True, timeout=60, stdout=subprocess.DEVNULL)

    def test_it_says_what_is_missing(self):
        self.assertIn(b"--sequencer-key is needed", self.run_seawall("log", "run", "log", *self.store, code=2).stderr)
        done = self.run_seawall(*self.log_words("--once", "--quorum", "1"), code=3)
        self.assertIn(b"--quorum asks for more", done.stderr)
        done = self.run_seawall(*self.log_words("--once", "--witness", "nobody"), code=3)
        self.assertIn(b"VKEY=URL", done.stderr)
        done = self.run_seawall(*self.log_words("--once", signer=f"{self.keys['log']}=unix:{self.folder}/none"), code=4)
        self.assertIn(ORIGIN.encode(), done.stderr)


class ServiceBehindALog(ServeTest):
    def setUp(self):
        super().setUp()
        self.make_list(rows="id,md5\na," + "a" * 32 + "\n")
        self.keys = {what: self.run_seawall("log", "keygen", "--for", what, "lists.example/" + what, what + ".key",
                                            code=0).stdout.decode().strip() for what in ("log", "sequencer")}
        self.signer = Process(self, "signer", "log", "sign", "signer", "--key", "log.key", "--sequencer",
                              self.keys["sequencer"], "--listen", f"unix:{self.folder}/signer.sock")
        self.signer.wait_for("listening")
        self.publish()

    def eventually(self, condition, why=lambda: ""):
        end = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), end, why())
            time.sleep(0.02)

    def publish(self):
        self.run_seawall("log", "run", "log", "--store", self.store, "--sequencer-key", "sequencer.key", "--signer",
                         f"{self.keys['log']}=unix:{self.folder}/signer.sock", "--once", code=0)

    def ready(self):
        return self.ask("GET", "/healthz/ready", key=None)

    def test_lists_become_stale_while_the_log_stands_still(self):
        self.write("serve.toml", "stale_after_ms = 1000\n")
        self.default_key = self.key("uploads", ("match", "status"))
        self.publish()
        self.serve("--config", "serve.toml")
        listed = self.ask("GET", "/v1/status").json["list_version"]["number"]
        time.sleep(1.5)
        self.assertEqual(self.ready().status, 200, "with nothing new, what stands still is not stale")
        self.import_rows("known", "id,md5\nb," + "b" * 32 + "\n", source="other")
        self.wait_for(lambda: self.ready().status == 503, "stale")
        self.assertIn(b"stale", self.ready().body)
        status = self.ask("GET", "/v1/status").json
        self.assertEqual((status["list_version"]["number"], status["ready"]), (listed, False))
        self.assertGreater(status["list_age_ms"], 1000)
        answer = self.ask("POST", "/v1/match", {"signals": {"md5": "b" * 32}}).json
        self.assertEqual(answer.get("matches", []), [], "nor is the new entry followed")
        self.publish()
        self.wait_for(lambda: self.ready().status == 200, "ready again")
        answer = self.ask("POST", "/v1/match", {"signals": {"md5": "b" * 32}}).json
        self.assertEqual(answer["verdict"], "block")


if __name__ == "__main__":
    main()
