"""Listed videos in the look-up service: listed over HTTP, found inside longer and altered uploads, taken off, kept."""
import base64
import hashlib
import json
import os
import signal
import subprocess
import tempfile
import time
import urllib.parse
import uuid

from serve_support import ServeTest
from support import main
from video_test import SOURCES, UPLOAD


class ServeVideo(ServeTest):
    """The clips are made once for all tests: harmless generated patterns that move."""

    @classmethod
    def setUpClass(cls):
        cls.made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.made.cleanup)
        for name, source in SOURCES.items():
            cls.ffmpeg("-f", "lavfi", "-i", source, "-t", "9", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                       "yuv420p", name + ".mp4")
        # 9 s of something else, 6 s of the listed one at 1.1 times its speed, mirrored, under bars, 9 s of another.
        cls.ffmpeg("-i", "rows.mp4", "-i", "zoom.mp4", "-i", "life.mp4", "-filter_complex", UPLOAD, "-map", "[v]",
                   "-c:v", "libx264", "-preset", "ultrafast", "-crf", "32", "upload.mkv")
        cls.ffmpeg("-f", "lavfi", "-i", "sine", "-t", "2", "song.m4a")

    @classmethod
    def ffmpeg(cls, *words):
        subprocess.run(["ffmpeg", "-v", "error", "-y", *words], cwd=cls.made.name, check=True, timeout=100)

    def clip(self, name):
        with open(os.path.join(self.made.name, name), "rb") as file:
            return file.read()

    def start(self, *words, **how):
        self.make_list("films")
        self.default_key = self.key("all", ("match", "lists:write", "entries:read", "status"))
        self.serve(*words, **how)

    def propose(self, name, key, bank="films"):
        query = urllib.parse.urlencode({"key": key, "why": "test"})
        answer = self.ask("POST", f"/v1/banks/{bank}/entries?{query}", self.clip(name), content_type="video/mp4")
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def put_in_force(self, release):
        answer = self.ask("POST", f"/v1/releases/{release}/activate", {"why": "test"})
        self.assertEqual(answer.status, 200, answer.body)

    def list_clip(self, name, key):
        release = self.propose(name, key)
        self.put_in_force(release["release"])
        return f"{release['release']}.0"

    def match(self, data, query="", content_type="video/mp4"):
        return self.ask("POST", "/v1/match" + query, data, content_type=content_type)

    def met(self, data, query=""):
        answer = self.match(data, query)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def assert_is_the_part(self, part):
        self.assertEqual(part["tier"], "three-aligned")
        self.assertAlmostEqual(part["begin_ms"], 9000, delta=600)
        self.assertAlmostEqual(part["end_ms"], 9000 + 6000 / 1.1, delta=600)
        self.assertAlmostEqual(part["listed_begin_ms"], 1000, delta=700)
        self.assertAlmostEqual(part["listed_end_ms"], 7000, delta=700)
        self.assertAlmostEqual(part["speed"], 1.1, delta=0.05)
        self.assertIn("flip", part["variant"])

    def test_a_listed_clip_inside_a_longer_altered_upload(self):
        self.start()
        upload = self.clip("upload.mkv")
        self.assertEqual(self.met(upload)["verdict"], "allow")
        entry = self.list_clip("zoom.mp4", "zoom")
        answer = self.met(upload, "?include_silent=true&timings=true")
        self.assertEqual(answer["verdict"], "block")
        match, = answer["matches"]
        self.assertEqual((match["entry"], match["bank"], match["signal"]), (entry, "films", "video"))
        self.assert_is_the_part(match["parts"][0])
        reason, = answer["reasons"]
        self.assertRegex(reason, r"^bank 'films': entry .* is shown: .*three-aligned.*: block$")
        media = answer["media"]
        self.assertEqual((media["type"], media["width"], media["height"]), ("video/x-matroska", 480, 270))
        self.assertTrue(media["decoded"])
        self.assertGreater(media["length_ms"], 23000)
        # The very file: by its digest, and where it shows what all the same.
        whole, = self.met(self.clip("zoom.mp4"))["matches"]
        self.assertEqual(whole["signal"], "md5" if whole["signal"] == "md5" else "sha256")
        self.assertEqual(whole["parts"][0]["tier"], "three-aligned")
        self.assertEqual(self.met(self.clip("life.mp4"))["matches"], [])
        status = self.ask("GET", "/v1/status").json["videos"]
        self.assertTrue(status["looked_into"])
        self.assertEqual((status["entries"], status["unusable"]), (1, 0))
        self.assertGreater(status["hashes"], 100)

    def test_a_title_card_of_a_harmless_bank_never_counts(self):
        self.ffmpeg("-f", "lavfi", "-i", "mandelbrot=s=480x270:start_scale=0.3", "-frames:v", "1", "card.png")
        card = ["-loop", "1", "-framerate", "25", "-t", "3", "-i", "card.png"]
        joined = ["-filter_complex", "[0:v]setsar=1,fps=25,format=yuv420p[a];[1:v]setsar=1,fps=25[b];[a][b]concat=n=2:v=1[v]",
                  "-map", "[v]", "-c:v", "libx264", "-preset", "ultrafast"]
        for name in ("zoom", "life"):
            self.ffmpeg(*card, "-i", name + ".mp4", *joined, name + "_card.mp4")
        self.start()
        self.list_clip("zoom_card.mp4", "film")
        other = self.clip("life_card.mp4")
        match, = self.met(other)["matches"]
        self.assertEqual(match["parts"][0]["tier"], "single-frame")
        self.make_list("cards", kind=("--harmless",), one_person=False)
        done = self.lists("add", "cards", os.path.join(self.made.name, "card.png"), "--id", "card", "--why", "test",
                          "--as", "ann", "--json")
        release = str(json.loads(done.stdout.splitlines()[-1])["release"])
        self.lists("approve", release, "--why", "test", "--as", "bob")
        self.lists("activate", release, "--why", "test", "--as", "bob")
        self.wait_for(lambda: self.ask("GET", "/v1/status").json["videos"]["templates"] > 0, "followed")
        answer = self.met(other, "?include_silent=true")
        self.assertEqual((answer["verdict"], answer["matches"]), ("allow", []))
        match, = self.met(self.clip("upload.mkv"))["matches"]
        self.assertEqual(match["parts"][0]["tier"], "three-aligned")

    def test_what_is_taken_off_is_met_no_more_within_a_second(self):
        self.start()
        entry = self.list_clip("zoom.mp4", "zoom")
        upload = self.clip("upload.mkv")
        self.assertEqual(self.met(upload)["verdict"], "block")
        answer = self.ask("POST", "/v1/banks/films/withdrawals", {"entries": [entry], "why": "test"})
        self.assertEqual(answer.status, 201, answer.body)
        begun = time.monotonic()
        after = self.met(upload)
        self.assertEqual((after["verdict"], after["matches"]), ("allow", []))
        self.assertLess(time.monotonic() - begun, 20)
        time.sleep(1)
        after = self.met(upload, "?include_silent=true")
        self.assertEqual((after["verdict"], after["matches"]), ("allow", []))
        self.wait_for(lambda: self.ask("GET", "/v1/status").json["videos"]["entries"] == 0, "taken off")

    def test_what_waits_for_its_release_is_silent_at_most(self):
        self.start()
        release = self.propose("zoom.mp4", "zoom")["release"]
        upload = self.clip("upload.mkv")
        self.assertEqual(self.met(upload, "?include_silent=true")["matches"], [])
        answer = self.ask("POST", f"/v1/releases/{release}/stage", {"why": "test"})
        self.assertEqual(answer.status, 200, answer.body)
        staged = self.met(upload, "?include_silent=true")
        self.assertEqual(staged["verdict"], "allow")
        self.assertEqual([match["standing"] for match in staged["matches"]], ["staged"])
        self.assertEqual(self.met(upload)["matches"], [])

    def test_broken_videos_and_files_of_other_kinds(self):
        self.start()
        self.list_clip("zoom.mp4", "zoom")
        whole = self.clip("upload.mkv")
        broken = whole[:2000] + os.urandom(4000)
        self.assertIn(self.match(broken).status, (400, 415, 422))
        self.assertEqual(self.met(broken, "?on_error=fail_closed")["verdict"], "block")
        opened = self.met(broken, "?on_error=fail_open")
        self.assertEqual((opened["verdict"], opened["media"]["decoded"]), ("allow", False))
        self.assertIn("failed", opened)
        # Cut in the middle of the part: what is there is found.
        cut = self.met(whole[:len(whole) * 6 // 10], "?on_error=fail_open")
        self.assertEqual(cut["verdict"], "block")
        self.assertEqual(self.met(self.clip("song.m4a"))["media"]["decoded"], False)
        refused = self.ask("POST", "/v1/banks/films/entries?why=test", broken, content_type="video/mp4")
        self.assertIn(refused.status, (400, 415, 422), refused.body)

    def test_a_video_that_takes_too_long_is_told(self):
        config = self.write("serve.toml", "video_time_max_ms = 1\n")
        self.make_list("films")
        self.default_key = self.key("all", ("match", "lists:write", "entries:read", "status"))
        self.serve()
        self.list_clip("zoom.mp4", "zoom")
        self.stop()
        self.serve("--config", str(config))
        late = self.match(self.clip("upload.mkv"))
        self.assertNotEqual(late.status, 200, late.body)
        closed = self.met(self.clip("upload.mkv"), "?on_error=fail_closed")
        self.assertEqual(closed["verdict"], "block")
        self.assertEqual(closed["failed"]["error"]["code"], "limit_exceeded")

    def test_a_form_and_a_later_answer(self):
        self.start()
        self.list_clip("zoom.mp4", "zoom")
        upload = self.clip("upload.mkv")
        border = uuid.uuid4().hex
        def part(name, data, kind):
            head = f'--{border}\r\nContent-Disposition: form-data; name="items"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'
            return head.encode() + data + b"\r\n"
        picture = b"P5\n4 4\n255\n" + bytes(16)
        body = part("a.pgm", picture, "image/x-portable-graymap") + part("b.mkv", upload, "video/x-matroska")
        answer = self.ask("POST", "/v1/match", body + f"--{border}--\r\n".encode(),
                          content_type=f"multipart/form-data; boundary={border}")
        self.assertEqual(answer.status, 200, answer.body)
        self.assertEqual([one["verdict"] for one in answer.json["answers"]], ["allow", "block"])
        later = self.match(upload, "?mode=async")
        self.assertEqual(later.status, 202, later.body)
        place = later.headers["location"]
        self.wait_for(lambda: self.ask("GET", place).json["state"] != "pending", "answered")
        done = self.ask("GET", place).json
        self.assertEqual(done["answer"]["verdict"], "block")
        self.assert_is_the_part(done["answer"]["matches"][0]["parts"][0])
        again = self.ask("POST", "/v1/match", upload, content_type="video/mp4", headers={"Idempotency-Key": '"one"'})
        self.assertEqual(again.json["verdict"], "block")

    def test_what_was_acknowledged_is_found_after_kill_9(self):
        self.start()
        self.list_clip("zoom.mp4", "zoom")
        self.stop(signal.SIGKILL)
        self.serve()
        answer = self.met(self.clip("upload.mkv"))
        self.assertEqual(answer["verdict"], "block")
        self.assert_is_the_part(answer["matches"][0]["parts"][0])

    def test_listed_videos_may_lie_on_disk(self):
        self.write("serve.toml", "videos_on_disk = true\n")
        self.start("--config", "serve.toml")
        self.list_clip("zoom.mp4", "zoom")
        self.assert_is_the_part(self.met(self.clip("upload.mkv"))["matches"][0]["parts"][0])
        self.stop(signal.SIGKILL)
        self.assertEqual([path.name for path in (self.folder / "state" / "videos").iterdir()], ["look-up"])
        self.serve("--config", "serve.toml")
        self.assert_is_the_part(self.met(self.clip("upload.mkv"))["matches"][0]["parts"][0])
        self.stop()
        self.assertEqual(list((self.folder / "state" / "videos").iterdir()), [])

    def test_without_a_worker_videos_are_met_by_their_digests(self):
        self.make_list("films", "id,md5\nfilm," + hashlib.md5(self.clip("zoom.mp4")).hexdigest() + "\n")
        self.default_key = self.key("all", ("match", "lists:write", "status"))
        self.serve(env={"SEAWALL_VIDEO_WORKER": "/nonexistent/video_worker"})
        self.assertFalse(self.ask("GET", "/v1/status").json["videos"]["looked_into"])
        match, = self.met(self.clip("zoom.mp4"))["matches"]
        self.assertEqual(match["signal"], "md5")
        self.assertEqual(self.met(self.clip("upload.mkv"))["verdict"], "allow")
        answer = self.ask("POST", "/v1/banks/films/entries?why=test", self.clip("zoom.mp4"), content_type="video/mp4")
        self.refused(answer, 415, "unsupported")

    def test_a_video_is_proposed_by_the_command(self):
        self.make_list("films")
        done = self.lists("add", "films", os.path.join(self.made.name, "zoom.mp4"), "--id", "zoom", "--why", "test",
                          "--json")
        release = json.loads(done.stdout.splitlines()[-1])["release"]
        self.lists("activate", str(release), "--why", "test")
        again = self.lists("add", "films", os.path.join(self.made.name, "zoom.mp4"), "--id", "zoom", "--why", "test")
        self.assertIn(b"nothing to propose", again.stderr)
        self.lists("add", "films", self.write("no.mp4", b"\0\0\0\x18ftypmp42" + bytes(99)), "--why", "test", code=3)
        self.default_key = self.key("all", ("match",))
        self.serve()
        answer = self.met(self.clip("upload.mkv"))
        self.assert_is_the_part(answer["matches"][0]["parts"][0])

    def carry(self, bank, key, kind, data):
        """An entry with a signal of others in force."""
        self.write("others.ndjson", json.dumps({"id": key, "carried": f"{kind}:{base64.b64encode(data).decode()}"}) + "\n")
        done = self.lists("import", bank, "others.ndjson", "--format", "ndjson", "--source", "others", "--why", "test",
                          "--json")
        self.lists("activate", str(json.loads(done.stdout.splitlines()[-1])["release"]), "--why", "test")

    def test_others_signals_of_videos(self):
        self.make_list("films")
        zoom = os.path.join(self.made.name, "zoom.mp4")
        vpdq = self.run_seawall("hash", "--vpdq", zoom, code=0).stdout
        self.carry("films", "sampled", "vpdq", vpdq)
        tmk = self.run_seawall("hash", "--tmk", zoom, code=0).stdout
        self.make_list("whole")
        self.carry("whole", "tmk", "tmk", tmk)
        self.default_key = self.key("all", ("match", "status"))
        self.serve()
        self.wait_for(lambda: self.ask("GET", "/v1/status").json["videos"]["tmk"] == 1, "read")
        part, *_ = self.met(self.clip("upload.mkv"), "?banks=films")["matches"][0]["parts"]
        self.assertIn(part["tier"], ("two-aligned", "three-aligned"))
        self.assertAlmostEqual(part["begin_ms"], 9000, delta=1500)
        asked = self.ask("POST", "/v1/match", {"signals": {"tmk": base64.b64encode(tmk).decode()}})
        self.assertEqual([match["signal"] for match in asked.json["matches"]], ["tmk"])
        self.assertEqual(asked.json["verdict"], "block")
        self.assertIn("TMK", asked.json["reasons"][0])
        self.cut("smaller.mp4", "-i", "zoom.mp4", "-vf", "scale=320:180", "-crf", "30")
        both = self.met(self.clip("smaller.mp4"))
        self.assertEqual({match["bank"]: match["signal"] for match in both["matches"]}, {"films": "video", "whole": "tmk"})

    @classmethod
    def cut(cls, name, *words):
        cls.ffmpeg(*words, "-c:v", "libx264", "-preset", "ultrafast", name)

    def test_an_export_carries_the_video_to_another_store(self):
        self.start()
        self.list_clip("zoom.mp4", "zoom")
        self.stop()
        row = self.lists("export", "films", "--format", "ndjson").stdout
        self.write("films.ndjson", row)
        row = json.loads(row)
        self.assertTrue(row["carried"][0].startswith("seawall-video:"))
        self.lists("create", "others", "--purpose", "test", "--owner", "tests", "--why", "test", "--one-person")
        done = self.lists("import", "others", "films.ndjson", "--format", "ndjson", "--source", "partner", "--why", "test", "--json")
        self.lists("activate", str(json.loads(done.stdout.splitlines()[-1])["release"]), "--why", "test")
        self.serve()
        answer = self.met(self.clip("upload.mkv"), "?banks=others")
        self.assertEqual([match["bank"] for match in answer["matches"]], ["others"])
        self.assert_is_the_part(answer["matches"][0]["parts"][0])


if __name__ == "__main__":
    main()
