"""A draw that nobody steers, of a log kept by the real programs, made again from the published log by the rule in the
docs written anew here."""
import base64
import hashlib
import json
import shutil

from log_support import LogTest, commitment, leaf_hash, tree_hash
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

    def grow(self, times=0):
        for _ in range(times):
            self.propose(1)
        self.run_seawall(*self.log_words("--once", "--overseer", "register", *self.with_witnesses(1, "w1")), code=0)

    def draw(self, command, *words, log="log", code=0):
        return self.run_seawall("oversee", f"draw-{command}", log, *self.trust, *words, code=code)

    def frame(self, name="frame.json", log="log", code=0):
        return self.draw("frame", name, "--kind", "release", "--from", "1", "--wanted", "3", "--json", log=log, code=code)

    def enter(self, name, *words, code=0):
        (self.folder / "register").mkdir(mode=0o700, exist_ok=True)
        return self.run_seawall("oversee", "draw-enter", name, "--book", "register", "--as", "secretname", "--why", "a sample",
                                *words, code=code)

    def verified(self, name="draw.json"):
        return json.loads(self.draw("verify", name, "--json").stdout)

    def test_is_decided_by_the_keepers_answer_and_made_again_by_anybody(self):
        told = json.loads(self.frame().stdout)
        text = (self.folder / "frame.json").read_bytes().rstrip(b"\n")
        self.assertEqual(told["frame"], hashlib.sha256(b"seawall/draw-frame/v2\n" + text).hexdigest())
        self.assertEqual((self.folder / "frame.json.secret").stat().st_mode & 0o777, 0o600)
        self.frame(code=6)  # Never over a frame that is there.
        self.assertIn(b"does not hold this frame", self.draw("make", "frame.json", "draw.json", code=4).stderr)

        self.enter("frame.json")
        self.enter("frame.json", code=6)
        self.grow(2)
        made = json.loads(self.draw("make", "frame.json", "draw.json", "--json").stdout)
        self.assertEqual((made["size"], made["told"], made["frames"], made["undrawn"]), (told["size"], None, 1, 1))
        self.enter("draw.json")
        self.grow(1)
        verified = self.verified()
        self.assertEqual(verified["drawn"], self.by_hand(json.loads(text), verified))
        self.assertEqual((verified["undrawn"], verified["told"] > verified["answered"] > verified["entered"]), (0, True))
        self.assertNotIn(b"secretname", b"".join(self.entries(self.checkpoint()[0])))
        self.expect_changes_are_found()

    def by_hand(self, frame, told):
        entries = self.entries(self.checkpoint()[0])
        wanted = [i for i, entry in enumerate(entries[:frame["size"]]) if i >= 1 and json.loads(entry)["k"] == "release"]
        self.assertEqual(len(wanted), frame["count"])
        self.assertEqual(base64.b64decode(frame["root"]), tree_hash([leaf_hash(entry) for entry in entries[:frame["size"]]]))
        text = json.dumps(frame, sort_keys=True, separators=(",", ":")).encode()
        entered, answer = (json.loads(entries[told[place]]) for place in ("entered", "answered"))
        self.assertEqual(base64.b64decode(entered["c"]), commitment("draw", base64.b64decode(frame["secret_hash"]), text))
        self.assertEqual((answer["k"], answer["ref"]), ("draw-answer", told["entered"]))
        secret = bytes.fromhex((self.folder / "frame.json.secret").read_text().strip())
        seed = hashlib.sha256(b"seawall/draw/v2\n" + hashlib.sha256(b"seawall/draw-frame/v2\n" + text).digest() + secret +
                              base64.b64decode(answer["c"])).digest()
        return [wanted[place] for place in drawn(seed, len(wanted), frame["wanted"])]

    def expect_changes_are_found(self):
        draw = json.loads((self.folder / "draw.json").read_text())
        for change in ({"secret": base64.b64encode(bytes(32)).decode()}, {"answer": draw["frame"]["root"]},
                       {"frame": {**draw["frame"], "count": draw["frame"]["count"] - 1}},
                       {"entered": draw["entered"] + 1}):
            (self.folder / "changed.json").write_text(json.dumps({**draw, **change}))
            self.assertNotEqual(self.draw("verify", "changed.json", code=None).returncode, 0, change)

    def test_a_frame_made_on_an_old_copy_is_decided_by_what_comes_after_it(self):
        shutil.copytree(self.folder / "log", self.folder / "old")
        old = self.checkpoint()[0]
        self.grow(6)
        told = json.loads(self.frame(log="old").stdout)
        self.assertEqual(told["size"], old)
        self.draw("make", "frame.json", "draw.json", code=4)  # Whatever secret they try: nothing decides it yet.
        self.enter("frame.json")
        self.grow()
        self.draw("make", "frame.json", "draw.json")
        verified = self.verified()
        self.assertGreater(verified["answered"], verified["entered"])
        self.assertGreaterEqual(verified["entered"], old + 6)
        self.assertEqual(verified["size"], old, "everybody sees of how long a log it was made")

    def test_the_overseers_own_last_entry_decides_nothing(self):
        self.frame()
        self.enter("frame.json")
        self.grow()
        before = json.loads(self.draw("make", "frame.json", "draw.json", "--json").stdout)
        self.run_seawall("oversee", "record-error", "--book", "register", "--kind", "recordable", "--what", "x", "--as", "o",
                         "--why", "y", code=0)
        self.grow(1)
        after = json.loads(self.draw("make", "frame.json", "draw.json", "--json").stdout)
        self.assertEqual((after["seed"], after["drawn"]), (before["seed"], before["drawn"]))

    def test_draws_that_are_thrown_away_are_seen(self):
        for name in ("one.json", "two.json"):
            self.frame(name)
            self.enter(name, "--within", "1")
        self.grow()
        self.draw("make", "two.json", "draw.json")
        self.enter("draw.json")
        self.grow()
        self.assertEqual((self.verified()["frames"], self.verified()["undrawn"]), (2, 1))
        late = self.run_seawall("audit", "verify", "log", *self.trust, "--json", code=0).stdout
        self.assertNotIn(b"overdue", late)
        inspected = self.run_seawall("audit", "inspect", "log", *self.trust, "--entries", "--kind", "draw").stdout.decode()
        self.assertEqual((inspected.count("due"), inspected.count("to entry")), (2, 1))

    def test_says_what_cannot_be_drawn(self):
        few = self.draw("frame", "few.json", "--kind", "order", "--wanted", "1", code=3).stderr.decode()
        self.assertIn("there are only 0 such entries", few)
        self.assertFalse((self.folder / "few.json.secret").exists())


if __name__ == "__main__":
    main()
