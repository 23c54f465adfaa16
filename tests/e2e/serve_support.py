"""A running `seawall serve` with its own store, lists and keys, and a client that hides nothing of HTTP."""
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time

from contract import CONTRACT
from support import SEAWALL, SeawallTest

DEADLINE_S = 60


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class ServeTest(SeawallTest):
    """setUp() makes a store with an access key; serve() starts the server on a free port."""

    store = "sqlite:lists.db"

    def setUp(self):
        super().setUp()
        self.process = None
        self.run_seawall("db", "create", "--store", self.store, code=0)
        self.run_seawall("access", "init", "access.key", code=0)
        self.addCleanup(self.stop)

    def lists(self, *words, code=0, stdin=b""):
        return self.run_seawall("lists", *words, "--store", self.store, code=code, stdin=stdin)

    def make_list(self, bank="known", rows="", kind=(), one_person=True):
        """A bank with the rows of a CSV in force."""
        words = ["--one-person"] if one_person else []
        self.lists("create", bank, "--purpose", "test", "--owner", "tests", "--why", "test", *words, *kind)
        if rows:
            self.import_rows(bank, rows)

    def import_rows(self, bank, rows, source="test"):
        self.write("rows.csv", rows)
        done = self.lists("import", bank, "rows.csv", "--source", source, "--why", "test", "--json")
        release = json.loads(done.stdout.splitlines()[-1])["release"]
        self.lists("activate", str(release), "--why", "test")

    def key(self, name="test", scopes=("match",), *words):
        wanted = [word for scope in scopes for word in ("--scope", scope)]
        done = self.run_seawall("keys", "create", name, *wanted, "--access-key", "access.key", "--why", "test",
                                "--store", self.store, *words, code=0)
        return done.stdout.decode().strip()

    def serve(self, *words, listen="127.0.0.1:0", ready=True, env=None, program=(SEAWALL,)):
        self.log = open(self.folder / "serve.log", "ab")
        self.process = subprocess.Popen(
            [*program, "serve", "state", "--store", self.store, "--listen", listen, "--json", "--access-key",
             "access.key", *words],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=self.log,
            env={**os.environ, "SEAWALL_ACCESS_KEY": "", "SEAWALL_STORE": "", **(env or {})})
        line = self.process.stdout.readline()
        self.assertTrue(line, self.log_text())
        self.address = json.loads(line)["listening"]
        match = re.search(r":(\d+)$", self.address)
        self.port = int(match.group(1)) if match else None
        if ready:
            self.wait_for(lambda: self.ask("GET", "/healthz/ready", key=None).status == 200, "ready")

    def wait_for(self, condition, what):
        until = time.monotonic() + DEADLINE_S
        while not condition():
            self.assertLess(time.monotonic(), until, f"not {what} in {DEADLINE_S} s: {self.log_text()}")
            time.sleep(0.02)

    def log_text(self):
        return (self.folder / "serve.log").read_text(errors="replace")

    def log_lines(self):
        return [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            code = process.wait(timeout=DEADLINE_S)
        finally:
            process.kill()
            process.stdout.close()
            self.log.close()
        return code

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)

    def ask(self, method, path, body=None, key="", headers=None, content_type=None, announce=None):
        """`key` None: without credentials; "": self.default_key. A dict or list is sent as JSON. `announce`: a body of
        that many bytes is announced, and none sent."""
        if path.startswith("/v1/events") and "seconds=" not in path:  # Else there is no end of the answer.
            path += ("&" if "?" in path else "?") + "seconds=0"
        sent = dict(headers or {})
        if isinstance(body, (dict, list)):
            body, content_type = json.dumps(body).encode(), content_type or "application/json"
        if content_type:
            sent["Content-Type"] = content_type
        if key == "":
            key = getattr(self, "default_key", None)
        if key:
            sent["Authorization"] = "Bearer " + key
        connection = self.connect()
        try:
            if announce is None:
                connection.request(method, path, body=body, headers=sent)
            else:
                connection.putrequest(method, path)
                for name, value in {**sent, "Content-Length": str(announce)}.items():
                    connection.putheader(name, value)
                connection.endheaders()
            answer = Answer(connection.getresponse())
        finally:
            connection.close()
        CONTRACT.check(method, path, answer)
        return answer

    def refused(self, answer, status, kind):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        problem = answer.json
        self.assertEqual(problem["type"], "/problems/" + kind)
        self.assertEqual(problem["status"], status)
        self.assertEqual(problem["request_id"], answer.headers["x-request-id"])
        return problem

    def raw(self, data, timeout=DEADLINE_S):
        """What the server answers to these bytes until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as peer:
            peer.sendall(data)
            got = b""
            while True:
                more = peer.recv(65536)
                if not more:
                    return got
                got += more
