"""Keys and accounts through the real program: who may use the service, set up on the machine itself."""
import base64
import hashlib
import hmac
import json
import os
import pty
import re
import signal
import stat
import struct
import subprocess
import termios
import time
import unittest
from datetime import datetime, timedelta, timezone

from support import SEAWALL, SeawallTest, main

KEY = re.compile(r"^swk_([a-z2-7]{16})_[a-z2-7]{59}$")

PASSWORD = "correct horse battery"


def totp(secret, at):
    """RFC 6238 with SHA-1, 30 seconds and six digits."""
    digest = hmac.new(secret, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000)


def read_all(master):
    """What a terminal was shown, once the program has ended."""
    shown = b""
    while True:
        try:
            shown += os.read(master, 4096)
        except OSError:
            return shown


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
        plain = base64.b32decode(secret[:52].upper() + "====")
        self.assertNotIn(plain, self.stored_bytes())
        self.assertIn(hashlib.sha256(plain).digest(), self.stored_bytes())  # All that is kept of it.
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


class KeysRead(AccessTest):
    def test_lists_and_shows_without_the_access_key_and_without_secrets(self):
        key = self.made("forum", scopes=("match", "status"))
        self.made("other", "--tenant", "elsewhere")
        row, = [json.loads(line) for line in self.seawall("keys", "list", "--json").stdout.splitlines()]
        self.assertEqual((row["key"], row["state"], row["last_used"]), (key["key"], "active", None))
        shown = json.loads(self.seawall("keys", "show", "forum", "--json").stdout)
        self.assertEqual([one["serial"] for one in shown["secrets"]], [1])
        words = self.seawall("keys", "show", key["key"]).stdout.decode()
        self.assertIn("match, status", words)
        self.assertIn("never", self.seawall("keys", "list").stdout.decode())
        for text in (json.dumps(row), json.dumps(shown), words):
            self.assertNotIn(key["secret"].split("_")[2][:20], text)
            self.assertNotIn("whsec_", text)

    def test_shows_the_secrets_of_webhooks_when_asked_and_only_with_the_access_key(self):
        first = self.made("forum")["webhook_secret"]
        ask = ("keys", "show", "forum", "--webhook-secrets")
        self.assertEqual(self.seawall(*ask, *self.key_file).stdout.decode(), first + "\n")
        second = json.loads(self.seawall("keys", "rotate", "forum", *self.key_file, "--why", "test",
                                         "--json").stdout)["webhook_secret"]
        shown = json.loads(self.seawall(*ask, *self.key_file, "--json").stdout)
        self.assertEqual(shown["webhook_secrets"], [second, first])
        self.refused(*ask, says="--access-key")

    def test_revokes_for_good_without_the_access_key(self):
        key = self.made("forum")
        self.refused("keys", "revoke", "forum", says="--why")
        gone = json.loads(self.seawall("keys", "revoke", "forum", "--why", "leak", "--json").stdout)
        self.assertEqual((gone["key"], gone["state"], gone["revoked"]["why"]), (key["key"], "revoked", "leak"))
        self.refused("keys", "revoke", key["key"], "--why", "again", code=6, says="")
        self.refused("keys", "rotate", "forum", *self.key_file, "--why", "again", code=6, says="")
        self.assertEqual(self.seawall("keys", "list").stdout, b"")
        self.assertIn("revoked", self.seawall("keys", "list", "--all").stdout.decode())
        self.assertEqual(self.seawall("keys", "show", "forum", "--webhook-secrets", *self.key_file).stdout, b"")
        self.refused("keys", "revoke", "forum", "--tenant", "elsewhere", "--why", "test", says="no key")


class Accounts(AccessTest):
    def setUp(self):
        super().setUp()
        self.write("password", PASSWORD + "\n").chmod(0o600)

    def account(self, command, *words, **named):
        return self.seawall("accounts", command, *words, "--why", "test", **named)

    def make(self, name, *words, **named):
        return self.account("create", name, *words, "--password-file", "password", **named)

    def accounts(self):
        lines = self.seawall("accounts", "list", "--json").stdout.splitlines()
        return {row["account"]: row for row in map(json.loads, lines)}

    def test_makes_the_first_an_administrator_and_the_others_what_they_are_for(self):
        done = self.make("x", "--role", "list_manager", code=3)
        self.assertIn("first account", done.stderr.decode())
        self.make("ann")
        self.assertIn("--role", self.make("bob", code=3).stderr.decode())
        bob = json.loads(self.make("bob", "--role", "viewer", "--role", "list_manager", "--tenant", "forum",
                                   "--json").stdout)
        self.assertEqual(bob["grants"], [{"tenant": "forum", "roles": ["viewer", "list_manager"]}])
        ann = self.accounts()["ann"]
        self.assertEqual(ann["grants"], [{"tenant": "default", "roles": ["administrator"]}])
        self.assertEqual((ann["active"], ann["second_factor"]), (True, False))
        self.assertIn("on the machine", ann["created"]["why"])
        self.assertEqual(self.make("A nn", "--role", "viewer", code=6).stdout, b"")
        self.create("bob", code=6)  # A key of a person's name.
        self.assertIn("overseer", self.make("eve", "--role", "overseer", "--role", "reviewer",
                                            code=3).stderr.decode())
        self.make("eve", "--role", "boss", code=2)
        self.assertNotIn(PASSWORD.encode(), self.stored_bytes())
        self.assertIn(b"$argon2id$", self.stored_bytes())

    def test_takes_a_password_only_from_where_nobody_else_reads_it(self):
        done = self.account("create", "ann", code=3)
        self.assertIn("--password-file", done.stderr.decode())
        for text, says in (("short", "12 to 1024"), ("x" * 1025, "12 to 1024"), ("x" * 9000, "too long"),
                           ("", "ended"), ("with\x07bells and whistles", "control"),
                           ("my name is ann-marie", "name")):
            self.write("bad", text).chmod(0o600)
            done = self.account("create", "ann-marie", "--password-file", "bad", code=3)
            self.assertIn(says, done.stderr.decode())
            if len(text) > 5:
                self.assertNotIn(text[:12], done.stderr.decode())
        (self.folder / "password").chmod(0o644)
        self.assertIn("chmod 600 password", self.make("ann", code=3).stderr.decode())
        self.assertIn("none", self.account("create", "ann", "--password-file", "none", code=3).stderr.decode())
        self.account("create", "ann", "--password", PASSWORD, code=2)
        self.assertEqual(self.accounts(), {})
        self.account("create", "ann", "--password-file", "-", stdin=PASSWORD.encode() + b"\r\nmore")
        self.assertEqual(list(self.accounts()), ["ann"])

    def talk(self, answers, *words):
        """Runs with a terminal as standard input; gives exit code, what stood on the terminal, standard error."""
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        process = subprocess.Popen([SEAWALL, *words, *self.store, "--why", "test"], stdin=slave,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        told = b""
        try:
            for question, answer in answers:
                while not told.endswith(question):
                    byte = os.read(process.stderr.fileno(), 1)
                    self.assertTrue(byte, told)
                    told += byte
                self.assertFalse(termios.tcgetattr(slave)[3] & termios.ECHO)
                if isinstance(answer, tuple):
                    for number in answer:
                        process.send_signal(number)
                else:
                    os.write(master, answer + b"\n")
            told += process.stderr.read()
            code = process.wait(timeout=60)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()
        echo = bool(termios.tcgetattr(slave)[3] & termios.ECHO)
        os.close(slave)
        seen = read_all(master)
        self.assertTrue(echo, "the terminal is left without echo")
        return code, seen, told

    def test_asks_twice_on_a_terminal_without_showing_what_is_typed(self):
        first, again = b"characters or more): ", b"Once more: "
        code, seen, told = self.talk([(first, PASSWORD.encode()), (again, b"something else")],
                                     "accounts", "create", "ann")
        self.assertEqual((code, self.accounts()), (3, {}))
        self.assertIn(b"differ", told)
        code, seen, told = self.talk([(first, (signal.SIGINT,))], "accounts", "create", "ann")
        self.assertEqual((code, self.accounts()), (130, {}))
        # Two at once: it stands still until both are there, so that the second comes before it could end by itself.
        at_once = (signal.SIGSTOP, signal.SIGINT, signal.SIGTERM, signal.SIGCONT)
        code, seen, told = self.talk([(first, at_once)], "accounts", "create", "ann")
        self.assertIn(code, (-signal.SIGINT, -signal.SIGTERM))
        code, seen, told = self.talk([(first, PASSWORD.encode()), (again, PASSWORD.encode())],
                                     "accounts", "create", "ann")
        self.assertEqual((code, list(self.accounts())), (0, ["ann"]), told)
        self.assertNotIn(PASSWORD.encode(), seen + told)

    def test_sets_roles_anew_in_one_tenant(self):
        self.make("ann")
        self.account("set-roles", "ann", "--role", "viewer", "--tenant", "forum")
        self.account("set-roles", "Ann", "--role", "reviewer", "--role", "viewer", "--tenant", "forum")
        self.assertEqual(self.accounts()["ann"]["grants"],
                         [{"tenant": "default", "roles": ["administrator"]},
                          {"tenant": "forum", "roles": ["viewer", "reviewer"]}])
        self.account("set-roles", "ann", "--none", "--tenant", "forum")
        self.assertEqual(len(self.accounts()["ann"]["grants"]), 1)
        self.account("set-roles", "ann", code=3)
        self.account("set-roles", "ann", "--none", "--role", "viewer", code=3)
        self.account("set-roles", "ann", "--role", "overseer", "--tenant", "forum", code=3)
        self.assertIn("accounts list", self.account("set-roles", "zoe", "--none", code=3).stderr.decode())

    def test_disables_enables_and_sets_passwords(self):
        self.make("ann")
        self.account("disable", "ann")
        self.assertFalse(self.accounts()["ann"]["active"])
        self.account("enable", "ann")
        self.assertTrue(self.accounts()["ann"]["active"])
        before = self.stored_bytes()
        self.account("password", "ann", "--password-file", "password")
        self.assertNotEqual(before, self.stored_bytes())
        for command in ("disable", "enable", "remove-second-factor"):
            self.account(command, "zoe", code=3)
        self.assertIn("--why", self.seawall("accounts", "disable", "ann", code=3).stderr.decode())

    def enrol(self, name, code_of, *words):
        """Enrols with the code that code_of(secret) gives; gives exit code, secret, recovery codes."""
        process = subprocess.Popen([SEAWALL, "accounts", "second-factor", name, *self.key_file, *self.store,
                                    "--why", "test", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, cwd=self.folder)
        address = process.stdout.readline().decode().strip()
        secret = base64.b32decode(re.search(r"secret=([A-Z2-7]+)", address)[1])
        out, told = process.communicate(code_of(secret).encode() + b"\n", timeout=60)
        self.assertNotIn(address.encode(), told)
        return process.returncode, secret, out.decode().splitlines(), told.decode()

    def test_puts_a_second_factor_in_force_once_a_code_was_shown(self):
        self.make("ann")
        code, _, out, told = self.enrol("ann", lambda secret: "%06d" % ((int(totp(secret, time.time())) + 1) % 10**6))
        self.assertEqual((code, out), (3, []))
        self.assertIn("code is wrong", told)
        self.assertFalse(self.accounts()["ann"]["second_factor"])
        code, secret, recoveries, told = self.enrol("ann", lambda secret: totp(secret, time.time()))
        self.assertEqual((code, len(set(recoveries))), (0, 10), told)
        for recovery in recoveries:
            self.assertRegex(recovery, r"^([a-z2-7]{4}-){3}[a-z2-7]{4}$")
        row = self.accounts()["ann"]
        self.assertEqual((row["second_factor"], row["recovery_codes"]), (True, 10))
        stored = self.stored_bytes()
        for plain in (secret, base64.b32encode(secret), base64.b32encode(secret).lower(), secret.hex().encode(),
                      base64.b64encode(secret), *(code.encode() for code in recoveries),
                      *(code.replace("-", "").encode() for code in recoveries)):
            self.assertNotIn(plain, stored)
        self.account("remove-second-factor", "ann")
        self.assertFalse(self.accounts()["ann"]["second_factor"])
        self.assertIn("no second factor", self.account("remove-second-factor", "ann", code=6).stderr.decode())
        self.refused("accounts", "second-factor", "ann", "--why", "test", says="--access-key")

    def test_draws_the_address_on_a_terminal_that_can_show_it(self):
        self.make("ann")
        for locale, drawn in (("C.UTF-8", True), ("C", False)):
            master, slave = pty.openpty()
            done = subprocess.run([SEAWALL, "accounts", "second-factor", "ann", *self.key_file, *self.store, "--why",
                                   "test"], input=b"000000\n", stdout=slave, stderr=subprocess.DEVNULL,
                                  cwd=self.folder, timeout=60, env={**os.environ, "LC_ALL": locale, "TERM": "xterm"})
            os.close(slave)
            shown = read_all(master).decode()
            os.close(master)
            self.assertIn("otpauth://totp/Seawall:ann?", shown)
            self.assertEqual("\u2580" in shown, drawn)

    def test_prints_objects_for_programs(self):
        self.make("ann")
        code, _, out, _ = self.enrol("ann", lambda secret: totp(secret, time.time()), "--json")
        self.assertEqual((code, len(json.loads(out[0])["recovery_codes"])), (0, 10))


if __name__ == "__main__":
    main()
