"""Rough use: stop signals while input is awaited, names that aim at the terminal, wrong command lines, full disks."""
import json
import os
import pty
import signal
import subprocess
import time

from support import SEAWALL, SeawallTest, csv_of, main, png

HASH = "a5" * 32


class Rough(SeawallTest):
    def stop_while_waiting(self, *words, stdin=subprocess.DEVNULL, number=signal.SIGTERM):
        """Starts the program, waits until it waits for input, stops it; its exit code."""
        program = subprocess.Popen([SEAWALL, *words], cwd=self.folder, stdin=stdin, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        self.addCleanup(program.kill)
        caught, deadline = 1 << (number - 1), time.monotonic() + 30
        while True:  # Until its handler is in place.
            with open(f"/proc/{program.pid}/status", encoding="ascii") as status:
                mask = next(line for line in status if line.startswith("SigCgt:"))
            if int(mask.split()[1], 16) & caught:
                break
            self.assertLess(time.monotonic(), deadline)
        program.send_signal(number)
        _, text = program.communicate(timeout=30)
        self.assertNotIn(b"Traceback", text)
        return program.returncode

    def test_ends_at_once_while_it_waits_for_a_pipe_that_brings_nothing(self):
        self.make_bank()
        os.mkfifo(self.folder / "fifo")
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        for words in (("hash", "-"), ("hash", "fifo"), ("bank", "import", "b", "-"), ("bank", "import", "b", "fifo"),
                      ("match", "--bank", "b", "--signals", "-"), ("match", "--bank", "b", "-")):
            self.assertEqual(self.stop_while_waiting(*words, stdin=reader), 143, words)
        self.assertEqual(self.stop_while_waiting("hash", "-", stdin=reader, number=signal.SIGINT), 130)

    def test_reads_a_fifo_whose_writer_comes_late(self):
        os.mkfifo(self.folder / "fifo")
        program = subprocess.Popen([SEAWALL, "hash", "--json", "fifo"], cwd=self.folder, stdout=subprocess.PIPE)
        with open(self.folder / "fifo", "wb") as fifo:
            fifo.write(png(40, 30, 1))
        self.assertEqual(json.loads(program.communicate(timeout=60)[0])["width"], 40)

    def test_exits_4_when_no_decoder_can_be_started(self):
        self.make_bank()
        self.write("photos/a.png", png(64, 64, 5))
        self.write("photos/b.png", png(64, 64, 6))
        program_that_ends_at_once = {"SEAWALL_MEDIA_WORKER": "/bin/true"}
        for words in (("hash", "photos"), ("match", "--bank", "b", "photos"), ("bank", "add", "b", "photos"),
                      ("scan", "photos", "--bank", "b", "--state", "state"), ("similar", "photos"),
                      ("explain", "photos/a.png", "photos/b.png")):
            done = self.run_seawall(*words, env=program_that_ends_at_once, code=4)
            self.assertEqual(done.stderr.count(b"[unavailable]"), 1, (words, done.stderr))
            self.assertIn(b"decoder process", done.stderr, words)
        self.assertEqual(self.run_seawall("bank", "export", "b", code=0).stdout.count(b"\n"), 1, "nothing was listed")
        # What was begun goes on as soon as there is a decoder.
        self.run_seawall("scan", "photos", "--bank", "b", "--state", "state", code=0)

    def on_a_terminal(self, *words):
        """Runs the program with standard error on a terminal; its exit code and what the terminal got."""
        ours, its = pty.openpty()
        program = subprocess.Popen([SEAWALL, *words], cwd=self.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=its)
        os.close(its)
        text = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # How Linux says that the other end is closed.
                break
            if not piece:
                break
            text += piece
        os.close(ours)
        return program.wait(timeout=60), text

    def test_shows_progress_on_a_terminal_and_nowhere_else(self):
        self.make_bank()
        for i in range(12):
            self.write(f"photos/{i}.png", png(64, 64, i))
        for words, code in ((("bank", "add", "b", "photos"), 0), (("match", "--bank", "b", "photos", "--json"), 1)):
            self.assertNotIn(b"files/s", self.run_seawall(*words, code=code).stderr, words)
            got, text = self.on_a_terminal(*words)
            self.assertEqual(got, code, text)
            self.assertRegex(text, rb"files.*\d", words)
            self.assertIn(b"files/s", text, words)
            drawn = text.rpartition(b"files/s")[2]
            self.assertIn(b"\r\x1b[K", drawn, "the bar is taken off at the end")

    def test_prints_no_control_characters_of_names(self):
        name = "a\x1b[2J\n\x85\u202eb.png"
        self.write(name, png(64, 64, 3))
        self.make_bank()
        self.run_seawall("bank", "import", "b", "-", code=0,
                         stdin=('id,pdq\n"' + name + '",' + HASH + "\n").encode())
        self.run_seawall("bank", "add", "b", name, "--id", "e\x1b[31m\nseawall: forged", code=0)
        query = ('id,pdq\n"q\x1b\n",' + HASH + "\n").encode()
        for words in (("hash", name), ("hash", "none" + name), ("match", "--bank", "b", name),
                      ("match", "--bank", "b", "--signals", "-"), ("bank", "show", "b", name),
                      ("scan", ".", "--bank", "b", "--progress", "none", "--state", "state"), ("similar", "."),
                      ("explain", name, "none" + name), ("bank", "remove", "b", "none" + name)):
            done = self.run_seawall(*words, stdin=query)
            text = (done.stdout + done.stderr).decode()
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", words)
            self.assertNotRegex(text, "(?m)^seawall: forged", words)
        for words in (("hash", "--json", name), ("match", "--bank", "b", name, "--json")):
            self.assertEqual(self.lines(*words)[0]["path"], name)

    def test_exits_2_when_the_command_line_alone_is_wrong(self):
        self.make_bank()
        for words in (("match", "--signals", "x.csv"), ("match", "--bank", "b"),
                      ("match", "--bank", "b", "--signals", "x.csv", "a.png"), ("bank", "add", "b"),
                      ("bank", "add", "b", "--pdq", HASH), ("bank", "add", "b", "--pdq", "xyz", "--id", "i"),
                      ("bank", "add", "b", "x", "y", "--id", "i"), ("bank", "add", "b", "x", "--id", "\udcff"),
                      ("bank", "create", "c", "--name", ""), ("bank", "create", "")):
            done = self.run_seawall(*words, code=2)
            self.assertGreater(len(done.stderr), 20)
        self.run_seawall("scan", ".", "--bank", "b", "--report", "none/r.html", code=2)
        self.run_seawall("similar", ".", "--report", "r.pdf", code=2)
        self.assertIn(b"make it first", self.run_seawall("bank", "create", "none/c", code=3).stderr)

    def test_gives_a_line_to_each_file_that_cannot_be_listed(self):
        self.make_bank()
        self.write("good.png", png(64, 64, 5))
        self.write("bad.jpg", b"hello")
        lines = self.lines("bank", "add", "b", "bad.jpg", "good.png", "none", "--json", code=3)
        self.assertEqual([line["path"] for line in lines], ["bad.jpg", "good.png", "none"])
        self.assertEqual([line.get("error", {}).get("code") for line in lines], ["unsupported", None, "not_found"])

    def test_says_when_its_output_cannot_be_written(self):
        self.make_bank([("a", 5)])
        self.write("a.png", png(64, 64, 5))
        for words in (("hash", "a.png"), ("bank", "export", "b"), ("bank", "show", "b", "--json"), ("man",)):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([SEAWALL, *words], cwd=self.folder, stdout=full, stderr=subprocess.PIPE,
                                      stdin=subprocess.DEVNULL, timeout=60)
            self.assertEqual(done.returncode, 4, words)
            self.assertIn(b"No space left", done.stderr)

    def test_warns_of_ids_that_stand_twice_in_a_file(self):
        self.make_bank()
        done = self.run_seawall("bank", "import", "b", "-", stdin=csv_of([("a", 1), ("a", 2), ("b", 3)]), code=0)
        self.assertIn(b"1 rows name an id", done.stderr)

    def test_passes_over_a_byte_order_mark_in_ndjson(self):
        self.make_bank()
        rows = b"\xef\xbb\xbf" + json.dumps({"id": "a", "pdq": HASH}).encode() + b"\r\n"
        self.run_seawall("bank", "import", "b", "-", stdin=rows, code=0)
        self.run_seawall("match", "--bank", "b", "--signals", "-", stdin=rows, code=1)


if __name__ == "__main__":
    main()
