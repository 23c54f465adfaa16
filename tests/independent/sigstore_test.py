"""Our proofs and checkpoints, verified by npm's @sigstore/verify. Skipped (exit code 77) where there is no npm, or where
it cannot get the package: nothing of it lies in this repository."""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from independent_support import HERE, IndependentTest

from support import main

PACKAGE = "@sigstore/verify@3.1.1"
SKIPPED = 77
MODULES = None


def installed(folder):
    """Whether the package is now below `folder`; says why not."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            print(f"skipped: there is no {tool} on this machine")
            return False
    words = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1",
             "--fetch-timeout=30000", PACKAGE]
    try:
        done = subprocess.run(words, cwd=folder, capture_output=True, timeout=120)
    except subprocess.TimeoutExpired:
        print(f"skipped: npm did not bring {PACKAGE} in two minutes")
        return False
    if done.returncode != 0:
        print(f"skipped: npm cannot get {PACKAGE} here: {done.stderr.decode(errors='replace')[-300:]}")
    return done.returncode == 0


class Sigstore(IndependentTest):
    def verify(self, *proofs):
        return subprocess.run(["node", HERE / "verify_proofs.js", MODULES, self.keys["log"], *proofs],
                              capture_output=True, timeout=120)

    def test_it_verifies_our_proofs_and_checkpoints(self):
        done = self.verify(*self.proofs.values())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.decode().splitlines(), [f"{i} {self.size}" for i in self.proofs])
        # And it refuses what we refuse.
        for proof in self.damaged_proofs():
            self.assertNotEqual(self.verify(proof).returncode, 0, proof)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        if not installed(Path(place)):
            sys.exit(SKIPPED)
        MODULES = str(Path(place) / "node_modules")
        main()
