"""What matchers see, through the real program: observations, past sightings of new entries, floods."""
import json
import os
import random
import signal
import subprocess
import time
import unittest

from support import SEAWALL, SEED, SeawallTest, main

RANDOM = random.Random(SEED)


def balanced():
    bits = [1] * 128 + [0] * 128
    RANDOM.shuffle(bits)
    return "%064x" % int("".join(map(str, bits)), 2)


def turned(value, bits):
    return "%064x" % (int(value, 16) ^ ((1 << bits) - 1))


def csv(rows):
    return ("id,pdq\n" + "".join(f"{name},{value}\n" for name, value in rows)).encode()


@unittest.skipUnless(os.getuid() == 0, "acts as two people, which only the superuser may")
class Observe(SeawallTest):
    def setUp(self):
        super().setUp()
        self.store = ("--store", "sqlite:lists.db")
        self.pictures = {f"pic{i}": balanced() for i in range(20)}
        self.run_seawall("db", "create", *self.store, code=0)
        self.act("lists", "create", "known")

    def act(self, *words, who="ann", code=0, stdin=b""):
        return self.lines(*words, *self.store, "--as", who, "--why", "test", "--json", stdin=stdin, code=code)

    def read(self, *words, code=0, stdin=b""):
        return self.lines(*words, "--json", stdin=stdin, code=code)

    def match(self, rows, *words, code, index="index"):
        return self.read("lists", "match", index, "-", *self.store, *words, stdin=csv(rows), code=code)

    def propose(self, rows):
        release, = self.act("lists", "import", "known", "-", stdin=csv(rows))
        return str(release["release"])

    def put_in_force(self, rows):
        number = self.propose(rows)
        self.act("lists", "approve", number, who="bob")
        self.act("lists", "activate", number)
        return number

    def retro(self, *words, code):
        return self.read("retro-match", "seen", *self.store, *words, code=code)

    def version(self):
        return self.read("lists", "version", *self.store)[0]["version"]

    def test_finds_where_an_entry_was_seen_before_it_was_listed(self):
        rows = [(name, value) for name, value in self.pictures.items()]
        near = turned(self.pictures["pic3"], 31)
        far = turned(self.pictures["pic3"], 32)
        answers = self.match(rows + [("near", near), ("far", far)], "--observe", "seen", code=0)
        self.assertEqual(len(answers), 22)
        self.assertEqual(self.read("observations", "show", "seen")[0]["observations"], 22)
        before = self.version()
        number = self.propose([("entry", self.pictures["pic3"])])
        entry = number + ".0"
        early = self.retro("--release", number, code=1)  # A look before anybody agrees.
        self.assertEqual({row["state"] for row in early}, {"proposed"})
        self.assertEqual(self.retro("--since", str(before), code=0), [])
        self.act("lists", "approve", number, who="bob")
        self.act("lists", "activate", number)
        for words in (("--since", str(before)), ("--entry", entry), ("--bank", "known"), ("--release", number)):
            found = {row["place"]: row for row in self.retro(*words, code=1)}
            self.assertEqual(set(found), {"pic3", "near"}, words)
            self.assertEqual((found["pic3"]["distance"], found["near"]["distance"]), (0, 31))
            one = found["near"]
            self.assertEqual((one["entry"], one["bank"], one["signal"], one["radius"], one["tenant"], one["state"]),
                             (entry, 1, "pdq", 31, "default", "active"))
            self.assertRegex(one["time"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")
        self.assertEqual(self.retro("--since", str(self.version()), code=0), [])
        self.assertEqual(self.retro("--entry", entry, "--tenant", "other", code=0), [])

    def test_keeps_observations_by_tenant_and_place_and_no_longer_than_told(self):
        rows = [("pic1", self.pictures["pic1"])]
        self.match(rows, "--observe", "seen", "--tenant", "forum", "--place", "the forum's uploads", code=0)
        self.match(rows, "--observe", "seen", "--tenant", "chat", "--keep-days", "30", code=0)
        number = self.put_in_force(rows)
        found = {row["tenant"]: row["place"] for row in self.retro("--release", number, code=1)}
        self.assertEqual(found, {"forum": "the forum's uploads", "chat": "pic1"})
        shown, = self.read("observations", "show", "seen")
        self.assertEqual({one["tenant"]: one["keep_days"] for one in shown["tenants"]}, {"forum": 0, "chat": 30})
        self.read("observations", "retain", "seen", "forum", "--drop-before", "2999-01-01")
        self.assertEqual([row["tenant"] for row in self.retro("--release", number, code=1)], ["chat"])
        self.assertTrue(self.bytes_hold(b"the forum's uploads"))
        tidied, = self.read("observations", "tidy", "seen")
        self.assertEqual(tidied["observations_dropped"], 1)
        self.assertFalse(self.bytes_hold(b"the forum's uploads"))
        self.read("observations", "retain", "seen", "chat", "--drop-before", "2999-01-01")
        self.assertEqual(self.retro("--release", number, code=0), [])
        self.assertEqual(self.read("observations", "check", "seen")[0]["damaged"], 0)

    def bytes_hold(self, text):
        return any(text in path.read_bytes() for path in (self.folder / "seen").iterdir())

    def test_says_what_is_wrong(self):
        rows = [("x" * 200, self.pictures["pic1"])]
        done = self.run_seawall("lists", "match", "index", "-", *self.store, "--observe", "seen", stdin=csv(rows),
                                code=3)
        self.assertIn("place", done.stderr.decode())
        for words, code, text in (
                (("retro-match", "seen", "--release", "1", *self.store), 3, "no such release"),
                (("retro-match", "seen", *self.store), 3, "name one"),
                (("retro-match", "nowhere", "--since", "0", *self.store), 3, "nowhere"),
                (("observations", "show", "nowhere"), 3, "nowhere"),
                (("observations", "retain", "seen", "forum"), 2, "--keep-days"),
                (("lists", "match", "index", "-", "--place", "x", *self.store), 2, "--observe"),
                (("lists", "match", "index", "-", "--tell", "x", *self.store), 2, "--flood"),
                (("lists", "follow", "index", "--retro", "x", *self.store), 2, "--observe")):
            done = self.run_seawall(*words, code=code)
            self.assertIn(text, done.stderr.decode(), words)
        self.assertFalse((self.folder / "nowhere").exists())

    def test_a_flood_is_held_back_told_and_accepted_by_two_people(self):
        number = self.put_in_force(self.pictures.items())
        flood = [(f"post{i}", self.pictures["pic5"]) for i in range(30)]
        watch = ("--flood", "flood", "--tell", "told.ndjson")
        self.assertEqual(self.read("lists", "alerts", *self.store), [])
        self.assertEqual({row["verdict"] for row in self.match(flood, *watch, code=1)}, {"block"})
        told, = map(json.loads, (self.folder / "told.ndjson").read_text().splitlines())
        self.assertEqual((told["matches"], told["limit"]), (25, 25))
        alert, = self.read("lists", "alerts", *self.store, code=1)
        self.assertEqual((alert["entry"], alert["standing"], alert["entry_state"]),
                         (told["entry"], "open", "quarantined"))
        self.assertTrue(alert["entry"].startswith(number + "."))
        last = self.read("lists", "history", alert["entry"], *self.store)[-1]
        self.assertEqual((last["what"], last["by"]["who"]), ("quarantined", "flood-breaker"))
        self.assertIn("25 times within 60 minutes", last["by"]["why"])
        quiet = self.match(flood[:1] + [("other", self.pictures["pic6"])], *watch, code=1)
        self.assertEqual([row["verdict"] for row in quiet], ["allow", "block"])

        name = str(alert["alert"])
        asked, = self.act("lists", "accept-alert", name)
        self.assertFalse(asked["done"])
        self.act("lists", "accept-alert", name, code=6)
        waiting, = self.read("lists", "alerts", *self.store, code=1)
        self.assertEqual(waiting["standing"], "waits for a second person")
        done, = self.act("lists", "accept-alert", name, who="bob")
        self.assertTrue(done["done"])
        self.assertEqual(self.read("lists", "alerts", *self.store), [])
        self.assertEqual(self.read("lists", "alerts", "--all", *self.store)[0]["standing"], "accepted")
        # So much is normal now: another such wave goes on being blocked.
        self.assertEqual({row["verdict"] for row in self.match(flood + flood, *watch, code=1)}, {"block"})
        self.assertEqual({row["verdict"] for row in self.match(flood[:1], *watch, code=1)}, {"block"})

    def test_closes_an_alert_and_leaves_the_entry_held_back(self):
        self.put_in_force(self.pictures.items())
        flood = [(f"post{i}", self.pictures["pic5"]) for i in range(30)]
        self.match(flood, "--flood", "flood", code=1)
        self.act("lists", "close-alert", "1")
        self.act("lists", "close-alert", "1", code=6)
        self.assertEqual(self.read("lists", "alerts", *self.store), [])
        self.assertEqual({row["verdict"] for row in self.match(flood, "--flood", "flood", code=0)}, {"allow"})

    def test_an_answered_row_is_in_the_log_whenever_the_matcher_is_killed(self):
        rows = csv((f"post{i}", self.pictures["pic2"]) for i in range(30_000))
        self.write("rows.csv", rows)
        answered = set()
        for attempt in range(4):
            with open(self.folder / "rows.csv", "rb") as source:
                process = subprocess.Popen(
                    [SEAWALL, "lists", "match", f"index{attempt}", "-", *self.store, "--observe", "seen",
                     "--json"], stdin=source, stdout=subprocess.PIPE, cwd=self.folder)
                for _ in range(RANDOM.randrange(1, 3_000)):
                    line = process.stdout.readline()
                    if not line:
                        break
                    answered.add(json.loads(line)["id"])
                process.send_signal(signal.SIGKILL)
                answered |= {json.loads(line)["id"] for line in process.stdout.read().split(b"\n")[:-1]}
                process.stdout.close()
                process.wait()
        number = self.put_in_force([("entry", self.pictures["pic2"])])
        places = {row["place"] for row in self.retro("--release", number, code=1)}
        self.assertGreater(len(answered), 0)
        self.assertLessEqual(answered, places, f"seed {SEED}")

    def test_answers_a_writer_who_waits_with_lists_that_change_meanwhile(self):
        process = subprocess.Popen([SEAWALL, "lists", "match", "index", "-", *self.store, "--json", "--observe", "seen",
                                    "--flood", "flood"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   cwd=self.folder)
        self.addCleanup(process.kill)
        process.stdin.write(b"id,pdq\n")
        for row, verdict in ((1, "allow"), (2, "block")):
            process.stdin.write(f"row{row},{self.pictures['pic1']}\n".encode())
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            self.assertEqual((answer["id"], answer["verdict"]), (f"row{row}", verdict))
            if row == 1:
                number = self.put_in_force([("entry", self.pictures["pic1"])])
        self.assertEqual({row["place"] for row in self.retro("--release", number, code=1)}, {"row1", "row2"})
        process.stdin.close()
        process.stdout.close()
        self.assertEqual(process.wait(30), 1)

    def follow(self, *words):
        return [SEAWALL, "lists", "follow", "index", *self.store, "--observe", "seen", "--retro", "retro", "--json",
                *words]

    def findings(self, output, found):
        """Adds the findings of one run to those by number; a number never means two things."""
        for line in output.split(b"\n")[:-1]:
            row = json.loads(line)
            if "finding" in row:
                self.assertEqual(found.setdefault(row["finding"], row), row, f"seed {SEED}")

    def test_looks_back_for_every_new_entry_through_kill_9(self):
        listed = {f"new{i}": balanced() for i in range(60)}
        # Each entry was seen three times, among others.
        rows = [(f"{name}-{n}", turned(value, n)) for name, value in listed.items() for n in range(3)]
        rows += [(f"noise{i}", balanced()) for i in range(4_000)]
        RANDOM.shuffle(rows)
        self.match(rows, "--observe", "seen", code=0, index="matcher")
        subprocess.run(self.follow("--once"), cwd=self.folder, check=True, capture_output=True, timeout=60)
        found = {}
        names = sorted(listed)
        for part in range(6):
            output = open(self.folder / f"out{part}", "wb+")
            process = subprocess.Popen(self.follow(), stdout=output, cwd=self.folder)
            self.put_in_force([(name, listed[name]) for name in names[part * 10:part * 10 + 10]])
            time.sleep(RANDOM.random() * 0.5)
            process.send_signal(signal.SIGKILL)
            process.wait()
            output.seek(0)
            self.findings(output.read(), found)
            output.close()
        last = subprocess.run(self.follow("--once"), cwd=self.folder, capture_output=True, timeout=60, check=False)
        self.findings(last.stdout, found)
        sightings = sorted((row["entry"], row["place"]) for row in found.values())
        self.assertEqual(len(sightings), len(set(sightings)), f"doubled, seed {SEED}")
        self.assertEqual(sorted(place for _, place in sightings),
                         sorted(f"{name}-{n}" for name in listed for n in range(3)), f"seed {SEED}")
        again = subprocess.run(self.follow("--once"), cwd=self.folder, capture_output=True, timeout=60, check=False)
        self.assertEqual(again.returncode, 0)
        self.assertNotIn(b"finding", again.stdout)


if __name__ == "__main__":
    main()
