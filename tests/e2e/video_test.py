"""Videos through the real program: listed, found inside longer and altered ones, explained, scanned; broken ones."""
import csv
import hashlib
import json
import os
import shutil
import subprocess

from support import SEAWALL, SeawallTest, main

# Harmless generated patterns that move.
SOURCES = {
    "zoom": "mandelbrot=s=480x270:r=25:end_scale=0.02",
    "rows": "cellauto=s=480x270:r=25:rule=110:random_seed=5",
    "life": "life=s=480x270:r=25:mold=10:ratio=0.1:death_color=#C83232:life_color=#00ff00:seed=7",
}
UPLOAD = ("[1:v]trim=1:7,setpts=(PTS-STARTPTS)/1.1,hflip,scale=480:202,pad=480:270:0:34,setsar=1,fps=25[b];"
          "[0:v]setsar=1,fps=25[a];[2:v]setsar=1,fps=25[c];[a][b][c]concat=n=3:v=1[v]")


class Video(SeawallTest):
    """The clips are made once for all tests, in a folder of their own."""

    @classmethod
    def setUpClass(cls):
        if shutil.which("ffmpeg") is None:
            raise RuntimeError("these tests need the ffmpeg program: ./do setup")
        import tempfile
        cls.made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.made.cleanup)
        for name, source in SOURCES.items():
            cls.ffmpeg("-f", "lavfi", "-i", source, "-t", "9", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                       "yuv420p", name + ".mp4")
        # 9 s of something else, 6 s of the listed one at 1.1 times its speed, mirrored, under bars, 9 s of another.
        cls.ffmpeg("-i", "rows.mp4", "-i", "zoom.mp4", "-i", "life.mp4", "-filter_complex", UPLOAD, "-map", "[v]",
                   "-c:v", "libx264", "-preset", "ultrafast", "-crf", "32", "upload.mkv")

    @classmethod
    def ffmpeg(cls, *words):
        subprocess.run(["ffmpeg", "-v", "error", "-y", *words], cwd=cls.made.name, check=True, timeout=100)

    def clip(self, name):
        return os.path.join(self.made.name, name)

    def list_zoom(self):
        self.run_seawall("bank", "create", "b", code=0)
        self.run_seawall("bank", "add", "b", self.clip("zoom.mp4"), "--id", "zoom", code=0)

    def assert_is_the_part(self, clip):
        self.assertEqual(clip["tier"], "three-aligned")
        self.assertAlmostEqual(clip["begin_ms"], 9000, delta=600)
        self.assertAlmostEqual(clip["end_ms"], 9000 + 6000 / 1.1, delta=600)
        self.assertAlmostEqual(clip["listed_begin_ms"], 1000, delta=700)
        self.assertAlmostEqual(clip["listed_end_ms"], 7000, delta=700)
        self.assertAlmostEqual(clip["speed"], 1.1, delta=0.05)

    def test_finds_a_listed_clip_in_a_longer_altered_video(self):
        self.list_zoom()
        line, = self.lines("match", "--bank", "b", self.clip("upload.mkv"), "--json", code=1)
        match, = line["matches"]
        self.assertEqual((match["entry"], match["signal"], line["verdict"]), ("zoom", "video", "block"))
        self.assertIn("flip", match["variant"])
        self.assert_is_the_part(match["clip"])
        self.assertEqual((line["video"]["codec"], line["video"]["width"]), ("h264", 480))
        text = self.run_seawall("match", "--bank", "b", self.clip("upload.mkv"), code=1).stdout.decode()
        self.assertIn("three-aligned", text)
        # From a pipe the same; what is not listed does not match; the file itself also by its digest.
        with open(self.clip("upload.mkv"), "rb") as file:
            piped, = self.lines("match", "--bank", "b", "-", "--json", stdin=file.read(), code=1)
        self.assertEqual(piped["matches"], line["matches"])
        other, = self.lines("match", "--bank", "b", self.clip("rows.mp4"), "--json", code=0)
        self.assertEqual((other["matches"], other["verdict"]), ([], "allow"))
        same, = self.lines("match", "--bank", "b", self.clip("zoom.mp4"), "--json", code=1)
        self.assertEqual([match["signal"] for match in same["matches"]], ["sha256", "video"])

    def test_explains_with_a_picture(self):
        self.list_zoom()
        for other in (["zoom", "--bank", "b"], [self.clip("zoom.mp4")]):
            line, = self.lines("explain", self.clip("upload.mkv"), *other, "--json", "--html", "why.html", code=1)
            self.assertTrue(line["match"])
            self.assert_is_the_part(line["segments"][0])
            page = (self.folder / "why.html").read_text()
            for wanted in ("<svg", "three-aligned", "Content-Security-Policy", "</html>"):
                self.assertIn(wanted, page)
            self.assertNotIn("<script", page)
        text = self.run_seawall("explain", self.clip("rows.mp4"), "zoom", "--bank", "b", code=0).stdout
        self.assertIn(b"Nothing was found", text)
        self.assertIn(b"no video", self.run_seawall("explain", self.clip("rows.mp4"), "none", "--bank", "b", code=3).stderr)
        self.write("text.txt", "a text")
        self.assertIn(b"neither", self.run_seawall("explain", self.clip("rows.mp4"), "text.txt", code=3).stderr)

    def make_card(self):
        """A title card, a video to be listed that begins with it, and another that begins with it too."""
        self.ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=480x270:start_scale=0.3", "-frames:v", "1", "card.png")
        self.ffmpeg("-f", "lavfi", "-i", SOURCES["rows"], "-frames:v", "1", "-update", "1", "other_card.png")
        card = ["-loop", "1", "-framerate", "25", "-t", "3", "-i", "card.png"]
        joined = ["-filter_complex", "[0:v]setsar=1,fps=25,format=yuv420p[a];[1:v]setsar=1,fps=25[b];[a][b]concat=n=2:v=1[v]",
                  "-map", "[v]", "-c:v", "libx264", "-preset", "ultrafast"]
        for name in ("zoom", "life"):
            self.ffmpeg(*card, "-i", name + ".mp4", *joined, name + "_card.mp4")

    def test_a_shared_title_card_is_no_match_once_it_is_named_as_benign(self):
        self.make_card()
        for bank in ("b", "cards", "others"):
            self.run_seawall("bank", "create", bank, code=0)
        self.run_seawall("bank", "add", "b", self.clip("zoom_card.mp4"), "--id", "film", code=0)
        self.run_seawall("bank", "add", "cards", self.clip("card.png"), "--id", "card", code=0)
        self.run_seawall("bank", "add", "others", self.clip("rows.mp4"), "--id", "rows", code=0)
        words = ["--bank", "b", self.clip("life_card.mp4"), "--json"]
        for more in ([], ["--benign", "others"]):
            line, = self.lines("match", *words, *more, code=1)
            self.assertEqual({match["clip"]["tier"] for match in line["matches"]}, {"single-frame"}, line)
        for more in (["--benign", "cards"], ["--benign", "others", "--benign", "cards"]):
            line, = self.lines("match", *words, *more, code=0)
            self.assertEqual(line["matches"], [])
        # What comes after the card is met all the same; frames of a video are templates as pictures are.
        line, = self.lines("match", "--bank", "b", "--benign", "cards", self.clip("zoom.mp4"), "--json", code=1)
        self.assertEqual(line["matches"][0]["clip"]["tier"], "three-aligned")
        self.run_seawall("bank", "create", "zooms", code=0)
        self.run_seawall("bank", "add", "zooms", self.clip("zoom_card.mp4"), "--id", "all", code=0)
        self.run_seawall("match", "--bank", "b", "--benign", "zooms", self.clip("zoom.mp4"), code=0)
        explained = ["explain", self.clip("life_card.mp4"), "film", "--bank", "b", "--json", "--html", "why.html"]
        line, = self.lines(*explained, code=1)
        self.assertEqual((line["tier"], line["benign_hashes"]), ("single-frame", 0))
        line, = self.lines(*explained, "--benign", "cards", code=0)
        self.assertGreater(line["benign_hashes"], 0)
        self.assertIn("Nothing was found", (self.folder / "why.html").read_text())

    def test_a_scan_leaves_benign_frames_out_and_is_another_scan_with_other_ones(self):
        self.make_card()
        for bank in ("b", "cards"):
            self.run_seawall("bank", "create", bank, code=0)
        self.run_seawall("bank", "add", "b", self.clip("zoom_card.mp4"), "--id", "film", code=0)
        self.run_seawall("bank", "add", "cards", self.clip("card.png"), "--id", "card", code=0)
        (self.folder / "up").mkdir()
        shutil.copy(self.clip("life_card.mp4"), self.folder / "up")
        words = ["scan", "up", "--bank", "b", "--state", "state"]
        self.run_seawall(*words, code=1)
        self.assertIn(b"benign frames", self.run_seawall(*words, "--benign", "cards", code=6).stderr)
        self.run_seawall(*words, "--benign", "cards", "--restart", code=0)
        self.run_seawall("bank", "add", "cards", self.clip("other_card.png"), "--id", "other", code=0)
        self.assertIn(b"benign frames was", self.run_seawall(*words, "--benign", "cards", code=6).stderr)
        self.run_seawall("scan", "up", "--server", "http://127.0.0.1:1", "--benign", "cards", code=2)

    def test_hashes_as_vpdq_and_by_digest(self):
        line, = self.lines("hash", "--json", self.clip("zoom.mp4"), code=0)
        self.assertEqual((line["type"], line["duration_ms"], line["frames"]), ("video/mp4", 9000, 225))
        self.assertEqual(len(line["vpdq"]), 9)
        rows = list(csv.reader(self.run_seawall("hash", "--vpdq", self.clip("zoom.mp4"), code=0).stdout.decode().splitlines()))
        self.assertEqual([row[0] for row in rows], [str(25 * i) for i in range(9)])
        self.assertEqual([f"{row[2]},{row[1]},{row[3]}" for row in rows], line["vpdq"])
        self.assertGreater(line["dense"]["hashes"], 9)

    def test_writes_the_tmk_signal_of_one_video(self):
        signal = self.run_seawall("hash", "--tmk", self.clip("zoom.mp4"), code=0).stdout
        self.assertEqual((signal[:12], len(signal)), (b"TMK1FVECPDQF", 263344))
        self.run_seawall("hash", "--tmk", "--vpdq", self.clip("zoom.mp4"), code=2)
        self.run_seawall("hash", "--tmk", "missing.mp4", code=3)

    def test_writes_the_vpdq_signal_of_one_video_and_of_nothing_else(self):
        (self.folder / "up").mkdir()
        shutil.copy(self.clip("zoom.mp4"), self.folder / "up")
        self.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=320x240", "-frames:v", "1", "picture.png")
        for words in ([self.clip("zoom.mp4"), self.clip("rows.mp4")], ["up"], [self.clip("picture.png")],
                      [self.clip("zoom.mp4"), "--json"]):
            done = self.run_seawall("hash", "--vpdq", *words, code=2)
            self.assertEqual(done.stdout, b"", words)
            self.assertIn(b"one video", done.stderr, words)
        self.run_seawall("hash", "--vpdq", "missing.mp4", code=3)

    def test_says_which_videos_of_a_folder_it_cannot_decode(self):
        self.list_zoom()
        (self.folder / "up").mkdir()
        tone = ["-f", "lavfi", "-i", "sine=duration=1"]
        self.ffmpeg(*tone, "-c:a", "aac", "music.mp4")
        self.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x120", "-t", "1", "-c:v", "snow", "-strict", "-2", "odd.avi")
        self.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x120", "-t", "1", "-c:v", "libx264", "plain.mp4")
        with open(self.clip("plain.mp4"), "rb") as file:
            unknown = file.read().replace(b"avc1", b"zzz9")
        self.write("up/unknown.mp4", unknown)
        for name in ("music.mp4", "odd.avi"):
            shutil.copy(self.clip(name), self.folder / "up")
        for command in (["match", "--bank", "b"], ["scan", "--bank", "b", "--state", "s"]):
            done = self.run_seawall(*command, "up", code=3)
            for words in (b"up/odd.avi: this build does not decode snow", b"up/unknown.mp4: the video is of a codec",
                          b"zzz9"):
                self.assertIn(words, done.stderr, command)
            self.assertNotIn(b"music", done.stderr, command)
        done = self.run_seawall("match", "--bank", "b", "up/music.mp4", code=3)
        self.assertIn(b"holds no video stream", done.stderr)

    def test_scans_a_folder_with_videos_and_goes_on_where_it_was(self):
        self.list_zoom()
        (self.folder / "up").mkdir()
        for name in ("upload.mkv", "rows.mp4", "zoom.mp4"):
            shutil.copy(self.clip(name), self.folder / "up")
        self.write("up/notes.txt", "a text")
        self.write("up/text.mp4", "a text that is called a film")
        words = ["scan", "up", "--bank", "b", "--state", "state", "--report", "r.html", "--report", "r.json"]
        lines = self.lines(*words, "--json", code=1)
        found = {line["path"]: line for line in lines if "path" in line}
        self.assert_is_the_part({**found["up/upload.mkv"]["matches"][0]["clip"], "speed": 1.1})
        self.assertEqual(found["up/upload.mkv"]["type"], "video/x-matroska")
        self.assertEqual([match["signal"] for match in found["up/zoom.mp4"]["matches"]], ["sha256", "video"])
        self.assertEqual((found["up/rows.mp4"]["matches"], found["up/text.mp4"]["matches"]), ([], []))
        self.assertIn("three-aligned", (self.folder / "r.html").read_text())
        again = self.lines(*words, "--json", code=1)
        self.assertEqual([line for line in again if "path" in line], [])
        kept = {line["path"]: line for line in self.report()}
        self.assertEqual(kept["up/upload.mkv"]["matches"], found["up/upload.mkv"]["matches"])

    def report(self):
        text = (self.folder / "r.json").read_text()
        return json.loads(text)["files"]

    def test_says_what_is_wrong_with_a_file_and_looks_at_the_others(self):
        self.list_zoom()
        with open(self.clip("upload.mkv"), "rb") as file:
            whole = file.read()
        with open(self.clip("zoom.mp4"), "rb") as file:
            mp4 = file.read()
        self.write("text.mp4", "a text that is called a film")
        self.write("empty.mp4", b"")
        self.write("headless.mp4", mp4[:len(mp4) // 2])  # Its table of contents was at the end.
        self.write("cut.mkv", whole[:len(whole) * 2 // 3])
        self.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=9600x5400:r=1", "-t", "1", "-c:v", "mjpeg", "-q:v", "12", "-pix_fmt",
                    "yuvj420p", "-threads", "1", "huge.avi")
        for name, words in (("text.mp4", b"neither a picture nor a video"), ("empty.mp4", b"empty"),
                            ("headless.mp4", b"damaged or cut off"), (self.clip("huge.avi"), b"more pixels")):
            for command in (["match", "--bank", "b"], ["hash"], ["bank", "add", "b"]):
                done = self.run_seawall(*command, name, code=3)
                self.assertIn(words, done.stderr, (command, name))
        # What is left of a video is compared, and a match outweighs the errors of others.
        lines = self.lines("match", "--bank", "b", "--json", "text.mp4", "cut.mkv", code=1)
        self.assertEqual(lines[0]["error"]["code"], "unsupported")
        self.assertTrue(lines[1]["video"]["truncated"])
        self.assertEqual(lines[1]["matches"][0]["entry"], "zoom")
        self.assertEqual(self.lines("bank", "show", "b", "--json")[0]["videos"], 1)

    def test_needs_video_worker_for_videos_alone(self):
        none = {"SEAWALL_VIDEO_WORKER": "/nowhere/video_worker"}
        (self.folder / "up").mkdir()
        for name in ("rows.mp4", "zoom.mp4"):
            shutil.copy(self.clip(name), self.folder / "up")
        with open(self.clip("zoom.mp4"), "rb") as file:
            digest = hashlib.sha256(file.read()).hexdigest()
        # A bank that lists no video has nothing to decode one for.
        self.make_bank([("a", 5)], name="digests")
        self.write("more.csv", f"id,sha256\nd,{digest}\n")
        self.run_seawall("bank", "import", "digests", "more.csv", code=0)
        for command in (["match", "up"], ["scan", "up", "--state", "s1"]):
            lines = [line for line in self.lines(*command, "--bank", "digests", "--json", env=none, code=1) if "path" in line]
            self.assertEqual([[match["signal"] for match in line["matches"]] for line in lines], [[], ["sha256"]])
            self.assertFalse(any(line.get("error") for line in lines))
        # One that lists some does; what the digests say is told first, and the error beside it.
        self.list_zoom()
        done = self.run_seawall("match", "--bank", "b", self.clip("rows.mp4"), env=none, code=4)
        self.assertIn(b"SEAWALL_VIDEO_WORKER", done.stderr)
        rows, zoom = self.lines("match", "--bank", "b", "up", "--json", env=none, code=1)
        self.assertEqual((rows["matches"], rows["error"]["code"]), ([], "unavailable"))
        self.assertEqual(([match["signal"] for match in zoom["matches"]], zoom["error"]["code"]), (["sha256"], "unavailable"))
        (self.folder / "up/rows.mp4").unlink()
        lines = self.lines("scan", "up", "--state", "s2", "--bank", "b", "--json", env=none, code=4)
        self.assertEqual([match["signal"] for match in lines[0]["matches"]], ["sha256"])
        self.assertEqual((lines[0]["error"]["code"], lines[-1]["error"]["code"]), ("unavailable", "unavailable"))
        lines = self.lines("scan", "up", "--state", "s2", "--bank", "b", "--json", "--retry-errors", code=1)
        self.assertEqual([match["signal"] for match in lines[0]["matches"]], ["sha256", "video"])
        self.write("texts/text.txt", "a text")
        self.run_seawall("hash", "texts", env=none, code=0)

    def test_banks_keep_list_remove_and_state_videos(self):
        self.list_zoom()
        self.run_seawall("bank", "add", "b", self.clip("rows.mp4"), self.clip("life.mp4"), code=0)
        shown, = self.lines("bank", "show", "b", "--json")
        self.assertEqual((shown["entries"], shown["videos"], shown["pdq"]), (3, 3, 0))
        self.assertGreater(shown["video_bytes"], 1000)
        one, = self.lines("bank", "show", "b", "zoom", "--json")
        self.assertEqual(one["video"]["duration_ms"], 8960)
        done = self.run_seawall("bank", "export", "b", code=0)
        self.assertIn(b"3 entries are videos", done.stderr)
        self.run_seawall("bank", "remove", "b", "zoom", code=0)
        self.run_seawall("bank", "verify", "b", code=0)
        line, = self.lines("match", "--bank", "b", self.clip("upload.mkv"), "--json", code=1)
        self.assertEqual({match["entry"] for match in line["matches"]}, {self.clip("rows.mp4"), self.clip("life.mp4")})
        # The same again changes nothing.
        done = self.run_seawall("bank", "add", "b", self.clip("rows.mp4"), code=0)
        self.assertIn(b"unchanged 1", done.stderr)
        # A flat one is listed by its digests.
        self.ffmpeg("-f", "lavfi", "-i", "color=gray:s=160x120", "-t", "1", "-c:v", "libx264", "flat.mp4")
        done = self.run_seawall("bank", "add", "b", self.clip("flat.mp4"), "--id", "flat", code=0)
        self.assertIn(b"too flat", done.stderr)
        line, = self.lines("match", "--bank", "b", self.clip("flat.mp4"), "--json", code=1)
        self.assertEqual([match["signal"] for match in line["matches"]], ["sha256"])

    def test_importing_what_was_exported_keeps_the_videos(self):
        self.list_zoom()
        for extra in ([], ["--format", "ndjson"]):
            exported = self.run_seawall("bank", "export", "b", *extra, code=0).stdout
            done = self.run_seawall("bank", "import", "b", "-", stdin=exported, code=0)
            self.assertIn(b"unchanged 1", done.stderr)
        line, = self.lines("match", "--bank", "b", self.clip("upload.mkv"), "--json", code=1)
        self.assertEqual(line["matches"][0]["entry"], "zoom")
        # Another file under the same id: the print goes, and that is told.
        other = b"id,sha256\nzoom," + b"7" * 64 + b"\n"
        done = self.run_seawall("bank", "import", "b", "-", stdin=other, code=0)
        self.assertIn(b"1 videos lose their print", done.stderr)
        self.assertEqual(self.lines("bank", "show", "b", "--json")[0]["videos"], 0)

    def test_loses_no_listed_video_whenever_it_is_killed(self):
        self.run_seawall("bank", "create", "b", code=0)
        acknowledged = set()
        for number in range(12):
            child = subprocess.Popen([SEAWALL, "bank", "add", "b", self.clip("rows.mp4"), "--id", f"v{number}"],
                                     cwd=self.folder, stderr=subprocess.DEVNULL)
            try:
                code = child.wait(timeout=self.random.uniform(0.05, 1.2))
            except subprocess.TimeoutExpired:
                child.kill()
                code = child.wait()
            if code == 0:
                acknowledged.add(f"v{number}")
            listed = {line["id"] for line in self.lines("bank", "export", "b", "--json", code=0)}
            self.assertLessEqual(acknowledged, listed)
            self.run_seawall("bank", "verify", "b", code=0)
            shown, = self.lines("bank", "show", "b", "--json")
            self.assertEqual(shown["videos"], len(listed))  # An entry with its print, or neither.
            acknowledged |= listed


if __name__ == "__main__":
    main()
