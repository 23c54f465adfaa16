"""Every entry within the radius and nothing else, by the real program, against a brute force that shares no code with
it: Python's own integers. Uniform, clustered, equal, flat and adversarial hashes; adds, removes, replacements; reopened
by a new process for every question."""
import json
import random

from support import SEED, SeawallTest, csv_of, main

ALL_ONES = (1 << 256) - 1
RADII = (0, 1, 15, 31, 32, 47, 64, 100, 256)


def flip(value, bits):
    for bit in bits:
        value ^= 1 << bit
    return value


def near(rnd, value, distance):
    return flip(value, rnd.sample(range(256), distance))


def even_spread(value, distance):
    """The flipped bits as evenly as can be over the hash, so that no part of it stays equal by luck."""
    return flip(value, [(i * 256) // distance for i in range(distance)])


def one_block(value, distance):
    return flip(value, range(distance))


def listed_hashes(rnd):
    """(kind, hash): what lists hold, and what an index would get wrong."""
    for _ in range(300):
        yield "uniform", rnd.getrandbits(256)
    for cluster in range(4):
        centre = rnd.getrandbits(256)
        for _ in range(60):
            yield f"cluster{cluster}", near(rnd, centre, rnd.randrange(0, 70))
    for copies in (1, 2, 4, 8, 16, 1000):
        value = rnd.getrandbits(256)
        for _ in range(copies):
            yield f"equal{copies}", value
    for count in (0, 0, 0, 1, 2, 15, 16, 31, 32, 33):
        yield "nearzero", near(rnd, 0, count)
        yield "nearones", near(rnd, ALL_ONES, count)
    centre = rnd.getrandbits(256)
    for distance in (1, 2, 15, 16, 17, 30, 31, 32, 33, 46, 47, 48, 63, 64, 65, 99, 100, 101, 128, 255):
        yield "adversarial", even_spread(centre, distance)
        yield "adversarial", one_block(centre, distance)
        yield "adversarial", near(rnd, centre, distance)
    for word in range(16):  # All the difference in one 16-bit word, each in turn.
        yield "adversarial", flip(centre, range(16 * word, 16 * word + 16))
    yield "adversarial", centre
    yield "halves", (1 << 128) - 1
    yield "halves", ALL_ONES ^ ((1 << 128) - 1)


class Exactness(SeawallTest):
    def expected(self, query, radius):
        found = {name: (value ^ query).bit_count() for name, value in self.listed.items()}
        return {name: distance for name, distance in found.items() if distance <= radius}

    def check(self, queries, radii=RADII, form="csv"):
        rows = [(f"q{i}", value) for i, value in enumerate(queries)]
        if form == "csv":
            data = csv_of(rows)
        else:
            data = "".join(json.dumps({"id": name, "pdq": f"{value:064x}"}) + "\n" for name, value in rows).encode()
        path = self.write(f"queries.{form}", data)
        for radius in radii:
            wanted = [self.expected(value, radius) for value in queries]
            done = self.run_seawall("match", "--bank", "b", "--signals", path, "--radius", str(radius), "--json",
                                    code=1 if any(wanted) else 0)
            lines = [json.loads(line) for line in done.stdout.splitlines()]
            self.assertEqual([line["id"] for line in lines], [name for name, _ in rows])
            for line, want in zip(lines, wanted):
                pairs = [(match["entry"], match["distance"]) for match in line["matches"]]
                context = f"radius {radius}, query {line['id']}, seed {SEED}"
                self.assertEqual(len(pairs), len(dict(pairs)), f"an entry twice: {context}")
                self.assertEqual(dict(pairs), want, context)
                distances = [distance for _, distance in pairs]
                self.assertEqual(distances, sorted(distances), f"not nearest first: {context}")

    def queries(self, rnd, count=4):
        by_kind = {}
        for kind, value in self.kinds:
            by_kind.setdefault(kind, []).append(value)
        yield from (0, ALL_ONES, rnd.getrandbits(256), near(rnd, 0, 31), near(rnd, ALL_ONES, 32))
        for kind, values in by_kind.items():
            for value in rnd.sample(values, min(count if kind != "adversarial" else 3 * count, len(values))):
                yield value
                yield near(rnd, value, rnd.choice((1, 15, 31, 32, 47, 64)))
                yield even_spread(value, rnd.choice((15, 16, 31, 32, 47, 63, 64, 100)))

    def bank_change(self, *words, **named):
        self.run_seawall("bank", *words, code=0, **named)

    def test_finds_every_entry_within_the_radius_and_no_other(self):
        rnd = random.Random(SEED)
        self.kinds = list(listed_hashes(rnd))
        rows = [(f"{kind}-{i}", value) for i, (kind, value) in enumerate(self.kinds)]
        rnd.shuffle(rows)
        self.listed = dict(rows)
        self.make_bank(rows[:1500])
        self.bank_change("import", "b", "-", stdin=csv_of(rows[1500:]))
        self.check(list(self.queries(rnd)))

        # Take off some of each kind, give some ids other hashes, add more; a new process after every step.
        gone = rnd.sample(sorted(self.listed), 300)
        self.bank_change("remove", "b", *gone)
        for name in gone:
            del self.listed[name]
        few = list(self.queries(rnd, 1))
        self.check(few, (0, 31, 64))
        changed = [(name, rnd.getrandbits(256)) for name in rnd.sample(sorted(self.listed), 100)]
        changed += [(name, 0) for name in gone[:5]] + [(f"late{i}", near(rnd, few[-1], i)) for i in range(0, 110, 3)]
        self.bank_change("import", "b", "-", stdin=csv_of(changed))
        self.listed.update(changed)
        self.check(few, form="ndjson")
        self.bank_change("verify", "b")
        self.assertEqual(self.lines("bank", "show", "b", "--json")[0]["entries"], len(self.listed))

    def test_lists_a_hash_without_a_stated_quality_whatever_its_bits(self):
        self.kinds = [("flat", 0), ("flat", 1), ("flat", ALL_ONES), ("flat", ALL_ONES ^ 1)]
        self.listed = {"zero": 0, "one": 1, "ones": ALL_ONES, "nearly": ALL_ONES ^ 1, "zero too": 0}
        self.make_bank()
        done = self.run_seawall("bank", "import", "b", "-", "--json", code=0, stdin=csv_of(self.listed.items()))
        counts = json.loads(done.stdout)
        self.assertEqual((counts["added"], counts["all_zero_hashes"], counts["low_quality_hashes"]), (5, 2, 0))
        self.assertIn(b"2 PDQ hashes", done.stderr)
        self.check([0, 1, ALL_ONES, 1 << 255])

    def test_answers_by_the_columns_of_the_agreed_header_and_by_digest(self):
        self.make_bank()
        rows = ("id,pdq,md5,sha1,sha256,source\n"
                f"a,{5:064x},{'0a' * 16},{'0b' * 20},{'0c' * 32},somewhere\n"
                f"b,{6:064x},,,,\n")
        self.bank_change("import", "b", "-", stdin=rows.encode())
        query = f"id,pdq,md5\nq,{7:064x},{'0A' * 16}\nnone,{ALL_ONES:064x},\n".encode()
        answers = self.lines("match", "--bank", "b", "--signals", "-", "--radius", "1", "--json", stdin=query)
        self.assertEqual([(m["entry"], m["distance"]) for m in answers[0]["matches"]], [("a", 0), ("b", 1)])
        self.assertEqual(answers[1]["matches"], [])


if __name__ == "__main__":
    main()
