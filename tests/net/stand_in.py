"""A small HTTP server of the tests' own: it speaks other bodies' interfaces with their traps.

Started by tests/net/stand_in_server.cpp. Prints "<port> <tls port> <certificate>" and serves until its standard
input closes. Every word it serves is made up. Standard library, and the openssl program for the certificate.
"""
import gzip
import json
import os
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import bodies  # noqa: E402


webhooks, webhooks_lock = {}, threading.Lock()  # What each receiver got.
BOMB = gzip.compress(bytes(32 << 20), 1)  # About 140 KiB.


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that goes away is what many tests do: no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *arguments):
        pass

    def answer(self, status, body=b"", headers=(), length=None):
        """One answer, after which the connection closes; `length` may lie about the body's."""
        self.close_connection = True
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if length is not False:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        parts = urlsplit(self.path)
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        names = parts.path.strip("/").split("/")
        if names[0] == "trap":
            return getattr(self, "trap_" + names[1].replace("-", "_"))(*names[2:])
        if names[0] == "s":
            return bodies.serve(self, names[1], names[2:])
        return self.answer(404)

    do_GET = do_POST = do_PUT = serve

    def trap_echo(self):
        text = json.dumps({"method": self.command, "target": self.path, "body": self.body.decode(),
                           "headers": {k.lower(): v for k, v in self.headers.items()}})
        self.answer(200, text.encode(), [("Content-Type", "application/json"), ("X-Trap", "echo")])

    def trap_status(self, status):
        self.answer(int(status), b"", [("Retry-After", "7")])

    def trap_half(self):
        self.answer(200, b"x" * 500, length=1000)

    def trap_half_chunked(self):
        self.answer(200, b"5\r\nhello\r\n5\r\nhe", [("Transfer-Encoding", "chunked")], length=False)

    def trap_short_length(self):
        self.answer(200, b"0123456789", length=4)

    def trap_silent(self):
        self.rfile.read(1)  # Until the client has had enough.
        self.close_connection = True

    def trap_drip(self):
        self.answer(200, b"", length=1_000_000)
        for _ in range(1000):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def trap_gzip(self):
        self.answer(200, gzip.compress(b"harmless " * 1000), [("Content-Encoding", "gzip")])

    def trap_cut_gzip(self):
        self.answer(200, gzip.compress(os.urandom(1000))[:600], [("Content-Encoding", "gzip")])

    def trap_bomb(self):
        self.answer(200, BOMB, [("Content-Encoding", "gzip")])

    def trap_other_encoding(self):
        self.answer(200, b"harmless", [("Content-Encoding", "br")])

    def trap_large(self, size):
        self.answer(200, b"y" * int(size))

    def trap_endless(self, status):
        """A body without an end; with 302 it leads to /trap/echo."""
        headers = [("Transfer-Encoding", "chunked")] + [("Location", "/trap/echo")] * (status == "302")
        self.answer(int(status), b"", headers, length=False)
        try:
            while True:
                self.wfile.write(b"10000\r\n" + b"e" * 0x10000 + b"\r\n")
        except OSError:
            self.close_connection = True

    def trap_headers(self):
        self.answer(200, b"", [("X-Long", "z" * 4000)] * 40)

    def trap_webhook(self, name, what, *words):
        """A receiver; /trap/webhooks/<name> says what it got."""
        with webhooks_lock:
            got = webhooks.setdefault(name, [])
            got.append({"headers": {k.lower(): v for k, v in self.headers.items()}, "body": self.body.decode()})
            turn = len(got)
        if what == "flaky":
            return self.answer(500 if turn <= int(words[0]) else 204)
        if what == "status":
            return self.answer(int(words[0]), b"", [("Retry-After", words[1])] if words[1:] else ())
        if what == "redirect":
            return self.answer(302, b"", [("Location", f"/trap/webhook/{name}/ok")])
        if what in ("silent", "drip", "half"):
            return getattr(self, "trap_" + what)()
        return self.answer(204)

    def trap_webhooks(self, name):
        with webhooks_lock:
            text = json.dumps(webhooks.get(name, []))
        self.answer(200, text.encode(), [("Content-Type", "application/json")])

    def trap_redirect(self, where):
        port = self.server.server_address[1]
        targets = {"here": "/trap/echo", "other": f"http://localhost:{port}/trap/echo", "loop": "/trap/redirect/loop",
                   "file": "file:///etc/hostname", "plain": f"http://127.0.0.1:{self.server.plain_port}/trap/echo"}
        self.answer(302, b"", [("Location", targets[where])])


def make_certificate(folder):
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    return certificate, key


def main():
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = make_certificate(folder)
        plain, secure = Server(("127.0.0.1", 0), Handler), Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        # The handshake belongs to the connection's own thread: see do_handshake_on_connect.
        secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
        plain.plain_port = secure.plain_port = plain.server_address[1]
        for server in (plain, secure):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        print(plain.server_address[1], secure.server_address[1], certificate, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
