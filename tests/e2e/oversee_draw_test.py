"""A draw that nobody steers, of a log kept by the real programs, made again from the published log by the rule in the
docs written anew here."""
import base64
import hashlib
import json
import unittest

from log_support import LogTest, ORIGIN, leaf_hash, tree_hash
from support import main


def drawn(seed, count, wanted):
    """The textbook's shuffle, with numbers of SHA-256 in counter mode."""
    def words():
        block = 0
        while True:
            digest = hashlib.sha256(seed + block.to_bytes(8, "big")).digest()
            yield from (int.from_bytes(digest[i:i + 8], "big") for i in range(0, 32, 8))
            block += 1
    numbers, row = words(), list(range(count))
    for i in range(wanted):
        left = count - i
        number = next(word for word in numbers if word < 2 ** 64 // left * left)
        row[i], row[i + number % left] = row[i + number % left], row[i]
    return sorted(row[:wanted])


class OverseeDraw(LogTest):
    def setUp(self):
        super().setUp()
        self.witness("w1")
        self.trust = ("--log", self.keys["log"], "--witness", self.keys["w1"])
        self.lists("create", "known")
        self.grow(8)

    def grow(self, times):
        for _ in range(times):
            self.propose(1)
        self.run_seawall(*self.log_words("--once", *self.with_witnesses(1, "w1")), code=0)

    def draw(self, command, *words, code=0):
        return self.run_seawall("oversee", f"draw-{command}", "log", *self.trust, *words, code=code)

    def frame(self, code=0):
        return self.draw("frame", "frame.json", "--kind", "release", "--from", "1", "--wanted", "3", "--after", "4",
                         "--json", code=code)

    def test_is_decided_by_a_later_log_and_made_again_by_anybody(self):
        told = json.loads(self.frame().stdout)
        text = (self.folder / "frame.json").read_bytes().rstrip(b"\n")
        self.assertEqual(told["frame"], hashlib.sha256(b"seawall/draw-frame/v1\n" + text).hexdigest())
        self.assertEqual((self.folder / "frame.json.secret").stat().st_mode & 0o777, 0o600)
        self.frame(code=6)  # Never over a frame that is there.
        self.assertIn(b"decided at", self.draw("make", "frame.json", "draw.json", code=4).stderr)

        self.grow(6)
        self.draw("make", "frame.json", "draw.json")
        self.grow(1)
        verified = json.loads(self.draw("verify", "draw.json", "--json").stdout)
        self.assertEqual(verified["drawn"], self.by_hand(json.loads(text)))
        self.expect_changes_are_found()

    def by_hand(self, frame):
        entries = self.entries(self.checkpoint()[0])
        wanted = [i for i, entry in enumerate(entries[:frame["size"]]) if i >= 1 and json.loads(entry)["k"] == "release"]
        self.assertEqual(len(wanted), frame["count"])
        root = base64.b64encode(tree_hash([leaf_hash(entry) for entry in entries[:frame["seed_size"]]])).decode()
        text = json.dumps(frame, sort_keys=True, separators=(",", ":")).encode()
        secret = bytes.fromhex((self.folder / "frame.json.secret").read_text().strip())
        seed = hashlib.sha256(b"seawall/draw/v1\n" + hashlib.sha256(b"seawall/draw-frame/v1\n" + text).digest() + secret +
                              f"{ORIGIN}\n{frame['seed_size']}\n{root}\n".encode()).digest()
        return [wanted[place] for place in drawn(seed, len(wanted), frame["wanted"])]

    def expect_changes_are_found(self):
        draw = json.loads((self.folder / "draw.json").read_text())
        for change in ({"secret": base64.b64encode(bytes(32)).decode()}, {"seed_root": draw["frame"]["root"]},
                       {"frame": {**draw["frame"], "count": draw["frame"]["count"] - 1}},
                       {"frame": {**draw["frame"], "seed_size": draw["frame"]["seed_size"] + 1}}):
            (self.folder / "changed.json").write_text(json.dumps({**draw, **change}))
            self.assertNotEqual(self.draw("verify", "changed.json", code=None).returncode, 0, change)

    def test_says_what_cannot_be_drawn(self):
        few = self.draw("frame", "few.json", "--kind", "order", "--wanted", "1", code=3).stderr.decode()
        self.assertIn("there are only 0 such entries", few)
        self.assertFalse((self.folder / "few.json.secret").exists())


if __name__ == "__main__":
    main()
