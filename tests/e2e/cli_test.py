"""The program as a person in a terminal meets it: help, errors, exit codes, completion, hash, match, explain."""
import hashlib
import json
import os
import shutil
import subprocess
import unittest

from support import SEAWALL, SeawallTest, csv_of, main, png


class TheProgram(SeawallTest):
    def test_explains_itself(self):
        text = self.run_seawall("--help", code=0).stdout.decode()
        for word in ("hash", "bank create", "match", "scan", "Exit codes", "A first session"):
            self.assertIn(word, text)
        self.assertRegex(self.run_seawall("--version", code=0).stdout.decode(), r"^seawall \d+\.\d+\.\d+\n$")
        self.assertIn("Examples", self.run_seawall("hash", "--help", code=0).stdout.decode())
        self.assertIn("bank import", self.run_seawall("bank", "--help", code=0).stdout.decode())

    def test_says_what_was_meant(self):
        for words, hint in ((("hsah",), "hash"), (("hash", "--jsno", "x"), "--json"),
                            (("bank", "imprt"), "bank import"), (("match", "--radius", "300"), "0 to 256")):
            done = self.run_seawall(*words, code=2)
            self.assertIn(hint, done.stderr.decode())
            self.assertEqual(done.stdout, b"")

    def test_ends_quietly_when_nobody_reads(self):
        self.make_bank([(f"id{i}", self.random.getrandbits(256)) for i in range(5000)])
        process = subprocess.Popen([SEAWALL, "bank", "export", "b"], cwd=self.folder, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(timeout=60), 141)

    def test_has_no_colours_in_a_pipe(self):
        self.write("a.png", png(64, 64, 1))
        self.make_bank()
        self.run_seawall("bank", "add", "b", "a.png", code=0)
        self.assertNotIn(b"\033", self.run_seawall("match", "--bank", "b", "a.png", code=1).stdout)

    def test_prints_the_manual_that_is_committed(self):
        committed = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "man", "seawall.1")
        with open(committed, "rb") as file:
            self.assertEqual(self.run_seawall("man", code=0).stdout, file.read(),
                             "write it anew: build/seawall man > docs/man/seawall.1")

    def complete_in_bash(self, *words):
        script = (f"source <({SEAWALL} completion bash)\n"
                  f"COMP_WORDS=({' '.join(repr(w) for w in words)})\nCOMP_CWORD={len(words) - 1}\n"
                  "_seawall\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n")
        done = subprocess.run(["bash", "--norc", "-c", script], cwd=self.folder, capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_completes_in_bash(self):
        self.write("photo.png", png(8, 8, 1))
        self.assertIn("hash", self.complete_in_bash("seawall", "ha"))
        self.assertEqual(self.complete_in_bash("seawall", "bank", "imp"), ["import"])
        self.assertIn("--skip-bad", self.complete_in_bash("seawall", "bank", "import", "--s"))
        self.assertEqual(self.complete_in_bash("seawall", "bank", "create", "--action", "re"), ["review"])
        self.assertIn("photo.png", self.complete_in_bash("seawall", "hash", "ph"))
        self.assertEqual(self.complete_in_bash("seawall", "completion", "f"), ["fish"])

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_completes_in_fish(self):
        def complete(line):
            done = subprocess.run(["fish", "--no-config", "-c",
                                   f"{SEAWALL} completion fish | source; complete -C {json.dumps(line)}"],
                                  cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stderr, "")
            return [row.split("\t")[0] for row in done.stdout.splitlines()]
        self.assertIn("hash", complete("seawall ha"))
        self.assertIn("import", complete("seawall bank im"))
        self.assertIn("--skip-bad", complete("seawall bank import --sk"))
        self.assertEqual(complete("seawall bank create --action re"), ["review"])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_gives_zsh_a_script_that_it_takes(self):
        done = subprocess.run(["zsh", "-f", "-c", f"autoload -U compinit; compinit -D -u; source <({SEAWALL} "
                               "completion zsh); print $_comps[seawall]"],
                              cwd=self.folder, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.stdout.strip(), done.stderr), ("_seawall", ""))


class Hash(SeawallTest):
    def test_prints_every_signal_of_a_file(self):
        data = png(96, 64, 1)
        self.write("a.png", data)
        line, = self.lines("hash", "--json", "a.png", code=0)
        self.assertEqual(line["path"], "a.png")
        self.assertEqual((line["type"], line["width"], line["height"]), ("image/png", 96, 64))
        self.assertRegex(line["pdq"], "^[0-9a-f]{64}$")
        self.assertGreaterEqual(line["pdq_quality"], 50)
        for name in ("md5", "sha1", "sha256"):
            self.assertEqual(line[name], hashlib.new(name, data).hexdigest())
        self.assertEqual(line["size_bytes"], len(data))
        piped, = self.lines("hash", "--json", "-", stdin=data, code=0)
        self.assertEqual(piped["pdq"], line["pdq"])

    def test_walks_folders_in_one_order_whatever_the_jobs(self):
        for i in range(12):
            self.write(f"d/{i % 3}/{i}.png", png(40, 40, i))
        self.write("d/readme.txt", "no picture")
        outputs = {self.run_seawall("hash", "--json", "--jobs", jobs, "d", code=0).stdout for jobs in ("1", "2", "5")}
        self.assertEqual(len(outputs), 1)
        lines = [json.loads(line) for line in outputs.pop().splitlines()]
        self.assertEqual([line["path"] for line in lines], sorted(line["path"] for line in lines))
        self.assertIsNone(lines[-1]["pdq"])
        self.assertEqual(lines[-1]["sha256"], hashlib.sha256(b"no picture").hexdigest())

    def test_reports_what_it_cannot_hash_and_goes_on(self):
        self.write("good.png", png(40, 40, 1))
        self.write("text.png", "not a picture at all")
        self.write("empty.png", b"")
        lines = self.lines("hash", "--json", "none.png", "text.png", "empty.png", "good.png", code=3)
        self.assertEqual([line.get("error", {}).get("code") for line in lines],
                         ["not_found", "unsupported", "invalid_input", None])

    def test_escapes_names_that_are_not_utf8(self):
        name = b"caf\xe9.png"
        with open(os.path.join(os.fsencode(self.folder), name), "wb") as file:
            file.write(png(40, 40, 1))
        self.assertEqual(self.lines("hash", "--json", name, code=0)[0]["path"], "caf\\xe9.png")

    def test_gives_all_eight_symmetries(self):
        self.write("a.png", png(64, 64, 3))
        self.write("turned.png", png(64, 64, 3, rotate=True))
        symmetries = self.lines("hash", "--json", "--dihedral", "a.png", code=0)[0]["dihedral"]
        self.assertEqual(len(symmetries), 8)
        turned = int(self.lines("hash", "--json", "turned.png", code=0)[0]["pdq"], 16)
        self.assertLessEqual(min(bin(turned ^ int(v, 16)).count("1") for v in symmetries.values()), 10)


class Match(SeawallTest):
    def test_finds_exactly_what_brute_force_finds(self):
        bank = [(f"e{i}", self.random.getrandbits(256)) for i in range(300)]
        queries = [("itself", bank[7][1])]
        for i in range(200):
            value = self.random.choice(bank)[1]
            for bit in self.random.sample(range(256), self.random.randrange(0, 60)):
                value ^= 1 << bit
            queries.append((f"q{i}", value))
        self.make_bank(bank)
        self.write("q.csv", csv_of(queries))
        for radius in (0, 20, 31, 45, 100, 256):
            lines = self.lines("match", "--bank", "b", "--signals", "q.csv", "--radius", str(radius), "--json", code=1)
            self.assertEqual([line["id"] for line in lines], [name for name, _ in queries])
            for line, (_, value) in zip(lines, queries):
                expected = sorted((bin(value ^ listed).count("1"), name) for name, listed in bank)
                expected = {name: d for d, name in expected if d <= radius}
                self.assertEqual({m["entry"]: m["distance"] for m in line["matches"]}, expected)
                distances = [m["distance"] for m in line["matches"]]
                self.assertEqual(distances, sorted(distances))

    def test_answers_nothing_with_an_empty_list_and_zero(self):
        self.make_bank([("a", 0xabc)])
        self.write("q.ndjson", json.dumps({"id": "q", "pdq": "f" * 64}) + "\n")
        line, = self.lines("match", "--bank", "b", "--signals", "q.ndjson", "--json", code=0)
        self.assertEqual((line["id"], line["matches"]), ("q", []))

    def test_answers_the_good_rows_beside_bad_ones(self):
        self.make_bank([("a", 1 << 200)])
        rows = b"id,pdq\nbad,xyz\ngood," + b"%064x" % (1 << 100) + b"\nshort\n"
        lines = self.lines("match", "--bank", "b", "--signals", "-", "--radius", "1", "--json", stdin=rows, code=3)
        self.assertEqual([("error" in line, line.get("line")) for line in lines],
                         [(True, 2), (False, None), (True, 4)])

    def test_matches_digests_exactly(self):
        sha = hashlib.sha256(b"x").hexdigest()
        self.make_bank()
        self.run_seawall("bank", "import", "b", "-", stdin=f"id,sha256\nfile,{sha}\n".encode(), code=0)
        line, = self.lines("match", "--bank", "b", "--signals", "-", "--json", stdin=f"id,sha256\nq,{sha}\n".encode(),
                           code=1)
        self.assertEqual((line["matches"][0]["entry"], line["matches"][0]["signal"]), ("file", "sha256"))

    def test_names_the_bank_when_there_are_several(self):
        self.make_bank([("a", 5 << 90)], "one")
        self.make_bank([("z", 5 << 90)], "two")
        line, = self.lines("match", "--bank", "one", "--bank", "two", "--signals", "-", "--json",
                           stdin=csv_of([("q", 5 << 90)]), code=1)
        self.assertEqual([(m["bank"], m["entry"]) for m in line["matches"]], [("one", "a"), ("two", "z")])

    def test_finds_a_turned_copy_of_a_listed_picture(self):
        self.write("listed.png", png(120, 80, 5))
        self.write("turned.png", png(120, 80, 5, rotate=True))
        self.write("other.png", png(120, 80, 6))
        self.make_bank()
        self.run_seawall("bank", "add", "b", "listed.png", code=0)
        turned, other = self.lines("match", "--bank", "b", "--json", "turned.png", "other.png", code=1)
        self.assertEqual(turned["matches"][0]["entry"], "listed.png")
        self.assertNotEqual(turned["matches"][0]["variant"], "original")
        self.assertEqual(turned["verdict"], "block")
        self.assertEqual(other["matches"], [])
        self.run_seawall("match", "--bank", "b", "--variants", "none", "turned.png", code=0)

    def test_explains(self):
        self.write("a.png", png(120, 80, 5))
        self.write("turned.png", png(120, 80, 5, rotate=True))
        why, = self.lines("explain", "--json", "turned.png", "a.png", code=1)
        self.assertTrue(why["match"])
        self.assertTrue(why["words"])
        zero, ones = "0" * 64, "f" * 64
        far, = self.lines("explain", "--json", zero, ones, code=0)
        self.assertEqual((far["match"], far["plain_distance"]), (False, 256))


if __name__ == "__main__":
    main()
