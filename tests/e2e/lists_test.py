"""Lists with two people through the real program: import, agree, match, export, history."""
import json
import os
import random
import subprocess
import unittest

from support import SEAWALL, SeawallTest, main

RANDOM = random.Random(3)


def balanced():
    bits = [1] * 128 + [0] * 128
    RANDOM.shuffle(bits)
    return "%064x" % int("".join(map(str, bits)), 2)


@unittest.skipUnless(os.getuid() == 0, "acts as two people, which only the superuser may")
class Lists(SeawallTest):
    def setUp(self):
        super().setUp()
        self.store = ("--store", "sqlite:lists.db")
        self.hashes = {f"pic{i}": balanced() for i in range(40)}
        self.run_seawall("db", "create", *self.store, code=0)
        self.lists("create", "known")

    def lists(self, command, *words, who="ann", code=0, stdin=b""):
        done = self.run_seawall("lists", command, *words, *self.store, "--as", who, "--why", "test", "--json",
                                stdin=stdin, code=code)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def read(self, command, *words, code=0, stdin=b""):
        done = self.run_seawall("lists", command, *words, *self.store, "--json", stdin=stdin, code=code)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def csv(self, names):
        return ("id,pdq\n" + "".join(f"{name},{self.hashes[name]}\n" for name in names)).encode()

    def import_and_activate(self):
        release, = self.lists("import", "known", "-", stdin=self.csv(self.hashes))
        number = str(release["release"])
        self.lists("approve", number, who="bob")
        self.lists("activate", number)
        return number

    def verdicts(self, names, code):
        return {row["id"]: row for row in self.read("match", "index", "-", stdin=self.csv(names), code=code)}

    def test_changes_nothing_in_a_dry_run(self):
        before, = self.read("version")
        report, = self.lists("import", "known", "-", "--dry-run", "--source", "csv", stdin=self.csv(self.hashes))
        self.assertEqual((report["added"], report["dry_run"]), (40, True))
        self.assertEqual(self.read("releases"), [])
        after, = self.read("version")
        self.assertLessEqual(after["version"] - before["version"], 1)  # At most the source is new.

    def test_enforces_only_what_a_second_person_has_agreed_to(self):
        release, = self.lists("import", "known", "-", stdin=self.csv(self.hashes))
        number = str(release["release"])
        self.assertEqual(self.verdicts(["pic3"], code=0)["pic3"]["matches"], [])
        self.lists("stage", number)
        staged = self.verdicts(["pic3"], code=0)["pic3"]
        self.assertEqual((staged["verdict"], staged["matches"][0]["standing"]), ("allow", "staged"))
        self.lists("activate", number, code=6)
        self.lists("approve", number, code=6)
        self.lists("approve", number, who=" A N N", code=6)
        self.lists("approve", number, who="bob")
        self.lists("activate", number)
        active = self.verdicts(["pic3"], code=1)["pic3"]
        self.assertEqual((active["verdict"], active["matches"][0]["distance"]), ("block", 0))
        self.assertEqual(active["list_version"], self.read("version")[0]["version"])

    def test_quarantines_at_once_and_ends_that_with_two_people(self):
        number = self.import_and_activate()
        entry = self.verdicts(["pic7"], code=1)["pic7"]["matches"][0]["entry"]
        self.assertTrue(entry.startswith(number + "."))
        self.lists("quarantine", entry)
        self.assertEqual(self.verdicts(["pic7"], code=0)["pic7"]["verdict"], "allow")
        request, = self.lists("end-quarantine", entry)
        self.assertFalse(request["done"])
        self.lists("approve-request", str(request["request"]), code=6)
        self.lists("approve-request", str(request["request"]), who="bob")
        self.assertEqual(self.verdicts(["pic7"], code=1)["pic7"]["verdict"], "block")
        history = self.read("history", entry)
        self.assertIn("quarantined", [row["what"] for row in history])
        self.assertTrue(all(row["by"]["why"] for row in history))

    def test_withdraws_what_a_whole_list_no_longer_has(self):
        self.import_and_activate()
        fewer = [name for name in self.hashes if name != "pic0"]
        release, = self.lists("import", "known", "-", "--snapshot", stdin=self.csv(fewer))
        self.assertEqual((release["withdrawn"], release["added"], release["unchanged"]), (1, 0, 39))
        self.lists("approve", str(release["release"]), who="bob")
        self.lists("activate", str(release["release"]))
        found = self.verdicts(["pic0", "pic1"], code=1)
        self.assertEqual((found["pic0"]["verdict"], found["pic1"]["verdict"]), ("allow", "block"))

    def test_shows_any_past_version_and_exports_what_it_imports(self):
        self.import_and_activate()
        version = self.read("version")[0]["version"]
        entry = self.verdicts(["pic5"], code=1)["pic5"]["matches"][0]["entry"]
        release, = self.lists("withdraw", entry)
        self.lists("approve", str(release["release"]), who="bob")
        self.lists("activate", str(release["release"]))

        def export(*words):
            text = self.run_seawall("lists", "export", "known", *self.store, *words, code=0).stdout.decode()
            return {row.split(",")[0] for row in text.splitlines()[1:]}
        self.assertEqual(export("--at", str(version)), set(self.hashes))
        self.assertEqual(export(), set(self.hashes) - {"pic5"})

    def test_says_what_is_wrong_with_bad_input(self):
        for words, code, text in (
                (("approve", "1"), 3, "no"), (("approve", "x"), 3, "number"), (("entry", "5"), 3, "12.345"),
                (("import", "unknown", "-"), 3, "default/known"),
                (("import", "known", "-", "--format", "nothing"), 3, "vics-2.0"),
                (("import", "known", "-"), 3, "empty")):
            done = self.run_seawall("lists", *words, *self.store,
                                    *(("--why", "test") if words[0] != "entry" else ()), code=code)
            self.assertIn(text, done.stderr.decode())
        done = self.run_seawall("lists", "create", "other", *self.store, code=3)
        self.assertIn("--why", done.stderr.decode())
        done = self.run_seawall("lists", "banks", "--store", "postgresql://ann:secret@host/db", code=3)
        self.assertNotIn("secret", done.stderr.decode())
        done = self.run_seawall("lists", "banks", "--store", "sqlite:none.db", code=3)
        self.assertIn("db create", done.stderr.decode())

    def test_follows_from_where_it_was_and_shows_the_stores_chain(self):
        self.import_and_activate()
        first, = self.read("follow", "index", "--once")
        self.lists("create", "more")
        second, = self.read("follow", "index", "--once")
        store, = self.read("version")
        self.assertEqual((second["version"], second["chain"]), (store["version"], store["chain"]))
        self.assertLess(first["version"], second["version"])

    def test_restores_a_backup_into_an_equal_store(self):
        self.import_and_activate()
        self.run_seawall("db", "backup", "lists.backup", *self.store, code=0)
        self.run_seawall("db", "backup", "lists.backup", *self.store, code=6)
        self.run_seawall("db", "restore", "lists.backup", "--store", "sqlite:new.db", code=0)
        self.run_seawall("db", "restore", "lists.backup", *self.store, code=6)
        new = self.run_seawall("lists", "version", "--store", "sqlite:new.db", "--json", code=0).stdout
        self.assertEqual(json.loads(new), self.read("version")[0])
        check = self.run_seawall("db", "check", "--store", "sqlite:new.db", "--json", code=0).stdout
        self.assertEqual((json.loads(check)["entries"], json.loads(check)["problem_count"]), (40, 0))
        (self.folder / "lists.backup").write_bytes((self.folder / "lists.backup").read_bytes()[:-40])
        self.run_seawall("db", "restore", "lists.backup", "--store", "sqlite:third.db", code=5)

    def test_refuses_to_act_as_another_without_being_the_superuser(self):
        program = os.path.realpath(SEAWALL)
        done = subprocess.run(["setpriv", "--reuid", "65534", "--clear-groups", program, "lists", "create", "x",
                               "--as", "ann", "--why", "test", "--store", "sqlite:lists.db"],
                              capture_output=True, timeout=30, check=False)
        if b"Permission denied" in done.stderr:
            self.skipTest("the program lies where another user cannot run it")
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"superuser", done.stderr)


if __name__ == "__main__":
    main()
