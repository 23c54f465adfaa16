"""A server that stands in for the service: it says what a test told it to, and remembers what it was asked."""
import json
import socketserver
import subprocess
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

CHAIN = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
ALLOW = {"request_id": "r_0e1VbJ3Zk3", "verdict": "allow", "matches": [], "reasons": [],
         "list_version": {"number": 41, "chain": CHAIN}, "observed": False}
BLOCK = {**ALLOW, "id": "post-17", "verdict": "block", "reasons": ["Entry 12.345 of bank known is 4 bits away."],
         "matches": [{"match": "12.345@post-17", "entry": "12.345", "bank": "known", "source": "manual",
                      "signal": "pdq", "distance": 4, "radius": 31, "variant": "rotate90", "frame": 0, "quality": 100,
                      "standing": "enforced", "action": "block", "list_version": 38}]}


def problem(status, code, kind, detail="What to do.", **more):
    return {"type": f"/problems/{kind}", "title": "A title", "status": status, "code": code, "detail": detail,
            "request_id": "r_0e1VbJ3Zk2", **more}


@dataclass
class Asked:
    method: str
    path: str
    query: list
    headers: dict
    body: bytes
    connection: int

    @property
    def json(self):
        return json.loads(self.body)


@dataclass
class Say:
    """An answer. `status` 0 closes the connection without one; `drip` is called before each byte of the body;
    `unread` answers before the body is read and then closes."""
    status: int = 200
    body: object = None
    headers: dict = field(default_factory=dict)
    drip: object = None
    unread: bool = False
    close: bool = False


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = False
    connections = 0

    def setup(self):
        super().setup()
        self.server.connections += 1
        self.number = self.server.connections

    def address_string(self):
        return "test"

    def log_message(self, *_):
        pass

    def do_POST(self):
        say = self.server.answers.pop(0) if self.server.answers else Say(500)
        size = int(self.headers.get("Content-Length", 0))
        body = b"" if say.unread else self.rfile.read(size)
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(Asked(self.command, parts.path, parse_qsl(parts.query), headers, body, self.number))
        if say.status == 0:
            self.close_connection = True
            return
        data = say.body if isinstance(say.body, bytes) else json.dumps(say.body).encode()
        self.send_response(say.status)
        kind = "application/json" if say.status < 400 else "application/problem+json"
        for name, value in {"Content-Type": kind, "Content-Length": len(data), **say.headers}.items():
            self.send_header(name, str(value))
        if say.close or say.unread:
            self.send_header("Connection", "close")
        self.end_headers()
        if say.drip:
            for i in range(len(data)):
                say.drip()
                self.wfile.write(data[i:i + 1])
        else:
            self.wfile.write(data)
        self.wfile.flush()
        if say.close or say.unread:
            self.close_connection = True

    do_GET = do_POST


class StandIn:
    """Use as a context manager; `address` is what a client takes."""

    def __init__(self, *answers, unix_path=None, tls=None):
        base = socketserver.ThreadingUnixStreamServer if unix_path else socketserver.ThreadingTCPServer
        server_class = type("Server", (base,), {"daemon_threads": True, "allow_reuse_address": True,
                                                "block_on_close": False, "handle_error": lambda *_: None})
        self.server = server_class(unix_path or ("127.0.0.1", 0), _Handler)
        self.server.answers = list(answers)
        self.server.asked = []
        self.server.connections = 0
        if unix_path:
            self.address = f"unix:{unix_path}"
        else:
            scheme = "https" if tls else "http"
            self.address = f"{scheme}://localhost:{self.server.server_address[1]}"
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)

    @property
    def asked(self):
        return self.server.asked

    def __enter__(self):
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()


def make_certificate(folder, name="localhost"):
    """A key and a certificate for `name` that nobody signed; their paths."""
    key, certificate = Path(folder) / f"{name}.key", Path(folder) / f"{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return key, certificate
