"""Banks through the real program: import, export, bad input, one writer, and kill -9 at any time."""
import json
import os
import shutil
import signal
import subprocess
import time

from support import SEAWALL, SeawallTest, csv_of, main


class Bank(SeawallTest):
    def test_exports_what_an_import_gives_back(self):
        self.make_bank()
        rows = ('\ufeffid,pdq,quality,md5,note\r\n'
                f'"x, ""y""",{"A1" * 32},90,{"0f" * 16},"two\nlines"\r\n'
                f'é,{"b2" * 32} {"c3" * 32},51 100,,\r\n')
        self.run_seawall("bank", "import", "b", "-", stdin=rows.encode(), code=0)
        exported = {}
        for form in ("csv", "ndjson"):
            text = self.run_seawall("bank", "export", "b", "--format", form, code=0).stdout
            self.run_seawall("bank", "create", form, code=0)
            self.run_seawall("bank", "import", form, "-", stdin=text, code=0)
            exported[form] = self.run_seawall("bank", "export", form, "--json", code=0).stdout
            self.assertEqual(exported[form], self.run_seawall("bank", "export", "b", "--json", code=0).stdout)
        first = json.loads(exported["csv"].splitlines()[0])
        self.assertEqual((first["id"], first["note"], first["pdq"]), ('x, "y"', "two\nlines", "a1" * 32))

    def test_imports_all_or_nothing_unless_told_to_skip(self):
        self.make_bank()
        rows = csv_of([("a", 1 << 100)]) + b"bad,xyz\n" + csv_of([("c", 1 << 50)])[7:]
        done = self.run_seawall("bank", "import", "b", "-", stdin=rows, code=3)
        self.assertIn(b"line 3", done.stderr)
        self.assertEqual(self.lines("bank", "show", "b", "--json")[0]["entries"], 0)
        line, = self.lines("bank", "import", "b", "-", "--skip-bad", "--json", stdin=rows, code=3)
        self.assertEqual((line["added"], line["bad_rows"]), (2, 1))

    def test_says_what_is_wrong_with_bad_input(self):
        self.make_bank()
        for text, words in ((b"", "empty"), (b"name,hash\n", "no pdq"), (b"\x89PNG\r\n\x1a\n\0\0", "line 1"),
                            (b"pdq\n", "no id column"), (b"id,pdq\n" + b"x" * 2_000_000, "limit"),
                            (b'id,pdq\n"open', "not closed")):
            done = self.run_seawall("bank", "import", "b", "-", stdin=text, code=3)
            self.assertIn(words, done.stderr.decode(errors="replace"))
        self.assertIn("no file", self.run_seawall("bank", "import", "b", "none.csv", code=3).stderr.decode())
        self.assertIn("folder", self.run_seawall("bank", "import", "b", "b", code=3).stderr.decode())
        self.assertIn("not a bank", self.run_seawall("bank", "show", ".", code=3).stderr.decode())
        self.assertIn("bank create", self.run_seawall("bank", "show", "none", code=3).stderr.decode())
        self.run_seawall("bank", "create", "b", code=6)

    def test_lets_a_user_match_who_may_only_read_the_bank(self):
        if os.getuid() != 0 or shutil.which("setpriv") is None:
            self.skipTest("needs root and setpriv, to become another user")
        self.make_bank([("a", 5)])
        self.run_seawall("bank", "import", "b", "-", stdin=csv_of([("b", 6)]), code=0)
        self.folder.chmod(0o755)
        program = shutil.copy(SEAWALL, self.folder)
        shutil.copy(os.path.join(os.path.dirname(os.path.realpath(SEAWALL)), "media_worker"), self.folder)

        def as_other(*words, stdin=b""):
            return subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", program, *words],
                                  cwd=self.folder, input=stdin, capture_output=True, timeout=60)

        for _ in range(2):
            done = as_other("match", "--bank", "b", "--signals", "-", "--json", stdin=csv_of([("q", 5)]))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertEqual(len(json.loads(done.stdout)["matches"]), 2)
            # Also while a writer is at work.
            writer = subprocess.Popen([SEAWALL, "bank", "import", "b", "-"], cwd=self.folder, stdin=subprocess.PIPE,
                                      stderr=subprocess.DEVNULL)
            writer.stdin.write(csv_of([("a", 5)]))
            writer.stdin.flush()
            self.assertEqual(as_other("bank", "show", "b").returncode, 0)
            writer.communicate(timeout=60)
        done = as_other("bank", "remove", "b", "a")
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"permissions", done.stderr)
        (self.folder / "b").chmod(0o700)
        done = as_other("match", "--bank", "b", "--signals", "-", stdin=csv_of([("q", 5)]))
        self.assertEqual(done.returncode, 4)
        self.assertIn(b"permissions", done.stderr)

    def test_adds_shows_and_removes_by_id(self):
        self.make_bank()
        self.run_seawall("bank", "add", "b", "--pdq", "a5" * 32, "--id", "case 17", code=0)
        self.assertEqual(self.lines("bank", "show", "b", "case 17", "--json")[0]["pdq"], "a5" * 32)
        self.run_seawall("bank", "add", "b", "--pdq", "a6" * 32, "--quality", "49", "--id", "flat", code=3)
        self.run_seawall("bank", "remove", "b", "case 17", "nobody", code=3)
        self.run_seawall("bank", "show", "b", "case 17", code=3)
        self.run_seawall("bank", "verify", "b", code=0)

    def test_lets_one_writer_in(self):
        self.make_bank()
        def begin():
            writer = subprocess.Popen([SEAWALL, "bank", "import", "b", "-"], cwd=self.folder,
                                      stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            writer.stdin.write(csv_of([("first", 1 << 77)]))
            writer.stdin.flush()
            return writer

        writer = begin()
        deadline = time.monotonic() + 60
        while self.run_seawall("bank", "add", "b", "--pdq", "a5" * 32, "--id", "x").returncode != 6:
            self.assertLess(time.monotonic(), deadline)
            if writer.poll() is not None:  # It came while the other one wrote.
                writer.stdin.close()
                writer = begin()
        self.run_seawall("match", "--bank", "b", "--signals", "-", stdin=csv_of([("q", 3 << 9)]))
        writer.communicate(timeout=60)
        self.assertEqual(writer.returncode, 0)

    def test_ends_cleanly_on_ctrl_c_and_imports_nothing(self):
        self.make_bank()
        writer = subprocess.Popen([SEAWALL, "bank", "import", "b", "-"], cwd=self.folder, stdin=subprocess.PIPE,
                                  stderr=subprocess.PIPE)
        rows = csv_of([(f"i{i}", self.random.getrandbits(256)) for i in range(4000)])
        writer.stdin.write(rows)
        writer.stdin.flush()
        writer.send_signal(signal.SIGINT)
        _, text = writer.communicate(rows[7:] * 3, timeout=60)
        self.assertEqual(writer.returncode, 130, text)
        self.assertEqual(self.lines("bank", "show", "b", "--json")[0]["entries"], 0)

    def test_loses_nothing_acknowledged_whenever_it_is_killed(self):
        """Imports in a loop, killed at random times: what was acknowledged is there, and no import is there in part."""
        self.make_bank()
        acknowledged, number = {}, 0
        for _ in range(25):
            limit = time.monotonic() + self.random.uniform(0.001, 0.06)
            while True:
                rows = [(f"r{number}-{i}", self.random.getrandbits(256)) for i in range(self.random.randrange(1, 400))]
                number += 1
                child = subprocess.Popen([SEAWALL, "bank", "import", "b", "-"], cwd=self.folder,
                                         stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
                child.stdin.write(csv_of(rows))
                child.stdin.close()
                try:
                    code = child.wait(timeout=max(0.0, limit - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.kill()
                    code = child.wait()
                if code == 0:
                    acknowledged.update(rows)
                    continue
                break
            listed = {line["id"]: int(line["pdq"], 16) for line in self.lines("bank", "export", "b", "--json", code=0)}
            for name, value in acknowledged.items():
                self.assertEqual(listed.get(name), value)
            unacknowledged = [name for name in listed if name not in acknowledged]
            self.assertIn(len(unacknowledged), (0, len(rows)))
            acknowledged.update({name: listed[name] for name in unacknowledged})
            self.run_seawall("bank", "verify", "b", code=0)
            sample = self.random.sample(sorted(acknowledged), min(20, len(acknowledged)))
            if sample:
                answers = self.lines("match", "--bank", "b", "--signals", "-", "--radius", "0", "--json",
                                     stdin=csv_of([(name, acknowledged[name]) for name in sample]), code=1)
                for answer in answers:
                    self.assertIn(answer["id"], [match["entry"] for match in answer["matches"]])


if __name__ == "__main__":
    main()
