"""docs/openapi.yaml drives the server: each status of each operation is provoked, and must really be given.

Each kind of refusal is provoked at every operation alike (no key, no right, what is wrong, what is not there, too much,
a dead decoder, a store that is gone), whether the document has it there or not, so that one that happens and is not
documented is found as well. A new operation is covered by itself, but for its successes: `Successes` has one method for
an operation whose path, sample and body of the document do not do."""
import hashlib
import json
import os
import re
import unittest
import urllib.parse
from datetime import datetime, timedelta, timezone

from contract import CONTRACT, METHODS, ContractError
from own_network import PublicHost, leave_for_own_network
from postgres_server import PostgresServer
from serve_support import ServeTest
from support import main, png

NO_ORDERS = "needs an order, a log and their people: serve_orders_test provokes it"
NO_LOG = "needs a log, a book or a register: serve_oversight_test provokes it"
EXCEPTIONS = {
    ("observations", "200"): NO_ORDERS,
    ("observations", "404"): NO_ORDERS,
    **{(name, "200"): NO_LOG for name in ("log_trust", "log_file", "orders", "oversight_register")},
    **{(name, "404"): NO_LOG for name in ("log_file", "oversight_register")},
    ("match", "500"): "needs bytes of a mapped index that are damaged while the server runs",
}
NEED_A_HOST = {("hma_hash_url", "200"): "", ("hma_hash_url", "413"): "", ("hma_lookup", "413"): ""}
SCOPES = ("match", "feedback", "entries:read", "banks:read", "lists:write", "observations:read", "status", "metrics",
          "streams:read", "streams:write")
ROLES = ("viewer", "reviewer", "list_manager", "administrator")
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
PASSWORD = "correct horse battery"
WHY = {"why": "test"}
# Of each name in a path: one that is well-formed and not there.
NOWHERE = {"request_id": "r_aaaaaaaaaaaa", "entry": "999.1", "bank": "NOWHERE", "release": "999999", "request": "999999",
           "key": "k_aaaaaaaaaaaaaaaa", "account": "nobody", "problem": "nothing", "bank_name": "NOWHERE", "content_id": "999",
           "signal_type_name": "nothing", "api_name": "nothing", "exchange_name": "nothing", "stream": "nothing",
           "server": "nothing", "item": "v999", "still": "1", "report": "p999", "code": "aaaa"}
FORM = "multipart/form-data; boundary=bnd"
SUBSCRIPTIONS = """
[[subscription]]
name = "theirs"
kind = "ncmec"
bank = "ncmec"
url = "https://report.example/hashsharing"
credentials_file = "ncmec.credentials"
"""
SETTINGS = 'webhook_networks = "127.0.0.1/32"\nsubscriptions_file = "subscriptions.toml"\nhma_new_banks = "one_person"\n'


STREAMS = '[streams]\nthreads = 1\nallowed_networks = ["127.0.0.1/32"]\n'
REVIEW = "[review]\nsample_permille = 0\n"
REPORTS = '[public_report]\nopen_max = 20\nnetwork_rate = "40/3600"\n'
URLENCODED = "application/x-www-form-urlencoded"


def form(*parts):
    """A form of files by their names."""
    return b"".join(f'--bnd\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n'.encode() + data +
                    b"\r\n" for name, data in parts) + b"--bnd--\r\n"


def in_a_month():
    return (datetime.now(timezone.utc) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Operation:
    """An operation of the document, and what follows from it for whoever asks."""

    def __init__(self, name):
        self.name = name
        self.method, self.path, _, self.about = CONTRACT.operations[name]
        self.method = self.method.upper()
        shared = CONTRACT.document["paths"][self.path].get("parameters", [])
        self.parameters = [CONTRACT.resolved(p) for p in shared + self.about.get("parameters", [])]
        self.hma = name.startswith("hma_")
        self.scopes = next((way["key"] for way in self.about["security"] if "key" in way), None)
        self.for_people = any("session" in way for way in self.about["security"])
        self.open = not self.about["security"]
        self.content = CONTRACT.resolved(self.about.get("requestBody", {})).get("content", {})

    def takes(self, parameter):
        return any(p["name"] == parameter for p in self.parameters)

    def target(self, values, query=""):
        return re.sub(r"\{(\w+)\}", lambda at: str(values[at[1]]), self.path) + query

    def sample(self):
        """The body that the document gives as an example, and its type."""
        json_content = self.content.get("application/json", {})
        if "example" in json_content:
            return json_content["example"], None
        if "examples" in json_content:
            return next(iter(json_content["examples"].values()))["value"], None
        if "application/json" in self.content:
            return dict(WHY), None
        if self.content:
            return form(("photo", png(64, 64, 1))), FORM
        return None, None


class StatusTest(ServeTest):
    operations = [Operation(name) for name in sorted(CONTRACT.operations, key=lambda name: (name == "sign_out", name))]

    def setUp(self):
        super().setUp()
        self.faults = []
        self.picture = png(96, 96, 7)
        self.write("ncmec.credentials", "user = u\npassword = p\n").chmod(0o600)
        self.write("subscriptions.toml", SUBSCRIPTIONS)
        self.account("administrator")
        self.account("ann", *[word for role in ROLES for word in ("--role", role)])
        self.account("eve", "--role", "viewer")
        self.default_key = self.key("all", SCOPES)

    def account(self, name, *words):
        self.write("password", PASSWORD).chmod(0o600)
        self.run_seawall("accounts", "create", name, "--password-file", "password", "--why", "test", "--store",
                         self.store, *words, code=0)

    def begin(self, settings="", **named):
        self.write("serve.toml", SETTINGS + settings + STREAMS + REVIEW + REPORTS)
        self.serve("--config", "serve.toml", **named)
        self.ann = self.signed_in("ann")

    def signed_in(self, account):
        """The headers of a session."""
        answer = self.ask("POST", "/v1/session", {"account": account, "password": PASSWORD}, key=None)
        self.assertEqual(answer.status, 200, answer.body)
        return {"Cookie": answer.headers["set-cookie"].split(";")[0], "X-CSRF-Token": answer.json["csrf_token"]}

    def send(self, operation, target, body=None, kind=None, headers=None, **named):
        """As somebody who may ask that, unless told otherwise. None: the answer was not as documented."""
        if "key" not in named and operation.scopes is None:
            named["key"] = None
            headers = {**(self.ann if operation.for_people else {}), **(headers or {})}
        try:
            return self.ask(operation.method, target, body, content_type=kind, headers=headers, **named)
        except ContractError as error:
            self.faults.append(str(error))
            return None
        except OSError as error:
            ended = self.process.poll()
            self.fail(f"{operation.name}: {error}; the server's exit status is {ended}; {self.log_text()[-3000:]}")

    def done(self):
        """Ends a test: what was answered against the document is told at once."""
        self.assertEqual(self.faults, [], "\n" + "\n".join(sorted(set(self.faults))))


class Refusals(StatusTest):
    """Each method provokes one kind of refusal at every operation."""

    def setUp(self):
        super().setUp()
        self.make_list("KNOWN", "id,md5\na,0123456789abcdef0123456789abcdef\n")

    def test_401_to_whoever_shows_nothing_or_what_is_wrong(self):
        self.begin()
        for operation in self.operations:
            body, kind = operation.sample()
            self.send(operation, operation.target(NOWHERE), body, kind, key=None, headers={})
            self.send(operation, operation.target(NOWHERE), body, kind, key="swk_nonsense")
        self.ask("POST", "/v1/session", {"account": "ann", "password": "wrong"}, key=None)
        self.done()

    def test_403_to_whoever_may_not(self):
        narrow = {scope: self.key("only-" + scope.replace(":", "-"), (scope,)) for scope in SCOPES}
        self.begin()
        eve = self.signed_in("eve")
        for operation in self.operations:
            body, kind = operation.sample()
            other = next(scope for scope in SCOPES if scope not in (operation.scopes or ()))
            self.send(operation, operation.target(NOWHERE), body, kind, key=narrow[other])
            self.send(operation, operation.target(NOWHERE), body, kind, key=None, headers=eve)
            self.send(operation, operation.target(NOWHERE), body, kind, key=None,
                      headers={**self.ann, "X-CSRF-Token": "x"})
        self.ask("POST", "/v1/session", {"account": "ann", "password": PASSWORD, "tenant": "elsewhere"}, key=None)
        self.done()

    def test_404_of_what_is_not_there(self):
        self.begin()
        self.ask("POST", "/v1/keys", {"name": "x", "scopes": ["match"], "expires": in_a_month(), "banks": ["NOWHERE"],
                                      **WHY}, key=None, headers=self.ann)
        self.ask("POST", "/v1/streams", {"name": "x", "url": "rtmp://127.0.0.1:1999/live/a", "banks": ["NOWHERE"]})
        for operation in self.operations:
            body, kind = operation.sample()
            self.send(operation, operation.target(NOWHERE), body, kind)
            for name in ("bank", "banks"):
                if operation.takes(name):
                    signals = {"Seawall-Md5": "0" * 32} if operation.takes("Seawall-Md5") else {}
                    self.send(operation, operation.target(NOWHERE, f"?{name}=NOWHERE"), self.picture if body else None,
                              "image/png" if body else None, headers=signals)
        self.done()

    def test_405_of_what_a_path_does_not_have(self):
        self.begin()
        paths = {}
        for operation in self.operations:
            paths.setdefault(operation.path, (operation, set()))[1].add(operation.method)
        for path, (operation, methods) in paths.items():
            for method in {name.upper() for name in METHODS} - methods:
                answer = self.ask(method, operation.target(NOWHERE))
                self.assertEqual(answer.status, 405, (method, path))
                self.assertEqual(answer.json["type"], "/problems/method-not-allowed")
                self.assertEqual(set(re.split(r",\s*", answer.headers["allow"])) - {"HEAD", "OPTIONS"}, methods, path)
        self.done()

    def test_400_and_422_of_what_is_wrong(self):
        self.begin('trusted_proxies = ["127.0.0.1"]\n')
        for operation in self.operations:
            body, kind = operation.sample()
            self.send(operation, operation.target(NOWHERE), body, kind, headers={"X-Forwarded-For": "unknown"})
            for query in ("?nosuch=1", "?%ff=1", "?limit=x&types=x&signal_type=x&include_distance=x&bypass_coinflip=x&signal=x"):
                self.send(operation, operation.target(NOWHERE, query), body, kind)
            for name in NOWHERE:
                if "{" + name + "}" in operation.path:
                    self.send(operation, operation.target({**NOWHERE, name: "!"}), body, kind)
                    self.send(operation, operation.target({**NOWHERE, name: "%ff"}), body, kind)
            for text, wrong in ((b"{", "application/json"), (b"[]", "application/json"), (b"", "application/json"),
                                (b'{"name": 7}', "application/json"), (b"--bnd\r\nbroken", FORM), (b"", FORM),
                                (form(("photo", b"no picture")), FORM), (b"", "image/png")):
                for values in (NOWHERE, {**NOWHERE, "bank": "KNOWN", "bank_name": "KNOWN"}):
                    self.send(operation, operation.target(values), text, wrong)
            if operation.for_people:
                twice = {**self.ann, "Cookie": self.ann["Cookie"] + "; " + self.ann["Cookie"]}
                self.send(operation, operation.target(NOWHERE), body, kind, key=None, headers=twice)
        self.done()

    def test_415_of_what_is_not_read(self):
        self.begin()
        for operation in self.operations:
            for kind in ("text/csv", None):
                self.send(operation, operation.target({**NOWHERE, "bank_name": "KNOWN"}), b"a,b", kind)
        self.done()

    def test_413_of_what_is_too_large(self):
        self.begin()
        for operation in self.operations:
            for kind in ("application/json", "image/png", FORM):
                self.send(operation, operation.target(NOWHERE), kind=kind, announce=1 << 40)
        self.done()

    def test_409_of_an_idempotency_key_that_was_used(self):
        """And nowhere else than where the document has the header."""
        self.begin()
        for operation in self.operations:
            if operation.method == "GET":
                continue
            sent = {"Idempotency-Key": f'"{operation.name}"'}
            body, kind = operation.sample()
            self.send(operation, operation.target(NOWHERE, "?first=1"), body, kind, headers=sent)
            again = self.send(operation, operation.target(NOWHERE), body, kind, headers=sent)
            reused = again is not None and again.status == 409 and again.json["type"].endswith("key-reused")
            if reused != operation.takes("Idempotency-Key"):
                self.faults.append(f"{operation.name}: whether it takes an Idempotency-Key: the server "
                                   f"{reused}, the document {not reused}")
        self.done()

    def test_429_of_too_much(self):
        slow = self.key("slow", SCOPES, "--rate", "1/86400")
        self.begin()
        self.ask("GET", "/v1/banks", key=slow)
        for operation in self.operations:
            body, kind = operation.sample()
            if operation.scopes:
                self.send(operation, operation.target(NOWHERE), body, kind, key=slow)
            for _ in range(300 if operation.for_people else 0):  # Cookies of nobody: a network has few of them.
                cookie = {"Cookie": f"__Host-seawall={''.join(self.random.choices('abcdefgh', k=51))}a"}
                answer = self.send(operation, operation.target(NOWHERE), body, kind, key=None, headers=cookie)
                if answer is None or answer.status == 429:
                    break
        for _ in range(8):
            self.ask("POST", "/v1/session", {"account": "eve", "password": "wrong"}, key=None)
        self.done()

    def test_422_of_a_file_that_its_decoder_dies_of(self):
        self.begin(env={"SEAWALL_MEDIA_WORKER": os.environ["SEAWALL_HOSTILE_WORKER"]}, )
        deadly = b"\x00 the hostile worker crashes at this byte"  # tests/sandbox/hostile_deeds.h
        for operation in self.operations:
            if "multipart/form-data" not in operation.content:
                continue
            target = operation.target({**NOWHERE, "bank": "KNOWN", "bank_name": "KNOWN"},
                                      "?why=test" if operation.name == "propose_entry" else "")
            for parts in ([("file", deadly)], [("photo", deadly)], [("a", deadly), ("b", self.picture)]):
                self.send(operation, target, form(*parts), FORM)
        self.done()


class Gone(StatusTest):
    def setUp(self):
        self.server = PostgresServer()
        self.addCleanup(self.server.remove)
        self.store = self.server.url()
        super().setUp()

    def test_503_when_the_store_is_gone(self):
        fresh = self.key("fresh", SCOPES)
        self.begin("stale_after_ms = 1000\n")
        self.ask("GET", "/v1/banks")
        self.server.stop()
        self.wait_for(lambda: self.ask("GET", "/healthz/ready", key=None).status == 503, "not ready")
        for operation in self.operations:
            body, kind = operation.sample()
            self.send(operation, operation.target(NOWHERE), body, kind)
            if operation.scopes:
                self.send(operation, operation.target(NOWHERE), body, kind, key=fresh)
        self.done()


class Successes(StatusTest):
    """What each operation answers when all is well. Methods are called by an operation's name and give requests: (values
    of the path, query, body, kind, headers); operations without one are asked for what there is, with the document's
    example as body."""

    def setUp(self):
        super().setUp()
        self.many = ["id,md5\n"] + [f"k{n},{hashlib.md5(b'%d' % n).hexdigest()}\n" for n in range(510)]
        self.made = 0

    def test_2xx(self):
        self.begin()
        self.fill()
        for operation in self.operations:
            with self.subTest(operation=operation.name):
                own = vars(Successes).get(operation.name)
                for values, query, body, kind, headers in own(self) if own else self.plain(operation):
                    answer = self.send(operation, operation.target({**self.there, **values}, query), body, kind, headers)
                    self.assertTrue(answer is None or 200 <= answer.status < 300, answer and answer.body)
                    if operation.method == "GET" and (operation.for_people or operation.scopes == ["match"]):
                        # "An unknown query parameter in a request is refused", but HMA passes them over.
                        wrong = self.send(operation, operation.target({**self.there, **values}, (query or "?") + "&no=1"),
                                          headers=headers)
                        self.assertEqual(wrong and wrong.status == 400, not operation.hma, operation.name)
        self.done()

    def plain(self, operation):
        yield {}, "", *operation.sample(), None

    def post(self, path, body, status, key="", **named):
        answer = self.ask("POST", path, body, key=key, **named)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json

    def proposed(self, bank):
        """A new release of one entry."""
        self.made += 1
        signals = {"md5": hashlib.md5(b"listed %d" % self.made).hexdigest()}
        return self.post(f"/v1/banks/{bank}/entries", {"key": f"e{self.made}", "signals": signals, **WHY}, 201)

    def listed(self, bank):
        """An entry in force, and its release."""
        release = self.proposed(bank)
        if bank == "TWO":
            self.post(f"/v1/releases/{release['release']}/approve", WHY, 200, key=None, headers=self.ann)
        self.post(f"/v1/releases/{release['release']}/activate", WHY, 200)
        return release["entries"][0], str(release["release"])

    def waiting(self, bank="TWO"):
        """A request that waits for somebody."""
        self.made += 1
        version = self.ask("GET", "/v1/banks/" + bank).json["version"]
        answer = self.ask("PATCH", "/v1/banks/" + bank, {"version": version, "radius": self.made % 20 + 1, **WHY})
        self.assertEqual(answer.status, 202, answer.body)
        return str(answer.json["request"])

    def new_key(self):
        self.made += 1
        body = {"name": f"made-{self.made}", "scopes": ["match"], "expires": in_a_month(), **WHY}
        return self.post("/v1/keys", body, 201, key=None, headers=self.ann)["key"]

    def content(self, bank):
        release, place = self.listed(bank)[0].split(".")
        return int(release) << 32 | int(place)

    def fill(self):
        for bank, two in (("ONE", False), ("TWO", True)):
            self.post("/v1/banks", {"bank": bank, "purpose": "p", "owner": "o", "two_person": two, **WHY}, 201)
        self.make_list("MANY", "".join(self.many[:300]))  # Over 500 at once would need two persons.
        self.import_rows("MANY", "".join(self.many))
        version = self.ask("GET", "/v1/banks/MANY").json["version"]
        asked = self.ask("PATCH", "/v1/banks/MANY", {"version": version, "two_person": True, **WHY}).json["request"]
        self.post(f"/v1/requests/{asked}/approve", WHY, 200, key=None, headers=self.ann)
        entry, release = self.listed("ONE")
        taken = self.post("/v1/match?mode=async&webhook=https://127.0.0.1:1025/x", self.picture, 202, content_type="image/png")
        self.there = {"bank": "ONE", "bank_name": "ONE", "entry": entry, "release": release, "request": self.waiting(),
                      "key": self.new_key(), "content_id": self.content("ONE"), "request_id": taken["request_id"],
                      "problem": "not-found", "signal_type_name": "pdq", "api_name": "ncmec", "exchange_name": "theirs",
                      "stream": self.attached(), "server": "srs", "item": self.reviewed(), "still": "1",
                      **self.reported()}

    def reviewed(self):
        """An item of the review queue: an upload that a bank wants looked at."""
        self.made += 1
        if self.ask("GET", "/v1/banks/LOOK").status == 404:
            self.post("/v1/banks", {"bank": "LOOK", "purpose": "p", "owner": "o", "two_person": False, "action": "review",
                                    **WHY}, 201)
        picture = png(96, 96, 1000 + self.made)
        pdq = self.post("/v1/hash", picture, 200, content_type="image/png")["pdq"]
        release = self.post("/v1/banks/LOOK/entries", {"key": f"e{self.made}", "signals": {"pdq": pdq}, **WHY}, 201)
        self.post(f"/v1/releases/{release['release']}/activate", WHY, 200)
        self.wait_for(lambda: self.post("/v1/match", picture, 200, content_type="image/png")["verdict"] == "review", "listed")
        return self.ask("GET", "/v1/review/items?limit=1000", key=None, headers=self.ann).json["items"][-1]["item"]

    def sent_report(self, url):
        body = urllib.parse.urlencode({"url": url, "category": "other"}).encode()
        return self.ask("POST", "/report", body, key=None, content_type=URLENCODED)

    def reported(self):
        """A report of the public, claimed, and its code."""
        self.made += 1
        sent = self.sent_report(f"https://example.org/{self.made}")
        name = self.ask("GET", "/v1/reports?limit=1000", key=None, headers=self.ann).json["reports"][-1]["report"]
        self.post(f"/v1/reports/{name}/claim", None, 200, key=None, headers=self.ann)
        return {"report": name, "code": re.search(r'class="code">([a-z2-7-]+)<', sent.body.decode())[1]}

    def send_report(self):
        self.assertEqual(self.ask("POST", "/report", b"url=x", key=None, content_type=URLENCODED).status, 422)
        yield {}, "", b"url=https%3A%2F%2Fexample.org%2F&category=other", URLENCODED, None
        given = [self.sent_report(f"https://example.org/full/{n}").status for n in range(60)]
        self.assertEqual([given.count(503) > 0, given[-1]], [True, 429])

    def decide_report(self):
        yield self.reported(), "", {"outcome": "passed-on"}, None, None

    def on_review(self, item, what, body=None):
        return self.post(f"/v1/review/items/{item}/{what}", body, 200, key=None, headers=self.ann)

    def claimed(self):
        item = self.reviewed()
        self.on_review(item, "claim")
        return item

    # ------------------------------------------------------------------------------------------ review
    def release_review(self):
        yield {"item": self.claimed()}, "", None, None, None

    def grade_review(self):
        yield {"item": self.claimed()}, "", {"grade": "not-a-match", "scope": "item", **WHY}, None, None

    def undo_review(self):
        item = self.claimed()
        self.on_review(item, "grade", {"grade": "confirmed"})
        yield {"item": item}, "", None, None, None

    def review_still(self):
        item = self.reviewed()
        self.refused(self.ask("GET", f"/v1/review/items/{item}/stills/1", key=None, headers=self.ann), 409, "conflict")
        self.on_review(item, "claim")
        yield {"item": item}, "", None, None, None

    def viewed_review(self):
        item = self.claimed()
        self.ask("GET", f"/v1/review/items/{item}/stills/1", key=None, headers=self.ann)
        yield {"item": item}, "", {"still": 1, "rendered": True, "shown_ms": 1, "revealed_ms": 0}, None, None

    def attached(self):
        self.made += 1
        return self.post("/v1/streams", {"name": f"s{self.made}", "url": "rtmp://127.0.0.1:1999/live/a"}, 201)["name"]

    # ------------------------------------------------------------------------------------------ streams
    def attach_stream(self):
        body = {"name": "lobby", "url": "rtmp://127.0.0.1:1999/live/a", "banks": ["ONE"], "labels": {"room": "4"},
                "cut_off": {"webhook": "https://127.0.0.1:1025/x", "tier": "two-aligned", "action": "review"}}
        yield {}, "", body, None, None
        yield {}, "", body, None, None  # 200: it is there.

    def detach_stream(self):
        yield {"stream": self.attached()}, "", None, None, None

    def stream_hook(self):
        tap = "?tap=rtmp%3A%2F%2F127.0.0.1%3A1999%2F%7Bapp%7D%2F%7Bname%7D"
        yield {}, tap, {"action": "on_publish", "app": "live", "stream": "a"}, None, None
        yield {"server": "nginx-rtmp"}, tap, b"call=publish&app=live&name=b", "application/x-www-form-urlencoded", None
        yield {"server": "mediamtx"}, tap, {"action": "notReady", "path": "live/a"}, None, None

    # ------------------------------------------------------------------------------------------ look-ups
    def match(self):
        yield {}, "", {"signals": {"pdq": PDQ}}, None, None
        yield {}, "?mode=async", self.picture, "image/png", None

    def match_replay(self):
        self.wait_for(lambda: self.ask("GET", "/v1/match/" + self.there["request_id"]).json["state"] == "done", "done")
        yield {}, "", None, None, None

    def gate(self):
        yield {}, "", self.picture, "image/png", None

    def gate_signals(self):
        yield {}, "", None, None, {"Seawall-Md5": "0" * 32}

    def hash(self):
        yield {}, "", self.picture, "image/png", None

    # ------------------------------------------------------------------------------------------ lists
    def alter_entry(self):
        for bank in ("ONE", "TWO"):
            yield {"entry": self.listed(bank)[0]}, "", {"radius": 3, "action": "review", **WHY}, None, None

    def quarantine_entry(self):
        yield {"entry": self.listed("ONE")[0]}, "", WHY, None, None

    def end_quarantine(self):
        for bank in ("ONE", "TWO"):
            entry = self.listed(bank)[0]
            self.post(f"/v1/entries/{entry}/quarantine", WHY, 200)
            yield {"entry": entry}, "", WHY, None, None

    def feedback(self):
        yield {}, "", {"match": self.there["entry"], "verdict": "confirmed", **WHY}, None, None

    def alter_bank(self):
        for bank in ("ONE", "TWO"):
            version = self.ask("GET", "/v1/banks/" + bank).json["version"]
            yield {"bank": bank}, "", {"version": version, "action": "review", **WHY}, None, None

    def propose_entry(self):
        yield {}, "", {"key": "new", "signals": {"md5": "1" * 32}, **WHY}, None, None

    def withdraw_entries(self):
        yield {}, "", {"entries": [self.listed("ONE")[0]], **WHY}, None, None

    def approve_release(self):
        yield {"release": self.proposed("TWO")["release"]}, "", WHY, None, None

    def stage_release(self):
        yield {"release": self.proposed("ONE")["release"]}, "", WHY, None, None

    reject_release = activate_release = stage_release

    def take_back_release(self):
        for bank in ("ONE", "TWO"):
            yield {"release": self.listed(bank)[1]}, "", WHY, None, None

    def approve_request(self):
        yield {"request": self.waiting("TWO")}, "", WHY, None, None
        yield {"request": self.waiting("MANY")}, "", WHY, None, None  # Of over 500 entries: two more must agree.

    def drop_request(self):
        yield {"request": self.waiting()}, "", WHY, None, None

    def figures(self):
        yield {}, "?figure=matches", None, None, None
        yield {}, "?figure=matches", None, None, {"Accept": "text/csv"}

    # ------------------------------------------------------------------------------------------ people and keys
    def create_key(self):
        yield {}, "", {"name": "new", "scopes": ["match"], "expires": in_a_month(), **WHY}, None, None

    def create_account(self):
        self.made += 1
        body = {"account": f"person-{self.made}", "password": PASSWORD, "roles": ["viewer"], **WHY}
        yield {}, "", body, None, None

    def alter_account(self):
        yield {"account": "eve"}, "", {"roles": ["viewer", "reviewer"], **WHY}, None, None
        yield {"account": "eve"}, "", {"active": True, "roles": ["viewer"], **WHY}, None, None

    def rotate_key(self):
        yield {"key": self.new_key()}, "", WHY, None, None

    def revoke_key(self):
        yield {"key": self.new_key()}, "", WHY, None, None

    def sign_in(self):
        yield {}, "", {"account": "eve", "password": PASSWORD}, None, None

    def sign_out(self):
        yield {}, "", None, None, self.signed_in("eve")

    def observations(self):
        return ()  # EXCEPTIONS

    log_trust = log_file = orders = oversight_register = observations

    # ------------------------------------------------------------------------------------------ HMA's paths
    def photo(self):
        yield {}, "", form(("photo", self.picture)), FORM, None

    hma_hash_file = hma_lookup_file = photo

    def hma_hash_url(self):
        return ()  # Fetched

    def hma_lookup(self):
        yield {}, f"?signal_type=pdq&signal={PDQ}", None, None, None

    hma_raw_lookup = hma_lookup

    def hma_alter_bank(self):
        yield {}, "", {"enabled": False}, None, None
        yield {}, "", {"enabled": True}, None, None
        yield {"bank_name": "TWO"}, "", {"enabled": False}, None, None

    def hma_delete_bank(self):
        yield {"bank_name": "NOWHERE"}, "", None, None, None
        yield {"bank_name": "TWO"}, "", None, None, None

    def hma_add_content(self):
        for bank in ("ONE", "TWO"):
            yield {"bank_name": bank}, "", form(("photo", self.picture)), FORM, None

    def hma_add_signals(self):
        for bank in ("ONE", "TWO"):
            yield {"bank_name": bank}, "", {"pdq": PDQ}, None, None

    def hma_alter_content(self):
        for bank in ("ONE", "TWO"):
            number = self.content(bank)
            for switch in (0, 1):
                yield {"bank_name": bank, "content_id": number}, "", {"disable_until_ts": switch}, None, None

    def hma_delete_content(self):
        for bank in ("ONE", "TWO"):
            yield {"bank_name": bank, "content_id": self.content(bank)}, "", None, None, None

    def refused_to_all(self):
        return ()

    hma_alter_signal_type = hma_set_credentials = refused_to_all
    hma_create_exchange = hma_alter_exchange = hma_delete_exchange = refused_to_all
    del refused_to_all


class Fetched(StatusTest):
    """What depends on another host's answer."""

    def test_urls(self):
        if not leave_for_own_network():
            EXCEPTIONS.update(NEED_A_HOST)
            self.skipTest("this machine lets nobody make a network namespace: what other hosts answer is not tried")
        self.begin(env={"SEAWALL_MEDIA_WORKER": os.environ["SEAWALL_HOSTILE_WORKER"]})
        host = PublicHost()
        self.addCleanup(host.close)
        host.files.update({"/photo": self.picture, "/large": b"P5\n100000 100000\n255\nfar too large", "/gone": 404,
                           "/deadly": b"\x00"})
        self.make_list("ONE")
        for operation in self.operations:
            for path in host.files:
                url = host.url(path)
                if operation.takes("url"):
                    query = f"?url={url}&content_type=photo"
                    self.send(operation, operation.target({**NOWHERE, "bank_name": "ONE"}, query))
                elif operation.scopes == ["match"] and "application/json" in operation.content:
                    self.send(operation, operation.target(NOWHERE), {"url": url})
        self.done()


class Whole(StatusTest):
    def setUp(self):
        pass  # Needs no server.

    def test_every_documented_status_was_given(self):
        missing = CONTRACT.documented() - CONTRACT.seen - set(EXCEPTIONS)
        self.assertEqual(missing, set(), "\n" + "\n".join(" ".join(pair) for pair in sorted(missing)))
        self.assertEqual(set(EXCEPTIONS) - CONTRACT.documented(), set(), "exceptions that the document does not have")
        self.assertEqual(set(EXCEPTIONS) & CONTRACT.seen, set(), "exceptions that were given after all")


def load_tests(loader, _standard, _pattern):
    """Whole is last: it looks at what the others saw."""
    return unittest.TestSuite(loader.loadTestsFromTestCase(case)
                              for case in (Successes, Refusals, Gone, Fetched, Whole))


if __name__ == "__main__":
    main()
