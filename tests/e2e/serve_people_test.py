"""People and programs at the real service: signing in, changes with a token, keys made and taken away over HTTP."""
import base64
import hashlib
import hmac
import json
import os
import re
import struct
import subprocess
import time
import unittest
from datetime import datetime, timedelta, timezone
from pathlib import Path

from serve_support import ServeTest
from support import SEAWALL, main

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery"
PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
ROLES = ("viewer", "reviewer", "list_manager", "administrator", "overseer")
SCOPES = ("match", "feedback", "entries:read", "banks:read", "lists:write", "observations:read", "status", "metrics")
COOKIE = re.compile(r"^__Host-seawall=([a-z2-7]{52}); Path=/; Secure; HttpOnly; SameSite=Strict$")


def totp(secret, at):
    """RFC 6238 with SHA-1, 30 seconds and six digits."""
    digest = hmac.new(secret, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[start:start + 4])[0] & 0x7FFFFFFF) % 1_000_000)


def in_days(days):
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Session:
    def __init__(self, answer):
        self.cookie = COOKIE.match(answer.headers["set-cookie"])[1]
        self.csrf = answer.json["csrf_token"]
        self.shown = answer.json


class PeopleTest(ServeTest):
    default_key = None

    def account(self, name, *words, role=None, password=PASSWORD):
        """The first is an administrator, whatever `role` is."""
        self.write("password", password).chmod(0o600)
        given = ["--role", role] if role else []
        self.run_seawall("accounts", "create", name, "--password-file", "password", "--why", "test", "--store",
                         "sqlite:lists.db", *given, *words, code=0)

    def accounts(self, command, name, *words):
        self.run_seawall("accounts", command, name, "--why", "test", "--store", "sqlite:lists.db", *words, code=0)

    def try_in(self, account, password=PASSWORD, headers=None, **more):
        return self.ask("POST", "/v1/session", {"account": account, "password": password, **more}, headers=headers)

    def sign_in(self, account, **named):
        answer = self.try_in(account, **named)
        self.assertEqual(answer.status, 200, answer.body)
        return Session(answer)

    def ask_as(self, session, method, path, body=None, csrf="", **named):
        """`csrf` None: without; "": the session's own."""
        headers = {"Cookie": "theme=dark; __Host-seawall=" + session.cookie}
        if csrf is not None:
            headers["X-CSRF-Token"] = csrf or session.csrf
        return self.ask(method, path, body, headers={**headers, **named.pop("headers", {})}, **named)

    def new_key(self, session, name="forum-upload", scopes=("match",), **more):
        body = {"name": name, "scopes": list(scopes), "expires": in_days(30), "why": "test", **more}
        answer = self.ask_as(session, "POST", "/v1/keys", body)
        self.assertEqual(answer.status, 201, answer.body)
        return answer.json

    def match(self, key, **named):
        return self.ask("POST", "/v1/match", {"signals": {"pdq": PDQ}}, key=key, **named)

    def second_factor(self, name):
        """Enrols; gives the secret and the recovery codes."""
        for _ in range(2):
            process = subprocess.Popen(
                [SEAWALL, "accounts", "second-factor", name, "--access-key", "access.key", "--store",
                 "sqlite:lists.db", "--why", "test"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, cwd=self.folder)
            address = process.stdout.readline().decode()
            secret = base64.b32decode(re.search(r"secret=([A-Z2-7]+)", address)[1])
            # The code of the step before, so that this one is left to sign in with; once more if it has just ended.
            out, told = process.communicate(totp(secret, time.time() - 30).encode() + b"\n", timeout=60)
            if process.returncode == 0:
                return secret, out.decode().split()
        self.fail(told)


class SigningIn(PeopleTest):
    def setUp(self):
        super().setUp()
        self.account("ann")

    def test_a_person_signs_in_sees_the_session_and_signs_out(self):
        self.serve()
        ann = self.sign_in("Ann")
        self.assertEqual({**ann.shown, "csrf_token": 0, "expires": 0},
                         {"account": "ann", "tenant": "default", "roles": ["administrator"], "csrf_token": 0,
                          "expires": 0})
        self.assertNotIn(ann.csrf, ann.cookie)
        self.assertGreater(ann.shown["expires"], in_days(0))
        shown = self.ask_as(ann, "GET", "/v1/session", csrf=None)
        self.assertEqual((shown.status, shown.json["csrf_token"]), (200, ann.csrf))
        self.assertEqual(shown.headers["cache-control"], "no-store")
        self.assertNotIn("set-cookie", shown.headers)
        self.refused(self.ask("GET", "/v1/session"), 401, "unauthenticated")
        self.refused(self.ask_as(ann, "DELETE", "/v1/session", csrf=None), 403, "csrf")
        self.refused(self.ask_as(ann, "DELETE", "/v1/session", csrf="x" * 52), 403, "csrf")
        out = self.ask_as(ann, "DELETE", "/v1/session")
        self.assertEqual((out.status, out.body), (204, b""))
        self.assertRegex(out.headers["set-cookie"], r"^__Host-seawall=; .*Max-Age=0")
        self.refused(self.ask_as(ann, "GET", "/v1/session"), 401, "unauthenticated")

    def test_signing_in_again_in_the_same_browser_ends_the_session_before(self):
        self.serve()
        first, other = self.sign_in("ann"), self.sign_in("ann")
        again = self.sign_in("ann", headers={"Cookie": "__Host-seawall=" + first.cookie})
        self.assertEqual(self.ask_as(first, "GET", "/v1/session").status, 401)
        self.assertEqual(self.ask_as(other, "GET", "/v1/session").status, 200)
        self.assertEqual(self.ask_as(again, "GET", "/v1/session").status, 200)

    def test_what_is_no_sign_in_is_refused_without_a_hash(self):
        self.serve()
        for body in ({}, {"account": "ann"}, {"password": PASSWORD}, {"account": 1, "password": PASSWORD}, [],
                     {"account": "ann", "password": ""}, {"account": "ann", "password": "x" * 1025},
                     {"account": "ann", "password": PASSWORD, "remember": True},
                     {"account": "ann", "password": PASSWORD, "totp": 123456}):
            with self.subTest(body=body):
                answer = self.ask("POST", "/v1/session", body)
                self.refused(answer, 400, "invalid-input")
                self.assertNotIn(PASSWORD, answer.body.decode())
        form = self.ask("POST", "/v1/session", b"account=ann&password=x",
                        content_type="application/x-www-form-urlencoded")
        self.refused(form, 415, "unsupported")
        self.refused(self.ask("POST", "/v1/session"), 400, "invalid-input")
        for cookie in ("__Host-seawall=x", "__Host-seawall=" + "a" * 52, "__Host-seawall="):
            self.assertEqual(self.ask("GET", "/v1/session", headers={"Cookie": cookie}).status, 401)
        twice = "__Host-seawall=" + "a" * 52 + "; __Host-seawall=" + "b" * 52
        self.refused(self.ask("GET", "/v1/session", headers={"Cookie": twice}), 400, "invalid-input")

    def test_guesses_are_slowed_and_say_nothing(self):
        self.serve()
        wrong = self.refused(self.try_in("ann", "wrong password"), 401, "unauthenticated")
        nobody = self.refused(self.try_in("zoe", "wrong password"), 401, "unauthenticated")
        self.assertEqual({**wrong, "request_id": 0}, {**nobody, "request_id": 0})
        answers = [self.try_in("ann", "wrong password").status for _ in range(6)]
        self.assertEqual(answers[:3], [401] * 3)
        slowed = self.try_in("ann")
        self.refused(slowed, 429, "rate-limited")
        self.assertIn(int(slowed.headers["retry-after"]), range(1, 61))

    def test_made_up_cookies_of_others_on_the_network_do_not_lock_out_who_just_signed_in(self):
        self.serve()
        letters = "abcdefghijklmnopqrstuvwxyz234567"
        made_up = ({"Cookie": "__Host-seawall=" + "".join(self.random.choices(letters, k=51)) + "a"} for _ in range(500))
        self.assertIn(429, (self.ask("GET", "/v1/session", headers=one).status for one in made_up))
        ann = self.sign_in("ann")
        self.assertEqual([self.ask_as(ann, "GET", "/v1/keys").status for _ in range(5)], [200] * 5)

    def test_a_second_factor_is_asked_for_and_each_code_works_once(self):
        secret, recoveries = self.second_factor("ann")
        self.serve()
        self.refused(self.try_in("ann"), 401, "totp-required")
        self.refused(self.try_in("ann", "wrong password"), 401, "unauthenticated")
        wrong = "%06d" % ((int(totp(secret, time.time())) + 1) % 10**6)
        self.refused(self.try_in("ann", totp=wrong), 401, "unauthenticated")
        code = totp(secret, time.time())
        self.sign_in("ann", totp=code)
        self.refused(self.try_in("ann", totp=code), 401, "unauthenticated")
        self.sign_in("ann", totp=recoveries[0])
        self.refused(self.try_in("ann", totp=recoveries[0]), 401, "unauthenticated")

    def test_a_wrong_access_key_file_ends_the_start(self):
        self.write("bad.key", "access_key = nonsense\n").chmod(0o600)
        done = self.run_seawall("serve", "state", "--store", "sqlite:lists.db", "--listen", "127.0.0.1:0",
                                "--access-key", "bad.key", code=3)
        self.assertIn("seawall access init", done.stderr.decode())
        self.assertNotIn("nonsense", done.stderr.decode())

    def test_what_is_taken_away_is_gone_at_the_next_request(self):
        self.account("bob", role="list_manager")
        self.serve()
        bob = self.sign_in("bob")
        self.assertEqual(self.ask_as(bob, "GET", "/v1/session").json["roles"], ["list_manager"])
        self.accounts("set-roles", "bob", "--role", "viewer")
        self.assertEqual(self.ask_as(bob, "GET", "/v1/session").json["roles"], ["viewer"])
        self.accounts("set-roles", "bob", "--none")
        self.refused(self.ask_as(bob, "GET", "/v1/session"), 403, "forbidden")
        self.refused(self.try_in("bob"), 403, "forbidden")
        self.accounts("set-roles", "bob", "--role", "viewer")
        self.accounts("disable", "bob")
        self.refused(self.ask_as(bob, "GET", "/v1/session"), 401, "unauthenticated")
        self.refused(self.try_in("bob"), 401, "unauthenticated")

    def test_a_person_chooses_the_tenant(self):
        self.account("bob", role="reviewer")
        self.accounts("set-roles", "bob", "--role", "viewer", "--tenant", "forum")
        self.serve()
        self.assertEqual(self.sign_in("bob").shown["tenant"], "default")
        forum = self.sign_in("bob", tenant="forum").shown
        self.assertEqual((forum["tenant"], forum["roles"]), ("forum", ["viewer"]))
        self.refused(self.try_in("bob", tenant="shop"), 403, "forbidden")


class Keys(PeopleTest):
    def setUp(self):
        super().setUp()
        self.account("ann")
        self.make_list("known", f"id,pdq\none,{1:064x}\n")

    def test_a_key_is_made_used_at_once_and_revoked_at_once(self):
        self.serve()
        ann = self.sign_in("ann")
        made = self.new_key(ann, banks=["known"], rate={"items": 50, "per_s": 1}, networks=["127.0.0.0/8"])
        self.assertRegex(made["secret"], r"^swk_[a-z2-7]{16}_[a-z2-7]{59}$")
        self.assertRegex(made["webhook_secret"], r"^whsec_[A-Za-z0-9+/]{43}=$")
        self.assertEqual(made["key"], "k_" + made["secret"][4:20])
        answer = self.match(made["secret"])
        self.assertEqual((answer.status, answer.json["verdict"]), (200, "allow"), answer.body)
        self.assertIn("q=50;w=1", answer.headers["ratelimit-policy"])
        self.refused(self.ask("GET", "/v1/status", key=made["secret"]), 403, "forbidden")
        listed = self.ask_as(ann, "GET", "/v1/keys").json["keys"]
        self.assertEqual(len(listed), 1)
        self.assertEqual({name: listed[0][name] for name in ("key", "name", "scopes", "banks", "networks", "state",
                                                             "rate")},
                         {"key": made["key"], "name": "forum-upload", "scopes": ["match"], "banks": ["known"],
                          "networks": ["127.0.0.0/8"], "state": "active", "rate": {"items": 50, "per_s": 1}})
        self.assertEqual((listed[0]["created"]["who"], listed[0]["created"]["why"]), ("ann", "test"))
        self.assertNotIn("secret", listed[0])
        revoked = self.ask_as(ann, "POST", f"/v1/keys/{made['key']}/revoke", {"why": "it stood in a log"})
        self.assertEqual((revoked.status, revoked.json["state"]), (200, "revoked"))
        self.refused(self.match(made["secret"]), 401, "unauthenticated")
        again = self.ask_as(ann, "POST", f"/v1/keys/{made['key']}/revoke", {"why": "again"})
        self.refused(again, 409, "conflict")
        state = self.run_seawall("keys", "show", "forum-upload", "--json", "--store", "sqlite:lists.db", code=0)
        self.assertEqual(json.loads(state.stdout)["state"], "revoked")

    def test_a_rotation_overlaps_as_long_as_was_asked(self):
        self.serve()
        ann = self.sign_in("ann")
        made = self.new_key(ann)
        path = f"/v1/keys/{made['key']}/rotate"
        second = self.ask_as(ann, "POST", path, {"overlap_s": 3600, "why": "yearly"}).json
        self.assertEqual((second["key"], second["state"]), (made["key"], "rotating"))
        self.assertGreater(second["old_secret_until"], in_days(0))
        self.assertEqual([self.match(key["secret"]).status for key in (made, second)], [200, 200])
        self.assertNotEqual(made["webhook_secret"], second["webhook_secret"])
        third = self.ask_as(ann, "POST", path, {"overlap_s": 1, "why": "again"}).json
        self.refused(self.match(made["secret"]), 401, "unauthenticated")
        self.assertEqual(self.match(third["secret"]).status, 200)
        self.wait_for(lambda: self.match(second["secret"]).status == 401, "over")
        last = self.ask_as(ann, "POST", path, {"overlap_s": 0, "expires": in_days(60), "why": "leaked"}).json
        self.refused(self.match(third["secret"]), 401, "unauthenticated")
        self.assertEqual(self.match(last["secret"]).status, 200)
        self.assertEqual((last["state"], "old_secret_until" in last), ("active", False))

    def test_a_repeat_with_the_same_idempotency_key_makes_no_second_key(self):
        self.serve()
        ann = self.sign_in("ann")
        body = {"name": "once", "scopes": ["match"], "expires": in_days(1), "why": "test"}
        answers = [self.ask_as(ann, "POST", "/v1/keys", body, headers={"Idempotency-Key": '"a1"'}) for _ in range(2)]
        self.assertEqual([answer.status for answer in answers], [201, 201])
        self.assertEqual(answers[0].json["secret"], answers[1].json["secret"])
        self.assertEqual(len(self.ask_as(ann, "GET", "/v1/keys").json["keys"]), 1)
        self.assertEqual(self.match(answers[1].json["secret"]).status, 200)

    def test_changes_need_the_sessions_own_token(self):
        self.serve()
        ann, other = self.sign_in("ann"), self.sign_in("ann")
        body = {"name": "x", "scopes": ["match"], "expires": in_days(1), "why": "test"}
        for token in (None, "wrong", other.csrf, ann.csrf[:-1], ann.cookie):
            self.refused(self.ask_as(ann, "POST", "/v1/keys", body, csrf=token), 403, "csrf")
        self.assertEqual(self.ask_as(ann, "GET", "/v1/keys", csrf=None).json, {"keys": []})
        self.new_key(ann)

    def test_what_is_no_key_is_refused_with_its_place(self):
        self.serve()
        ann = self.sign_in("ann")
        good = {"name": "x", "scopes": ["match"], "expires": in_days(1), "why": "test"}
        for change, place in (({"scopes": []}, "/scopes"), ({"scopes": ["match", "match"]}, "/scopes"),
                              ({"scopes": ["admin"]}, "/scopes"), ({"expires": "soon"}, "/expires"),
                              ({"rate": {"items": 0, "per_s": 1}}, "/rate/items"), ({"rate": {"items": 1}}, "/rate"),
                              ({"rate": {"items": 2**64 - 1, "per_s": 1}}, "/rate/items"),
                              ({"rate": {"items": 2**70, "per_s": 1}}, None),
                              ({"certificate_sha256": "x" * 64}, "/certificate_sha256"), ({"why": ""}, "/why"),
                              ({"banks": []}, "/banks"), ({"expires": in_days(500)}, None),
                              ({"expires": in_days(-1)}, None), ({"networks": ["10.0.0.1/8"]}, None),
                              ({"name": "\u00e4"}, None), ({"tenant": "other"}, None)):
            with self.subTest(change=change):
                problem = self.refused(self.ask_as(ann, "POST", "/v1/keys", {**good, **change}), 400, "invalid-input")
                if place:
                    self.assertEqual(problem["errors"][0]["at"], place)
        for missing in good:
            body = {name: value for name, value in good.items() if name != missing}
            self.refused(self.ask_as(ann, "POST", "/v1/keys", body), 400, "invalid-input")
        misspelt = self.ask_as(ann, "POST", "/v1/keys", {**good, "banks": ["knwon"]})
        self.refused(misspelt, 404, "not-found")
        self.new_key(ann, "bob")
        self.refused(self.ask_as(ann, "POST", "/v1/keys", {**good, "name": "B ob"}), 409, "conflict")
        self.refused(self.ask_as(ann, "POST", "/v1/keys", {**good, "name": "ann"}), 409, "conflict")
        for key in ("k_aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "k_"):
            self.refused(self.ask_as(ann, "POST", f"/v1/keys/{key}/revoke", {"why": "x"}), 404, "not-found")

    def test_keys_of_another_tenant_are_not_there(self):
        self.account("eve", "--tenant", "forum", role="administrator")
        self.serve()
        ann, eve = self.sign_in("ann"), self.sign_in("eve")
        made = self.new_key(ann)
        self.assertEqual(self.ask_as(eve, "GET", "/v1/keys").json, {"keys": []})
        for deed in ("rotate", "revoke"):
            self.refused(self.ask_as(eve, "POST", f"/v1/keys/{made['key']}/{deed}", {"why": "x"}), 404, "not-found")
        self.refused(self.ask_as(eve, "POST", "/v1/keys", {"name": "y", "scopes": ["match"], "expires": in_days(1),
                                                           "why": "x", "banks": ["known"]}), 404, "not-found")
        self.assertEqual(self.match(made["secret"]).status, 200)


class Proxies(PeopleTest):
    def setUp(self):
        super().setUp()
        self.account("ann")

    def forwarded(self, text):
        return {"X-Forwarded-For": text}

    def test_a_trusted_proxy_names_the_peer(self):
        near = self.key("near", ("match",), "--network", "192.0.2.0/24")
        self.write("serve.toml", 'trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]\n')
        self.serve("--config", "serve.toml")
        for text, status in (("192.0.2.7", 200), ("198.51.100.7", 403), ("192.0.2.7, 198.51.100.7", 403),
                             ("198.51.100.7, 192.0.2.7", 200), ("192.0.2.7, 10.1.2.3", 200), ("unknown", 400)):
            with self.subTest(text=text):
                self.assertEqual(self.match(near, headers=self.forwarded(text)).status, status)
        self.assertEqual(self.match(near).status, 403)
        for _ in range(5):
            self.assertEqual(self.try_in("ann", "wrong", headers=self.forwarded("192.0.2.7")).status, 401)
        # On a slow machine one more was free meanwhile.
        self.wait_for(lambda: self.try_in("ann", "wrong", headers=self.forwarded("192.0.2.7")).status == 429, "slowed")
        self.assertEqual(self.try_in("ann", headers=self.forwarded("192.0.2.8")).status, 429)
        self.assertEqual(self.try_in("ann", headers=self.forwarded("198.51.100.7")).status, 200)
        live = self.ask("GET", "/healthz/live", headers=self.forwarded("unknown"))
        self.assertEqual(live.status, 200)

    def test_nobody_else_is_believed(self):
        near = self.key("near", ("match",), "--network", "192.0.2.0/24")
        self.serve()
        self.assertEqual(self.match(near, headers=self.forwarded("192.0.2.7")).status, 403)
        for i in range(5):
            self.assertEqual(self.try_in("ann", "wrong", headers=self.forwarded(f"10.{i}.0.1")).status, 401)
        self.assertEqual(self.try_in("ann", headers=self.forwarded("10.9.0.1")).status, 429)

    def test_networks_are_checked_at_the_start(self):
        for text, says in (('["10.0.0.1/8"]', "10.0.0.0/8"), ('"10.0.0.0/8"', "trusted_proxies"),
                           ('["10.0.0.0/8", 4]', "trusted_proxies")):
            self.write("serve.toml", f"trusted_proxies = {text}\n")
            done = self.run_seawall("serve", "state", "--store", "sqlite:lists.db", "--config", "serve.toml", code=3)
            self.assertIn(says, done.stderr.decode())


OPERATIONS = {
    "match, hash, compare": "match match_result match_replay hash compare",
    "gate, for proxies": "gate gate_signals",
    "what people found about a match": "feedback",
    "an entry and its history": "entry entry_history",
    "all entries of a bank": "bank_entries",
    "banks": "banks bank",
    "releases, requests": "releases release requests request",
    "quarantine an entry": "quarantine_entry",
    "propose, stage, activate, reject, take back, settings":
        "propose_entry stage_release activate_release reject_release take_back_release create_bank alter_bank "
        "alter_entry end_quarantine withdraw_entries drop_request",
    "**approve** a release or a request": "approve_release approve_request",
    "observations, under an order": "observations",
    "the transparency log": "log_trust log_file",
    "orders and their clocks": "orders",
    "the overseers' register": "oversight_register",
    "live streams and their alerts": "streams stream stream_alerts",
    "attach and detach a live stream": "attach_stream detach_stream",
    "calls of media servers": "stream_hook",
    "look at uploads with the verdict review":
        "review_items review_item claim_review release_review grade_review undo_review viewed_review review_still my_review "
        "limit_my_review",
    "what a reviewer may be shown at most": "review_settings",
    "make that less": "alter_review_settings",
    "how review goes, without people": "review_totals",
    "what the public reported": "reports report claim_report decide_report note_report",
    "see keys": "keys",
    "make, rotate, revoke keys": "create_key rotate_key revoke_key",
    "see people and what was changed about access": "accounts access_changes",
    "make, disable people, set their roles": "create_account alter_account",
    "state of the service; events and figures, of what one may read besides": "service_status events figures",
    "metrics": "metrics",
}
OPEN = set("report_page send_report report_state sign_in live ready problem hma_status hma_live hma_site_map".split())
OWN_SESSION = {"session", "sign_out"}
SAMPLES = {"request_id": "r_aaaaaaaaaaaa", "entry": "999.1", "bank": "nowhere", "release": "999", "request": "999",
           "key": "k_aaaaaaaaaaaaaaaa", "account": "nobody", "problem": "not-found", "bank_name": "NOWHERE", "content_id": "999",
           "signal_type_name": "pdq", "api_name": "nothing", "exchange_name": "nothing", "stream": "nothing",
           "server": "srs", "item": "v999", "still": "1", "report": "p999", "code": "aaaa"}


def operations_of_the_contract():
    """operationId to (method, path with samples), from the lines of docs/openapi.yaml."""
    found, path, method = {}, None, None
    for line in (ROOT / "docs/openapi.yaml").read_text().split("\ncomponents:")[0].split("\nwebhooks:")[0].splitlines():
        if at := re.match(r"^  (/\S*):$", line):
            path = re.sub(r"\{(\w+)\}", lambda name: SAMPLES[name[1]], at[1])
        elif at := re.match(r"^    (get|post|put|patch|delete):$", line):
            method = at[1].upper()
        elif at := re.match(r"^      operationId: (\w+)$", line):
            found[at[1]] = (method, path)
    return found


def rules_of_the_document():
    """operationId to (scopes, roles), from the table of docs/access.md."""
    rules = {}
    for line in (ROOT / "docs/access.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 3 or cells[0] not in OPERATIONS:
            continue
        roles = set(ROLES) if cells[2] == "everyone" else set(ROLES) & set(re.split(r",\s*", cells[2]))
        for operation in OPERATIONS[cells[0]].split():
            rules[operation] = (set(re.findall(r"`([^`]+)`", cells[1])), roles)
    return rules


class WhoMayDoWhat(PeopleTest):
    def ask_with(self, who, method, path):
        body = None if method in ("GET", "DELETE") else {}
        if isinstance(who, Session):
            return self.ask_as(who, method, path, body)
        return self.ask(method, path, body, key=who)

    def test_every_operation_asks_for_what_the_document_says(self):
        self.account("administrator")
        for role in ROLES:
            if role != "administrator":
                self.account(role, role=role)
        keys = {scope: self.key("key-" + scope, (scope,)) for scope in SCOPES}
        self.serve()
        people = {role: self.sign_in(role) for role in ROLES}
        contract, rules = operations_of_the_contract(), rules_of_the_document()
        self.assertGreater(len(contract), 70)
        asked = 0
        for operation, (method, path) in contract.items():
            hma = operation.startswith("hma_")
            if operation in OPEN:
                self.assertNotIn(self.ask_with(None, method, path).status, (401, 403), operation)
                continue
            self.assertEqual(self.ask_with(None, method, path).status, 401, operation)
            if operation in OWN_SESSION:
                for key in keys.values():
                    self.refused(self.ask_with(key, method, path), 403, "forbidden")
                continue
            if not hma:
                self.assertIn(operation, rules)
            scopes, roles = rules.get(operation, ({"match", "banks:read", "entries:read", "lists:write"}, set()))
            for name, who in {**people, **keys}.items():
                with self.subTest(operation=operation, who=name):
                    answer = self.ask_with(who, method, path)
                    asked += 1
                    if name in scopes | roles:
                        refused = answer.status == 401 or answer.status == 403 and b'"/problems/forbidden"' in answer.body
                        self.assertFalse(refused and not hma, answer.body)
                    elif hma:
                        self.assertIn(answer.status, (401, 403), answer.body)
                    else:
                        self.refused(answer, 403, "forbidden")
        self.assertGreater(asked, 700)
        # Nobody's session ended meanwhile, and what is everybody's is.
        for role, session in people.items():
            self.assertEqual(self.ask_as(session, "GET", "/v1/session").json["roles"], [role])
            self.assertEqual(self.ask_as(session, "DELETE", "/v1/session").status, 204)


class TwoPersons(PeopleTest):
    def test_nothing_takes_force_until_a_second_person_has_agreed(self):
        self.account("ann")
        for name in ("bob", "carl"):
            self.account(name, role="list_manager")
        self.account("rita", role="reviewer")
        program = self.key("upload", ("match", "lists:write"))
        self.serve()
        bob, carl, rita = (self.sign_in(name) for name in ("bob", "carl", "rita"))
        why, md5 = {"why": "test"}, hashlib.md5(b"listed text").hexdigest()

        def verdict():
            return self.ask("POST", "/v1/match", {"signals": {"md5": md5}}, key=program).json["verdict"]

        def act(who, what, status=200):
            answer = self.ask_as(who, "POST", what, why)
            self.assertEqual(answer.status, status, answer.body)
            return answer.json

        bank = {"bank": "known", "purpose": "test", "owner": "tests", "two_person": True, **why}
        self.assertEqual(self.ask_as(bob, "POST", "/v1/banks", bank).status, 201)
        entry = {"key": "case-17", "signals": {"md5": md5}, **why}
        self.refused(self.ask_as(rita, "POST", "/v1/banks/known/entries", entry), 403, "forbidden")
        release = self.ask_as(bob, "POST", "/v1/banks/known/entries", entry).json
        path = f"/v1/releases/{release['release']}"
        self.refused(self.ask_as(bob, "POST", path + "/activate", why), 409, "approval-missing")
        self.refused(self.ask_as(bob, "POST", path + "/approve", why), 409, "may-not-approve")
        self.refused(self.ask_as(rita, "POST", path + "/approve", why), 403, "forbidden")
        self.refused(self.ask("POST", path + "/approve", why, key=program), 403, "forbidden")
        self.refused(self.ask_as(carl, "POST", path + "/approve", why, csrf=bob.csrf), 403, "csrf")
        act(carl, path + "/approve")
        self.assertEqual(verdict(), "allow")
        act(bob, path + "/activate")
        self.wait_for(lambda: verdict() == "block", "in force")
        back = act(carl, path + "/take-back", 202)
        self.refused(self.ask_as(carl, "POST", f"/v1/requests/{back['request']}/approve", why), 409, "may-not-approve")
        act(bob, f"/v1/requests/{back['request']}/approve")
        self.wait_for(lambda: verdict() == "allow", "taken back")
        approvals = self.ask_as(rita, "GET", path).json["approvals"]
        self.assertEqual([approval["who"] for approval in approvals], ["carl"])


class Secrets(PeopleTest):
    def test_no_secret_is_in_the_log_or_the_store(self):
        self.account("ann")
        secret, recoveries = self.second_factor("ann")
        self.serve()
        code = totp(secret, time.time())
        self.try_in("ann", "a wrong password")
        ann = self.sign_in("ann", totp=code)
        bob = self.sign_in("ann", totp=recoveries[1])
        body = {"name": "sealed", "scopes": ["match"], "expires": in_days(1), "why": "test"}
        made = self.ask_as(ann, "POST", "/v1/keys", body, headers={"Idempotency-Key": "a1"}).json
        self.match(made["secret"])
        again = self.ask_as(ann, "POST", f"/v1/keys/{made['key']}/rotate", {"why": "test"}).json
        self.match(again["secret"] + "x")
        self.ask("GET", "/v1/session?csrf=" + ann.csrf, headers={"Cookie": "__Host-seawall=" + ann.cookie})
        self.ask_as(bob, "DELETE", "/v1/session")
        plain = [PASSWORD, "a wrong password", ann.cookie, ann.csrf, bob.cookie, bob.csrf, recoveries[0], recoveries[1],
                 recoveries[1].replace("-", ""), base64.b32encode(secret).decode(), secret.hex(),
                 *(key["secret"][21:] for key in (made, again)), *(key["webhook_secret"] for key in (made, again))]
        # While it runs (its write-ahead logs, too), and after.
        for _ in range(2):
            files = [path for path in self.folder.rglob("*") if path.is_file() and path.name not in
                     ("password", "access.key")]
            self.assertIn("lists.db", [path.name for path in files])
            self.assertIn("serve.log", [path.name for path in files])
            for path in files:
                data = path.read_bytes()
                for text in plain:
                    self.assertNotIn(text.encode(), data, path.name)
                self.assertNotIn(secret, data, path.name)
            self.stop()


class HowTo(PeopleTest):
    def test_the_lines_of_the_guide_work_as_they_stand(self):
        """docs/howto/keys-and-accounts.md, "Over HTTP": what is indented there, with this server's address."""
        self.account("ann")
        self.make_list("known", f"id,pdq\none,{1:064x}\n")
        self.serve()
        guide = (ROOT / "docs/howto/keys-and-accounts.md").read_text().split("\n## Over HTTP\n")[1].split("\n## ")[0]
        lines = [line[4:] for line in guide.splitlines() if line.startswith("    ")]
        self.assertGreater(len(lines), 8)
        script = "\n".join(lines).replace("https://seawall.example", f"http://127.0.0.1:{self.port}")
        self.assertNotEqual(script, "\n".join(lines))
        self.write("sign-in.json", json.dumps({"account": "ann", "password": PASSWORD}))
        done = subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", script], cwd=self.folder, capture_output=True,
                              timeout=60, env={**os.environ, "HOME": str(self.folder)})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        keys = self.run_seawall("keys", "list", "--all", "--json", "--store", "sqlite:lists.db", code=0).stdout
        states = {row["name"]: row["state"] for row in map(json.loads, keys.splitlines())}
        self.assertEqual(states, {"forum-upload": "revoked"})
        self.assertIn(b'"verdict"', done.stdout)


if __name__ == "__main__":
    main()
