"""A key service and those who talk to it: people with keys, a log with a witness, and a Unix socket. Everything is
made here from the documents (docs/keys.md, docs/orders.md, C2SP), not by the program's own code."""
import base64
import hashlib
import http.client
import json
import os
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

import ed25519_twin
import hpke_twin
from support import SEAWALL

NEED = "We looked at every other source that we may use, and none of them tells us."
WHY = "The records of one tenant, for one week, seen by the people who are named."
OWN_NEED = "I asked for the other sources and read them; the records are the only ones left."
OWN_WHY = "The harm that may be averted is grave, and only the tenant's records are read."
GROUNDS = "I have read the application and the files that it names, all of them."


def text64(data):
    return base64.b64encode(data).decode()


def canonical(value):
    """RFC 8785 for what the tests say: ASCII and whole numbers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def when(**ahead):
    return (datetime.now(timezone.utc) + timedelta(**ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Person:
    def __init__(self, name, role, random):
        self.name, self.role = name, role
        self.seed = random.randbytes(32)
        self.key = ed25519_twin.public_key(self.seed)
        self.reply = random.randbytes(32)
        self.reply_to = text64(hpke_twin.public_key(self.reply))
        self.key_id = hashlib.sha256(name.encode() + b"\n\x01" + self.key).digest()[:4].hex()

    @property
    def public(self):
        return f"person+{self.name}+{self.key_id}+{text64(bytes([1]) + self.key)}"

    def keys_of(self, said, answer):
        """The keys that an answer to one's own statement holds; None where it is not for this person."""
        opened = hpke_twin.open_sealed(self.reply, base64.b64decode(answer["sealed"]),
                                       b"seawall/key-answer/v1\n" + statement_id(said).hex().encode())
        return opened and [opened[i:i + 32] for i in range(0, len(opened), 32)]


def statement(kind, members, *signers, at=None):
    """Signed by everybody. `signers`: Person, or (Person, role)."""
    pairs = [one if isinstance(one, tuple) else (one, one.role) for one in signers]
    body = {**members, "kind": kind, "at": at or when(),
            "signers": [{"by": person.name, "role": role} for person, role in pairs]}
    message = b"seawall/" + kind.encode() + b"/v1\n" + canonical(body)
    return {"body": body, "signatures": [
        {"by": person.name, "key": person.key_id, "role": role, "sig": text64(ed25519_twin.sign(person.seed, message))}
        for person, role in pairs]}


def statement_id(said):
    return hashlib.sha256(b"seawall/" + said["body"]["kind"].encode() + b"/v1\n" + canonical(said["body"])).digest()


class NoteKey:
    """A key of C2SP signed-note: type 1 signs notes, 4 cosigns checkpoints."""

    def __init__(self, name, kind, random):
        self.name, self.kind, self.seed = name, kind, random.randbytes(32)
        self.public = bytes([kind]) + ed25519_twin.public_key(self.seed)
        self.id = hashlib.sha256(name.encode() + b"\n" + self.public).digest()[:4]

    @property
    def vkey(self):
        return f"{self.name}+{self.id.hex()}+{text64(self.public)}"

    def line(self, text):
        blob = b""
        message = text
        if self.kind == 4:
            now = int(time.time())
            blob, message = struct.pack(">Q", now), b"cosignature/v1\ntime %d\n" % now + text
        return f"— {self.name} {text64(self.id + blob + ed25519_twin.sign(self.seed, message))}\n"


def tree_hash(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + tree_hash(leaves[:half]) + tree_hash(leaves[half:])).digest()


def path(index, leaves):
    """PATH of RFC 6962 section 2.1.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return path(index, leaves[:half]) + [tree_hash(leaves[half:])]
    return path(index - half, leaves[half:]) + [tree_hash(leaves[:half])]


class Log:
    def __init__(self, random):
        self.key = NoteKey("log.example/keys", 1, random)
        self.witness = NoteKey("w.example/1", 4, random)
        self.leaves = []

    def proofs(self, entries, keys=None):
        """Appends all and proves each, C2SP tlog-proof, at one head that `keys` (log and witness) signed."""
        first = len(self.leaves)
        self.leaves += [hashlib.sha256(b"\0" + entry.encode()).digest() for entry in entries]
        text = f"{self.key.name}\n{len(self.leaves)}\n{text64(tree_hash(self.leaves))}\n".encode()
        note = text.decode() + "\n" + "".join(key.line(text) for key in keys or (self.key, self.witness))
        return ["c2sp.org/tlog-proof@v1\n" + f"index {index}\n"
                + "".join(text64(one) + "\n" for one in path(index, self.leaves)) + "\n" + note
                for index in range(first, len(self.leaves))]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, place):
        super().__init__("localhost", timeout=60)
        self.place = place

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self.place)


def make_known(test, vault, tenant="forum"):
    """The vault makes keys for the tenant from now on: two custodians sign, with the keys that people keep."""
    words = ("--password-file", "pass", *vault)
    test.run_seawall("keys", "tenant", tenant, "--grounds", GROUNDS, "--with", "bob", "--out", "known.json", "--key",
                     "ann.key", *words, code=0)
    test.run_seawall("keys", "sign", "known.json", "--key", "bob.key", *words, code=0)


class Relay:
    """Sits between people and the key service, as a server that was taken over does: it sees and keeps every byte."""

    def __init__(self, test, place, behind):
        self.behind, self.seen = behind, b""
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(place)
        self.listener.listen()
        test.addCleanup(self.listener.close)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                asking = self.listener.accept()[0]
            except OSError:
                return
            with asking, socket.socket(socket.AF_UNIX) as answering:
                answering.connect(self.behind)
                open_ends = {asking: answering, answering: asking}
                while len(open_ends) == 2:
                    for end in select.select(list(open_ends), [], [])[0]:
                        data = end.recv(65536)
                        if not data:
                            open_ends.pop(end, None)
                            break
                        self.seen += data
                        open_ends[end].sendall(data)


class KeyService:
    """The real program, its vault in `vault`, its socket in `keys.sock` of the test's folder."""

    def __init__(self, test, log, root=("--root-key", "root.key"), program=(SEAWALL,)):
        self.test, self.log, self.root, self.program = test, log, root, program
        test.run_seawall("keys", "vault-init", "vault", *root, code=0)
        self.errors = test.folder / "keys.err"
        self.more = ()  # Of `keys serve`: what the last start was given, for those that come.
        self.connection = None
        self.start()
        test.addCleanup(self.stop)

    def start(self, *more):
        self.more = more or self.more
        words = ("keys", "serve", "vault", *self.root, *self.more, "--log", self.log.key.vkey, "--witness",
                 self.log.witness.vkey, "--quorum", "1", "--listen", f"unix:{self.test.folder}/keys.sock")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([*self.program, *words], cwd=self.test.folder, stdout=subprocess.DEVNULL,
                                            stderr=errors)
        self.wait_for("listening")
        if self.connection:
            self.connection.close()
        self.connection = UnixConnection(f"{self.test.folder}/keys.sock")

    def said(self):
        return self.errors.read_text(errors="replace")

    def eventually(self, condition):
        end = time.monotonic() + 30
        while not condition():
            self.test.assertLess(time.monotonic(), end, self.said())
            time.sleep(0.02)

    def wait_for(self, words):
        """Lines are told by a thread of their own."""
        self.eventually(lambda: words in self.said())

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.connection.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=20)

    def ask(self, method, where, body=None):
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        self.connection.request(method, where, data, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read()
        is_json = answer.getheader("Content-Type") == "application/json"
        return answer.status, json.loads(text) if is_json else text.decode()

    def ok(self, method, where, body=None):
        status, answer = self.ask(method, where, body)
        self.test.assertEqual(status, 200, answer)
        return answer

    def hand_in(self, said):
        return self.ask("POST", "/statements", canonical(said))

    def accept(self, said):
        status, answer = self.hand_in(said)
        self.test.assertEqual(status, 200, answer)
        return answer

    def settle(self):
        """The log takes everything that waits, and proves it."""
        for source in ("vault", "orders"):
            waiting = self.ok("GET", f"/pending/{source}")["entries"]
            for one, proof in zip(waiting, self.log.proofs([one["entry"] for one in waiting]) if waiting else ()):
                self.ok("POST", "/settled", {"id": one["id"], "proof": proof, "source": source})

    def ceremony(self, people):
        custodians = [person for person in people if person.role == "custodian"]
        self.accept(statement("roster", {"action": "first", "n": 0, "people": [
            {"key": person.public, "roles": [person.role]} for person in people]}, *custodians))
        self.accept(statement("key-tenant", {"grounds": "It joins.", "nonce": "55" * 16, "tenant": "forum"},
                              *custodians[:2]))

    def grant(self, number, applicant, approver, reviewer, people, scope, actions):
        """An order's whole life up to its grant; gives its id and the proof that the log holds it."""
        order = {"id": f"o-{number:016x}", "applicant": applicant.name, "people": sorted(one.name for one in people),
                 "issuer": "Example Board", "legal_basis": "Example Act, section 4", "purpose": "case 12",
                 "necessity": NEED, "proportionality": WHY, "scope": scope, "actions": sorted(actions),
                 "not_before": when(seconds=-5), "not_after": when(days=7)}
        applied = statement("order-application", {"order": order}, (applicant, "applicant"))
        self.accept(applied)
        about = statement_id(applied).hex()
        self.accept(statement("order-review", {"about": about, "grounds": GROUNDS, "id": order["id"],
                                               "opinion": "agrees"}, (reviewer, "reviewer")))
        self.accept(statement("order", {"about": about, "order": {**order, "necessity": OWN_NEED,
                                                                  "proportionality": OWN_WHY}},
                              (approver, "approver"), (reviewer, "reviewer")))
        entry = self.ok("GET", "/grants/" + order["id"])["entry"]
        return order["id"], self.log.proofs([entry])[0]

    def alarms(self):
        """How often each kind was raised."""
        counted = {}
        for one in self.ok("GET", "/alarms")["alarms"]:
            counted[one["kind"]] = counted.get(one["kind"], 0) + one["times"]
        return counted


def unwrap(person, order, record, *, signer=None, role=None, at=None, **changes):
    """A request for one record's key. `record`: a dictionary of tenant, case, record, version, wrapped."""
    members = {"action": "evidence-open", "case": record["case"], "nonce": os.urandom(16).hex(), "order": order,
               "purpose": "case 12", "records": [{name: record[name] for name in ("record", "version", "wrapped")}],
               "reply-to": person.reply_to, "tenant": record["tenant"], **changes}
    return statement("key-unwrap", members, (signer or person, role or person.role), at=at)
