"""Errors and recommendations of overseers, from the command line into the log and to whoever audits it."""
import json

from log_support import LogTest
from support import main


class OverseeRegister(LogTest):
    def oversee(self, command, *words, code=0, why="the weekly review"):
        who = () if command in ("errors", "recommendations") else ("--as", "secretname", "--why", why)
        done = self.run_seawall("oversee", command, *words, "--book", "register", *who, "--json", code=code)
        return [json.loads(line) for line in done.stdout.splitlines()] if code in (0, 1) else done

    def record(self, kind, *words):
        return self.oversee("record-error", "--kind", kind, "--what", "a secret slip", *words)[0]["number"]

    def logged(self):
        """The register's entries with their places, once everything is in the log."""
        self.run_seawall(*self.log_words("--once", "--overseer", "register"), code=0)
        return [(leaf, entry) for leaf, entry in enumerate(self.expect_whole_log())
                if entry["k"] in ("error", "recommendation")]

    def verified(self):
        done = self.run_seawall("audit", "verify", "log", "--log", self.keys["log"])
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.stdout.decode() + done.stderr.decode()

    def test_an_overdue_report_is_seen_by_whoever_audits_the_log(self):
        (self.folder / "holidays").write_text("2026-01-06 # Epiphany\n")
        number = self.record("reportable", "--discovered", "2026-01-02", "--holidays", "holidays")
        (leaf, entry), = self.logged()
        self.assertEqual((entry["due"], entry["n"]), ("2026-01-19T23:59:59Z", 1))
        self.assertIn("(error) was due 2026-01-19T23:59:59Z", self.verified())
        listed, = self.oversee("errors", "--overdue", code=1)
        self.assertEqual((listed["number"], listed["overdue"], listed["due"]), (number, True, entry["due"]))

        self.oversee("report-error", str(number))
        report = self.logged()[-1][1]
        self.assertEqual((report["ref"], "due" in report), (leaf, False))
        self.assertNotIn("was due", self.verified())
        self.assertEqual(self.oversee("errors", "--overdue"), [])

    def test_a_report_refers_to_its_error_though_the_log_takes_both_at_once(self):
        number = self.record("reportable", "--serious", "--discovered", "2026-01-02")
        self.oversee("tell-concerned", str(number), "--not-yet", why="an inquiry is open")
        self.oversee("report-error", str(number))
        self.logged()
        (first, _), told, report = self.logged()
        self.assertEqual([one[1]["ref"] for one in (told, report)], [first, first])
        self.assertNotIn("was due", self.verified())
        self.assertEqual(self.oversee("errors")[0]["untold_why"], "an inquiry is open")

    def test_recommendations_are_followed_up_in_the_log(self):
        made = self.oversee("recommend", "--grade", "red", "--what", "two people", "--to", "list desk",
                            "--by", "2090-01-31")[0]["number"]
        (first, entry), = self.logged()
        self.assertEqual((entry["k"], entry["due"]), ("recommendation", "2090-01-31T00:00:00Z"))
        self.oversee("answer", str(made), "--state", "answered")
        self.oversee("regrade", str(made), "--grade", "green")
        self.oversee("answer", str(made), "--state", "not-accepted", why="the law asks for one")
        self.assertEqual([(one["ref"], one.get("due")) for _, one in self.logged()[1:]],
                         [(first, entry["due"]), (first, entry["due"]), (first, None)])
        listed, = self.oversee("recommendations")
        self.assertEqual((listed["grade"], listed["state"], listed["answer"]),
                         ("green", "not-accepted", "the law asks for one"))
        self.assertEqual(self.oversee("recommendations", "--open"), [])
        self.oversee("answer", str(made), "--state", "done", code=6)

    def test_names_and_words_stay_out_of_the_log(self):
        self.record("recordable", "--serious")
        self.logged()
        for file in (self.folder / "log").rglob("*"):
            if file.is_file():
                self.assertNotIn(b"secret", file.read_bytes())

    def test_says_what_is_missing(self):
        self.assertIn(b"--kind is needed", self.oversee("record-error", "--what", "x", code=3).stderr)
        (self.folder / "holidays").write_text("Christmas\n")
        done = self.oversee("record-error", "--what", "x", "--kind", "reportable", "--holidays", "holidays", code=3)
        self.assertIn(b"line 1 is not a day", done.stderr)
        self.oversee("report-error", "1", code=3)
        self.oversee("report-error", "one", code=3)
        self.oversee("report-error", str(self.record("recordable")), code=6)


if __name__ == "__main__":
    main()
