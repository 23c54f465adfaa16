"""The web console's files as browsers get them: headers, caching, compression, and nothing that is not in the table."""
import gzip
import hashlib
import os
import re
import signal
import socket

from serve_support import Answer, ServeTest
from support import main

PAGE = b"<!doctype html><html lang=en><title>console</title><script type=module src=/console/assets/app-3f9c2a7d.js></script>"
SCRIPT = b"export const harmless = 1;\n" * 200
STRICT = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
          "cross-origin-resource-policy": "same-origin"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}


class Console(ServeTest):
    default_key = None

    def setUp(self):
        super().setUp()
        self.write("console/index.html", PAGE)
        self.write("console/assets/app-3f9c2a7d.js", SCRIPT)
        self.write("serve.toml", 'console_folder = "console"\n')

    def get(self, path, headers=None, method="GET"):
        connection = self.connect()
        try:
            connection.request(method, path, headers=headers or {})
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        if path.startswith("/console"):
            for name, value in STRICT.items():
                self.assertEqual(answer.headers.get(name), value, (path, name))
            policy = answer.headers["content-security-policy"]
            self.assertTrue(policy.startswith("default-src 'none'; "), policy)
            self.assertNotIn("unsafe-inline", policy)
            self.assertIn("camera=()", answer.headers["permissions-policy"])
            self.assertIn("x-request-id", answer.headers)
        return answer

    def test_a_browser_gets_the_page_and_keeps_what_has_a_digest_in_its_name(self):
        self.serve("--config", "serve.toml")
        root = self.get("/", BROWSER)
        self.assertEqual((root.status, root.headers["location"]), (303, "/console/"))
        page = self.get("/console/", BROWSER)
        self.assertEqual(page.headers["content-type"], "text/html; charset=utf-8")
        body = gzip.decompress(page.body) if page.headers.get("content-encoding") == "gzip" else page.body
        self.assertEqual((page.status, body, page.headers["cache-control"]), (200, PAGE, "no-cache"))
        deep = self.get("/console/lists/known?cursor=abc")
        self.assertEqual((deep.status, deep.body), (200, PAGE))
        script = self.get("/console/assets/app-3f9c2a7d.js", BROWSER)
        self.assertEqual(script.headers["content-encoding"], "gzip")
        self.assertEqual(gzip.decompress(script.body), SCRIPT)
        self.assertEqual(script.headers["cache-control"], "public, max-age=31536000, immutable")
        plain = self.get("/console/assets/app-3f9c2a7d.js")
        self.assertEqual((plain.body, plain.headers["etag"]), (SCRIPT, '"%s"' % hashlib.sha256(SCRIPT).hexdigest()))
        self.assertNotEqual(plain.headers["etag"], script.headers["etag"])
        again = self.get("/console/assets/app-3f9c2a7d.js", {**BROWSER, "If-None-Match": script.headers["etag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        head = self.get("/console/", method="HEAD")
        self.assertEqual((head.status, head.body, head.headers["content-length"]), (200, b"", str(len(PAGE))))

    def test_programs_see_no_change(self):
        self.serve("--config", "serve.toml")
        self.refused(self.ask("GET", "/"), 404, "not-found")
        self.assertEqual(self.get("/", {"Accept": "application/json"}).status, 404)
        self.assertEqual(self.get("/console/", method="POST").status, 405)
        self.assertEqual(self.ask("GET", "/consoles/").status, 404)

    def test_no_path_leads_out_of_the_table(self):
        self.write("outside.txt", b"outside")
        self.serve("--config", "serve.toml")
        for path in ("/console/../outside.txt", "/console/%2e%2e/outside.txt", "/console/..%2foutside.txt",
                     "/console/assets/../../outside.txt", "/console//outside.txt", "/console/./index.html",
                     "/console/assets/..\\..\\outside.txt", "/console/outside.txt%00.js", "/console/assets/",
                     "/console/.env", "/console/index.html/"):
            for line in (f"GET {path} HTTP/1.1", f"GET http://a{path} HTTP/1.1"):
                got = self.raw(f"{line}\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
                self.assertRegex(got[:12], rb"^HTTP/1.1 4\d\d$", path)
                self.assertNotIn(b"outside\r\n", got)

    def test_a_folder_is_read_again_at_sighup_and_refused_with_a_link(self):
        self.serve("--config", "serve.toml")
        self.write("console/index.html", PAGE + b"<p>anew")
        self.assertEqual(self.get("/console/").body, PAGE)
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: self.get("/console/").body.endswith(b"anew"), "read again")
        os.symlink("/etc/hostname", self.folder / "console/host.txt")
        self.process.send_signal(signal.SIGHUP)
        self.wait_for(lambda: "host.txt" in self.log_text(), "refused")
        self.assertEqual(self.get("/console/host.txt").status, 404)
        self.assertTrue(self.get("/console/").body.endswith(b"anew"))
        self.assertEqual(self.stop(), 0)
        refused = self.run_seawall("serve", "state", "--store", self.store, "--listen", "127.0.0.1:0", "--access-key",
                                   "access.key", "--config", "serve.toml", code=3)
        self.assertIn("host.txt", refused.stderr.decode())

    def test_what_the_build_put_in_is_served_or_it_says_what_to_do(self):
        self.serve()
        page = self.get("/console/", {"Accept": "text/html"})
        if page.status == 503:
            self.assertIn(b"npm run build", page.body)
            return
        self.assertEqual(page.status, 200)
        named = re.findall(rb'(?:src|href)="/console/(assets/[^"]+)"', page.body)
        self.assertTrue(named, page.body)
        for name in named:
            file = self.get("/console/" + name.decode())
            self.assertEqual((file.status, "immutable" in file.headers["cache-control"]), (200, True), name)

    def test_the_log_names_no_path_that_was_sent(self):
        self.serve("--config", "serve.toml")
        self.get("/console/lists/secret-name")
        self.assertEqual(self.stop(), 0)
        lines = [line for line in self.log_lines() if line.get("path") == "/console/"]
        self.assertEqual((len(lines), lines[0]["status"]), (1, 200))
        self.assertNotIn("secret-name", self.log_text())

    def test_many_at_once_leave_the_server_as_it_was(self):
        self.serve("--config", "serve.toml")
        peers = [socket.create_connection(("127.0.0.1", self.port), timeout=60) for _ in range(50)]
        for peer in peers:
            peer.sendall(b"GET /console/assets/app-3f9c2a7d.js HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        for peer in peers:
            peer.close()
        self.assertEqual(self.get("/console/").status, 200)


if __name__ == "__main__":
    main()
