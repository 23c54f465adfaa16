"""What overseers see over HTTP: the published log to its last byte, orders with their clocks and without names, and the
register."""
import os
import unittest

import serve_orders_test
from support import main


@unittest.skipUnless(os.getuid() == 0, "acts as several people, which only the superuser may")
class Oversight(serve_orders_test.Observations):
    """Its people and its orders; its tests are its own."""
    locals().update({name: None for name in dir(serve_orders_test.Observations) if name.startswith("test_")})

    def begin(self):
        self.pin = f"""[oversight]
register = "register"
"""
        super().begin()

    def get(self, path, who=None):
        return self.ask_as(who or self.olga, "GET", path, csrf=None, key=None)

    def test_the_published_log_is_served_to_its_last_byte_and_nothing_beside_it(self):
        self.begin()
        trust = self.get("/v1/log")
        self.assertEqual(trust.json, {"origin": "lists.example/log", "log_keys": [self.keys_of_log["log"]],
                                      "witness_keys": [], "quorum": 0})
        checkpoint = self.get("/v1/log/file?path=checkpoint")
        self.assertEqual(checkpoint.body, (self.folder / "log/checkpoint").read_bytes())
        self.assertEqual(checkpoint.headers["cache-control"], "no-store")
        size = int(checkpoint.body.split(b"\n")[1])
        for path in (f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"):
            self.assertEqual(self.get(f"/v1/log/file?path={path}").body, (self.folder / "log" / path).read_bytes())
        self.refused(self.get("/v1/log/file?path=tile/0/x001/000"), 404, "not-found")
        for wrong in ("state", "lock", "../lists.db", "tile/0/../../lists.db", "tile/0/000.p/0", "/etc/passwd", "tile/entries", "checkpoint%00"):
            self.assertEqual(self.get(f"/v1/log/file?path={wrong}").status, 400, wrong)
        self.assertEqual(self.get("/v1/log/file").status, 400)
        self.assertEqual(self.ask("GET", "/v1/log").status, 403, "no program's key")

    def test_orders_are_told_with_their_clocks_to_their_tenant_without_names(self):
        self.begin()
        self.assertEqual(self.get("/v1/orders").json["orders"], [])
        order = self.order_for("--record", self.entry)
        other = self.granted(self.elsewhere())
        self.run_log()
        told = self.get("/v1/orders")
        self.assertEqual([row["order"] for row in told.json["orders"]], [order])
        row = told.json["orders"][0]
        self.assertEqual((row["state"], row["used"], row["records_max"], row["opened"]), ("in-force", 0, 5, False))
        self.assertEqual(row["actions"], ["observation-lookup"])
        self.assertIsInstance(row["leaf"], int)
        self.assertIsNotNone(row["opening_due"])
        for name in (b"olga", b"amy", b"dora", b"rolf", other.encode()):
            self.assertNotIn(name, told.body)
        self.assertEqual(self.look(order).status, 200)
        self.assertEqual(self.get("/v1/orders").json["orders"][0]["used"], 3)

    def elsewhere(self):
        wish = self.wish_for("--record", self.entry, records_max=5)
        wish[wish.index("--tenant") + 1] = "elsewhere"
        return wish

    def test_errors_are_told_with_their_clock_and_recommendations_with_their_grade(self):
        self.begin()
        self.assertEqual(self.get("/v1/oversight/register").json, {"errors": [], "recommendations": []})
        book = ("--book", "register", "--why", "a test")
        self.run_seawall("oversee", "record-error", *book, "--kind", "reportable", "--serious", "--what", "one too many",
                         "--discovered", "2026-01-05T10:00:00Z", code=0)
        self.run_seawall("oversee", "record-error", *book, "--kind", "recordable", "--what", "caught", code=0)
        self.run_seawall("oversee", "recommend", *book, "--grade", "amber", "--what", "count twice", "--to", "list desk", "--by",
                         "2099-02-01", code=0)
        told = self.get("/v1/oversight/register").json
        self.assertEqual([(row["number"], row["kind"], row["due"], row["overdue"]) for row in told["errors"]],
                         [(1, "reportable", "2026-01-19T23:59:59Z", True), (2, "recordable", None, False)])
        self.assertEqual([(row["grade"], row["state"], row["overdue"]) for row in told["recommendations"]],
                         [("amber", "open", False)])

    def test_without_its_settings_each_is_switched_off(self):
        self.account("root")
        self.account("olga", role="overseer")
        self.serve()
        olga = self.sign_in("olga")
        for path in ("/v1/log", "/v1/log/file?path=checkpoint", "/v1/orders", "/v1/oversight/register"):
            self.refused(self.get(path, olga), 501, "not-served")


if __name__ == "__main__":
    main()
