"""Our logs, verified by the Go checksum database's packages sumdb/note and sumdb/tlog, as Debian ships them."""
import os
import shutil
import subprocess

from independent_support import HERE, IndependentTest

from support import main

# Debian's own compiler beside Debian's packages; another one reads them as well.
GO = "/usr/bin/go" if os.access("/usr/bin/go", os.X_OK) else "go"


class Go(IndependentTest):
    CHANGES = 90

    def setUp(self):
        super().setUp()
        self.program = self.folder / "verify_log"
        env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "",
               "GOCACHE": str(self.folder / "go-cache"), "GOTOOLCHAIN": "local"}
        done = subprocess.run([GO, "build", "-o", self.program, HERE / "verify_log.go"], env=env, capture_output=True,
                              timeout=300)
        self.assertEqual(done.returncode, 0, "tools/packages/test installs golang-go and golang-golang-x-mod-dev: "
                         + done.stderr.decode())

    def verify(self, *words, folder="log"):
        return subprocess.run([self.program, self.keys["log"], self.folder / folder, *words], capture_output=True,
                              timeout=120)

    def test_it_verifies_every_entry_every_checkpoint_their_growth_and_our_proofs(self):
        done = self.verify(*self.checkpoints, "--", *self.proofs.values())
        self.assertEqual(done.returncode, 0, done.stderr)
        sizes = [int(path.read_text().split("\n")[1]) for path in self.checkpoints]
        self.assertGreater(sizes[-1], 256, "more than one tile")
        self.assertEqual(done.stdout.decode().splitlines(), [f"checkpoint {size}" for size in sizes]
                         + [f"proof {i + 1}" for i in range(len(self.proofs))])
        # And it refuses what we refuse.
        for words in ([self.damaged(self.checkpoints[1], b"\n", b"x\n")], [self.checkpoints[-1], self.checkpoints[0]],
                      *(["--", proof] for proof in self.damaged_proofs())):
            self.assertNotEqual(self.verify(*words).returncode, 0, words)
        for proof in self.damaged_proofs():
            self.assertIn(self.run_seawall("audit", "check", proof, *self.trust).returncode, (3, 5))
        shutil.copytree(self.folder / "log", self.folder / "copy")
        bundle = self.folder / "copy/tile/entries/000"
        bundle.write_bytes(self.damaged(bundle, b'"n":', b'"N":').read_bytes())
        self.assertNotEqual(self.verify(self.checkpoints[-1], folder="copy").returncode, 0)
        self.run_seawall("audit", "verify", "copy", *self.trust, code=5)


if __name__ == "__main__":
    main()
