"""The key service with its root key in a token: SoftHSM, by PKCS #11. The token goes away and comes back."""
import base64
import json
import os
import subprocess

from keys_support import KeyService, Log, make_known
from orders_test import GROUNDS, OrdersTest
from support import main

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "1234"


class TokenTest(OrdersTest):
    def setUp(self):
        super().setUp()
        (self.folder / "tokens").mkdir()
        (self.folder / "softhsm.conf").write_text(f"directories.tokendir = {self.folder}/tokens\n")
        os.environ["SOFTHSM2_CONF"] = str(self.folder / "softhsm.conf")
        self.addCleanup(os.environ.pop, "SOFTHSM2_CONF")
        self.softhsm("--init-token", "--free", "--label", "seawall", "--so-pin", "5678", "--pin", PIN)
        self.secret("pin", f"pin = {PIN}\n")

    def softhsm(self, *words):
        subprocess.run(["softhsm2-util", *words], check=True, stdout=subprocess.DEVNULL)

    def secret(self, name, text):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o600)

    def token(self, key="root", **changes):
        words = {"pkcs11": MODULE, "token": "seawall", "key": key, "pin-file": "pin", **changes}
        return tuple(word for name, value in words.items() for word in ("--" + name, value))

    def serve(self, root):
        service = KeyService(self, Log(self.random), root)
        (self.folder / "book").symlink_to("vault/orders")
        self.vault = ("--vault", f"unix:{self.folder}/keys.sock")
        self.ceremony()
        make_known(self, self.vault)
        return service

    def record(self, name, code=0):
        made = self.run_seawall("keys", "record", name, "--tenant", "forum", "--case", "case-12", *self.vault, code=code)
        return json.loads(made.stdout) if made.stdout else made.stderr.decode()

    def unwrap(self, made, order, code=0):
        done = self.run_seawall("keys", "unwrap", "rec-1", "--tenant", "forum", "--case", "case-12", "--wrapped",
                                made["wrapped"], "--order", order, "--proof", "order.tlog-proof", "--action",
                                "disclosure", "--purpose", "reply to the court", "--key", "amy.key", "--password-file",
                                "pass", *self.vault, code=code)
        return json.loads(done.stdout) if done.stdout else done.stderr.decode()

    def order(self, service, *more):
        order = self.issued(*(more or ("--records-max", "2")))
        service.settle()
        entry = service.ok("GET", "/grants/" + order)["entry"]
        self.write("order.tlog-proof", service.log.proofs([entry])[0])
        return order

    def test_keep_the_root_key_in_a_token(self):
        service = self.serve(self.token())
        made = self.record("rec-1")
        order = self.order(service)
        self.assertEqual(self.unwrap(made, order)["keys"], [made["key"]])
        service.kill()
        service.start()
        self.assertEqual(self.unwrap(made, order)["keys"], [made["key"]])
        everywhere = b"".join(one.read_bytes() for one in (self.folder / "vault").rglob("*") if one.is_file())
        self.assertNotIn(base64.b64decode(made["key"]), everywhere)

    def test_give_nothing_while_the_token_is_away_and_go_on_when_it_is_back(self):
        service = self.serve(self.token())
        made = self.record("rec-1")
        order = self.order(service)
        (self.folder / "tokens").rename(self.folder / "away")
        (self.folder / "tokens").mkdir()
        self.assertIn("token", self.record("rec-2", code=4))
        self.assertIn("token", self.unwrap(made, order, code=4))
        (self.folder / "tokens").rmdir()
        (self.folder / "away").rename(self.folder / "tokens")
        self.assertEqual(self.unwrap(made, order)["keys"], [made["key"]])
        self.record("rec-2")

    def by_two(self, *words):
        for who, more in (("ann", (*words, "--grounds", GROUNDS, "--with", "bob", "--out", "said.json")),
                          ("bob", ("keys", "sign", "said.json"))):
            done = self.run_seawall(*more, "--key", who + ".key", "--password-file", "pass", *self.vault, code=0)
        (self.folder / "said.json").unlink()
        return json.loads(done.stdout)

    def status(self):
        return json.loads(self.run_seawall("keys", "status", *self.vault, code=0).stdout.splitlines()[0])

    def new_root(self, *place):
        return self.run_seawall("keys", "root-new", *place, code=0).stdout.decode().strip()

    def reroot(self, service, before, after, name):
        """Started with both, told by two custodians, killed, and started with the new one alone."""
        service.stop()
        service.root = (*before, *("--next-" + word[2:] if word.startswith("--") else word for word in after))
        service.start()
        self.assertEqual(self.status()["next-root"], name)
        receipt = self.by_two("keys", "reroot", name)
        self.assertEqual((receipt["done"], receipt["records"]), ("key-reroot", 1))
        self.assertEqual(self.status()["root"], name)
        service.kill()
        service.start()
        self.assertEqual(self.status()["root"], name)
        service.stop()
        refused = self.run_seawall("keys", "serve", "vault", *before, "--log", service.log.key.vkey, "--listen",
                                   f"unix:{self.folder}/keys.sock", code=5)
        self.assertIn("does not open", refused.stderr.decode())
        service.root = after
        service.start()

    def test_move_the_root_key_from_a_file_into_a_token_to_another_and_back(self):
        one = ("--root-key", "root.key")
        service = self.serve(one)
        made = self.record("rec-1")
        order = self.order(service, "--records-max", "4")
        places = [one, self.token("root"), self.token("root-2"), ("--root-key", "root-2.key")]
        for before, after in zip(places, places[1:]):
            self.reroot(service, before, after, self.new_root(*after))
            self.assertEqual(self.unwrap(made, order)["keys"], [made["key"]])
            service.settle()

    def test_refuse_to_start_without_its_token_its_pin_or_its_key(self):
        self.serve(self.token()).stop()
        log = ("--log", Log(self.random).key.vkey, "--listen", f"unix:{self.folder}/other.sock")

        def start(*root, code):
            done = self.run_seawall("keys", "serve", "vault", *root, *log, code=code)
            return done.stderr.decode()

        self.assertIn("no token of that label", start(*self.token(token="none"), code=3))
        self.assertIn("no key of that label", start(*self.token(key="none"), code=3))
        self.assertIn("no library that loads", start(*self.token(pkcs11="/none.so"), code=3))
        self.assertIn("whole path", start(*self.token(pkcs11="none.so"), code=3))
        self.secret("wrong", "pin = 4321\n")
        said = start(*self.token(**{"pin-file": "wrong"}), code=3)
        self.assertIn("refuses the PIN", said)
        self.assertNotIn("4321", said)
        (self.folder / "wrong").chmod(0o644)
        start(*self.token(**{"pin-file": "wrong"}), code=3)
        start("--pkcs11", MODULE, "--token", "seawall", code=3)
        start("--root-key", "root.key", *self.token(), code=3)
        start(code=3)
        self.run_seawall("keys", "vault-init", "other", *self.token(), code=6)
        self.run_seawall("keys", "vault-init", "other", *self.token(key="another"), code=0)
        start(*self.token(key="another"), code=5)


if __name__ == "__main__":
    main()
