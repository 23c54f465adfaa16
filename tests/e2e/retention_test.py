"""How long what is kept is kept, through the real program."""
import json
import os
import sqlite3
import unittest

from log_support import LogTest
from support import SeawallTest, main

REPORT = {"id": "r-17", "kind": "report-content", "created": "2026-01-05",
          "events": [{"what": "reported-us", "at": "2026-01-06"}]}


class Retention(SeawallTest):
    def lines(self, *words, code=0, **how):
        done = self.run_seawall("retention", *words, "--json", code=code, **how)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_says_of_each_record_when_it_goes_and_why(self):
        held = dict(REPORT, id="r-18", events=[*REPORT["events"], {"what": "hold-set", "at": "2026-02-01", "ref": "court"}])
        self.write("records", "".join(json.dumps(one) + "\n" for one in (REPORT, held)))
        kept, holding = self.lines("simulate", "records", "--at", "2026-06-01")
        self.assertEqual((kept["state"], kept["erase_after"]), ("kept", "2027-01-06T00:00:00Z"))
        self.assertIn("18 USC 2258A(h)", kept["why"])
        self.assertEqual((holding["state"], holding["erase_after"]), ("held", None))
        due, holding = self.lines("simulate", "records", "--at", "2027-01-06")
        self.assertEqual((due["state"], holding["state"]), ("due", "held"))
        text = self.run_seawall("retention", "simulate", "records", "--at", "2026-06-01", code=0).stdout.decode()
        self.assertIn("r-17  report-content  kept  erase after 2027-01-06T00:00:00Z", text)

    def test_names_the_line_that_it_cannot_read_and_goes_on(self):
        self.write("records", json.dumps(REPORT) + "\n{}\n" + json.dumps(REPORT) + "\n")
        done = self.run_seawall("retention", "simulate", "records", code=3)
        self.assertIn("line 2", done.stderr.decode())
        self.assertEqual(done.stdout.count(b"r-17"), 2)

    def test_explains_every_duty_with_its_source_and_every_rule(self):
        told = self.lines("explain")
        self.assertEqual(len([one for one in told if "duty" in one and one["source"]]), 14)
        self.assertEqual(len([one for one in told if "rule" in one]), 7)
        with open(os.path.join(os.path.dirname(__file__), "../../docs/retention.md"), encoding="utf-8") as page:
            page = page.read()
        for one in told:
            self.assertIn("| `" + one.get("duty", one.get("rule")) + "` |", page)

    @unittest.skipUnless(os.getuid() == 0, "acts as another account, which only the superuser may")
    def test_destroys_what_is_due_after_telling_of_it(self):
        store = ("--store", "sqlite:lists.db")
        self.run_seawall("db", "create", *store, code=0)
        who = (*store, "--as", "ann", "--why", "a court asks")
        for ref in ("one", "two", "three"):
            self.run_seawall("retention", "hold", ref, "--on", "access", *who, code=0)
            self.lift(ref)
        self.assertEqual(self.lines("simulate", *store)[0]["state"], "kept")
        self.age_by_six_years()
        self.run_seawall("retention", "hold", "four", "--on", "retention", *who, code=0)
        self.run_seawall("retention", "hold", "four", *who, code=6)
        self.assertEqual(self.lines("holds", *store)[0]["on"], "retention")
        self.assertEqual(self.lines("run", *store), [{"destroyed": 0, "stopped": 0, "of_register": 0}])
        self.assertEqual({one["state"] for one in self.lines("simulate", *store)}, {"held"})
        self.lift("four")
        self.assertEqual(self.lines("run", *store), [{"destroyed": 9, "stopped": 0, "of_register": 0}])
        self.assertEqual(self.lines("check", *store), [{"destructions": 1, "records": 9, "stopped": 0, "faults": []}])
        with sqlite3.connect(self.folder / "lists.db") as database:
            left = database.execute("SELECT COUNT(*) FROM log_records WHERE salt IS NOT NULL AND id <= 9").fetchone()
            database.execute("UPDATE log_records SET salt = zeroblob(32), record = '{}' WHERE id = 3")
        self.assertEqual(left, (0,))
        told = self.run_seawall("retention", "check", *store, code=5).stderr.decode()
        self.assertIn("is not the one that the log was told of", told)

    def lift(self, ref):
        """It takes two."""
        words = ("retention", "lift", ref, "--store", "sqlite:lists.db", "--why", "the court is done")
        self.assertIn(b"until another person", self.run_seawall(*words, "--as", "ann", code=0).stderr)
        self.run_seawall(*words, "--as", "ann", code=6)
        self.run_seawall(*words, "--as", "bob", code=0)

    def age_by_six_years(self):
        """What six years and a log that took the entries would have made of them."""
        with sqlite3.connect(self.folder / "lists.db") as database:
            rows = database.execute("SELECT id, entry FROM log_records").fetchall()
            for number, entry in rows:
                entry = json.loads(entry)
                entry["at"] = str(int(entry["at"][:4]) - 6) + entry["at"][4:]
                text = json.dumps(entry, sort_keys=True, separators=(",", ":"))
                database.execute("UPDATE log_records SET entry = ?, leaf = id - 1, at = at - 6 * 31557600000 "
                                 "WHERE id = ?", (text, number))


class AgainstTheLog(LogTest):
    def test_a_hold_that_was_taken_out_of_the_store_is_missed_in_the_log(self):
        self.lists("create", "known")
        self.run_seawall(*self.log_words("--once"), code=0)
        who = (*self.store, "--as", "ann", "--why", "a court asks")
        self.run_seawall("retention", "hold", "court", *who, code=0)
        self.run_seawall(*self.log_words("--once"), code=0)
        against = (*self.store, "--against", "log", "--log", self.keys["log"])
        self.run_seawall("retention", "check", *against, code=0)
        self.run_seawall("retention", "run", *against, code=0)
        with sqlite3.connect(self.folder / "lists.db") as database:
            last, = database.execute("SELECT MAX(id) FROM log_records").fetchone()
            database.execute("DELETE FROM log_records WHERE id = ? AND source = 'retention'", (last,))
        self.run_seawall("retention", "check", *self.store, code=0)  # It was the last one: nothing else shows it.
        for command in ("check", "run"):
            told = self.run_seawall("retention", command, *against, code=5).stderr.decode()
            self.assertIn(f"lacks the records of 1 entries of the log, the first of which is leaf {last - 1}", told)


if __name__ == "__main__":
    main()
