"""`seawall stream watch` with DASH: ffmpeg's packager behind an HTTP server."""
import functools
import http.server
import subprocess
import threading
import time
import unittest

from live_support import FFMPEG
from stream_support import SECRET, WatchTest
from support import main


class FileServer:
    """Serves a folder over HTTP as it is at the moment."""

    def __init__(self, folder):
        handler = functools.partial(self.Handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    class Handler(http.server.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_words):
            pass

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}/{path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@unittest.skipUnless(FFMPEG, "ffmpeg is not installed (apt-get install ffmpeg)")
class Dash(WatchTest):
    def package(self, name, video, *words):
        """ffmpeg's packager, live: segments of 2 s and an MPD of the last ones."""
        folder = self.folder / "dash" / SECRET / name
        folder.mkdir(parents=True, exist_ok=True)
        process = subprocess.Popen([FFMPEG, "-nostdin", "-loglevel", "error", "-re", "-i", str(video), "-map", "0:v", "-c", "copy",
                                    "-f", "dash", "-seg_duration", "2", "-window_size", "5", "-extra_window_size", "5", *words,
                                    str(folder / "index.mpd")], stderr=subprocess.DEVNULL)
        self.children.append(process)
        return process

    def test_mpds_with_numbers_and_with_a_time_line(self):
        self.package("numbers", self.videos.show, "-use_template", "1", "-use_timeline", "0")
        self.package("timeline", self.videos.show, "-use_template", "1", "-use_timeline", "1")
        self.package("list", self.videos.show, "-use_template", "0", "-use_timeline", "0")
        self.package("other", self.videos.other)
        first = self.package("restarts", self.videos.other)
        server = FileServer(self.folder / "dash")
        self.addCleanup(server.close)
        names = ("numbers", "timeline", "list", "other", "restarts")
        for name in names:
            path = self.folder / "dash" / SECRET / name / "index.mpd"
            self.wait_for(path.exists)
        garbage = self.folder / "dash" / SECRET / "garbage"
        garbage.mkdir()
        mpd = (garbage.parent / "other" / "index.mpd").read_text()
        (garbage / "index.mpd").write_text(mpd)
        for number in range(1, 40):
            (garbage / f"chunk-stream0-{number:05d}.m4s").write_bytes(self.random.randbytes(30_000))
        (garbage / "init-stream0.m4s").write_bytes(self.random.randbytes(800))
        watch = self.watch(*[f"{name}={server.url(f'{SECRET}/{name}/index.mpd')}" for name in (*names, "garbage")])
        time.sleep(6)
        first.kill()
        first.wait()
        self.package("restarts", self.videos.show)
        shows = ("numbers", "timeline", "list", "restarts")
        lines = self.finish(watch, 1, self.all_told(*shows))
        took = {name: round(self.assert_detected(lines, name), 2) for name in shows}
        print(f"DASH, segments of 2 s: time to detect {took} s")
        for name in ("other", "garbage"):
            self.assertEqual(self.matches(lines, name), [])
        self.assertTrue([line for line in lines if line["event"] == "blind" and line["stream"] == "garbage"])


if __name__ == "__main__":
    main()
