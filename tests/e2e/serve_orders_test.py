"""Observations under an order: book, log, service and people together."""
import hashlib
import json
import os
import time
import unittest
from pathlib import Path

from orders_test import GROUNDS, OWN_NEED, OWN_WHY, OrdersTest
from serve_people_test import PeopleTest
from support import main

MD5 = "0123456789abcdef0123456789abcdef"
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"


@unittest.skipUnless(os.getuid() == 0, "acts as several people, which only the superuser may")
class Observations(PeopleTest, OrdersTest):
    new_key = OrdersTest.new_key
    pin = ""  # A line of the settings.

    def setUp(self):
        super().setUp()
        self.make_list(rows=f"id,md5\na,{MD5}\n")
        self.entry = "1.0"
        self.keys_of_log = {name: self.run_seawall("log", "keygen", "--for", what, holder, name + ".note",
                                                   code=0).stdout.decode().strip()
                            for name, what, holder in (("log", "log", "lists.example/log"),
                                                       ("seq", "sequencer", "lists.example/seq"))}
        self.ceremony()
        self.run_log()

    def run_log(self):
        """Brings log and book up to date, with a signer for that long."""
        from log_test import Process
        signer = Process(self, "signer", "log", "sign", "signer", "--key", "log.note", "--sequencer",
                         self.keys_of_log["seq"], "--listen", f"unix:{self.folder}/signer.sock")
        signer.wait_for("listening")
        for _ in range(2):  # The second one tells the book where its entries stand.
            self.run_seawall("log", "run", "log", "--store", self.store, "--sequencer-key", "seq.note", "--signer",
                             f"{self.keys_of_log['log']}=unix:{self.folder}/signer.sock", "--orders", "book", "--once",
                             code=0)
        signer.stop()
        signer.errors.unlink()

    def eventually(self, condition, why=lambda: ""):
        end = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), end, why())
            time.sleep(0.02)

    def begin(self):
        self.write("serve.toml", f"""observe = true
[orders]
book = "book"
log = "log"
log_keys = ["{self.keys_of_log['log']}"]
{self.pin}""")
        self.default_key = self.key("uploads")
        self.account("root")
        for name in ("olga", "rolf"):
            self.account(name, role="overseer")
        self.serve("--config", "serve.toml")
        self.olga = self.sign_in("olga")
        for place in ("post-1", "post-2", "post-3"):
            answer = self.ask("POST", "/v1/match", {"signals": {"md5": MD5}, "id": place})
            self.assertTrue(answer.json["observed"], answer.body)

    def order_for(self, *words, records_max=5):
        return self.granted(self.wish_for(*words, records_max=records_max))

    def granted(self, wish):
        order = self.by("amy", "orders", "apply", *wish).stdout.decode().strip()
        self.by("rolf", "orders", "review", order, "--opinion", "agrees", "--grounds", GROUNDS)
        draft = self.by("dora", "orders", "issue", order, "--necessity", OWN_NEED, "--proportionality", OWN_WHY,
                        json_lines=True)
        self.by("rolf", "orders", "sign", draft["statement"][:16])
        return order

    def wish_for(self, *words, records_max):
        wish = list(self.wish("--person", "olga", "--records-max", str(records_max)))
        at = wish.index("--record")
        wish[at:at + 2] = words
        wish[wish.index("--tenant") + 1] = "default"
        wish[wish.index("--action") + 1] = "observation-lookup"
        return wish

    def look(self, order, what=None, who=None, key=None):
        """As olga, as the session `who`, or with a program's key."""
        headers = {"Seawall-Order": order} if order else {}
        path = "/v1/observations?" + (what or f"entry={self.entry}")
        if key:
            return self.ask("GET", path, headers=headers, key=key)
        return self.ask_as(who or self.olga, "GET", path, csrf=None, key=None, headers=headers)

    def no(self, order, says, what=None, **who):
        problem = self.refused(self.look(order, what, **who), 403, "order-required")
        self.assertIn(says, problem["detail"])

    def log_kinds(self):
        from log_test import Log
        size = int((self.folder / "log/checkpoint").read_text().split("\n")[1])
        return [json.loads(entry)["k"] for entry in Log.entries(self, size)]

    def test_are_told_under_an_order_that_the_log_holds_and_no_further(self):
        self.begin()
        self.no(None, "order")
        self.no("o-0123456789abcdef", "order")
        order = self.order_for("--record", self.entry)
        self.no(order, "log")
        self.run_log()
        answer = self.look(order)
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual({row["place"] for row in answer.json["observations"]}, {"post-1", "post-2", "post-3"})
        self.assertEqual({row["entry"] for row in answer.json["observations"]}, {self.entry})
        self.assertEqual(answer.json["order"], order)
        self.no(order, "", who=self.sign_in("rolf"))
        self.no(order, "", what="release=1")
        page = self.look(order, f"entry={self.entry}&limit=2")
        self.assertEqual(len(page.json["observations"]), 2, "five in all are granted")
        self.no(order, "", f"entry={self.entry}&limit=2&after={page.json['next']}")
        self.run_log()
        self.assertEqual(self.log_kinds().count("observation-lookup"), 2, "each answer is in the log")

    def test_what_another_radius_would_have_met_needs_an_order_that_says_so(self):
        self.import_rows("known", f"id,pdq\nwide,{PDQ}\n", source="other")
        self.begin()
        wide = self.entry.split(".")
        wide = f"{int(wide[0]) + 1}.0"
        for bits in (0, 7, 40):  # So many bits from the entry.
            near = {"pdq": f"{int(PDQ, 16) ^ (1 << bits) - 1:064x}", "quality": 100}
            self.assertEqual(self.ask("POST", "/v1/match", {"signals": near, "id": f"far-{bits}"}).status, 200)
        plain = self.order_for("--record", wide)
        wider = self.order_for("--selector", f"what-if:{wide}:40")
        self.run_log()

        def places(order, query):
            answer = self.look(order, f"entry={wide}{query}")
            self.assertEqual(answer.status, 200, answer.body)
            return [row["place"] for row in answer.json["observations"]]
        self.assertEqual(sorted(places(plain, "")), ["far-0", "far-7"])
        self.no(plain, "", f"entry={wide}&radius=40")
        self.no(plain, "", f"entry={wide}&radius=3")
        self.no(wider, "", f"entry={wide}&radius=41")
        self.no(wider, "", f"entry={wide}")
        self.assertEqual(sorted(places(wider, "&radius=40&days=1")), ["far-0", "far-40", "far-7"])

    def test_a_programs_key_is_nobody_whatever_its_name(self):
        self.begin()
        order = self.granted([*self.wish_for("--record", self.entry, records_max=5), "--person", "amy"])
        self.run_log()
        self.no(order, "sign in as the person", key=self.key("amy", ("observations:read",)))
        self.assertEqual(self.read("orders", "show", order)[0]["used"], 0)

    def test_the_roster_that_the_settings_name_is_the_only_one(self):
        roster = {row["roster"] for row in self.read("roster", "show")}
        self.assertEqual(len(roster), 1)
        shown = self.run_seawall("roster", "show", "--book", "book", code=0).stdout.decode()
        self.assertEqual(shown.splitlines()[-1], "roster " + [*roster][0])
        self.pin = f'roster = "{[*roster][0]}"\n'
        self.begin()
        order = self.order_for("--record", self.entry)
        self.run_log()
        self.assertEqual(self.look(order).status, 200)
        self.stop()
        settings = (self.folder / "serve.toml").read_text()
        for wrong, says in (("0" * 64, b"roster is not the one"), ("x", b"64 hex digits")):
            self.write("serve.toml", settings.replace([*roster][0], wrong))
            done = self.run_seawall("serve", "state", "--store", self.store, "--listen", "127.0.0.1:0", "--access-key",
                                    "access.key", "--config", "serve.toml")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(says, done.stdout + done.stderr)

    def test_an_order_that_is_taken_back_opens_nothing(self):
        self.begin()
        order = self.order_for("--selector", "release:1")
        self.run_log()
        self.assertEqual(self.look(order, "release=1").status, 200)
        self.by("rita", "orders", "cancel", order, "--grounds", "The case is closed, so nothing more is to be read.")
        self.no(order, "", "release=1")

    def test_an_order_of_another_log_opens_nothing(self):
        self.begin()
        order = self.order_for("--record", self.entry)
        self.run_log()
        checkpoint = (self.folder / "log/checkpoint").read_text()
        signature = checkpoint[:-8] + ("B" if checkpoint[-8] != "B" else "C") + checkpoint[-7:]
        (self.folder / "log/checkpoint").write_text(signature)
        self.no(order, "log")

    def refused_command(self, *words, says=b"", code=3):
        done = self.run_seawall(*words, code=code)
        self.assertIn(says, done.stdout + done.stderr)
        self.assertNotIn(b"post-", done.stdout, "nothing is told that the order does not allow")

    def test_the_same_gate_stands_before_commands(self):
        self.begin()
        self.stop()

        def words(who):
            return ("retro-match", "state/observations", "--store", self.store, "--entry", self.entry, "--tenant",
                    "default", "--as", who, "--json")

        self.refused_command(*words("olga"), says=b"--order", code=2)
        under = ("--book", "book", "--log", "log", "--log-key", self.keys_of_log["log"], "--order")
        self.refused_command(*words("olga"), *under, "o-0123456789abcdef")
        order = self.order_for("--record", self.entry, records_max=4)
        self.refused_command(*words("olga"), *under, order, says=b"log")
        self.run_log()
        self.refused_command(*words("rolf"), *under, order)
        roster = self.read("roster", "show")[0]["roster"]
        self.refused_command(*words("olga"), *under, order, "--roster", "0" * 64, says=b"another roster")
        shown = list(words("olga"))
        shown[1] = "none"
        self.write("none/manifest", "not a log of observations")
        self.refused_command(*shown, *under, "o-0123456789abcdef", says=b"the order does not allow this")
        self.refused_command(*shown, *under, order, "--roster", "0" * 64, says=b"roster is not the one", code=5)
        rows = self.run_seawall(*words("olga"), *under, order, "--roster", roster, code=1).stdout.splitlines()
        self.assertEqual({json.loads(row)["place"] for row in rows}, {"post-1", "post-2", "post-3"})
        self.refused_command(*words("olga"), *under, order)  # Three more are too many.
        self.refused_command("lists", "export", "known", "--store", self.store, "--as", "olga", says=b"--order")
        self.refused_command("lists", "follow", "index", "--store", self.store, "--observe", "state/observations",
                             "--retro", "retro", "--once", says=b"retro-match")

    def test_the_folder_knows_that_it_is_under_orders_whatever_store_is_named(self):
        self.begin()
        self.stop()
        other = f"sqlite:{self.folder}/other.db"
        self.run_seawall("db", "create", "--store", other, code=0)
        self.store, kept = other, self.store
        self.make_list(rows=f"id,md5\na,{MD5}\n")
        self.store = kept
        words = ["retro-match", "state/observations", "--store", other, "--entry", self.entry, "--tenant", "default",
                 "--as", "olga", "--json"]
        self.refused_command(*words, says=b"under orders", code=2)
        self.refused_command("lists", "follow", "index", "--store", other, "--observe", "state/observations", "--retro",
                             "retro", "--once", says=b"under orders")
        order = self.order_for("--record", self.entry)
        self.run_log()
        under = ("--log", "log", "--log-key", self.keys_of_log["log"], "--order", order)
        rows = self.run_seawall(*words, "--book", "book", *under, code=1).stdout.splitlines()
        self.assertEqual({json.loads(row)["place"] for row in rows}, {"post-1", "post-2", "post-3"})
        self.refused_command(*words, "--book", "another", *under, code=3, says=b"")
        self.refused_command(*words, "--book", "book", "--roster", "0" * 64, *under, says=b"another roster")
        (self.folder / "state/observations/under-orders").write_text("none\n")
        self.refused_command(*words, says=b"under orders", code=5)

    def test_a_backup_of_everything_needs_an_order_too(self):
        words = ("db", "backup", "lists.backup", "--store", self.store, "--as", "olga")
        self.refused_command(*words, says=b"--order")
        wish = self.wish_for("--selector", "db:backup", records_max=1)
        wish[wish.index("--tenant") + 1] = "all"
        wish[wish.index("--action") + 1] = "cross-tenant-read"
        order = self.granted(wish)
        self.run_log()
        under = ("--book", "book", "--log", "log", "--log-key", self.keys_of_log["log"], "--order", order)
        self.run_seawall(*words, *under, code=0)
        self.refused_command(*words[:2], "second.backup", *words[3:], *under, says=b"allows no more records")
        self.assertFalse((self.folder / "second.backup").exists())

    def test_refusals_are_logged_and_counted_by_who_asked_and_why(self):
        self.begin()
        self.no(None, "order")
        self.no("o-0123456789abcdef", "order")
        done = self.run_seawall("retro-match", "state/observations", "--store", self.store, "--entry", self.entry,
                                "--tenant", "default", "--as", "olga", "--book", "book", "--log", "log", "--log-key",
                                self.keys_of_log["log"], "--order", "o-0123456789abcdef")
        self.assertNotEqual(done.returncode, 0)
        told = [line for line in self.log_lines() if line["event"] == "order-refused"]
        self.assertEqual([line["message"] for line in told], ["none-named", "unknown"])
        self.assertEqual({frozenset(line) for line in told}, {frozenset(("time", "level", "event", "message"))})
        key = self.key("metrics", ("metrics",))

        def counts():
            text = self.ask("GET", "/metrics", key=key).body.decode()
            return [line.split("{", 1)[1] for line in text.splitlines()
                    if line.startswith("seawall_order_refusals_total") and not line.endswith(" 0")]
        self.eventually(lambda: counts() == ['by="service",reason="none-named"} 1', 'by="service",reason="unknown"} 1',
                                             'by="command",reason="unknown"} 1'], counts)

    def test_an_export_counts_what_it_writes(self):
        self.make_list("big", "id,md5\n" + "".join(f"k{i},{i + 1:032x}\n" for i in range(4)))
        shown = json.loads(self.run_seawall("lists", "version", "--store", self.store, "--json", code=0).stdout)
        back = json.loads(self.lists("take-back", "2", "--why", "test", "--json").stdout.splitlines()[-1])
        self.assertNotIn("request", back, "a bank of one person")
        self.run_log()
        wish = self.wish_for("--selector", "bank:default/big", records_max=1)
        wish[wish.index("--action") + 1] = "export"
        order = self.granted(wish)
        self.run_log()
        words = ("lists", "export", "big", "--store", self.store, "--as", "olga", "--book", "book", "--log", "log",
                 "--log-key", self.keys_of_log["log"], "--order", order)
        self.refused_command(*words, "--at", str(shown["version"]), says=b"without --at and --after")
        self.refused_command(*words, "--after", "0", says=b"without --at and --after")
        self.refused_command(*words, "--tombstones", says=b"the order does not allow this")
        self.assertEqual(len(self.run_seawall(*words, code=0).stdout.splitlines()), 1, "the row of names alone")

    def trace(self, text, *words):
        """The uses whose mark a copy bears; exit code 1 where there is one."""
        self.write("found.copy", text)
        done = self.run_seawall("lists", "trace", "found.copy", "--book", "book", *words)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(done.returncode, 1 if found else 0, done.stderr)
        return found

    def test_a_copy_of_a_list_tells_whose_it_was(self):
        rows = [f"k{i},{hashlib.md5(b'%d' % i).hexdigest()}\n" for i in range(150)]
        self.make_list("wide", "id,md5\n" + "".join(rows))
        self.run_log()
        wish = self.wish_for("--selector", "bank:default/wide", records_max=450)
        wish[wish.index("--action") + 1] = "export"
        order = self.granted(wish)
        self.run_log()
        words = ("lists", "export", "wide", "--store", self.store, "--as", "olga", "--book", "book", "--log", "log",
                 "--log-key", self.keys_of_log["log"], "--order", order)
        copies = [self.run_seawall(*words, "--format", name, code=0).stdout.decode() for name in ("csv", "csv", "ndjson")]
        self.run_log()
        self.assertEqual(*(sorted(copy.splitlines()) for copy in copies[:2]), "the same entries")
        self.assertNotEqual(copies[0], copies[1], "in another order")
        found = [self.trace(copies[0]), self.trace(copies[1]), self.trace(copies[2], "--format", "ndjson")]
        self.assertEqual([(len(one), one[0]["order"], one[0]["record"]["by"]) for one in found], [(1, order, "olga")] * 3)
        self.assertEqual(len({one[0]["use"] for one in found}), 3)
        self.assertTrue(all(isinstance(one[0]["leaf"], int) for one in found), "its place in the log")
        head, *lines = copies[0].splitlines(keepends=True)
        self.assertEqual(self.trace("".join([head, *lines[70:100]]))[0]["use"], found[0][0]["use"], "a part of it")
        self.assertEqual(self.trace("".join([head, *(line for i, line in enumerate(lines) if i % 3), *rows[:9]]))[0]["use"],
                         found[0][0]["use"], "some taken out, others put in")
        self.assertEqual(self.trace("".join([head, *sorted(lines)])), [], "sorted")
        self.assertEqual(self.trace("".join([head, *lines[:10]])), [], "too few")

    def test_every_operation_that_takes_an_order_refuses_without_one(self):
        import yaml
        document = yaml.safe_load((Path(__file__).resolve().parents[2] / "docs/openapi.yaml").read_text())
        gated = [(method, path) for path, methods in document["paths"].items() for method, one in methods.items()
                 if {"$ref": "#/components/parameters/Order"} in (one.get("parameters", []) if isinstance(one, dict) else [])]
        self.assertEqual(gated, [("get", "/v1/observations")], "a new one needs its question here")
        self.begin()
        self.no(None, "order")

    def test_wrong_questions_are_told_where(self):
        self.begin()
        order = self.order_for("--record", self.entry)
        for what in ("", "entry=x", "release=0", f"entry={self.entry}&release=1", "entry=1.0&place=post-1",
                     f"entry={self.entry}&after=x", f"entry={self.entry}&radius=65", f"entry={self.entry}&radius=-1",
                     "release=1&radius=3", f"entry={self.entry}&days=0"):
            self.refused(self.look(order, what or "limit=1"), 400, "invalid-input")
        self.refused(self.look(order, "entry=77.0"), 404, "not-found")


if __name__ == "__main__":
    main()
