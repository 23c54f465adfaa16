"""Keys and accounts through the real program: who may use the service, set up on the machine itself."""
import json
import os
import re
import stat
import unittest
from datetime import datetime, timedelta, timezone

from support import SeawallTest, main

KEY = re.compile(r"^swk_([a-z2-7]{16})_[a-z2-7]{59}$")


class AccessTest(SeawallTest):
    def setUp(self):
        super().setUp()
        self.store = ("--store", "sqlite:lists.db")
        self.key_file = ("--access-key", "access.key")
        self.run_seawall("db", "create", *self.store, code=0)
        self.run_seawall("access", "init", "access.key", code=0)

    def seawall(self, *words, code=0, env=None, stdin=b""):
        return self.run_seawall(*words, *self.store, code=code, stdin=stdin,
                                env={"SEAWALL_ACCESS_KEY": "", **(env or {})})

    def refused(self, *words, code=3, says, **named):
        done = self.seawall(*words, code=code, **named)
        self.assertIn(says, done.stderr.decode())
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()

    def create(self, name, *words, scopes=("match",), code=0):
        wanted = [word for scope in scopes for word in ("--scope", scope)]
        return self.seawall("keys", "create", name, *wanted, *self.key_file, "--why", "test", *words, code=code)

    def made(self, name, *words, **named):
        return json.loads(self.create(name, *words, "--json", **named).stdout)

    def stored_bytes(self):
        return b"".join(path.read_bytes() for path in self.folder.glob("lists.db*"))


class AccessInit(AccessTest):
    def test_makes_a_key_that_its_owner_alone_may_read(self):
        path = self.folder / "access.key"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        old = os.umask(0)
        try:
            self.run_seawall("access", "init", "open.key", code=0)
        finally:
            os.umask(old)
        self.assertEqual(stat.S_IMODE((self.folder / "open.key").stat().st_mode), 0o600)
        values = [re.search(r"^access_key = (\S+)$", (self.folder / name).read_text(), re.MULTILINE)[1]
                  for name in ("access.key", "open.key")]
        self.assertNotEqual(*values)
        done = self.run_seawall("access", "init", "third.key", code=0)
        self.assertEqual(done.stdout, b"")
        key = re.search(r"^access_key = (\S+)$", (self.folder / "third.key").read_text(), re.MULTILINE)[1]
        self.assertNotIn(key.encode(), done.stderr)

    def test_never_writes_over_a_file(self):
        before = (self.folder / "access.key").read_bytes()
        done = self.run_seawall("access", "init", "access.key", code=6)
        self.assertIn("stays as it is", done.stderr.decode())
        self.assertEqual((self.folder / "access.key").read_bytes(), before)
        os.symlink("elsewhere", self.folder / "link.key")
        self.run_seawall("access", "init", "link.key", code=6)
        self.assertFalse((self.folder / "elsewhere").exists())
        self.run_seawall("access", "init", "no/such/folder/access.key", code=4)

    def test_refuses_a_key_file_that_others_may_read_or_that_holds_none(self):
        words = ("keys", "create", "x", "--scope", "match", "--why", "test", "--access-key")
        (self.folder / "access.key").chmod(0o640)
        self.refused(*words, "access.key", says="chmod 600 access.key")
        self.refused(*words, "none.key", says="none.key")
        for text in ("access_key = " + "A" * 30, "nothing", "", "access_key = "):
            self.write("bad.key", text).chmod(0o600)
            told = self.refused(*words, "bad.key", says="")
            self.assertNotIn("A" * 30, told)
        self.refused("keys", "create", "x", "--scope", "match", "--why", "test", says="seawall access init")


class KeysMade(AccessTest):
    def test_prints_the_key_alone_and_keeps_no_secret(self):
        done = self.create("forum-upload")
        key = done.stdout.decode()
        self.assertRegex(key, r"\Aswk_[a-z2-7]{16}_[a-z2-7]{59}\n\Z")
        self.assertIn(KEY.match(key.strip())[1], done.stderr.decode())
        self.assertNotIn(key.strip().encode(), done.stderr)
        secret = key.strip().split("_")[2]
        self.assertNotIn(secret[:20].encode(), self.stored_bytes())
        self.assertIn(b"forum-upload", self.stored_bytes())

    def test_prints_one_object_with_all_that_was_asked_for(self):
        self.run_seawall("lists", "create", "known", "--why", "test", *self.store, code=0)
        end = (datetime.now(timezone.utc) + timedelta(days=30)).strftime("%Y-%m-%d")
        key = self.made("forum", "--bank", "known", "--network", "192.0.2.0/24", "--network", "2001:db8::1",
                        "--expires", end, "--rate", "1000/60", "--certificate-sha256", ":".join(["AB"] * 32),
                        scopes=("match", "entries:read"))
        self.assertRegex(key["secret"], KEY)
        self.assertRegex(key["webhook_secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertEqual((key["key"], key["name"], key["tenant"]),
                         (KEY.match(key["secret"])[1], "forum", "default"))
        self.assertEqual((key["scopes"], key["banks"]), (["match", "entries:read"], ["known"]))
        self.assertEqual(key["networks"], ["192.0.2.0/24", "2001:db8::1/128"])
        self.assertEqual((key["rate"], key["certificate_sha256"]), ({"items": 1000, "per_s": 60}, "ab" * 32))
        self.assertEqual((key["expires"], key["state"]), (end + "T00:00:00Z", "active"))
        self.assertEqual(key["created"]["why"], "test")
        for secret in (key["secret"].split("_")[2], key["webhook_secret"][6:]):
            self.assertNotIn(secret[:20].encode(), self.stored_bytes())

    def test_takes_the_access_key_from_the_environment(self):
        value = re.search(r"^access_key = (\S+)$", (self.folder / "access.key").read_text(), re.MULTILINE)[1]
        words = ("keys", "create", "--scope", "match", "--why", "test")
        self.seawall(*words, "a", env={"SEAWALL_ACCESS_KEY": value})
        told = self.refused(*words, "b", env={"SEAWALL_ACCESS_KEY": value[:-9]}, says="access_key")
        self.assertNotIn(value[:20], told)

    def test_gives_a_year_unless_told_otherwise_and_400_days_at_most(self):
        now = datetime.now(timezone.utc)
        for words, days in (((), 365), (("--days", "7"), 7)):
            end = datetime.fromisoformat(self.made("k" + str(days), *words)["expires"].replace("Z", "+00:00"))
            self.assertLess(abs(end - now - timedelta(days=days)), timedelta(minutes=5))
        for words in (("--expires", "2000-01-01"), ("--expires", "2999-01-01")):
            self.assertIn("400 days", self.create("x", *words, code=3).stderr.decode())
        self.assertIn("not both", self.create("x", "--days", "3", "--expires", "2027-01-31", code=3).stderr.decode())

    def test_says_what_is_wrong_with_bad_input(self):
        for words, says in ((("--rate", "10"), "ITEMS/SECONDS"), (("--rate", "0/5"), "10000000"),
                            (("--rate", "-1/5"), "ITEMS/SECONDS"), (("--network", "192.0.2.1/24"), "192.0.2.0/24"),
                            (("--network", "example.org"), "network"), (("--certificate-sha256", "ab"), "openssl"),
                            (("--bank", "unknown"), "seawall lists banks"), (("--expires", "soon"), "2027-01-31"),
                            (("--tenant", ""), "tenant"), (("--tenant", "x" * 201), "200 bytes")):
            done = self.create("bad", *words, code=3)
            self.assertIn(says, done.stderr.decode())
            self.assertEqual(done.stdout, b"")
        self.create("", code=3)
        self.create("n\u00e4me", code=3)
        self.assertIn("entries:read", self.create("x", scopes=(), code=3).stderr.decode())
        self.assertIn("entries:read", self.create("x", scopes=("all",), code=2).stderr.decode())
        self.create("one")
        self.assertEqual(self.create("ONE", code=6).stdout, b"")
        self.create("one", "--tenant", "other")
        done = self.seawall("keys", "create", "x", "--scope", "match", *self.key_file, code=3)
        self.assertIn("--why", done.stderr.decode())
        done = self.run_seawall("keys", "create", "x", "--scope", "match", *self.key_file, "--why", "test",
                                "--store", "sqlite:none.db", code=3)
        self.assertIn("db create", done.stderr.decode())


class KeysRotated(AccessTest):
    def test_gives_a_second_secret_and_lets_the_first_go_on_for_a_while(self):
        first = self.made("forum")
        done = self.seawall("keys", "rotate", "forum", *self.key_file, "--why", "yearly", "--json")
        second = json.loads(done.stdout)
        self.assertEqual((second["key"], second["state"]), (first["key"], "rotating"))
        self.assertNotEqual(second["secret"], first["secret"])
        self.assertNotEqual(second["webhook_secret"], first["webhook_secret"])
        third = json.loads(self.seawall("keys", "rotate", first["key"], *self.key_file, "--why", "leak",
                                        "--overlap", "0", "--days", "3", "--json").stdout)
        self.assertEqual((third["state"], "old_secret_until" in third), ("active", False))
        self.assertLess(third["expires"], second["expires"])
        plain = self.seawall("keys", "rotate", "forum", *self.key_file, "--why", "again").stdout.decode()
        self.assertRegex(plain, r"\Aswk_[a-z2-7]{16}_[a-z2-7]{59}\n\Z")

    def test_does_not_repeat_a_secret_that_is_given_for_a_name(self):
        key = self.made("forum")["secret"]
        told = self.refused("keys", "rotate", key, *self.key_file, "--why", "test", says="rotate the key")
        self.assertNotIn(key[25:45], told)
        self.refused("keys", "rotate", "nobody", *self.key_file, "--why", "test", says="keys list")
        self.refused("keys", "rotate", "forum", *self.key_file, "--why", "test", "--overlap", "2592001", code=2,
                     says="2592000")


if __name__ == "__main__":
    main()
