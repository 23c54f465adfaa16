"""Live streams for tests: harmless generated videos, an HLS origin with a clock of its own, nginx with its RTMP module."""
import http.server
import os
import random
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

FFMPEG = shutil.which("ffmpeg")
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
RTMP_MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
SEGMENT_S = 2
LISTED_AT_S, LISTED_FOR_S, LISTED_FROM_S, LONG_S = 8, 8, 2, 40


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ffmpeg(*words):
    subprocess.run([FFMPEG, "-nostdin", "-y", "-loglevel", "error", *map(str, words)], check=True, timeout=120)


def encode(output, *inputs, size="640x360", gop=50):
    ffmpeg(*inputs, "-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-g", gop, "-sc_threshold", 0, "-b:v",
           "600k", "-maxrate", "900k", "-bufsize", "900k", "-s", size, "-pix_fmt", "yuv420p", output)


class Videos:
    """`listed.mp4`; `show.mp4`, in which it stands from LISTED_AT_S on; `other.mp4`, in which it does not."""

    def __init__(self, folder, size="640x360"):
        self.folder = folder
        self.listed, self.show, self.other = folder / "listed.mp4", folder / "show.mp4", folder / "other.mp4"
        encode(self.listed, "-f", "lavfi", "-t", 12, "-i", "mandelbrot=size=640x360:rate=25", size=size)
        encode(self.other, "-f", "lavfi", "-t", LONG_S, "-i", "testsrc2=size=640x360:rate=25", size=size)
        parts = folder / "parts.txt"
        parts.write_text(f"file {self.other}\noutpoint {LISTED_AT_S}\n"
                         f"file {self.listed}\ninpoint {LISTED_FROM_S}\noutpoint {LISTED_FROM_S + LISTED_FOR_S}\n"
                         f"file {self.other}\ninpoint {LISTED_AT_S}\noutpoint {LONG_S - LISTED_FOR_S}\n")
        encode(self.show, "-f", "concat", "-safe", 0, "-i", parts, size=size)

    def segments(self, video, *more, name=None):
        """The bytes of its transport stream, cut in pieces of SEGMENT_S."""
        folder = self.folder / (name or video.stem)
        folder.mkdir()
        ffmpeg("-i", video, "-c", "copy", *more, "-f", "segment", "-segment_time", SEGMENT_S, "-segment_format", "mpegts",
               folder / "%03d.ts")
        return [path.read_bytes() for path in sorted(folder.iterdir())]

    def shown_at(self, segment, offset_s):
        """A segment, its time moved by that much."""
        path = self.folder / "moved.ts"
        (self.folder / "still.ts").write_bytes(segment)
        ffmpeg("-i", self.folder / "still.ts", "-c", "copy", "-output_ts_offset", offset_s, "-muxdelay", 0, path)
        return path.read_bytes()


class HlsOrigin:
    """Live playlists at /NAME/SECRET/index.m3u8: one more segment every SEGMENT_S from the first question on."""

    def __init__(self, secret):
        self.secret, self.streams, self.pauses, self.breaks, self.ended = secret, {}, {}, {}, set()
        self.begun = None
        origin = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                _, name, secret, file = (self.path.split("/") + [""] * 4)[:4]
                body = origin.answer(name, file) if secret == origin.secret else None
                self.send_response(200 if body is not None else 404)
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, name, segments, pause=None, discontinuities=()):
        """`pause`: (after so many segments, for so many seconds)."""
        self.streams[name], self.pauses[name], self.breaks[name] = segments, pause, set(discontinuities)

    def url(self, name):
        return f"http://127.0.0.1:{self.server.server_port}/{name}/{self.secret}/index.m3u8"

    def end(self, name):
        """All of it is there, and no more comes."""
        self.ended.add(name)

    def count(self, name):
        if name in self.ended:
            return len(self.streams[name])
        self.begun = self.begun or time.monotonic()
        passed = time.monotonic() - self.begun
        if self.pauses[name]:
            after, seconds = self.pauses[name]
            begin = after * SEGMENT_S
            passed = min(passed, begin) if passed < begin + seconds else passed - seconds
        return min(2 + int(passed / SEGMENT_S), len(self.streams[name]))

    def answer(self, name, file):
        if name not in self.streams:
            return None
        segments, count = self.streams[name], self.count(name)
        if file != "index.m3u8":
            number = int(file.split(".")[0])
            return segments[number] if number < count else None
        first = 0 if name in self.ended else max(0, count - 5)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{SEGMENT_S}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for number in range(first, count):
            if number in self.breaks[name]:
                lines.append("#EXT-X-DISCONTINUITY")
            lines += [f"#EXTINF:{SEGMENT_S}.0,", f"{number}.ts"]
        if name in self.ended:
            lines.append("#EXT-X-ENDLIST")
        return ("\n".join(lines) + "\n").encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class RtmpServer:
    """nginx with its RTMP module; `hooks`: what stands in the application besides `live on`."""

    def __init__(self, folder, hooks=""):
        self.folder, self.port, self.http_port = folder / "nginx", free_port(), free_port()
        self.folder.mkdir()
        user = "user root;" if os.getuid() == 0 else ""
        places = " ".join(f"{name}_temp_path {self.folder}/{name};"
                          for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"load_module {RTMP_MODULE}; {user} daemon off; pid {self.folder}/pid; error_log {self.folder}/errors; "
            "worker_processes 1; events { worker_connections 4096; }\n"
            f"rtmp {{ server {{ listen 127.0.0.1:{self.port}; chunk_size 4096; notify_method post; "
            f"application live {{ live on; wait_key on; {hooks} }} }} }}\n"
            f"http {{ access_log off; {places} server {{ listen 127.0.0.1:{self.http_port}; "
            "location /control { rtmp_control all; } } }\n")
        self.process = subprocess.Popen([NGINX, "-p", self.folder, "-c", self.folder / "nginx.conf"],
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("nginx does not listen")

    def url(self, name):
        return f"rtmp://127.0.0.1:{self.port}/live/{name}"

    def close(self):
        self.process.terminate()
        self.process.wait(20)


def publish(video, urls, *before, at_s=0, copy=("-c", "copy")):
    """One process that replays an encoded video to all of them, as fast as it is played."""
    outputs = "|".join(f"[f=flv:onfail=ignore]{url}" for url in urls)
    return subprocess.Popen([FFMPEG, "-nostdin", "-loglevel", "error", "-re", "-ss", str(at_s), "-i", str(video), *copy,
                             *before, "-map", "0:v", "-tag:v", "7", "-f", "tee", outputs], stderr=subprocess.DEVNULL)


class Rude:
    """A TCP server that says what it likes: noise, or nothing."""

    def __init__(self, noise, seed):
        self.noise, self.random = noise, random.Random(seed)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.kept = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.kept.append(connection)
            if self.noise:
                try:
                    connection.sendall(b"\x03" + self.random.randbytes(200_000))
                except OSError:
                    pass

    def close(self):
        self.socket.close()
        for connection in self.kept:
            connection.close()
