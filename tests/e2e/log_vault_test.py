"""The whole of oversight together: people, orders, key service, log with a witness; nobody in between but the programs."""
import json
from types import SimpleNamespace

from keys_support import KeyService, make_known
from log_support import LogTest, Process
from orders_test import OrdersTest
from support import main


class Together(LogTest, OrdersTest):
    def setUp(self):
        super().setUp()
        self.witness("w1")
        vkeys = SimpleNamespace(key=SimpleNamespace(vkey=self.keys["log"]), witness=SimpleNamespace(vkey=self.keys["w1"]))
        self.service = KeyService(self, vkeys)
        (self.folder / "book").symlink_to("vault/orders")
        self.vault = ("--vault", f"unix:{self.folder}/keys.sock")

    def log_run(self):
        return self.log_words(*self.with_witnesses(1, "w1"), *self.vault)

    def status(self):
        return json.loads(self.run_seawall("keys", "status", *self.vault, code=0).stdout.splitlines()[0])

    def signed(self, who, *words, code=0):
        return self.run_seawall(*words, "--key", who + ".key", "--password-file", "pass", *self.vault, code=code)

    def test_a_key_leaves_under_an_order_that_the_witnessed_log_holds(self):
        run = Process(self, "run", *self.log_run())
        self.ceremony()
        make_known(self, self.vault)
        made = json.loads(self.run_seawall("keys", "record", "rec-1", "--tenant", "forum", "--case", "case-12",
                                           *self.vault, code=0).stdout)
        order = self.issued()
        self.eventually(lambda: self.status()["unsettled"] == 0, run.said)
        entry = self.service.ok("GET", "/grants/" + order)["entry"].encode()
        self.expect_whole_log()
        place = self.entries(self.checkpoint()[0]).index(entry)
        self.run_seawall("audit", "prove", "log", "--log", self.keys["log"], "--index", str(place), "--out",
                         "order.tlog-proof", code=0)
        done = self.signed("amy", "keys", "unwrap", "rec-1", "--tenant", "forum", "--case", "case-12", "--wrapped",
                           made["wrapped"], "--order", order, "--proof", "order.tlog-proof", "--action", "disclosure",
                           "--purpose", "reply to the court")
        self.assertEqual(json.loads(done.stdout)["keys"], [made["key"]])
        self.eventually(lambda: self.status()["unsettled"] == 0, run.said)
        kinds = {entry["k"] for entry in self.expect_whole_log()}
        self.assertLessEqual({"role-change", "order", "disclosure"}, kinds, "what was done stands in the log")
        self.assertEqual(run.stop(), 0)

    def test_orders_of_another_roster_are_not_logged(self):
        self.ceremony()
        words = self.log_words(*self.with_witnesses(1, "w1"), "--orders", "book", "--once")
        self.assertIn(b"is not the one", self.run_seawall(*words, "--roster", "00" * 32, code=5).stderr)
        shown = self.run_seawall("roster", "show", "--book", "book", code=0).stdout.decode()
        self.run_seawall(*words, "--roster", shown.split()[-1], code=0)

    def test_a_vault_that_is_away_holds_up_no_list(self):
        self.service.kill()
        self.lists("create", "known")
        done = self.run_seawall(*self.log_run(), "--once", code=5)
        self.assertIn(b"keys-", done.stderr)
        self.assertEqual(len(self.expect_whole_log()), 2)


if __name__ == "__main__":
    main()
