"""The key service's commands, as people type them: their own sealed keys, an order's whole life, a record's key."""
import base64
import json
import re
import sqlite3
import stat
from pathlib import Path

from keys_support import KeyService, Log, Relay, make_known
from orders_test import GROUNDS, OrdersTest
from support import main


class KeysTest(OrdersTest):
    def setUp(self):
        super().setUp()
        self.service = KeyService(self, Log(self.random))
        (self.folder / "book").symlink_to("vault/orders")
        self.vault = ("--vault", f"unix:{self.folder}/keys.sock")

    def signed(self, who, *words, code=0):
        done = self.run_seawall(*words, "--key", who + ".key", "--password-file", "pass", *self.vault, code=code)
        return json.loads(done.stdout) if done.stdout else done.stderr.decode()

    def by_two(self, first, second, *words):
        self.signed(first, *words, "--grounds", GROUNDS, "--with", second, "--out", "said.json")
        self.assertEqual(stat.S_IMODE((self.folder / "said.json").stat().st_mode), 0o600)
        answer = self.signed(second, "keys", "sign", "said.json")
        (self.folder / "said.json").unlink()
        return answer

    def ceremony(self):
        super().ceremony()
        make_known(self, self.vault)

    def record(self, name):
        made = self.run_seawall("keys", "record", name, "--tenant", "forum", "--case", "case-12", *self.vault, code=0)
        return json.loads(made.stdout)

    def unwrap(self, name, made, order, code=0):
        return self.signed("amy", "keys", "unwrap", name, "--tenant", "forum", "--case", "case-12", "--wrapped",
                           made["wrapped"], "--order", order, "--proof", "order.tlog-proof", "--action", "disclosure",
                           "--purpose", "reply to the court", code=code)

    def status(self):
        done = self.run_seawall("keys", "status", *self.vault, code=0)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_open_a_records_key_under_an_order_and_destroy_its_case(self):
        self.ceremony()
        made = self.record("rec-1")
        self.assertEqual(len(base64.b64decode(made["key"])), 32)
        order = self.issued()
        self.service.settle()
        entry = self.service.ok("GET", "/grants/" + order)["entry"]
        self.write("order.tlog-proof", "no proof")
        self.assertIn("the vault refuses (order)", self.unwrap("rec-1", made, order, code=3))
        self.write("order.tlog-proof", self.service.log.proofs([entry])[0])
        self.assertEqual(self.unwrap("rec-1", made, order)["keys"], [made["key"]])
        self.assertIn("the vault refuses (order)", self.unwrap("rec-2", self.record("rec-2"), order, code=3))
        receipt = self.by_two("ann", "bob", "keys", "destroy", "case-12", "--tenant", "forum")
        self.assertEqual((receipt["done"], receipt["records"]), ("key-destroy", 2))
        self.assertIn("the vault refuses (no-key)", self.unwrap("rec-1", made, order, code=3))
        self.run_seawall("keys", "record", "rec-3", "--tenant", "forum", "--case", "case-12", *self.vault, code=6)
        status, = self.status()
        self.assertEqual((status["destroyed"], status["cases"], status["given-hour"]), (1, 0, 1))

    def test_open_a_key_through_a_server_that_sees_everything(self):
        self.ceremony()
        made = self.record("rec-1")
        order = self.issued()
        entry = self.service.ok("GET", "/grants/" + order)["entry"]
        self.write("order.tlog-proof", self.service.log.proofs([entry])[0])
        relay = Relay(self, f"{self.folder}/relay.sock", f"{self.folder}/keys.sock")
        self.vault = ("--vault", f"unix:{self.folder}/relay.sock")
        self.assertEqual(self.unwrap("rec-1", made, order)["keys"], [made["key"]])
        key = base64.b64decode(made["key"])
        self.assertIn(b'"sealed":', relay.seen)
        self.assertIn(made["wrapped"].encode(), relay.seen)
        for form in (key, made["key"].encode(), key.hex().encode(), key[:16], made["key"].encode()[:16]):
            self.assertNotIn(form, relay.seen)

    def test_freeze_and_unfreeze_people_and_lay_canaries(self):
        self.ceremony()
        made = self.record("rec-1")
        order = self.issued()
        entry = self.service.ok("GET", "/grants/" + order)["entry"]
        self.write("order.tlog-proof", self.service.log.proofs([entry])[0])
        self.signed("cat", "keys", "freeze", "amy", "--grounds", GROUNDS)
        self.assertIn("(frozen)", self.unwrap("rec-1", made, order, code=3))
        self.by_two("ann", "bob", "keys", "unfreeze", "amy")
        self.assertEqual(self.unwrap("rec-1", made, order)["keys"], [made["key"]])
        self.by_two("ann", "bob", "keys", "renew-tenant", "forum")
        self.by_two("bob", "cat", "keys", "canary", "rec-1", "--tenant", "forum", "--guards", "backup 3")
        self.assertIn("(frozen)", self.unwrap("rec-1", made, order, code=3))
        status, alarm = self.status()
        self.assertEqual(status["frozen"], ["amy"])
        self.assertEqual((alarm["kind"], alarm["told"]), ("canary", ["ann", "bob"]))
        self.assertNotIn("amy", self.service.said())
        self.by_two("bob", "cat", "keys", "canary", "rec-1", "--tenant", "forum", "--end")

    def test_export_for_two_people_and_put_a_mark_into_each_copy(self):
        self.ceremony()
        made = self.record("rec-1")
        order = self.issued("--action", "export", "--records-max", "2")
        entry = self.service.ok("GET", "/grants/" + order)["entry"]
        self.write("order.tlog-proof", self.service.log.proofs([entry])[0])
        marks = set()
        for _ in range(2):
            self.signed("amy", "keys", "export", "rec-1=" + made["wrapped"], "--tenant", "forum", "--case", "case-12",
                        "--order", order, "--purpose", "the court asked", "--recipient", "Example Court", "--with",
                        "dora", "--out", "half.json")
            self.signed("amy", "keys", "hand-in", "half.json", "--proof", "order.tlog-proof", code=3)
            self.signed("dora", "keys", "sign", "half.json", "--out", "both.json")
            self.assertIn("sealed for amy", self.signed("dora", "keys", "hand-in", "both.json", "--proof",
                                                        "order.tlog-proof", code=3))
            answer = self.signed("amy", "keys", "hand-in", "both.json", "--proof", "order.tlog-proof")
            self.assertEqual(answer["keys"], [made["key"]])
            marks.add(answer["mark"])
            for name in ("half.json", "both.json"):
                (self.folder / name).unlink()
        self.assertEqual(len(marks), 2)

    def test_change_limits_and_restore_what_was_lost(self):
        self.ceremony()
        self.record("rec-1")
        receipt = self.by_two("ann", "bob", "keys", "limits", "person-hour=3", "export-records=1")
        self.assertEqual(receipt["done"], "key-policy")
        limits = self.status()[0]["limits"]
        self.assertEqual((limits["person-hour"], limits["export-records"], limits["person-day"]), (3, 1, 60))
        self.run_seawall("keys", "limits", "person-week=3", "--grounds", GROUNDS, *self.vault, code=3)
        self.run_seawall("keys", "backup", "vault.backup", "--grounds", GROUNDS, "--key", "ann.key", "--password-file",
                         "pass", *self.vault, code=0)
        self.run_seawall("keys", "backup", "other.backup", "--grounds", GROUNDS, "--key", "amy.key", "--password-file",
                         "pass", *self.vault, code=3)
        with sqlite3.connect(self.folder / "vault/vault.db") as database:
            database.execute("DELETE FROM cases")
        self.assertEqual(self.status()[0]["cases"], 0)
        self.signed("ann", "keys", "restore", "vault.backup", "--grounds", GROUNDS, "--with", "bob", "--out", "r.json")
        self.signed("bob", "keys", "sign", "r.json", "--out", "both.json")
        done = self.run_seawall("keys", "hand-in", "both.json", "--backup", "vault.backup", *self.vault, code=0)
        self.assertEqual(json.loads(done.stdout)["records"], 1)
        self.assertEqual(self.status()[0]["cases"], 1)

    def test_make_keys_for_known_tenants_only_and_remove_one(self):
        self.ceremony()
        words = ("keys", "record", "rec-1", "--tenant", "other", "--case", "case-12", *self.vault)
        self.assertIn("not known", self.run_seawall(*words, code=3).stderr.decode())
        self.by_two("ann", "cat", "keys", "tenant", "other")
        self.run_seawall(*words, code=0)
        receipt = self.by_two("ann", "cat", "keys", "tenant", "other", "--remove")
        self.assertEqual((receipt["done"], receipt["records"]), ("key-tenant-end", 1))
        self.assertIn("removed for good", self.run_seawall(*words, code=6).stderr.decode())

    def test_believe_one_roster_only(self):
        self.ceremony()
        words = ("keys", "serve", "vault", "--root-key", "root.key", "--log", self.service.log.key.vkey, "--listen",
                 f"unix:{self.folder}/other.sock")
        self.assertIn("without --roster", self.service.said())
        self.service.stop()
        self.run_seawall(*words, "--roster", "00" * 32, code=5)
        self.run_seawall(*words, "--roster", "ann", code=3)
        shown = self.run_seawall("roster", "show", "--book", "book", code=0).stdout.decode()
        self.service.start("--roster", shown.split()[-1])
        self.assertEqual(self.status()[0]["tenants"], 1)
        self.assertNotIn("without --roster", self.service.said())

    def test_its_alerts_ask_for_metrics_that_there_are(self):
        rules = Path(__file__).resolve().parents[2] / "packaging/prometheus/keys_alerts.yml"
        wanted = set(re.findall(r"seawall_[a-z_]+", "".join(
            line for line in rules.read_text().splitlines(True) if "expr:" in line)))
        given = self.service.ask("GET", "/metrics")[1]
        self.assertTrue(wanted)
        for name in wanted:
            self.assertIn(f"# TYPE {name} ", given)

    def test_refuse_what_cannot_be_served(self):
        self.run_seawall("keys", "vault-init", "vault", "--root-key", "other.key", code=6)
        self.run_seawall("keys", "vault-init", "other", "--root-key", "root.key", code=6)
        log = ("--log", self.service.log.key.vkey, "--listen", f"unix:{self.folder}/other.sock")
        self.run_seawall("keys", "vault-init", "other", "--root-key", "third.key", code=0)
        self.run_seawall("keys", "serve", "other", "--root-key", "root.key", *log, code=5)
        self.run_seawall("keys", "serve", "other", "--root-key", "third.key", *log, "--quorum", "1", code=3)
        self.run_seawall("keys", "serve", "other", "--root-key", "third.key", "--log", self.service.log.key.vkey,
                         "--listen", "127.0.0.1:0", code=3)
        (self.folder / "third.key").chmod(0o644)
        self.run_seawall("keys", "serve", "other", "--root-key", "third.key", *log, code=3)
        self.run_seawall("keys", "status", "--vault", f"unix:{self.folder}/none.sock", code=4)
        self.run_seawall("keys", "status", code=3)


if __name__ == "__main__":
    main()
