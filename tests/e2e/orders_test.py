"""Orders through the real program: keys of people, who is who, and an order's whole life, by several people."""
import base64
import hashlib
import json
import signal
import stat
import subprocess
import time
import unittest
from datetime import datetime, timedelta, timezone

from support import SEAWALL, SeawallTest, main

PASSPHRASE = "correct horse battery"
NEED = "We looked at every other source that we may use, and none of them tells us."
WHY = "Two records only, of one tenant, for one week, seen by one person."
OWN_NEED = "I asked for the other sources and read them; the records are the only ones left."
OWN_WHY = "The harm that may be averted is grave, and only the two named records are read."
GROUNDS = "I have read the application and the files that it names, all of them."
PEOPLE = {"ann": "custodian", "bob": "custodian", "cat": "custodian", "amy": "applicant", "dora": "approver",
          "rolf": "reviewer", "rita": "reviewer", "olga": "officer", "zoe": "applicant,approver,reviewer"}


def when(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


class OrdersTest(SeawallTest):
    keys = None  # Made once: each costs 64 MiB and three passes of argon2id.

    def setUp(self):
        super().setUp()
        self.write("pass", PASSPHRASE + "\n").chmod(0o600)
        if OrdersTest.keys is None:
            OrdersTest.keys = {name: self.new_key(name) for name in PEOPLE}
        for name, (text, _) in OrdersTest.keys.items():
            self.write(name + ".key", text).chmod(0o600)

    def new_key(self, name):
        done = self.run_seawall("person", "new", name, "--out", name + "-made.key", "--password-file", "pass", code=0)
        return (self.folder / (name + "-made.key")).read_text(), done.stdout.decode().strip()

    def by(self, who, *words, code=0, json_lines=False):
        """A command that `who` signs."""
        words = [*words, "--book", "book", "--key", who + ".key", "--password-file", "pass"]
        if json_lines:
            return json.loads(self.run_seawall(*words, "--json", code=code).stdout)
        return self.run_seawall(*words, code=code)

    def read(self, *words, code=0):
        return [json.loads(line) for line in
                self.run_seawall(*words, "--book", "book", "--json", code=code).stdout.splitlines()]

    def refused(self, who, *words, says, code=3):
        done = self.by(who, *words, code=code)
        self.assertIn(says, done.stderr.decode())
        self.assertEqual(done.stdout, b"")

    def ceremony(self):
        founders = [OrdersTest.keys[name][1] + ":" + roles for name, roles in PEOPLE.items()]
        first = self.by("ann", "roster", "init", *founders, json_lines=True)
        self.assertFalse(first["accepted"])
        self.assertEqual([one["by"] for one in first["missing"]], ["bob", "cat"])
        self.by("bob", "roster", "sign", first["statement"][:12])
        self.assertTrue(self.by("cat", "roster", "sign", first["statement"][:12], json_lines=True)["accepted"])

    def wish(self, *more, need=NEED, why=WHY, record="rec-1"):
        return ("--tenant", "forum", "--record", record, "--action", "disclosure", "--issuer", "Example Board",
                "--legal-basis", "Example Act, section 4", "--purpose", "case 12", "--necessity", need,
                "--proportionality", why, *more)

    def applied(self, *more):
        return self.by("amy", "orders", "apply", *self.wish(*more)).stdout.decode().strip()

    def issued(self, *more):
        order = self.applied(*more)
        self.by("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS)
        draft = self.by("dora", "orders", "issue", order, "--necessity", OWN_NEED, "--proportionality", OWN_WHY,
                        json_lines=True)
        self.assertEqual([one["by"] for one in draft["missing"]], ["rolf"])
        self.assertTrue(self.by("rolf", "orders", "sign", draft["statement"][:16], json_lines=True)["accepted"])
        return order

    def state(self, order):
        return self.read("orders", "show", order)[0]["state"]


class Keys(OrdersTest):
    def test_are_sealed_private_and_never_written_over(self):
        text, public = OrdersTest.keys["ann"]
        self.assertRegex(public, r"\Aperson\+ann\+[0-9a-f]{8}\+A[A-Za-z0-9+/=]+\Z")
        self.assertEqual(text.count("\n"), 1)
        self.assertNotIn(PASSPHRASE, text)
        self.run_seawall("person", "new", "ann", "--out", "new.key", "--password-file", "pass", code=0)
        self.assertEqual(stat.S_IMODE((self.folder / "new.key").stat().st_mode), 0o600)
        before = (self.folder / "new.key").read_bytes()
        self.run_seawall("person", "new", "ann", "--out", "new.key", "--password-file", "pass", code=6)
        self.assertEqual((self.folder / "new.key").read_bytes(), before)

    def test_are_shown_without_and_checked_with_the_passphrase(self):
        shown = self.run_seawall("person", "show", "--key", "ann.key", "--json", code=0)
        self.assertEqual(json.loads(shown.stdout)["public"], OrdersTest.keys["ann"][1])
        self.run_seawall("person", "show", "--key", "ann.key", "--check", "--password-file", "pass", code=0)
        self.write("wrong", "another horse battery\n").chmod(0o600)
        done = self.run_seawall("person", "show", "--key", "ann.key", "--check", "--password-file", "wrong", code=3)
        self.assertNotIn("another horse", done.stderr.decode())

    def test_refuses_names_passphrases_and_files_that_are_none(self):
        self.run_seawall("person", "new", "Ann Lee", "--out", "x.key", "--password-file", "pass", code=3)
        self.write("short", "short\n").chmod(0o600)
        self.run_seawall("person", "new", "ann", "--out", "x.key", "--password-file", "short", code=3)
        self.run_seawall("person", "new", "ann", "--password-file", "pass", code=3)
        self.assertFalse((self.folder / "x.key").exists())
        for text in ("", "{}", "person+ann+00000000+AAAA", OrdersTest.keys["ann"][0].replace("person+ann", "person+eve")):
            self.write("bad.key", text)
            self.run_seawall("person", "show", "--key", "bad.key", code=3)


class RosterTest(OrdersTest):
    def test_begins_with_every_custodian_and_changes_by_two(self):
        self.ceremony()
        self.assertEqual({row["person"] for row in self.read("roster", "show")}, set(PEOPLE))
        eve = self.new_key("eve")
        added = self.by("ann", "roster", "add", eve[1], "--role", "officer", "--with", "bob", json_lines=True)
        self.assertEqual(len(self.read("orders", "waiting")), 1)
        self.refused("cat", "roster", "sign", added["statement"][:16], says="cat is not among those who sign this")
        self.by("bob", "roster", "sign", added["statement"][:16])
        self.assertIn("eve", {row["person"] for row in self.read("roster", "show")})
        gone = self.by("bob", "roster", "withdraw", "eve", "--with", "cat", json_lines=True)
        self.by("cat", "roster", "sign", gone["statement"][:16])
        self.assertNotIn("eve", {row["person"] for row in self.read("roster", "show")})
        self.assertIn("eve", {row["person"] for row in self.read("roster", "show", "--all")})
        chain = self.run_seawall("roster", "show", "--chain", "--book", "book", code=0).stdout.decode()
        self.assertEqual(len(chain.splitlines()), 3)

    def test_refuses_what_breaks_its_rules(self):
        self.refused("ann", "roster", "init", OrdersTest.keys["ann"][1] + ":custodian", says="two custodians")
        self.refused("ann", "roster", "init", OrdersTest.keys["ann"][1], says="PUBLIC:ROLE")
        self.refused("ann", "roster", "init", OrdersTest.keys["ann"][1] + ":king", says="no role king")
        self.ceremony()
        self.refused("ann", "roster", "init", *[OrdersTest.keys[n][1] + ":custodian" for n in ("ann", "bob")],
                     says="has a roster", code=6)
        self.refused("ann", "roster", "withdraw", "ann", "--with", "bob", says="themselves")
        self.refused("dora", "roster", "withdraw", "amy", "--with", "ann", says="no custodian")
        self.refused("ann", "roster", "withdraw", "nobody", "--with", "bob", says="no nobody")
        self.refused("ann", "roster", "sign", "0123456789abcdef", says="waits for a signature")

    def test_lets_no_key_that_is_not_in_it_sign(self):
        self.ceremony()
        self.write("amy.key", self.new_key("amy")[0])  # Another key of that name.
        self.refused("amy", "orders", "apply", *self.wish(), says="the signature of amy is not good")
        self.write("eve.key", self.new_key("eve")[0])
        self.refused("eve", "orders", "apply", *self.wish(), says="eve is not in the roster")


class Life(OrdersTest):
    def setUp(self):
        super().setUp()
        self.ceremony()

    def test_walks_from_an_application_to_its_end(self):
        order = self.applied()
        self.assertRegex(order, r"\Ao-[0-9a-f]{16}\Z")
        self.assertEqual(self.state(order), "applied")
        self.refused("dora", "orders", "issue", order, "--necessity", OWN_NEED, "--proportionality", OWN_WHY,
                     says="no reviewer has agreed", code=6)
        self.by("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS)
        self.refused("dora", "orders", "issue", order, "--necessity", NEED, "--proportionality", OWN_WHY,
                     says="own words")
        self.refused("dora", "orders", "issue", order, "--necessity", "needed", "--proportionality", OWN_WHY,
                     says="40 characters")
        self.write("need.txt", OWN_NEED + "\n")
        draft = self.by("dora", "orders", "issue", order, "--necessity", "@need.txt", "--proportionality", OWN_WHY,
                        json_lines=True)
        self.assertEqual(self.state(order), "reviewed")
        waiting = self.read("orders", "waiting")
        self.assertEqual([one["by"] for one in waiting[0]["missing"]], ["rolf"])
        shown = self.by("rolf", "orders", "sign", draft["statement"][:8])
        self.assertIn(OWN_NEED, shown.stderr.decode())
        record = self.read("orders", "show", order)[0]
        self.assertEqual((record["state"], record["approver"], record["reviewer"]), ("in-force", "dora", "rolf"))
        self.assertEqual(record["document"]["necessity"], OWN_NEED)
        self.assertEqual([one["kind"] for one in record["statements"]], ["order-application", "order-review", "order"])
        self.assertEqual([one["order"] for one in self.read("orders", "list", "--state", "in-force")], [order])
        self.assertEqual(self.read("orders", "list", "--state", "void"), [])
        self.assertEqual([(one["what"], one["overdue"]) for one in self.read("orders", "due")], [("opening", False)])
        opened = self.run_seawall("orders", "show", order, "--openings", "--book", "book", code=0).stdout.splitlines()
        grant = json.loads(opened[0])
        digest = hashlib.sha256(b"seawall/order/v1\0" + base64.b64decode(grant["salt"]) + grant["record"].encode())
        self.assertEqual(json.loads(grant["entry"])["c"], base64.b64encode(digest.digest()).decode())
        self.assertEqual((len(opened), grant["what"], grant["leaf"]), (1, "grant", None))
        self.by("bob", "orders", "cancel", order, "--grounds", "The person was found safe; nothing more is needed today.")
        self.assertEqual(self.state(order), "cancelled")
        self.by("olga", "orders", "open", order, "--grounds", "Told by letter of today, with the record that was read.")
        self.assertEqual(self.read("orders", "due"), [])

    def test_shows_what_is_overdue_and_by_its_exit_code(self):
        # An urgent one: a single signature, so a slow machine signs it before its end.
        order = self.by("dora", "orders", "urgent", "--given-to", "amy", "--given-at", when(minutes=-10), "--ends",
                        when(seconds=6), *self.wish(need=OWN_NEED, why=OWN_WHY)).stdout.decode().strip()
        deadline = time.monotonic() + 60
        while self.state(order) != "expired" and time.monotonic() < deadline:
            pass
        due = self.read("orders", "due", code=1)
        self.assertEqual([(one["order"], one["what"], one["overdue"]) for one in due],
                         [(order, "opening", True), (order, "confirmation", False)])
        extended = self.by("dora", "orders", "extend", order, "--until", when(days=30), "--reviewer", "rolf", "--grounds",
                           GROUNDS, json_lines=True)
        self.by("rolf", "orders", "sign", extended["statement"][:16])
        self.assertEqual([one["overdue"] for one in self.read("orders", "due")], [False, False])

    def test_refuses_with_grounds(self):
        order = self.applied()
        self.refused("dora", "orders", "refuse", order, "--grounds", "no", says="sentence of your own")
        self.by("dora", "orders", "refuse", order, "--grounds",
                "The three other sources that you name were not asked yet.")
        self.assertEqual(self.state(order), "refused")
        self.assertIn("three other sources",
                      self.run_seawall("orders", "show", order, "--book", "book", code=0).stdout.decode())
        self.refused("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS,
                     says="nothing to review", code=6)

    def test_keeps_three_people_apart(self):
        order = self.by("zoe", "orders", "apply", *self.wish()).stdout.decode().strip()
        self.refused("zoe", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS,
                     says="nobody reviews what they applied for")
        self.by("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS)
        self.refused("zoe", "orders", "issue", order, "--necessity", OWN_NEED, "--proportionality", OWN_WHY,
                     says="nobody grants what they applied for")
        self.refused("rolf", "orders", "issue", order, "--necessity", OWN_NEED, "--proportionality", OWN_WHY,
                     says="names one person twice")

    def test_is_given_orally_and_confirmed(self):
        order = self.by("dora", "orders", "urgent", "--given-to", "amy", "--given-at", when(minutes=-10), "--confirm-hours",
                        "2", *self.wish(need=OWN_NEED, why=OWN_WHY)).stdout.decode().strip()
        self.assertEqual(self.state(order), "in-force")
        self.assertEqual([one["what"] for one in self.read("orders", "due")], ["confirmation", "opening"])
        done = self.by("dora", "orders", "confirm", order, "--reviewer", "rolf", "--grounds",
                       "The call came at night; by the morning the record would have been gone.", json_lines=True)
        self.by("rolf", "orders", "sign", done["statement"][:16])
        self.assertEqual([one["what"] for one in self.read("orders", "due")], ["opening"])
        self.refused("dora", "orders", "urgent", "--given-to", "dora", "--given-at", when(minutes=-10),
                     *self.wish(need=OWN_NEED, why=OWN_WHY), says="nobody grants what they applied for")
        self.refused("dora", "orders", "urgent", "--given-to", "amy", "--given-at", when(hours=-3), "--confirm-hours", "2",
                     *self.wish(need=OWN_NEED, why=OWN_WHY), says="over already")

    def test_is_renewed_while_it_is_in_force(self):
        order = self.issued("--ends", when(days=2))
        renewed = self.by("amy", "orders", "renew", order, "--necessity", NEED, "--proportionality", WHY, "--ends",
                          when(days=20)).stdout.decode().strip()
        self.assertNotEqual(renewed, order)
        self.assertEqual(self.read("orders", "show", renewed)[0]["document"]["previous"], order)
        self.by("dora", "orders", "cancel", order, "--grounds", GROUNDS)
        self.refused("amy", "orders", "renew", order, "--necessity", NEED, "--proportionality", WHY,
                     says="only an order that is in force is renewed", code=6)

    def test_is_exchanged_in_files(self):
        order = self.applied()
        self.by("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS, "--out", "review.json")
        self.assertEqual(self.state(order), "applied")
        self.run_seawall("orders", "sign", "review.json", "--only-take", "--book", "book", code=0)
        self.assertEqual(self.state(order), "reviewed")
        self.by("dora", "orders", "issue", order, "--necessity", OWN_NEED, "--proportionality", OWN_WHY, "--out",
                "order.json")
        text = (self.folder / "order.json").read_text()
        self.write("forged.json", text.replace("rec-1", "rec-9"))
        self.refused("rolf", "orders", "sign", "forged.json", says="is not good")
        self.by("rolf", "orders", "sign", "order.json")
        self.assertEqual(self.state(order), "in-force")
        kept = self.run_seawall("orders", "show", order, "--statements", "--book", "book", code=0).stdout.decode()
        self.assertEqual(len(kept.splitlines()), 3)

    def test_refuses_bad_input_and_changes_nothing(self):
        for words, says in (((), "--issuer"), (self.wish("--selector", "all"), "not both"),
                            (self.wish("--ends", when(days=-1)), "ends after it begins"),
                            (self.wish("--ends", when(days=100)), "92 days"),
                            (self.wish("--ends", "tomorrow"), "--ends"),
                            (self.wish(need="x"), "necessity"), (self.wish(why=NEED), "same answer"),
                            (self.wish(need="@none.txt"), "none.txt")):
            self.refused("amy", "orders", "apply", *words, says=says)
        self.refused("amy", "orders", "apply", *self.wish("--action", "anything"), says="anything", code=2)
        self.assertEqual(self.read("orders", "list"), [])
        self.run_seawall("orders", "show", "o-0000000000000000", "--book", "book", code=3)
        self.run_seawall("orders", "show", "nonsense", "--book", "book", code=3)
        self.run_seawall("orders", "list", code=3, env={"SEAWALL_ORDER_BOOK": ""})
        self.write("file", "x")
        self.run_seawall("orders", "list", "--book", "file", code=4)

    def test_loses_nothing_acknowledged_to_a_kill(self):
        acknowledged = []
        for _ in range(6):
            words = [SEAWALL, "orders", "apply", *self.wish(), "--book", "book", "--key", "amy.key", "--password-file",
                     "pass"]
            running = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            try:
                out, _ = running.communicate(timeout=self.random.uniform(0.05, 0.6))
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                out, _ = running.communicate()
            acknowledged += out.decode().split()
        kept = [one["order"] for one in self.read("orders", "list")]
        self.assertLessEqual(set(acknowledged), set(kept))

    def test_teaches_with_examples(self):
        for command in ("person new", "roster init", "orders apply", "orders issue", "orders urgent", "orders due"):
            shown = self.run_seawall(*command.split(), "--help", code=0).stdout.decode()
            self.assertIn("seawall " + command, shown)


if __name__ == "__main__":
    main()
