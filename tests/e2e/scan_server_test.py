"""`seawall scan --server` against the real service: as with a bank, and what goes wrong on the way."""
import http.server
import json
import os
import subprocess
import threading
import unittest

from serve_support import ServeTest
from support import SEAWALL, main, png


class Overloaded:
    """Answers every request with 503, to come back in a minute."""

    def __init__(self, port):
        asked = self.asked = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(503)
                self.send_header("Retry-After", "60")
                self.send_header("Content-Length", "0")
                self.end_headers()
                asked.set()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class ScanServer(ServeTest):
    """A folder with a listed picture, one that is turned, others, a listed text; a bank with the same entries."""

    def setUp(self):
        super().setUp()
        self.write("up/listed.png", png(200, 160, 7))
        self.write("up/deep/turned.png", png(200, 160, 7, rotate=True))
        self.write("up/listed.txt", b"listed text")
        self.write("up/damaged.png", png(200, 160, 9)[:60])
        for i in range(20):
            self.write(f"up/other{i}.png", png(100, 80, 100 + i))
        hashed = json.loads(self.run_seawall("hash", "up/listed.png", "--json", code=0).stdout)
        text = json.loads(self.run_seawall("hash", "up", "--json").stdout.splitlines()[-1])
        for line in self.run_seawall("hash", "up", "--json").stdout.splitlines():
            one = json.loads(line)
            if one["path"].endswith("listed.txt"):
                text = one
        self.rows = f"id,pdq,sha256\npicture,{hashed['pdq']},\nfile,,{text['sha256']}\n"
        self.make_list("known", self.rows)
        self.default_key = self.key("scan", ("match",))
        self.write("key", self.default_key + "\n")
        os.chmod(self.folder / "key", 0o600)

    def scan(self, *words, code, env=None, where=()):
        where = where or ("--server", f"http://127.0.0.1:{self.port}", "--key-file", "key")
        done = self.run_seawall("scan", "up", *where, "--json", "--progress", "none", *words, code=code, env=env)
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()

    def facts(self, lines):
        """What does not depend on where the entries are kept."""
        shown = {}
        for line in lines:
            if "summary" in line or "path" not in line:
                continue
            matches = [(one["signal"], one["distance"], one["variant"], one.get("frame", 0), one["verdict"])
                       for one in line.get("matches", [])]
            shown[line["path"]] = (line.get("pdq"), line.get("verdict"), matches, line.get("error", {}).get("code"))
        return shown

    def test_says_what_a_scan_with_a_bank_says(self):
        self.serve()
        self.write("rows.csv", self.rows)
        self.run_seawall("bank", "create", "bank", code=0)
        self.run_seawall("bank", "import", "bank", "rows.csv", code=0)
        for variants in ("default", "none", "thorough"):
            with self.subTest(variants):
                there, _ = self.scan("--variants", variants, "--state", f"s-{variants}", code=1)
                here, _ = self.scan("--variants", variants, "--state", f"b-{variants}", code=1, where=("--bank", "bank"))
                self.assertEqual(self.facts(there), self.facts(here))
                totals = [{name: lines[-1]["summary"][name] for name in
                           ("files", "pictures", "matched_files", "matches", "digest_matches", "errors", "complete")}
                          for lines in (there, here)]
                self.assertEqual(totals[0], totals[1])
                bank, = there[-1]["summary"]["banks"]
                self.assertEqual(bank["matched_files"], there[-1]["summary"]["matched_files"])
                self.assertNotIn("entries", bank)

    def test_tells_the_service_neither_names_nor_bytes(self):
        self.serve("--observe")
        self.scan("--state", "s", "--report", "r.html", "--report", "r.json", code=1)
        self.stop()
        kept = b"".join(path.read_bytes() for path in (self.folder / "state").rglob("*") if path.is_file())
        self.assertNotIn(b"turned.png", kept + self.log_text().encode())
        self.assertIn("not known", (self.folder / "r.html").read_text())
        self.assertEqual(len(json.loads((self.folder / "r.json").read_text())["files"]), 4)

    def test_a_service_that_is_away_ends_it_and_the_same_command_goes_on(self):
        self.serve()
        self.scan("--state", "s", code=1, env={"SEAWALL_KEY": self.default_key},
                  where=("--server", f"http://127.0.0.1:{self.port}"))
        self.write("up/new.png", png(100, 80, 500))
        self.stop()
        with Overloaded(self.port) as overloaded:
            process = subprocess.Popen(
                [SEAWALL, "scan", "up", "--server", f"http://127.0.0.1:{self.port}", "--key-file", "key", "--state", "s"],
                cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertTrue(overloaded.asked.wait(60))
            process.terminate()
            _, said = process.communicate(timeout=60)
        self.assertIn("Type the same command again", said.decode())
        port = self.port
        self.serve(listen=f"127.0.0.1:{port}")
        lines, _ = self.scan("--state", "s", code=1)
        self.assertEqual([line["path"] for line in lines[:-1]], ["up/new.png"])
        self.assertTrue(lines[-1]["summary"]["complete"])

    def test_a_refusal_ends_it_with_its_reason(self):
        self.serve()
        env = {"SEAWALL_KEY": "swk_" + "a" * 76}
        where = ("--server", f"http://127.0.0.1:{self.port}")
        lines, said = self.scan("--state", "s", code=4, env=env, where=where)
        self.assertIn("HTTP 401", said)
        self.assertNotIn("a" * 40, said)
        self.assertEqual([line for line in lines if "path" in line], [])
        lines, _ = self.scan("--state", "s", code=1)
        self.assertTrue(lines[-1]["summary"]["complete"])
        self.assertEqual(lines[-1]["summary"]["errors"], 1)

    def test_a_keys_rate_is_kept_to(self):
        self.write("key", self.key("slow", ("match",), "--rate", "4/1") + "\n")
        self.serve()
        lines, _ = self.scan("--state", "s", code=1)
        self.assertEqual(lines[-1]["summary"]["matched_files"], 3)

    def test_wrong_words_are_told(self):
        away = ("--server", "http://127.0.0.1:1")
        for words, code, hint in ((("--server", "http://seawall.example", "--key-file", "key"), 3, "https://"),
                                  (("--server", "x", "--key-file", "key"), 3, "address"), (away, 3, "SEAWALL_KEY"),
                                  ((*away, "--key-file", "none"), 3, "cannot read"),
                                  ((*away, "--bank", "b"), 2, "contradict"),
                                  (("--bank", "b", "--key-file", "key"), 2, "--server")):
            done = self.run_seawall("scan", "up", *words, "--state", "s", code=code, env={"SEAWALL_KEY": ""})
            self.assertIn(hint, done.stderr.decode(), words)
        os.chmod(self.folder / "key", 0o644)
        done = self.run_seawall("scan", "up", *away, "--key-file", "key", "--state", "s", code=3)
        self.assertIn("chmod 600", done.stderr.decode())


if __name__ == "__main__":
    main()
