"""The real nginx with the configurations of packaging/nginx, before the real service and a small application."""
import gzip
import hashlib
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest
from pathlib import Path

from serve_support import ServeTest
from support import main, png

NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
CONFIGURATIONS = Path(__file__).resolve().parents[2] / "packaging/nginx"
OPEN = ("error_page 401 404 429 500 502 503 504 =503 @unchecked;", "error_page 500 502 503 504 = @application;")
LISTED_TEXT = b"listed text"


def form(*parts, boundary="b0undary"):
    """multipart/form-data of (name, file name or None, bytes)."""
    body = b""
    for name, filename, content in parts:
        file = f'; filename="{filename}"' if filename else ""
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@unittest.skipUnless(NGINX, "nginx is not installed (apt-get install nginx-light)")
class Nginx(ServeTest):
    def setUp(self):
        super().setUp()
        self.picture, self.other = png(200, 160, 7), png(200, 160, 8)
        self.write("listed.png", self.picture)
        hashes = json.loads(self.run_seawall("hash", "listed.png", "--json", code=0).stdout)
        self.pdq = hashes["pdq"]
        md5 = hashlib.md5(LISTED_TEXT).hexdigest()
        self.make_list("known", f"id,pdq,md5\npicture,{hashes['pdq']},\nfile,,{md5}\n")
        self.default_key = self.key("site", ("match", "metrics"))
        self.application()

    def application(self):
        """Keeps all that reaches it, and answers 201."""
        seen = self.seen = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(201)
                self.send_header("Content-Length", "6")
                self.end_headers()
                self.wfile.write(b"stored")

            do_GET = do_POST = do_PUT = take

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.application_port = server.server_address[1]

    def nginx(self, name, *changes):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.site_port = free.getsockname()[1]
        text = (CONFIGURATIONS / name).read_text()
        for old, new in [("LISTEN", f"127.0.0.1:{self.site_port}"), ("UPLOADS", "/upload"),
                         ("APPLICATION_PORT", str(self.application_port)), ("127.0.0.1:8443", f"127.0.0.1:{self.port}"),
                         ("SEAWALL_KEY", self.default_key), *changes]:
            self.assertIn(old, text)
            text = text.replace(old, new)
        (self.folder / "bodies").mkdir(exist_ok=True)
        paths = "".join(f"{kind}_temp_path {self.folder}/{folder};" for kind, folder in
                        [("client_body", "bodies"), ("proxy", "p"), ("fastcgi", "f"), ("uwsgi", "u"), ("scgi", "s")])
        self.write("nginx.conf", f"daemon off; master_process off; pid {self.folder}/nginx.pid;\n"
                   f"error_log {self.folder}/nginx.log info;\nevents {{}}\nhttp {{ access_log off; {paths}\n{text}\n}}\n")
        site = subprocess.Popen([NGINX, "-e", self.folder / "nginx.log", "-c", self.folder / "nginx.conf"])
        self.addCleanup(site.wait)
        self.addCleanup(site.terminate)
        self.wait_for(self.site_listens, "nginx listens")

    def site_listens(self):
        try:
            socket.create_connection(("127.0.0.1", self.site_port), timeout=5).close()
            return True
        except OSError:
            return False

    def upload(self, body, content_type="image/png", method="POST", path="/upload", headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.site_port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers={"Content-Type": content_type, **(headers or {})})
            response = connection.getresponse()
            answer = (response.status, response.read())
            self.assertIsNone(response.getheader("Seawall-Verdict"))
            return answer
        finally:
            connection.close()

    def gated(self, mode, verdict):
        text = self.ask("GET", "/metrics").body.decode()
        return int(re.search(f'seawall_gate_total{{mode="{mode}",verdict="{verdict}"}} (\\d+)', text)[1])

    def refused_before_the_application(self, answer, status=403):
        self.assertEqual(answer[0], status, answer)
        self.assertEqual([seen[:2] for seen in self.seen], [])

    def passed(self, answer, body):
        self.assertEqual(answer, (201, b"stored"))
        self.assertEqual(self.seen.pop()[3], body)
        self.assertEqual(self.seen, [])

    def test_what_is_listed_is_refused_before_the_application_sees_it(self):
        self.serve()
        self.nginx("seawall-block.conf")
        self.refused_before_the_application(self.upload(self.picture))
        self.refused_before_the_application(self.upload(png(200, 160, 7, rotate=True), "text/plain", "PUT"))
        listed, kind = form(("title", None, b"a holiday"), ("media[]", "x.png", self.picture))
        self.refused_before_the_application(self.upload(listed, kind))
        # The second of two, without a file name, under any name.
        listed, kind = form(("a", "x.png", self.other), ("b", None, self.picture))
        self.refused_before_the_application(self.upload(listed, kind))
        self.refused_before_the_application(self.upload(LISTED_TEXT, "application/octet-stream"))
        # Nothing that a visitor writes into the address reaches the question.
        for tail in ("?mode=count", "?on_error=fail_open", "&mode=count", "/a/..?accel=@application", "/%3Fmode=count"):
            self.refused_before_the_application(self.upload(self.picture, path="/upload" + tail))
        self.assertEqual(self.gated("refuse", "block"), 10)

    def test_what_is_harmless_passes_unchanged(self):
        self.serve()
        self.nginx("seawall-block.conf")
        self.passed(self.upload(self.other), self.other)
        self.upload(self.other, "image/x-any", "PUT", "/upload/a%20b?c=d&e", {"Authorization": "Basic abc", "Cookie": "s=1"})
        method, path, headers, body = self.seen.pop()
        self.assertEqual((method, path, body), ("PUT", "/upload/a%20b?c=d&e", self.other))
        self.assertEqual((headers["authorization"], headers["cookie"], headers["content-type"]),
                         ("Basic abc", "s=1", "image/x-any"))
        harmless, kind = form(("password", None, LISTED_TEXT), ("file", "x.png", self.other))
        self.passed(self.upload(harmless, kind), harmless)  # Text of a form is not hashed.
        self.passed(self.upload(None, method="GET"), b"")
        self.assertEqual(self.upload(None, method="GET", path="/elsewhere")[0], 201)
        self.assertNotIn(self.default_key, str(self.seen))

    def test_large_uploads_stay_in_memory(self):
        self.serve()
        self.nginx("seawall-block.conf")
        large = self.random.randbytes(95 << 20)
        self.passed(self.upload(large, "application/octet-stream"), large)
        chunks = (large[at:at + (1 << 20)] for at in range(0, len(large), 1 << 20))
        self.passed(self.upload(chunks, "application/octet-stream"), large)
        self.assertNotIn("temporary file", (self.folder / "nginx.log").read_text())
        self.refused_before_the_application(self.upload(bytes(101 << 20)), 413)

    def test_what_hides_a_file_is_refused(self):
        self.serve()
        self.nginx("seawall-block.conf")
        self.refused_before_the_application(self.upload(b"{}", "application/json"), 415)
        self.refused_before_the_application(self.upload(b"a=b", "application/x-www-form-urlencoded"), 415)
        self.refused_before_the_application(self.upload(b"--b--", "multipart/related; boundary=b"), 415)
        packed = {"headers": {"Content-Encoding": "gzip"}}
        self.refused_before_the_application(self.upload(gzip.compress(self.picture), **packed), 415)
        self.refused_before_the_application(self.upload(b"--other", "multipart/form-data; boundary=b"), 400)

    def test_without_seawall_nothing_passes(self):
        self.serve()
        self.nginx("seawall-block.conf")
        self.stop()
        answer = self.upload(self.other)
        self.refused_before_the_application(answer, 503)
        self.assertEqual(answer[1], b"Uploads are not possible at the moment.\n")

    def test_a_key_that_is_no_more_lets_nothing_pass(self):
        self.serve()
        self.nginx("seawall-block.conf", (self.default_key, "swk_" + "a" * 76))
        self.refused_before_the_application(self.upload(self.other), 503)

    def test_without_seawall_all_passes_where_the_site_wants_that(self):
        self.serve()
        self.nginx("seawall-block.conf", OPEN)
        self.refused_before_the_application(self.upload(self.picture))
        self.stop()
        self.passed(self.upload(self.picture), self.picture)

    def test_a_mirror_counts_and_never_refuses(self):
        self.serve()
        self.nginx("seawall-count.conf")
        self.passed(self.upload(self.picture, path="/upload?mode=refuse"), self.picture)
        self.passed(self.upload(self.other), self.other)
        self.wait_for(lambda: (self.gated("count", "block"), self.gated("count", "allow")) == (1, 1), "counted")
        self.assertEqual(self.gated("refuse", "block"), 0)
        # Seawall hangs: no visitor waits for it.
        self.process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        self.passed(self.upload(self.picture), self.picture)
        self.assertLess(time.monotonic() - begun, 4)  # proxy_read_timeout is 5 s.
        self.process.send_signal(signal.SIGCONT)
        self.stop()
        self.passed(self.upload(self.picture), self.picture)

    def test_signals_of_a_trusted_program_are_asked_about(self):
        self.serve()
        self.nginx("seawall-signals.conf")
        said = {"headers": {"Seawall-Md5": hashlib.md5(LISTED_TEXT).hexdigest()}}
        self.refused_before_the_application(self.upload(b"anything", **said))
        self.refused_before_the_application(self.upload(b"anything", headers={"Seawall-Pdq": self.pdq}))
        self.refused_before_the_application(self.upload(b"anything"), 500)
        self.refused_before_the_application(self.upload(b"anything", headers={"Seawall-Md5": "no"}), 500)
        self.passed(self.upload(b"anything", headers={"Seawall-Sha256": "0" * 64}), b"anything")
        self.stop()
        self.refused_before_the_application(self.upload(b"anything", headers={"Seawall-Sha256": "0" * 64}), 500)


class Gate(ServeTest):
    """/v1/gate without a proxy."""

    def setUp(self):
        super().setUp()
        self.make_list("known", f"id,md5\nfile,{hashlib.md5(LISTED_TEXT).hexdigest()}\n")
        self.default_key = self.key("site", ("match",))
        self.serve()

    def gate(self, body, query="", **named):
        return self.ask("POST", "/v1/gate" + query, body, content_type="application/octet-stream", **named)

    def test_the_verdict_is_the_status(self):
        listed = self.gate(LISTED_TEXT, "?accel=@app")
        self.assertEqual((listed.status, listed.body, listed.headers["seawall-verdict"]), (403, b"", "block"))
        self.assertNotIn("x-accel-redirect", listed.headers)
        clear = self.gate(b"another text", "?accel=@app&place=upload")
        self.assertEqual((clear.status, clear.headers["seawall-verdict"]), (204, "allow"))
        self.assertEqual(clear.headers["x-accel-redirect"], "@app")
        counted = self.gate(LISTED_TEXT, "?mode=count")
        self.assertEqual((counted.status, counted.headers["seawall-verdict"]), (204, "block"))

    def test_a_repeated_question_gets_the_same_answer(self):
        for body, status in ((LISTED_TEXT, 403), (b"another text", 204)):
            named = {"headers": {"Idempotency-Key": f"upload-{status}"}}
            first, again = (self.gate(body, "?accel=@app", **named) for _ in range(2))
            self.assertEqual((first.status, again.status), (status, status))
            self.assertEqual(again.headers["idempotency-replayed"], "true")
            for name in ("seawall-verdict", "x-accel-redirect"):
                self.assertEqual(first.headers.get(name), again.headers.get(name))

    def test_what_fails_is_closed_unless_said_otherwise(self):
        damaged = b"P5\n100000 100000\n255\nfar too large"
        self.assertEqual(self.gate(damaged).status, 403)
        self.assertEqual(self.gate(damaged, "?on_error=fail_open").status, 204)

    def test_wrong_questions(self):
        for query in ("?accel=/internal", "?accel=@", "?accel=@a%0d%0ab", "?mode=cuont", "?radius=300", "?x=1",
                      "?profile=deep", "?on_error=tell"):
            self.refused(self.gate(b"x", query), 400, "invalid-input")
        self.refused(self.gate(b"x", "?banks=nothere"), 404, "not-found")
        self.refused(self.gate(b"x", key=None), 401, "unauthenticated")
        self.refused(self.gate(b"x", key=self.key("other", ("status",))), 403, "forbidden")
        self.refused(self.ask("GET", "/v1/gate"), 400, "invalid-input")
        self.refused(self.ask("GET", "/v1/gate", headers={"Seawall-Pdq": "0" * 64, "Seawall-Pdq-Quality": "101"}), 400,
                     "invalid-input")
        self.refused(self.ask("GET", "/v1/gate", key=None), 401, "unauthenticated")
        self.assertEqual(self.ask("GET", "/v1/gate", headers={"Seawall-Sha1": "0" * 40}).status, 204)
        upper = hashlib.md5(LISTED_TEXT).hexdigest().upper()
        self.assertEqual(self.ask("GET", "/v1/gate", headers={"Seawall-Md5": upper}).status, 403)


if __name__ == "__main__":
    main()
