"""What overseers see of real orders: an opening that is overdue, in every place that tells of it; and who may write their
register."""
import json
import os

import orders_test
from log_support import LogTest
from orders_test import OWN_NEED, OWN_WHY, when
from support import main

orders_test.PEOPLE["vera"] = "overseer"


class OverseeOrders(LogTest, orders_test.OrdersTest):
    def setUp(self):
        super().setUp()
        self.ceremony()
        self.trust = ("log", "--log", self.keys["log"])

    def log_now(self):
        self.run_seawall(*self.log_words("--once", "--orders", "book"), code=0)

    def overdue(self):
        done = self.run_seawall("oversee", "query", "overdue", *self.store, "--orders", "book", "--json", code=0)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def overdue_in_report(self, *of):
        year = int(when()[:4])
        done = self.run_seawall("oversee", "report", *of, "--from", f"{year - 1}-01-01", "--to", f"{year + 2}-01-01", "--json",
                                "--html", "report.html", code=0)
        return [table for table in json.loads(done.stdout)["tables"] if "verdue" in table["name"]]

    def test_an_overdue_opening_is_told_by_query_report_and_audit(self):
        order = self.by("dora", "orders", "urgent", "--given-to", "amy", "--given-at", when(minutes=-10), "--ends",
                        when(seconds=6), *self.wish(need=OWN_NEED, why=OWN_WHY)).stdout.decode().strip()
        self.log_now()
        self.eventually(lambda: self.state(order) == "expired")
        self.eventually(lambda: len(self.overdue()) == 2)
        entry, opening = self.overdue()
        self.assertEqual((entry["kind"], entry["source"], opening["order"], opening["what"]),
                         ("order", "orders", order, "opening"))
        self.assertEqual(entry["due"], opening["due"])
        counted = self.run_seawall("oversee", "query", "overdue", "by=kind", *self.store, "--json", code=0).stdout
        self.assertEqual(json.loads(counted), {"group": "order", "entries": 1, "things": 1})
        audited = self.run_seawall("audit", "verify", *self.trust, code=1).stdout.decode()
        self.assertIn(f"(order) was due {entry['due']}", audited)
        for of in (self.trust, self.store):
            table, = self.overdue_in_report(*of)
            self.assertEqual([("order", "<5" in row["cells"]) for row in table["rows"]], [("order", True)], "small: hidden")
            self.assertIn("&lt;5", (self.folder / "report.html").read_text())
        for name in ("dora", "amy"):
            self.assertNotIn(name, json.dumps([entry, opening]) + audited)

        extended = self.by("dora", "orders", "extend", order, "--until", when(days=30), "--reviewer", "rolf", "--grounds",
                           orders_test.GROUNDS, json_lines=True)
        self.by("rolf", "orders", "sign", extended["statement"][:16])
        self.log_now()
        self.assertEqual(self.overdue(), [], "a signed extension is no silence")
        self.run_seawall("audit", "verify", *self.trust, code=0)

    def write_error(self, who, *words, code=0):
        return self.run_seawall("oversee", "record-error", "--book", "register", "--kind", "recordable", "--what", "x", "--as",
                                who, "--why", "y", *words, code=code)

    def test_only_the_rosters_overseers_write_the_register_once_it_knows_them(self):
        refused = self.write_error("ann", "--orders", "book", code=3)
        self.assertIn(b"no overseer of your name", refused.stderr)
        self.write_error("vera", "--orders", "book")
        self.assertIn(b"asks for its roster", self.write_error("vera", code=3).stderr)
        os.environ["SEAWALL_ORDER_BOOK"] = str(self.folder / "book")
        self.addCleanup(os.environ.pop, "SEAWALL_ORDER_BOOK")
        self.write_error("vera")
        self.write_error("ann", code=3)
        listed = self.run_seawall("oversee", "errors", "--book", "register", "--json", code=0).stdout.splitlines()
        self.assertEqual(len(listed), 2, "reading asks nobody")


if __name__ == "__main__":
    main()
