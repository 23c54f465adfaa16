"""A log made by the real programs, for verifiers that other people wrote."""
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "e2e")]

from log_support import LogTest  # noqa: E402


class IndependentTest(LogTest):
    """`self.checkpoints`: of each size that was published, in order; `self.proofs`: of some entries, by their index."""
    PUBLISHED = 3
    CHANGES = 4
    copies = 0

    def setUp(self):
        super().setUp()
        self.witness("w1")
        self.trust = ("--log", self.keys["log"], "--witness", self.keys["w1"])
        self.lists("create", "known")
        self.checkpoints = []
        for i in range(self.PUBLISHED):
            for _ in range(self.CHANGES):
                self.propose(1)
            self.run_seawall(*self.log_words(*self.with_witnesses(1, "w1"), "--once"), code=0)
            self.checkpoints.append(self.folder / f"checkpoint.{i}")
            shutil.copy(self.folder / "log/checkpoint", self.checkpoints[-1])
        self.size = self.checkpoint()[0]
        self.proofs = {}
        for index in range(0, self.size, max(1, self.size // 30)):
            self.proofs[index] = self.folder / f"{index}.tlog-proof"
            self.run_seawall("audit", "prove", "log", *self.trust, "--index", str(index), "--out", self.proofs[index],
                             code=0)

    def damaged(self, path, old, new):
        """A copy of a file with `old` once replaced."""
        whole = path.read_bytes()
        self.assertIn(old, whole)
        self.copies += 1
        return self.write(f"damaged-{self.copies}", whole.replace(old, new, 1))

    def damaged_proofs(self):
        """Proofs that nobody may take: of another index, another entry, another log, with a hash too many."""
        index, proof = list(self.proofs.items())[1]
        return [self.damaged(proof, old, new) for old, new in (
            (f"index {index}\n".encode(), f"index {index + 1}\n".encode()), (b"extra eyJ", b"extra eyK"),
            (b"\n\nlists", b"\n\nLists"), (b"=\n\n", b"=\n" + 43 * b"A" + b"=\n\n"))]
