#!/usr/bin/env python3
"""What docs/webhooks.md tells receivers to do, done to what the sender really sends.

docs_test.py DOCUMENT SEND_SAMPLE
"""
import http.server
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest

DOCUMENT, SEND_SAMPLE = sys.argv[1:3]


def snippet(language):
    with open(DOCUMENT, encoding="utf-8") as file:
        found = re.findall(r"^```" + language + r"\n(.*?)^```$", file.read(), re.S | re.M)
    assert len(found) == 1, f"docs/webhooks.md has {len(found)} snippets in {language}"
    return found[0]


class Receiver(http.server.BaseHTTPRequestHandler):
    got = []

    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(202)
        self.end_headers()


def receive(folder):
    """(secret, headers, body) of one webhook."""
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, stderr=subprocess.DEVNULL)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"https://127.0.0.1:{server.server_address[1]}/hook?team=1"
    with subprocess.Popen([SEND_SAMPLE, url, certificate], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sender:
        secret = sender.stdout.readline().strip()
        out, _ = sender.communicate("go\n", timeout=60)
    assert sender.returncode == 0 and out.strip() == "202", out
    server.shutdown()
    server.server_close()
    (headers, body), = Receiver.got
    return secret, headers, body


class Webhooks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.secret, cls.headers, cls.body = receive(cls.folder.name)
        cls.other = "whsec_" + "A" * 43 + "="

    def tampered(self):
        """Each is the webhook with one thing wrong."""
        sent = int(self.headers["webhook-timestamp"])
        yield self.secret, self.headers, self.body + b" "
        yield self.secret, self.headers, self.body.replace(b"allow", b"block")
        yield self.secret, self.headers | {"webhook-id": "msg_another"}, self.body
        yield self.secret, self.headers | {"webhook-timestamp": str(sent + 1)}, self.body
        yield self.secret, self.headers | {"webhook-signature": "v1,"}, self.body
        yield self.secret, self.headers | {"webhook-signature": "v2," + self.headers["webhook-signature"][3:47]}, self.body
        yield self.other, self.headers, self.body

    def test_has_two_signatures_while_the_key_is_rotated(self):
        self.assertRegex(self.headers["webhook-signature"], r"^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$")

    def test_is_verified_by_the_python_of_the_document(self):
        names = {}
        exec(compile(snippet("python"), "docs/webhooks.md", "exec"), names)  # pylint: disable=exec-used
        verify = names["verify"]
        self.assertTrue(verify(self.secret, self.headers, self.body))
        for secret, headers, body in self.tampered():
            self.assertFalse(verify(secret, headers, body))
        sent = int(self.headers["webhook-timestamp"])
        self.assertTrue(verify(self.secret, self.headers, self.body, now=sent + 299))
        self.assertFalse(verify(self.secret, self.headers, self.body, now=sent + 301))
        self.assertFalse(verify(self.secret, self.headers, self.body, now=sent - 301))
        self.assertFalse(verify(self.secret, self.headers | {"webhook-timestamp": "now"}, self.body))

    def shell(self, secret, headers, body):
        script, file = os.path.join(self.folder.name, "verify.sh"), os.path.join(self.folder.name, "body")
        with open(script, "w", encoding="utf-8") as out:
            out.write(snippet("sh"))
        with open(file, "wb") as out:
            out.write(body)
        environment = dict(os.environ, SECRET=secret, ID=headers["webhook-id"], SENT=headers["webhook-timestamp"],
                           SIGNATURE=headers["webhook-signature"])
        done = subprocess.run(["sh", script, file], env=environment, capture_output=True, text=True, timeout=60)
        return done.returncode == 0, done.stdout.strip()

    def test_is_verified_by_the_shell_of_the_document(self):
        self.assertEqual(self.shell(self.secret, self.headers, self.body), (True, "good"))
        for secret, headers, body in self.tampered():
            self.assertEqual(self.shell(secret, headers, body), (False, "forged"))
        old = self.headers | {"webhook-timestamp": str(int(self.headers["webhook-timestamp"]) - 400)}
        self.assertEqual(self.shell(self.secret, old, self.body), (False, "too old"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
