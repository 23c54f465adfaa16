"""The report that may be published: from a store and from the log itself, with small numbers hidden."""
import collections
import datetime
import json
import unittest

from log_support import LogTest
from support import main


class OverseeReport(LogTest):
    def setUp(self):
        super().setUp()
        self.witness("w1")
        self.lists("create", "known")
        for _ in range(6):
            self.propose(1)
        self.run_seawall(*self.log_words("--once", *self.with_witnesses(1, "w1")), code=0)
        self.trust = ("log", "--log", self.keys["log"], "--witness", self.keys["w1"])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.months = ("--from", f"{now.year - 1}-01-01", "--to", f"{now.year + 2}-01-01")

    def report(self, *words, code=0):
        return self.run_seawall("oversee", "report", *words, code=code)

    def tables(self, *words):
        return {table["name"]: table for table in json.loads(self.report(*words, *self.months, "--json").stdout)["tables"]}

    def test_counts_what_is_in_the_log_and_hides_small_numbers(self):
        table = self.tables(*self.trust)["Entries of the log"]
        counts = collections.Counter((entry["k"], entry["at"][:7]) for entry in self.expect_whole_log())
        self.assertIn(True, [0 < count < 5 for count in counts.values()])
        self.assertIn(True, [count >= 5 for count in counts.values()])
        for row in table["rows"]:
            told = dict(zip(table["columns"], row["cells"]))
            for month, cell in told.items():
                count = counts.pop((row["name"], month), 0)
                self.assertEqual(cell, "<5" if 0 < count < 5 else count)
            self.assertEqual(row["total"], {"of_shown": sum(cell for cell in row["cells"] if cell != "<5"),
                                            "leaves_out": "<5" in row["cells"]})
        self.assertFalse(counts)

    def test_is_the_same_from_the_store_once_all_is_in_the_log(self):
        from_store = self.tables(*self.store)["Entries of the log"]
        from_log = self.tables(*self.trust)["Entries of the log"]
        in_log_only = [row for row in from_log["rows"] if row not in from_store["rows"]]
        self.assertEqual([row["name"] for row in in_log_only if row["name"] != "log-start"], [])
        self.assertFalse([row for row in from_store["rows"] if row not in from_log["rows"]])

    def test_is_a_page_without_scripts(self):
        text = self.report(*self.trust, *self.months, "--html", "report.html").stdout.decode()
        page = (self.folder / "report.html").read_text()
        self.assertIn("<td>&lt;5</td>", page)
        self.assertNotIn("<script", page)
        self.assertIn("default-src 'none'", page)
        self.assertIn("<5", text)

    def test_counts_orders_of_a_book_that_is_there(self):
        self.run_seawall("orders", "list", "--book", "book", code=0)
        self.assertEqual(self.tables(*self.store, "--book", "book")["Orders"]["rows"], [])
        self.assertIn(b"no order book", self.report(*self.store, *self.months, "--book", "none", code=3).stderr)

    def test_is_of_whole_months(self):
        told = self.report(*self.store, "--from", "2026-01-02", "--to", "2026-02-01", code=3).stderr
        self.assertIn(b"--from must be the first day of a month", told)


if __name__ == "__main__":
    main()
