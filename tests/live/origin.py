"""Serves a folder over HTTP, and fails as the folder's file FAULT says: "404", "garbage", "stall", or nothing.

Prints its port. Ends when its input ends. FAULT works on playlists and segments alike.
"""
import http.server
import os
import sys
import threading
import time
from pathlib import Path

ROOT = Path(sys.argv[1])
TYPES = {".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = (ROOT / self.path.split("?")[0].lstrip("/")).resolve()
        fault = (ROOT / "FAULT").read_text() if (ROOT / "FAULT").exists() else ""
        if fault == "stall":
            time.sleep(3)
        if fault == "404" or not path.is_relative_to(ROOT.resolve()) or not path.is_file():
            return self.answer(404, b"")
        if fault == "garbage":
            return self.answer(200, os.urandom(2000))
        self.answer(200, path.read_bytes())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", TYPES.get(Path(self.path).suffix, "application/octet-stream"))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
