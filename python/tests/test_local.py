"""Hashing and matching in this process, against the installed package and the real program ($SEAWALL_PROGRAM)."""
import gc
import hashlib
import json
import math
import os
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path
from unittest import mock

import seawall
from seawall import _library
from seawall.local import answer_of

PROGRAM = os.environ.get("SEAWALL_PROGRAM", "")


def picture(seed, side=200, mirrored=False):
    """A smooth colour pattern as a PPM file: harmless, and of a good PDQ quality."""
    pixels = bytearray()
    for y in range(side):
        for i in range(side):
            x = side - 1 - i if mirrored else i
            for c in range(3):
                wave = (math.sin(x * 7.3 / side + seed) * math.cos(y * 9.1 / side * (1 + seed / 9))
                        + math.sin((x + y) * 15.7 / side + seed * c))
                pixels.append(int(127 + 60 * wave))
    return b"P6\n%d %d\n255\n" % (side, side) + pixels


class Hashing(unittest.TestCase):
    def test_gives_every_signal(self):
        data = picture(1)
        hashes = seawall.hash_bytes(data)
        self.assertEqual((hashes.width, hashes.height, hashes.frames, hashes.code), (200, 200, 1, None))
        self.assertEqual(hashes.md5, hashlib.md5(data).hexdigest())
        self.assertEqual(hashes.sha1, hashlib.sha1(data).hexdigest())
        self.assertEqual(hashes.sha256, hashlib.sha256(data).hexdigest())
        self.assertGreaterEqual(hashes.pdq.quality, 50)
        self.assertEqual(hashes.signals()["pdq"], [hashes.pdq.text])

    def test_reads_every_kind_of_buffer(self):
        data = picture(2)
        wanted = seawall.hash_bytes(data)
        for held in (bytearray(data), memoryview(data), memoryview(bytearray(data)), memoryview(data + b"x")[:-1],
                     memoryview(data[::-1])[::-1]):
            self.assertEqual(seawall.hash_bytes(held), wanted)

    def test_pixels_hash_as_their_file(self):
        data = picture(3)
        pdq = seawall.hash_pixels(data[-200 * 200 * 3:], 200, 200)
        self.assertEqual(pdq, seawall.hash_bytes(data).pdq)
        with self.assertRaises(seawall.InvalidInputError):
            seawall.hash_pixels(b"123", 2, 2)

    def test_what_is_no_picture_has_its_digests(self):
        hashes = seawall.hash_bytes(b"no picture")
        self.assertEqual((hashes.code, hashes.pdq, hashes.width), ("unsupported", None, None))
        self.assertEqual(hashes.md5, hashlib.md5(b"no picture").hexdigest())
        self.assertNotIn("pdq", hashes.signals())
        self.assertEqual(seawall.hash_bytes(b"").size_bytes, 0)

    def test_a_missing_file_is_said_so(self):
        with self.assertRaises(seawall.NotFoundError):
            seawall.hash_file("/nonexistent/file")

    def test_hashes_are_compared_by_their_bits(self):
        a = seawall.Pdq.from_text("0" * 63 + "1")
        b = seawall.Pdq.from_text("8" + "0" * 62 + "3")
        self.assertEqual((a.distance(b), a.distance(a)), (2, 0))
        for bad in ("", "0" * 63, "g" * 64, "0" * 62 + " 1"):
            with self.assertRaises(seawall.InvalidInputError):
                seawall.Pdq.from_text(bad)

    def test_many_threads_hash_at_once(self):
        data = [picture(i) for i in range(4)]
        wanted = [seawall.hash_bytes(one) for one in data]
        seen = [None] * 4

        def work(i):
            seen[i] = [seawall.hash_bytes(data[i]) for _ in range(5)]

        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(seen, [[one] * 5 for one in wanted])

    def test_a_forked_child_decodes_in_processes_of_its_own(self):
        wanted = seawall.hash_bytes(picture(1))
        child = os.fork()
        if child == 0:
            os._exit(0 if seawall.hash_bytes(picture(1)) == wanted else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(seawall.hash_bytes(picture(1)), wanted)

    def test_a_missing_decoder_is_no_verdict(self):
        with mock.patch.dict(os.environ, {"SEAWALL_MEDIA_WORKER": "/nonexistent/media_worker"}):
            with self.assertRaises(seawall.UnavailableError):
                seawall.Decoder().read_bytes(picture(1))

    def test_a_missing_library_says_what_to_do(self):
        with mock.patch.dict(os.environ, {"SEAWALL_LIBRARY": "/nonexistent/libseawall.so"}):
            with mock.patch.object(_library, "_library", None), self.assertRaises(seawall.UnavailableError) as caught:
                seawall.library_version()
        self.assertIn("docs/howto/python.md", caught.exception.detail)


@unittest.skipUnless(PROGRAM, "needs $SEAWALL_PROGRAM to make banks")
class Banks(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.bank = self.folder / "known"
        self.run_seawall("bank", "create", self.bank, "--action", "block")
        self.list("listed", picture(1))

    def run_seawall(self, *words, stdin=b""):
        done = subprocess.run([PROGRAM, *words], input=stdin, capture_output=True, timeout=60, check=True)
        return done.stdout

    def list(self, name, data):
        hashes = seawall.hash_bytes(data)
        row = {"id": name, "pdq": hashes.pdq.text, "quality": hashes.pdq.quality, "sha256": hashes.sha256}
        self.run_seawall("bank", "import", self.bank, "-", stdin=json.dumps(row).encode() + b"\n")

    def test_meet_bytes_and_altered_pictures_and_nothing_else(self):
        bank = seawall.Bank.open(self.bank)
        self.assertEqual((bank.name, bank.action, bank.radius, bank.entries), ("known", "block", 31, 1))
        same = bank.match_bytes(picture(1))
        self.assertEqual((same.verdict, same.matches[0].entry, same.matches[0].signal, same.matches[0].quality),
                         ("block", "listed", "sha256", None))
        mirrored = bank.match_bytes(picture(1, mirrored=True))
        self.assertEqual((mirrored.verdict, mirrored.matches[0].signal, mirrored.matches[0].variant),
                         ("block", "pdq", "flip_y"))
        self.assertEqual(bank.match_bytes(picture(1, mirrored=True), variants="none").matches, ())
        self.assertEqual(bank.match_bytes(picture(4)), seawall.BankAnswer("allow", (), True, False, ""))

    def test_agree_with_the_program(self):
        path = self.folder / "m.ppm"
        path.write_bytes(picture(1, mirrored=True))
        done = subprocess.run([PROGRAM, "match", "--bank", self.bank, "--json", path], capture_output=True, timeout=60)
        said = json.loads(done.stdout)
        answer = seawall.Bank.open(self.bank).match_file(path)
        self.assertEqual(said["verdict"], answer.verdict)
        self.assertEqual([(one["entry"], one["distance"], one["variant"], one["frame"]) for one in said["matches"]],
                         [(one.entry, one.distance, one.variant, one.frame) for one in answer.matches])
        hashed = json.loads(self.run_seawall("hash", "--json", path))
        hashes = seawall.hash_file(path)
        self.assertEqual((hashed["pdq"], hashed["pdq_quality"], hashed["sha1"], hashed["type"], hashed["width"]),
                         (hashes.pdq.text, hashes.pdq.quality, hashes.sha1, hashes.type, hashes.width))

    def test_meet_signals_that_were_made_elsewhere(self):
        bank = seawall.Bank.open(self.bank)
        hashes = seawall.hash_bytes(picture(1))
        other = seawall.hash_bytes(picture(4)).pdq
        for named in ({"pdq": hashes.pdq}, {"pdq": hashes.pdq.text.upper()}, {"pdq": [other, hashes.pdq]},
                      {"sha256": hashes.sha256, "pdq": other}):
            self.assertEqual(bank.match_signals(**named).matches[0].entry, "listed", named)
        self.assertEqual(bank.match_signals(pdq=other, md5=hashes.md5).verdict, "allow")
        flat = seawall.Pdq(hashes.pdq.bits, 49)
        self.assertEqual(bank.match_signals(pdq=flat).matches, ())
        for bad in ({"md5": "12"}, {"pdq": "12"}, {"pdq": hashes.pdq, "radius": 257}):
            with self.assertRaises(seawall.InvalidInputError):
                bank.match_signals(**bad)

    def test_show_later_changes_when_loaded_again(self):
        bank = seawall.Bank.open(self.bank)
        self.list("new", picture(4))
        self.assertEqual(bank.match_bytes(picture(4)).verdict, "allow")
        bank.reload()
        self.assertEqual((bank.match_bytes(picture(4)).verdict, bank.entries), ("block", 2))

    def test_fail_as_the_caller_chose(self):
        bank = seawall.Bank.open(self.bank)
        broken = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
        with self.assertRaises(seawall.InvalidInputError):
            bank.match_bytes(broken)
        closed = bank.match_bytes(broken, on_error="fail_closed")
        self.assertEqual((closed.verdict, closed.failed, closed.decoded, closed.matches), ("block", True, False, ()))
        self.assertEqual(bank.match_bytes(broken, on_error="fail_open").verdict, "allow")
        for kind, failed in (("image/heic", True), ("application/octet-stream", False)):
            media = mock.Mock(code="unsupported", type=kind, problem="a feature that is not read", decoded=False)
            self.assertEqual(answer_of((), media, "fail_closed").failed, failed)
        no_picture = bank.match_bytes(b"text", on_error="fail_closed")
        self.assertEqual((no_picture.verdict, no_picture.failed, no_picture.decoded), ("allow", False, False))

    def test_are_used_by_many_threads_while_they_are_loaded_again(self):
        bank = seawall.Bank.open(self.bank)
        media = seawall.read_bytes(picture(1))
        wrong = []

        def work():
            for _ in range(50):
                if bank.match(media).verdict != "block":
                    wrong.append(1)

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            bank.reload()
            gc.collect()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_work_in_a_forked_child(self):
        bank = seawall.Bank.open(self.bank)
        child = os.fork()
        if child == 0:
            os._exit(0 if bank.match_bytes(picture(1)).verdict == "block" else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_say_that_there_is_none(self):
        with self.assertRaises(seawall.NotFoundError):
            seawall.Bank.open(self.folder / "none")


if __name__ == "__main__":
    unittest.main()
