"""What overseers ask, through the real program."""
import json
import os
import unittest

from support import SeawallTest, main


@unittest.skipUnless(os.getuid() == 0, "acts as another account, which only the superuser may")
class Oversee(SeawallTest):
    def setUp(self):
        super().setUp()
        self.store = ("--store", "sqlite:lists.db")
        self.run_seawall("db", "create", *self.store, code=0)
        for ref in ("one", "two"):
            self.run_seawall("retention", "hold", ref, *self.store, "--as", "secretname", "--why", "a court asks", code=0)

    def ask(self, *words, code=0):
        return self.run_seawall("oversee", "query", *words, *self.store, code=code)

    def test_tells_what_happened_and_names_nobody(self):
        done = self.ask("kind=retention", "--json")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([(row["kind"], row["source"], row["leaf"]) for row in rows], [("retention", "retention", None)] * 2)
        self.assertNotIn(b"secretname", done.stdout + self.ask().stdout)
        self.assertIn("not in the log yet", self.ask("limit=1").stdout.decode())
        self.assertIn("1 more", self.ask("limit=1").stderr.decode())

    def test_counts(self):
        counted = [json.loads(line) for line in self.ask("by=kind", "waiting", "--json").stdout.splitlines()]
        self.assertEqual(counted, [{"group": "retention", "entries": 2, "things": 2}])
        self.assertIn(b"none", self.ask("kind=order").stderr)

    def test_says_which_word_it_does_not_understand(self):
        self.assertIn("word 2 of the query is not understood", self.ask("count", "who=ann", code=3).stderr.decode())


if __name__ == "__main__":
    main()
