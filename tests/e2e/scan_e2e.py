"""End-to-end tests of `seawall scan`, `scan report` and `similar` against the real program.

SEAWALL in the environment names the program. Pictures are generated patterns (PGM). Standard library only.
"""
import csv
import fcntl
import functools
import json
import os
import pty
import random
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

SEAWALL = os.environ["SEAWALL"]
SEED = int(os.environ.get("SEAWALL_TEST_SEED", "20261121"))


@functools.cache
def pattern(seed, scale=8, cells=8):
    """A gray picture of random cells with soft edges, `scale` pixels a cell: far from every other seed's."""
    chooser = random.Random(seed)
    values = [[chooser.randrange(256) for _ in range(cells + 1)] for _ in range(cells + 1)]
    side = cells * scale
    rows = bytearray()
    for y in range(side):
        j, fy = divmod(y, scale)
        for x in range(side):
            i, fx = divmod(x, scale)
            top = values[j][i] * (scale - fx) + values[j][i + 1] * fx
            low = values[j + 1][i] * (scale - fx) + values[j + 1][i + 1] * fx
            rows.append((top * (scale - fy) + low * fy) // (scale * scale))
    return b"P5\n%d %d\n255\n" % (side, side) + bytes(rows)


class ScanCase(unittest.TestCase):
    def setUp(self):
        self.base = Path(tempfile.mkdtemp(prefix="seawall-e2e-"))
        self.base.chmod(0o755)
        self.tree = self.base / "tree"
        self.tree.mkdir()
        self.state = self.base / "state"
        self.addCleanup(self.remove_base)

    def remove_base(self):
        for folder, _, _ in os.walk(self.base):
            os.chmod(folder, 0o755)
        shutil.rmtree(self.base)

    def write(self, name, data):
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def run_seawall(self, *words, **options):
        return subprocess.run([SEAWALL, *map(str, words)], capture_output=True, timeout=50, **options)

    def lines(self, result):
        return [json.loads(line) for line in result.stdout.decode().splitlines()]

    def pdq_of(self, path):
        alone = self.base / "alone"
        shutil.rmtree(alone, ignore_errors=True)
        alone.mkdir()
        shutil.copy(path, alone / "a")
        shutil.copy(path, alone / "b")
        return self.lines(self.run_seawall("similar", alone, "--json"))[0]["pdq"]

    def make_bank(self, rows, header="id,pdq", name="bank"):
        bank = self.base / name
        self.assertEqual(self.run_seawall("bank", "create", bank).returncode, 0)
        return self.add_to_bank(bank, rows, header)

    def add_to_bank(self, bank, rows, header="id,pdq"):
        table = self.base / "entries.csv"
        table.write_text("\n".join([header, *rows]) + "\n")
        imported = self.run_seawall("bank", "import", bank, table)
        self.assertEqual(imported.returncode, 0, imported.stderr)
        return bank

    def scan(self, bank, *words, **options):
        return self.run_seawall("scan", self.tree, "--bank", bank, "--state", self.state, *words, **options)

    def all_records(self):
        path = self.base / "all.json"
        self.run_seawall("scan", "report", "--state", self.state, "--all", "--report", path)
        return json.loads(path.read_text())


class Results(ScanCase):
    def test_finds_listed_and_altered_copies_and_says_what_matched(self):
        listed = self.write("listed.pgm", pattern(1, scale=16))
        self.write("sub/larger.pgm", pattern(1, scale=32))
        self.write("other.pgm", pattern(2))
        bank = self.make_bank([f"entry-1,{self.pdq_of(listed)}"])
        result = self.scan(bank, "--json")
        self.assertEqual(result.returncode, 1, result.stderr)
        *files, last = self.lines(result)
        by_name = {Path(line["path"]).name: line for line in files}
        self.assertEqual([Path(line["path"]).name for line in files], ["listed.pgm", "other.pgm", "larger.pgm"])
        self.assertEqual(by_name["listed.pgm"]["matches"][0]["distance"], 0)
        self.assertEqual(by_name["listed.pgm"]["matches"][0]["entry"], "entry-1")
        self.assertLessEqual(by_name["larger.pgm"]["matches"][0]["distance"], 31)
        self.assertEqual(by_name["other.pgm"]["matches"], [])
        self.assertEqual(by_name["other.pgm"]["verdict"], "allow")
        for key in ("type", "width", "height", "pdq", "pdq_quality", "md5", "sha1", "sha256"):
            self.assertIn(key, by_name["listed.pgm"])
        self.assertEqual(last["summary"]["files"], 3)
        self.assertEqual(last["summary"]["matched_files"], 2)
        self.assertTrue(last["summary"]["complete"])

    def test_digests_of_files_that_are_no_pictures_are_compared(self):
        text = self.write("notes.txt", b"hello")
        bank = self.make_bank(["t,5d41402abc4b2a76b9719d911017c592"], header="id,md5")
        result = self.scan(bank, "--json")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(self.lines(result)[0]["matches"][0]["signal"], "md5")
        text.write_bytes(b"other")
        only = self.scan(bank, "--json", "--pictures-only", "--restart")
        self.assertEqual(only.returncode, 0)

    def test_exit_codes(self):
        self.write("a.pgm", pattern(3))
        bank = self.make_bank(["x," + "0f" * 32])
        self.assertEqual(self.scan(bank).returncode, 0)
        self.assertEqual(self.run_seawall("scan", self.tree).returncode, 2)
        self.assertEqual(self.scan(bank, "--report", "x.pdf").returncode, 2)
        self.assertEqual(self.run_seawall("scan", self.base / "none", "--bank", bank).returncode, 3)
        self.write("broken.pgm", b"P5\n9 9\n255\n")
        self.assertEqual(self.scan(bank).returncode, 3)

    def test_special_files_links_and_odd_names(self):
        odd = [b"new\nline.pgm", b"\xff\xfe.pgm", b"-rf", b"=cmd().pgm", b"<script>alert(1).pgm", b"\x1b[31m.pgm"]
        for name in odd:
            with open(os.path.join(os.fsencode(self.tree), name), "wb") as out:
                out.write(pattern(4))
        os.mkfifo(self.tree / "fifo")
        os.symlink(self.tree, self.tree / "loop")
        os.link(os.path.join(os.fsencode(self.tree), odd[2]), os.path.join(os.fsencode(self.tree), b"hard"))
        bank = self.make_bank(["x," + "0f" * 32])
        result = self.scan(bank, "--json", "--report", self.base / "r.csv", "--report", self.base / "r.html")
        *files, last = self.lines(result)
        self.assertEqual(len(files), len(odd) + 1)
        self.assertEqual(last["summary"]["links_skipped"], 1)
        self.assertEqual(last["summary"]["special_skipped"], 1)
        self.assertIn("\\xff\\xfe.pgm", "".join(line["path"] for line in files))
        followed = self.scan(bank, "--json", "--follow", "--restart")
        self.assertEqual(self.lines(followed)[-1]["summary"]["folders_repeated"], 1)
        plain = self.scan(self.make_bank([f"e,{files[0]['pdq']}"], name="bank2"), "--restart")
        self.assertEqual(plain.returncode, 1)
        self.assertNotIn(b"\x1b", plain.stdout + plain.stderr)

    def test_unreadable_folders_and_files_are_errors_and_the_rest_is_scanned(self):
        self.write("a.pgm", pattern(5))
        self.write("closed/b.pgm", pattern(6))
        self.write("secret.pgm", pattern(7)).chmod(0)
        (self.tree / "closed").chmod(0)
        self.state.mkdir()
        bank = self.make_bank(["x," + "0f" * 32])
        as_nobody = {}
        if os.geteuid() == 0:
            os.chown(self.state, 65534, 65534)
            for path in [bank, *bank.rglob("*")]:
                os.chown(path, 65534, 65534)
            as_nobody = {"user": 65534}
            if subprocess.run(["test", "-x", SEAWALL], user=65534).returncode != 0:
                self.skipTest("the program lies where another user cannot run it")
        result = self.scan(bank, "--json", **as_nobody)
        self.assertEqual(result.returncode, 3, result.stderr)
        *files, last = self.lines(result)
        errors = {Path(line["path"]).name: line["error"]["code"] for line in files if "error" in line}
        self.assertEqual(errors, {"closed": "unavailable", "secret.pgm": "unavailable"})
        self.assertEqual(last["summary"]["pictures"], 1)

    def test_reports_of_every_form(self):
        listed = self.write("=listed.pgm", pattern(8))
        self.write("broken.pgm", b"P5\n9 9\n255\n")
        bank = self.make_bank([f"e,{self.pdq_of(listed)}"])
        paths = [self.base / name for name in ("r.json", "r.csv", "r.html")]
        words = [word for path in paths for word in ("--report", path)]
        self.assertEqual(self.scan(bank, *words).returncode, 1)
        document = json.loads(paths[0].read_text())
        self.assertEqual(len(document["files"]), 2)
        self.assertEqual(document["summary"]["errors_by_code"], {"invalid_input": 1})
        with open(paths[1], newline="") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual([row["distance"] for row in rows], ["", "0"] if "broken" in rows[0]["path"] else ["0", ""])
        page = paths[2].read_text()
        self.assertNotIn("http", page.replace("http-equiv", ""))
        self.assertNotIn("<img", page)
        self.assertNotIn("<script", page)
        with_pictures = self.base / "t.html"
        self.run_seawall("scan", "report", "--state", self.state, "--thumbnails", "--report", with_pictures)
        self.assertIn("data:image/bmp;base64,", with_pictures.read_text())


class Resuming(ScanCase):
    def make_tree(self, count):
        for i in range(count):
            self.write(f"{i % 17:02}/{i % 5}/{i:05}.pgm", pattern(i % 40, scale=8) + b"%d" % i)

    def names(self):
        return sorted(str(path) for path in self.tree.rglob("*") if path.is_file())

    def kill_during(self, command, chooser, total):
        """Starts a scan and kills it after a random number of printed lines; returns the paths it printed."""
        printed = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            wanted = chooser.randrange(1, total // 8)
            for line in child.stdout:
                printed.append(json.loads(line))
                if len(printed) >= wanted:
                    break
            time.sleep(chooser.random() * 0.05)  # The moment of the kill is the test's subject, not a wait.
            child.send_signal(signal.SIGKILL)
            rest = child.stdout.read()
        printed += [json.loads(line) for line in rest.decode().split("\n")[:-1]]
        return [line["path"] for line in printed if "path" in line]

    def test_kill_9_at_random_moments_loses_and_repeats_nothing(self):
        total = 2500
        print(f"seed {SEED}")
        chooser = random.Random(SEED)
        self.make_tree(total)
        bank = self.make_bank(["x," + "0f" * 32])
        command = [SEAWALL, "scan", str(self.tree), "--bank", str(bank), "--state", str(self.state), "--json"]
        printed = []
        for _ in range(6):
            printed += self.kill_during(command, chooser, total)
        self.assertGreater(len(printed), 0)
        self.assertLess(len(printed), total, "the kills came too late to test anything")
        last = self.scan(bank, "--json")
        self.assertIn(last.returncode, (0, 1), last.stderr)
        *files, end = self.lines(last)
        printed += [line["path"] for line in files]
        self.assertEqual(len(printed), len(set(printed)), "a file was scanned and shown twice")
        self.assertTrue(end["summary"]["complete"])
        self.assertEqual(end["summary"]["files"], total)
        self.assertEqual(end["summary"]["changed"], 0)
        recorded = self.all_records()["files"]
        self.assertEqual(sorted(line["path"] for line in recorded), self.names())
        self.assertLessEqual(set(printed), set(self.names()))
        with sqlite3.connect(self.state / "journal.sqlite") as journal:
            self.assertEqual(journal.execute("PRAGMA integrity_check").fetchone(), ("ok",))
        again = self.lines(self.scan(bank, "--json", "--resume"))
        self.assertEqual(len(again), 1, "a finished scan has nothing left to do")

    def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(self):
        self.make_tree(2500)
        bank = self.make_bank(["x," + "0f" * 32])
        command = [SEAWALL, "scan", str(self.tree), "--bank", str(bank), "--state", str(self.state), "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            child.stdout.readline()
            child.send_signal(signal.SIGINT)
            out, err = child.communicate(timeout=30)
        self.assertEqual(child.returncode, 130, err)
        self.assertIn(b"Type the same command again to go on", err)
        summary = json.loads(out.decode().splitlines()[-1])["summary"]
        self.assertFalse(summary["complete"])
        *_, end = self.lines(self.scan(bank, "--json"))
        self.assertEqual(end["summary"]["files"], 2500)
        self.assertEqual(end["summary"]["sessions"], 2)

    def test_changed_files_are_scanned_again_and_said_so(self):
        self.write("same.pgm", pattern(1))
        changing = self.write("changing.pgm", pattern(2))
        bank = self.make_bank(["x," + "0f" * 32])
        self.scan(bank)
        changing.write_bytes(pattern(3) + b"more")
        self.write("new.pgm", pattern(4))
        *files, end = self.lines(self.scan(bank, "--json"))
        self.assertEqual({Path(line["path"]).name: line.get("rescanned", False) for line in files},
                         {"changing.pgm": True, "new.pgm": False})
        self.assertEqual(end["summary"]["changed"], 1)
        self.assertEqual(end["summary"]["files"], 3)

    def test_other_settings_are_refused_until_restart(self):
        self.write("a.pgm", pattern(1))
        bank = self.make_bank(["x," + "0f" * 32])
        self.scan(bank)
        other = self.scan(bank, "--radius", 5)
        self.assertEqual(other.returncode, 6)
        self.assertIn(b"radius was 31, not 5", other.stderr)
        self.add_to_bank(bank, ["y," + "0e" * 32])
        changed = self.scan(bank)
        self.assertEqual(changed.returncode, 6)
        self.assertIn(b"has changed since", changed.stderr)
        self.assertEqual(self.scan(bank, "--restart").returncode, 0)
        self.assertEqual(self.run_seawall("scan", self.tree, "--bank", bank, "--resume", "--state",
                                          self.base / "nothing").returncode, 3)

    def test_the_state_may_lie_inside_the_scanned_folder(self):
        self.write("a.pgm", pattern(1))
        self.state = self.tree / "state"
        bank = self.make_bank(["x," + "0f" * 32])
        self.assertEqual(self.lines(self.scan(bank, "--json"))[-1]["summary"]["files"], 1)


class Similar(ScanCase):
    def test_groups_near_duplicates_with_the_largest_first(self):
        self.write("small.pgm", pattern(1, scale=16))
        self.write("large.pgm", pattern(1, scale=32))
        self.write("copy.pgm", pattern(1, scale=16))
        for i in range(2, 12):
            self.write(f"other{i}.pgm", pattern(i))
        result = self.run_seawall("similar", self.tree, "--json", "--report", self.base / "s.html")
        self.assertEqual(result.returncode, 1, result.stderr)
        *members, last = self.lines(result)
        self.assertEqual([Path(line["path"]).name for line in members], ["large.pgm", "copy.pgm", "small.pgm"])
        self.assertEqual(members[2]["same_bytes_as"], 2)
        self.assertEqual(last["summary"]["groups"], 1)
        self.assertIn("represents the group", (self.base / "s.html").read_text())

    def test_nothing_alike_is_exit_code_0_and_state_makes_it_quick(self):
        for i in range(5):
            self.write(f"{i}.pgm", pattern(i))
        self.assertEqual(self.run_seawall("similar", self.tree).returncode, 0)
        for _ in range(2):
            kept = self.run_seawall("similar", self.tree, "--state", self.state, "--radius", 0, "--complete")
            self.assertEqual(kept.returncode, 0, kept.stderr)


class Progress(ScanCase):
    def test_plain_progress_goes_to_standard_error(self):
        self.write("a.pgm", pattern(1))
        result = self.run_seawall("similar", self.tree, "--progress", "plain")
        self.assertIn(b"1 files", result.stderr)
        self.assertNotIn(b"\r", result.stderr)

    def test_nothing_is_drawn_where_there_is_no_terminal(self):
        self.write("a.pgm", pattern(1))
        self.assertEqual(self.run_seawall("similar", self.tree).stderr, b"")


    def test_the_bar_fits_the_terminal_and_is_redrawn_at_most_ten_times_a_second(self):
        for i in range(3000):
            self.write(f"{i}.pgm", pattern(i % 20) + b"%d" % i)
        columns = 50
        began = time.monotonic()
        child, terminal = pty.fork()
        if child == 0:
            os.execv(SEAWALL, ["seawall", "similar", str(self.tree), "--radius", "0"])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        screen = b""
        try:
            while piece := os.read(terminal, 65536):
                screen += piece
        except OSError:  # How a pseudo-terminal says that the other side has ended.
            pass
        os.waitpid(child, 0)
        seconds = time.monotonic() - began
        bars = [text for text in re.findall(rb"\r([^\r\n]*)\x1b\[K", screen) if text]
        self.assertGreater(len(bars), 0)
        self.assertLessEqual(len(bars), seconds * 10 + 1)
        self.assertLess(max(map(len, bars[1:] or [b""])), columns)


if __name__ == "__main__":
    unittest.main(verbosity=2)
