"""Single entries, requests, decisions and the outbox through the real program, with two people."""
import http.server
import json
import os
import random
import sqlite3
import subprocess
import threading
import time
import unittest

from support import SEAWALL, SEED, SeawallTest, main

RANDOM = random.Random(4)
TOKEN = "token-of-the-test"


def balanced():
    bits = [1] * 128 + [0] * 128
    RANDOM.shuffle(bits)
    return "%064x" % int("".join(map(str, bits)), 2)


class Body:
    """Stands in for a body's interface: ThreatExchange's reactions, as its public documents describe them."""

    def __init__(self):
        self.told, self.answers, self.hold, self.updates = [], [], threading.Event(), []
        body = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *words):
                pass

            def do_GET(self):
                document = json.dumps({"data": body.updates}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(document)))
                self.end_headers()
                self.wfile.write(document)

            def do_POST(self):
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                authorized = self.headers["Authorization"] == "Bearer " + TOKEN
                body.told.append((self.path, text, self.headers["Idempotency-Key"]))
                status = (body.answers.pop(0) if body.answers else 200) if authorized else 401
                if status == "silent":
                    body.hold.wait(60)
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(os.getuid() == 0, "acts as two people, which only the superuser may")
class Decide(SeawallTest):
    def setUp(self):
        super().setUp()
        self.store = ("--store", "sqlite:lists.db")
        self.hashes = {f"pic{i}": balanced() for i in range(6)}
        self.run_seawall("db", "create", *self.store, code=0)
        self.act("create", "known")
        self.numbers = {}
        self.release = self.import_list("partner", "csv", self.csv(self.hashes).encode())
        self.entries = self.keys_of(self.release)

    def act(self, command, *words, who="ann", code=0, stdin=b"", why="test"):
        done = self.run_seawall("lists", command, *words, *self.store, "--as", who, "--why", why, "--json",
                                stdin=stdin, code=code)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def read(self, command, *words, code=0, stdin=b""):
        done = self.run_seawall("lists", command, *words, *self.store, "--json", stdin=stdin, code=code)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def csv(self, names):
        return "id,pdq\n" + "".join(f"{name},{self.hashes[name]}\n" for name in names)

    def activate(self, release):
        self.act("approve", str(release), who="bob")
        self.act("activate", str(release))

    def import_list(self, source, form, document):
        release, = self.act("import", "known", "-", "--source", source, "--format", form, stdin=document)
        self.activate(release["release"])
        return release["release"]

    def keys_of(self, release):
        found = {}
        for row in self.read("show", str(release), "--added"):
            if "entry" in row:
                found[row["key"]] = row["entry"]
        return found

    def entry(self, key):
        return self.read("entry", self.entries[key])[0]

    def verdict(self, key):
        answer, = self.read("match", "index", "-", stdin=self.csv([key]).encode(), code=None)
        return answer

    # Settings of entries

    def test_a_radius_and_an_action_of_one_entry_take_force_with_a_second_person(self):
        one = self.entries["pic1"]
        asked, = self.act("set", one, "--radius", "12", "--action", "review", why="near a stock photo")
        self.assertEqual((asked["done"], asked["approvals_missing"], asked["entry"]), (False, 1, one))
        self.assertNotIn("radius", self.entry("pic1"))
        self.assertEqual(self.verdict("pic1")["verdict"], "block")
        request = str(asked["request"])
        self.act("approve-request", request, code=6)
        done, = self.act("approve-request", request, who="bob", why="agreed")
        self.assertEqual((done["done"], done["request"]), (True, asked["request"]))
        self.assertEqual((self.entry("pic1")["radius"], self.entry("pic1")["action"]), (12, "review"))
        self.assertEqual(self.verdict("pic1")["verdict"], "review")
        last = self.read("history", one)[-1]
        self.assertEqual(last["changed"], {"radius": {"from": None, "to": 12},
                                           "action": {"from": None, "to": "review"}})
        self.assertEqual((last["by"]["who"], last["by"]["why"]), ("ann", "near a stock photo"))
        self.assertNotIn("radius", last["previous"])
        back, = self.act("set", one, "--radius", "default", "--action", "default")
        self.act("approve-request", str(back["request"]), who="bob")
        self.assertNotIn("radius", self.entry("pic1"))
        self.assertEqual(self.verdict("pic1")["verdict"], "block")

    def test_tags_and_review_dates_are_set_at_once_and_words_by_a_release(self):
        done, = self.act("set", "pic2", "--bank", "known", "--tag", "+checked", "--tag", "+x", "--review-on",
                         "2030-01-31")
        self.assertEqual((done["done"], sorted(done["set"])), (True, ["review", "tags"]))
        self.act("set", "pic2", "--bank", "known", "--tag", "-x")
        entry = self.entry("pic2")
        self.assertEqual((entry["tags"], entry["review"]), (["checked"], "2030-01-31T00:00:00Z"))
        rows = self.act("set", self.entries["pic2"], self.entries["pic3"], "--series", "harbour",
                        "--classification", "ncmec/B2")
        self.assertTrue(all(row["in_release"] and not row["done"] for row in rows[:2]))
        self.assertEqual((rows[2]["updated"], rows[2]["approvals_missing"]), (2, 1))
        self.assertNotIn("series", self.entry("pic2"))
        self.activate(rows[2]["release"])
        entry = self.entry("pic2")
        self.assertEqual((entry["series"], entry["classification"]["value"], entry["tags"]),
                         ("harbour", "B2", ["checked"]))
        self.act("set", self.entries["pic2"], "--classification", "ncmec/Z9", code=3)
        changed = [row["changed"] for row in self.read("history", self.entries["pic2"])]
        self.assertIn({"tags": {"from": ["checked", "x"], "to": ["checked"]}}, changed)

    def test_a_file_sets_many_entries_and_nothing_before_all_of_it_is_understood(self):
        rows = ("entry,radius,tag,review-on,why\n"
                f"{self.entries['pic0']},9,+a;+b,,\n"
                "pic4,,,2031-05-01,of its own\n"
                "pic5,default,+c,never,\n")
        self.write("bad.csv", rows + "pic1,999,,,\n")
        version, = self.read("version")
        self.act("set", "--from", "bad.csv", "--bank", "known", code=3)
        self.write("unknown.csv", rows + "nobody,9,,,\n")
        self.act("set", "--from", "unknown.csv", "--bank", "known", code=3)
        self.assertEqual(self.read("version"), [version])
        self.assertEqual(self.read("requests"), [])
        self.write("good.csv", rows)
        first, second, third = self.act("set", "--from", "good.csv", "--bank", "known", "--expires", "2032-01-01")
        self.assertEqual([first["done"], second["done"], third["done"]], [False] * 3)
        waiting = self.read("requests")
        self.assertEqual([row["proposed"]["why"] for row in waiting], ["test", "of its own", "test"])
        span = f"{waiting[0]['request']}-{waiting[-1]['request']}"
        done = self.act("approve-request", span, who="bob")
        self.assertEqual([row["done"] for row in done], [True] * 3)
        self.assertEqual([self.entry(key).get("radius") for key in ("pic0", "pic4", "pic5")], [9, None, None])
        self.assertEqual(self.entry("pic0")["tags"], ["a", "b"])
        self.assertEqual({self.entry(key)["expires"] for key in ("pic0", "pic4", "pic5")},
                         {"2032-01-01T00:00:00Z"})
        self.assertEqual(self.act("set", "--from", "good.csv", "--bank", "known")[1]["set"], [])

    def test_says_what_is_wrong_with_settings(self):
        one = self.entries["pic1"]
        for words, code, text in (
                ((one,), 3, "say what to set"), ((one, "--radius", "300"), 3, "0 to 256"),
                ((one, "--owner", "x"), 3, "for a bank"), (("known", "--tag", "+x"), 3, "for entries"),
                (("known", "--radius", "default"), 3, "of its own"), ((), 2, "BANK"),
                (("9.9", "--radius", "1"), 3, "no entry"), (("pic1", "pic2", "--radius", "1"), 3, "12.345"),
                ((one, one, "--radius", "1"), 3, "twice"),
                (("nobody", "--bank", "known", "--radius", "1"), 3, "key nobody")):
            done = self.run_seawall("lists", "set", *words, *self.store, "--as", "ann", "--why", "w", code=code)
            self.assertIn(text, done.stderr.decode())

    # Requests

    def test_an_approver_sees_what_changes_from_what_to_what(self):
        self.act("set", "known", "--radius", "20", "--action", "review", why="too many")
        self.act("set", self.entries["pic3"], "--radius", "7", why="a look-alike")
        of_bank, of_entry = self.read("requests")
        self.assertEqual(of_bank["about"], "bank default/known")
        self.assertEqual(of_bank["changes"], [{"what": "action", "from": "block", "to": "review"},
                                              {"what": "radius", "from": "31", "to": "20"}])
        self.assertEqual(of_entry["about"], f"entry {self.entries['pic3']} (pic3) of bank default/known")
        self.assertEqual(of_entry["changes"], [{"what": "radius", "from": "the bank's", "to": "7"}])
        shown = self.run_seawall("lists", "requests", *self.store).stdout.decode()
        self.assertIn("bank default/known: action block -> review, radius 31 -> 20", shown)
        # Once the bank has changed the request is stale, and says so before anybody approves it.
        other, = self.act("set", "known", "--radius", "25", why="fewer")
        self.act("approve-request", str(other["request"]), who="bob")
        self.assertTrue(self.read("requests")[0]["stale"])
        self.assertNotIn("stale", self.read("requests")[1])

    def test_shows_every_approver_and_refusal_of_a_closed_request(self):
        done, = self.act("set", self.entries["pic1"], "--radius", "5", why="first")
        refused, = self.act("set", self.entries["pic2"], "--radius", "6", why="second")
        dropped, = self.act("set", "known", "--radius", "20", why="third")
        self.act("approve-request", str(done["request"]), who="bob", why="I looked")
        self.act("drop-request", str(refused["request"]), who="carol", why="no")
        self.act("drop-request", str(dropped["request"]), who="ann", why="a mistake")
        self.assertEqual(self.read("requests"), [])
        rows = self.read("requests", "--closed")
        self.assertEqual(rows, self.read("requests", "--all"))
        self.assertEqual([row["state"] for row in rows], ["done", "dropped", "dropped"])
        approval, = rows[0]["approvals"]
        self.assertEqual((approval["who"], approval["why"]), ("bob", "I looked"))
        self.assertTrue(approval["when"].endswith("Z"))
        self.assertEqual((rows[1]["closed"]["who"], rows[1]["closed"]["why"]), ("carol", "no"))
        self.assertEqual(self.read("request", "show", str(done["request"])), rows[:1])
        self.assertEqual(self.read("requests", "--all", "--entry", self.entries["pic2"]), rows[1:2])

        def words(number):
            return self.run_seawall("lists", "request", "show", str(number), *self.store,
                                    code=0).stdout.decode()
        self.assertRegex(words(done["request"]), r"approved  by bob on \S+: I looked")
        self.assertRegex(words(refused["request"]), r"refused by carol on \S+: no")
        self.assertRegex(words(dropped["request"]), r"dropped by ann on \S+: a mistake")
        self.run_seawall("lists", "request", "show", "99", *self.store, code=3)

    # Decisions

    def test_decisions_count_by_source_with_wilsons_interval(self):
        match = self.verdict("pic1")["matches"][0]["match"]
        self.assertEqual(match, self.entries["pic1"] + "@pic1")
        made, = self.act("decide", match, "--verdict", "confirmed", why="case 1")
        self.assertEqual((made["waits"], made["source"], made["signal"]), (False, "partner", "pdq"))
        for i in range(9):
            self.act("decide", self.entries["pic2"] + f"@m{i}", "--verdict",
                     "false-match" if i == 0 else "confirmed", who="bob")
        total, bank = self.read("precision")
        self.assertEqual((total["source"], total["bank"], bank["bank"]), ("partner", None, "default/known"))
        self.assertEqual((total["confirmed"], total["false_matches"], total["precision"]), (9, 1, 0.9))
        self.assertAlmostEqual(total["low"], 0.5958, 3)  # Wilson, 9 of 10 at 95 %.
        self.assertAlmostEqual(total["high"], 0.9821, 3)
        self.act("decide", match, "--verdict", "false-match", who="bob", why="a second thought")
        decision, = self.read("decisions", self.entries["pic1"])
        self.assertEqual((decision["verdict"], decision["by"]["who"], decision["match"]),
                         ("false-match", "bob", "pic1"))
        self.assertEqual(self.read("outbox"), [])
        self.act("decide", "9.9", "--verdict", "confirmed", code=3)
        self.act("decide", match, code=2)
        self.act("decide", match, "--verdict", "confirmed", "--signal", "md5", code=3)

    # The outbox

    def exchange(self):
        """A ThreatExchange list that was subscribed to, in force."""
        body = Body()
        self.addCleanup(body.close)
        body.updates = [{"id": str(4000 + i), "type": "HASH_PDQ", "indicator": balanced(),
                         "last_updated": 1700000000, "descriptors": {
                             "data": [{"owner": {"id": "5"}, "status": "MALICIOUS"}]}} for i in range(5)]
        secret = self.write("te.credentials", f"access_token = {TOKEN}\n")
        secret.chmod(0o600)
        self.write("subscriptions.toml", f"""
[[subscription]]
name = "te"
kind = "threatexchange"
bank = "known"
url = "{body.url}"
privacy_group = "77"
credentials_file = "{secret}"
""")
        self.run_seawall("subscribe", "run", "--once", "--settings", "subscriptions.toml", *self.store, "--as", "ann",
                         code=0, env={"no_proxy": "127.0.0.1"})
        release, = self.read("releases")
        self.activate(release["release"])
        self.entries.update(self.keys_of(release["release"]))
        return body

    def send(self, *words, code=0):
        done = self.run_seawall("lists", "outbox", "send", "--settings", "subscriptions.toml", *words, *self.store,
                                "--json", code=code, env={"no_proxy": "127.0.0.1"})
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_tells_a_source_what_was_found_and_nothing_of_who_found_it(self):
        body = self.exchange()
        row, = self.act("decide", self.entries["4000"] + "@upload-1", "--verdict", "confirmed", why="case 7")
        self.assertTrue(row["waits"])
        self.act("decide", self.entries["4001"] + "@upload-2", "--verdict", "false-match", who="bob")
        self.act("decide", self.entries["4002"], "--verdict", "false-match", "--keep")
        self.act("decide", self.entries["pic1"], "--verdict", "confirmed")
        waiting = self.read("outbox")
        self.assertEqual([(row["source"], row["key"], row["attempts"]) for row in waiting],
                         [("te", "4000", 0), ("te", "4001", 0)])
        report, = self.send()
        self.assertEqual((report["source"], report["sent"], report["waiting"]), ("te", 2, 0))
        self.assertEqual([told[:2] for told in body.told],
                         [("/4000/", "reactions=HELPFUL"), ("/4001/", "reactions=DISAGREE_WITH_TAGS")])
        self.assertEqual([told[2] for told in body.told], [f'"{row["idempotency_key"]}"' for row in waiting])
        everything = "".join(map(str, body.told))
        for word in ("ann", "bob", "upload", "case"):
            self.assertNotIn(word, everything)
        self.assertEqual(self.read("outbox"), [])
        self.assertEqual(self.send(), [])

    def test_waits_for_a_busy_source_and_holds_what_it_will_not_take(self):
        body = self.exchange()
        for i in range(3):
            self.act("decide", self.entries[str(4000 + i)], "--verdict", "confirmed")
        body.answers = [404, 503]
        report, = self.send(code=3)
        self.assertEqual((report["sent"], report["waiting"], report["held"]), (0, 2, 1))
        self.assertIn("503", report["error"])
        held, busy, untried = self.read("outbox")
        self.assertEqual((held["held"], busy["attempts"], untried["attempts"]), (True, 1, 0))
        self.assertIn("not_before", busy)
        again, = self.send(code=3)
        self.assertEqual((again["sent"], len(body.told)), (0, 2), "not before its time")
        with sqlite3.connect(self.folder / "lists.db") as database:
            database.execute("UPDATE outbox SET not_before = 0")  # As if that time had come.
        database.close()
        third, = self.send(code=3)
        self.assertEqual((third["sent"], third["held"]), (2, 1))
        last, = self.send("--held")
        self.assertEqual((last["sent"], self.read("outbox")), (1, []))
        keys = [told[2] for told in body.told]
        self.assertEqual((keys[0], keys[1]), (keys[-1], keys[2]), "a repeat has the same key")

    def test_loses_nothing_to_kill_9_and_repeats_under_the_same_key(self):
        body = self.exchange()
        for i in range(5):
            self.act("decide", self.entries[str(4000 + i)], "--verdict", "confirmed")
        keys = [f'"{row["idempotency_key"]}"' for row in self.read("outbox")]
        body.answers = [200, 200, "silent"]
        process = subprocess.Popen([SEAWALL, "lists", "outbox", "send", "--settings", "subscriptions.toml",
                                    *self.store], cwd=self.folder, env={**os.environ, "no_proxy": "127.0.0.1"},
                                   stdout=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while len(body.told) < 3 and time.monotonic() < end:
            time.sleep(0.01)
        process.kill()
        process.wait()
        self.assertEqual(len(self.read("outbox")), 3, "the third was heard, but nobody knows")
        report, = self.send()
        self.assertEqual((report["sent"], report["waiting"]), (3, 0))
        self.assertEqual([told[2] for told in body.told], keys[:3] + keys[2:], f"seed {SEED}")

    def test_says_what_keeps_feedback_from_its_source(self):
        body = self.exchange()
        self.act("decide", self.entries["4000"], "--verdict", "confirmed")
        self.write("te.credentials", "access_token = wrong\n")
        report, = self.send(code=3)
        self.assertIn("credentials", report["error"])
        self.assertEqual((report["waiting"], len(body.told)), (1, 1))
        self.write("subscriptions.toml", "")
        done = self.run_seawall("lists", "outbox", "send", "--settings", "subscriptions.toml", *self.store, code=3)
        self.assertIn("no subscription", done.stderr.decode())
        self.run_seawall("lists", "outbox", "send", *self.store, code=2)
        row, = self.read("outbox")
        self.assertNotIn("wrong", str(row))


if __name__ == "__main__":
    main()
