"""`seawall stream watch` with further sources: RTSP of a real server, with what its network does to it."""
import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

from live_support import FFMPEG, Rude, encode, ffmpeg, free_port
from stream_support import SECRET, WatchTest
from support import SEED, main

HAS_GST = FFMPEG and subprocess.run(
    ["/usr/bin/python3", "-c", "import gi; gi.require_version('GstRtspServer', '1.0'); "
     "from gi.repository import Gst, GstRtspServer; Gst.init(None); "
     "assert all(Gst.ElementFactory.find(n) for n in ('qtdemux', 'h264parse', 'rtph264pay', 'rtph265pay'))"],
    capture_output=True, check=False).returncode == 0


class RtspServer:
    """gst-rtsp-server with files as streams, in a process that can be stopped and begun again."""

    def __init__(self, files, method="none"):
        self.port, self.files, self.method = free_port(), files, method
        self.begin()

    def begin(self):
        script = Path(__file__).with_name("rtsp_server.py")
        files = [f"{name}={path}" for name, path in self.files.items()]
        self.process = subprocess.Popen(["/usr/bin/python3", script, str(self.port), self.method, "u ser", SECRET, *files],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if self.process.stdout.readline() != b"listens\n":
            raise RuntimeError("gst-rtsp-server does not listen")

    def url(self, name, login=""):
        return f"rtsp://{login}127.0.0.1:{self.port}/{name}?{SECRET}"

    def end(self):
        self.process.kill()
        self.process.wait(20)
        self.process.stdin.close()
        self.process.stdout.close()


@unittest.skipUnless(HAS_GST, "gst-rtsp-server is not installed (tools/packages/test)")
class Rtsp(WatchTest):
    def server(self, files, method="none"):
        server = RtspServer(files, method)
        self.addCleanup(server.end)
        return server

    def test_h264_and_hevc_with_all_ways_to_say_who_one_is(self):
        hevc = self.folder / "show_hevc.mp4"
        ffmpeg("-i", self.videos.show, "-t", 20, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
               "keyint=50:log-level=error", "-tag:v", "hvc1", hevc)
        plain = self.server({"show": self.videos.show, "other": self.videos.other, "hevc": hevc})
        basic = self.server({"show": self.videos.show}, "basic")
        digest = self.server({"show": self.videos.show}, "digest")
        noise, silent = Rude(True, SEED), Rude(False, SEED)
        self.addCleanup(noise.close)
        self.addCleanup(silent.close)
        login = f"u%20ser:{SECRET}@"
        streams = {"plain": plain.url("show"), "other": plain.url("other"), "hevc": plain.url("hevc"),
                   "basic": basic.url("show", login), "digest": digest.url("show", login),
                   "stranger": digest.url("show"), "wrong": digest.url("show", f"x:{SECRET}@"),
                   "gone": plain.url("gone"), "noise": f"rtsp://127.0.0.1:{noise.port}/{SECRET}",
                   "silent": f"rtsp://127.0.0.1:{silent.port}/{SECRET}"}
        (self.folder / "streams.txt").write_text("".join(f"{name} {url}\n" for name, url in streams.items()))
        watch = self.watch("--streams", "streams.txt", "--evidence", "evidence.ndjson")
        shows = ("plain", "hevc", "basic", "digest")
        refused = ("stranger", "wrong", "gone", "noise", "silent")
        told = self.all_told(*shows)
        lines = self.finish(watch, 1, lambda seen: told(seen) and all("failing" in self.kinds(list(seen), name)
                                                                      for name in refused))
        took = {name: round(self.assert_detected(lines, name), 2) for name in shows}
        print(f"RTSP, GOP 2 s: time to detect {took} s")
        for name in ("other", *refused):
            self.assertEqual(self.matches(lines, name), [])
        reasons = {line["stream"]: line["reason"] for line in lines if line.get("kind") == "failing"}
        self.assertIn("refuses the user and password", reasons["wrong"])
        self.assertIn("asks for a user and password", reasons["stranger"])
        self.assertIn("no such stream", reasons["gone"])
        self.assertNotIn(SECRET, (self.folder / "evidence.ndjson").read_text())

    def test_a_server_that_stalls_and_one_that_restarts(self):
        late = self.folder / "late.mp4"  # 20 s of something else before the show.
        parts = self.folder / "late.txt"
        parts.write_text(f"file {self.videos.other}\noutpoint 20\nfile {self.videos.show}\n")
        encode(late, "-f", "concat", "-safe", 0, "-i", parts)
        stalls = self.server({"show": late})
        restarts = self.server({"show": self.videos.show})
        watch = self.watch(f"stalls={stalls.url('show')}", f"restarts={restarts.url('show')}")
        self.wait_for(lambda: len([line for line in list(watch.seen) if line.get("kind") == "started"]) == 2)
        restarts.end()
        os.kill(stalls.process.pid, signal.SIGSTOP)
        time.sleep(9)
        restarts.begin()
        os.kill(stalls.process.pid, signal.SIGCONT)
        lines = self.finish(watch, 1, self.all_told("stalls", "restarts"))
        self.assertIn("stalled", self.kinds(lines, "stalls"))
        self.assertIn("resumed", self.kinds(lines, "stalls"))
        self.assertIn("restarted", self.kinds(lines, "restarts"))
        for name in ("stalls", "restarts"):
            print(f"RTSP that {name}: time to detect {self.assert_detected(lines, name):.2f} s")


if __name__ == "__main__":
    main()
