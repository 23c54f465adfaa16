"""Banks, entries, releases, requests and feedback over HTTP. Every answer is held against docs/openapi.yaml."""
import json
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

from serve_support import ServeTest
from support import main

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
OTHER = "e64cc9d91c623882f8d1f1d9a398e78c9f199b3bd83924f2b7e11e0bf861b064"
MD5 = "cab08b36195edb1a1231d2d09fa450e0"
ALL = ("match", "feedback", "entries:read", "banks:read", "lists:write", "observations:read")
WHY = {"why": "test"}


class Lists(ServeTest):
    def setUp(self):
        super().setUp()
        self.default_key = self.key("writer", ALL)
        self.serve()

    def get(self, path, status=200, **named):
        answer = self.ask("GET", path, **named)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json

    def send(self, path, body, status=200, method="POST", **named):
        answer = self.ask(method, path, body, **named)
        self.assertEqual(answer.status, status, answer.body)
        self.location = answer.headers.get("location")
        return answer.json

    def wrong(self, path, body, at, method="POST", kind="invalid-input", status=400):
        problem = self.refused(self.ask(method, path, body), status, kind)
        if at is not None:
            self.assertEqual([fault["at"] for fault in problem.get("errors", [])], [at] if at else [], problem)
        return problem

    def bank(self, name="known", **more):
        return self.send("/v1/banks", {"bank": name, "purpose": "test", "owner": "tests", **more, **WHY}, 201)

    def propose(self, bank="known", md5=MD5, key="case-17", **more):
        return self.send(f"/v1/banks/{bank}/entries", {"key": key, "signals": {"md5": md5}, **more, **WHY}, 201)

    def act(self, what, number, action, status=200, **named):
        return self.send(f"/v1/{what}/{number}/{action}", WHY, status, **named)

    def approve_as(self, who, command, number, code=0):
        return self.lists(command, str(number), "--as", who, "--why", "looked at it", code=code)

    def listed(self, bank="known", **named):
        """A bank of one person with one entry in force."""
        self.bank(bank, two_person=False)
        release = self.propose(bank, **named)
        self.act("releases", release["release"], "activate")
        return release["entries"][0]

    def verdict(self, md5=MD5):
        return self.send("/v1/match", {"signals": {"md5": md5}})["verdict"]

    # ---------------------------------------------------------------------------------------------- banks
    def test_banks_are_made_shown_and_changed(self):
        made = self.bank(radius=20, action="review", expires="2030-01-31T12:00:00+01:00")
        self.assertEqual((made["radius"], made["action"], made["expires"], made["two_person"]),
                         (20, "review", "2030-01-31T11:00:00Z", True))
        self.bank("a b/ä".replace("/", "-"))
        names = [bank["bank"] for bank in self.get("/v1/banks")["banks"]]
        self.assertEqual(names, ["a b-ä", "known"])
        self.assertEqual(self.get("/v1/banks/" + quote("a b-ä"))["bank"], "a b-ä")
        shown = self.get("/v1/banks/known")
        self.assertEqual(shown["entries"], {"proposed": 0, "staged": 0, "active": 0, "quarantined": 0, "withdrawn": 0})
        # Words change at once; what is enforced waits for another person.
        done = self.send("/v1/banks/known", {"version": made["version"], "purpose": "other", **WHY}, method="PATCH")
        self.assertTrue(done["done"])
        now = self.get("/v1/banks/known")
        self.assertEqual((now["purpose"], now["radius"]), ("other", 20))
        waits = self.send("/v1/banks/known", {"version": now["version"], "radius": 10, "expires": None, **WHY}, 202,
                          method="PATCH")
        self.assertEqual((waits["done"], waits["approvals_missing"]), (False, 1))
        self.assertEqual(self.location, f"/v1/requests/{waits['request']}")
        request = self.get(self.location)
        self.assertEqual({change["what"]: change["to"] for change in request["changes"]},
                         {"radius": "10", "expires": "never"})
        self.approve_as("bob", "approve-request", waits["request"])
        now = self.get("/v1/banks/known")
        self.assertEqual((now["radius"], "expires" in now), (10, False))
        self.wrong("/v1/banks/known", {"version": 1, "radius": 5, **WHY}, None, "PATCH", "stale", 409)
        self.wrong("/v1/banks", {"bank": "known", "purpose": "p", "owner": "o", **WHY}, None, kind="conflict", status=409)

    def test_wrong_banks_are_told_where(self):
        good = {"bank": "b", "purpose": "p", "owner": "o", **WHY}
        for member, value in (("radius", 257), ("radius", 1.5), ("action", "delete"), ("two_person", "no"), ("kind", "x"),
                              ("bank", ""), ("bank", "a/b"), ("bank", "x" * 201), ("owner", "a\nb"), ("why", ""),
                              ("expires", "tomorrow"), ("tenant", "other")):
            self.wrong("/v1/banks", {**good, member: value}, "/" + member)
        self.wrong("/v1/banks", {**good, "kind": "harmless", "two_person": False}, "/two_person")
        self.wrong("/v1/banks", {"bank": "b", "purpose": "p", "owner": "o"}, "/why")
        self.wrong("/v1/banks", {"bank": "b", "x" * 64: 1, **WHY}, "")
        self.refused(self.ask("POST", "/v1/banks", b"{", content_type="application/json"), 400, "invalid-input")
        self.refused(self.ask("POST", "/v1/banks", b"[1]", content_type="application/json"), 400, "invalid-input")
        self.refused(self.ask("POST", "/v1/banks"), 400, "invalid-input")
        self.refused(self.ask("POST", "/v1/banks", b"bank: b", content_type="application/yaml"), 415, "unsupported")
        twice = b'{"bank":"b","bank":"c","purpose":"p","owner":"o","why":"w"}'
        self.refused(self.ask("POST", "/v1/banks", twice, content_type="application/json"), 400, "invalid-input")
        deep = b'{"why":' + b"[" * 100 + b"]" * 100 + b"}"
        self.refused(self.ask("POST", "/v1/banks", deep, content_type="application/json"), 400, "invalid-input")
        self.wrong("/v1/banks/known", {"version": 1, **WHY}, "", "PATCH")
        self.wrong("/v1/banks?name=x", good, "?name")
        self.refused(self.ask("GET", "/v1/banks/no"), 404, "not-found")
        self.refused(self.ask("GET", "/v1/banks/%00"), 400, "invalid-input")
        self.refused(self.ask("GET", "/v1/banks?limit=3"), 400, "invalid-input")
        huge = self.raw(b"POST /v1/banks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + self.default_key.encode() +
                        b"\r\nContent-Type: application/json\r\nContent-Length: 8388609\r\nExpect: 100-continue\r\n\r\n")
        self.assertTrue(huge.startswith(b"HTTP/1.1 413 "), huge[:60])

    # ---------------------------------------------------------------------------------------------- entries
    def test_an_entry_is_proposed_put_in_force_changed_and_withdrawn(self):
        self.bank(two_person=False)
        release = self.propose(classification={"scheme": "ncmec", "value": "A1"}, tags=["b", "a", "b"], series="s",
                               media_type="image/jpeg", size_bytes=17)
        self.assertEqual((release["state"], release["approvals_missing"], release["bank"], release["source"]),
                         ("proposed", 0, "known", "manual"))
        self.assertEqual(self.location, f"/v1/releases/{release['release']}")
        entry, = release["entries"]
        self.assertEqual(self.get(f"/v1/entries/{entry}")["state"], "proposed")
        self.assertEqual(self.verdict(), "allow")
        self.assertEqual(self.act("releases", release["release"], "stage")["state"], "staged")
        self.assertEqual(self.act("releases", release["release"], "activate")["state"], "active")
        self.wait_for(lambda: self.verdict() == "block", "in force")
        shown = self.get(f"/v1/entries/{entry}")
        self.assertEqual((shown["state"], shown["tags"], shown["key"], shown["signals"]["md5"]),
                         ("active", ["a", "b"], "case-17", MD5))
        done = self.send(f"/v1/entries/{entry}", {"action": "review", "radius": 5, "tags": ["x"], **WHY}, method="PATCH")
        self.assertTrue(done["done"])
        self.wait_for(lambda: self.verdict() == "review", "its own action")
        done = self.send(f"/v1/entries/{entry}", {"action": None, "review": "2030-01-31T12:00:00Z", **WHY},
                         method="PATCH")
        shown = self.get(f"/v1/entries/{entry}")
        self.assertEqual((shown.get("action"), shown["radius"], shown["review"], shown["tags"]),
                         (None, 5, "2030-01-31T12:00:00Z", ["x"]))
        out = self.send("/v1/banks/known/withdrawals", {"entries": [entry], **WHY}, 201)
        self.assertEqual((out["state"], out["counts"]["withdrawn"], out["entries"]), ("active", 1, [entry]))
        self.wait_for(lambda: self.verdict() == "allow", "withdrawn")
        history = self.get(f"/v1/entries/{entry}/history")["changes"]
        self.assertEqual([change["what"] for change in history][0], "added")
        self.assertEqual([change["by"]["who"] for change in history], ["writer"] * len(history))
        radius = [change["changed"]["radius"] for change in history if "radius" in change["changed"]]
        self.assertEqual(radius, [{"from": None, "to": 5}])
        # A change after which nothing is other than before is no change.
        same = self.send(f"/v1/entries/{entry}", {"radius": 5, **WHY}, method="PATCH")
        self.assertTrue(same["done"])
        self.wrong("/v1/banks/known/withdrawals", {"entries": [entry], **WHY}, None, kind="conflict", status=409)

    def test_guards_hold_what_would_match_half_the_world(self):
        self.bank()
        flat = self.wrong("/v1/banks/known/entries", {"signals": {"pdq": "0" * 64}, **WHY}, None)
        self.assertIn("flat", flat["detail"])
        self.wrong("/v1/banks/known/entries", {"signals": {"md5": "0" * 32}, **WHY}, None)
        odd = self.send("/v1/banks/known/entries", {"signals": {"pdq": "f" * 32 + "0" * 31 + "1", "quality": 80}, **WHY},
                        201)
        self.assertEqual(odd["counts"]["quarantined"], 0)
        held = self.send("/v1/banks/known/entries", {"signals": {"pdq": "f" * 60 + "0000"}, **WHY}, 201)
        self.assertEqual(held["counts"]["quarantined"], 1)
        self.propose()
        self.wrong("/v1/banks/known/entries", {"key": "k", "signals": {"pdq": PDQ, "quality": 101}, **WHY}, "/signals/quality")

    def test_wrong_entries_are_told_where(self):
        self.bank()
        path = "/v1/banks/known/entries"
        self.wrong(path, {"signals": {"pdq": "abc"}, **WHY}, "/signals/pdq")
        self.wrong(path, {"signals": {}, **WHY}, "/signals")
        self.wrong(path, {"signals": {"photodna": "x"}, **WHY}, "/signals/photodna")
        self.wrong(path, {"signals": {"md5": MD5}, "key": "k" * 257, **WHY}, "/key")
        self.wrong(path, {"signals": {"md5": MD5}, "classification": {"scheme": "ncmec", "value": "Z9"}, **WHY},
                   "/classification/value")
        self.wrong(path, {"signals": {"md5": MD5}, "tags": ["t"] * 65, **WHY}, "/tags")
        self.wrong(path, {"signals": {"md5": MD5}}, "/why")
        self.refused(self.ask("POST", "/v1/banks/no/entries", {"signals": {"md5": MD5}, **WHY}), 404, "not-found")
        for name in ("x", "1", "0.1", "01.1", "1.01", "4294967296.1"):
            self.refused(self.ask("GET", f"/v1/entries/{name}"), 400, "invalid-input")
        self.refused(self.ask("GET", "/v1/entries/7.0"), 404, "not-found")
        self.refused(self.ask("GET", "/v1/entries/7.0/history"), 404, "not-found")
        self.wrong("/v1/entries/7.0", {"radius": 300, **WHY}, "/radius", "PATCH")
        self.wrong("/v1/entries/7.0", {"radius": 3, **WHY}, None, "PATCH", "not-found", 404)
        self.wrong("/v1/banks/known/withdrawals", {"entries": ["7.0"], **WHY}, None, kind="not-found", status=404)
        self.wrong("/v1/banks/known/withdrawals", {"entries": ["7.0", "7.0"], **WHY}, "/entries")

    def test_the_brake_and_its_release(self):
        entry = self.listed()
        self.wait_for(lambda: self.verdict() == "block", "in force")
        held = self.send(f"/v1/entries/{entry}/quarantine", {"why": "a logo"})
        self.assertEqual((held["state"], held["state_reason"]), ("quarantined", "a logo"))
        self.wait_for(lambda: self.verdict() == "allow", "held back")
        self.assertTrue(self.send(f"/v1/entries/{entry}/end-quarantine", WHY)["done"])
        self.wait_for(lambda: self.verdict() == "block", "in force again")
        self.wrong(f"/v1/entries/{entry}/end-quarantine", WHY, None, kind="conflict", status=409)
        self.wrong(f"/v1/entries/{entry}/quarantine", {}, "/why")
        self.bank("harmless", kind="harmless")
        release = self.propose("harmless", key="h", md5="a" * 32)
        self.wrong(f"/v1/entries/{release['entries'][0]}/quarantine", WHY, None, kind="conflict", status=409)

    def test_entries_come_in_pages(self):
        rows = "id,md5\n" + "".join(f"f{i},{i + 1:032x}\n" for i in range(257))
        self.make_list("large", rows)
        self.import_rows("large", "id,md5\n" + "".join(f"g{i},{i + 1000:032x}\n" for i in range(5)), source="second")
        seen, after, pages = [], "", 0
        while True:
            page = self.get(f"/v1/banks/large/entries?limit=100{after}")
            seen += [entry["key"] for entry in page["entries"]]
            pages += 1
            if page["next"] is None:
                break
            after = "&after=" + page["next"]
        self.assertEqual((pages, seen), (3, [f"f{i}" for i in range(257)] + [f"g{i}" for i in range(5)]))
        self.assertEqual(len(self.get("/v1/banks/large/entries?limit=262")["entries"]), 262)
        self.assertIsNone(self.get("/v1/banks/large/entries?limit=262")["next"])
        self.assertEqual(len(self.get("/v1/banks/large/entries")["entries"]), 100)
        for query, at in (("limit=0", "?limit"), ("limit=1001", "?limit"), ("after=x", "?after"), ("page=2", "?page")):
            problem = self.refused(self.ask("GET", f"/v1/banks/large/entries?{query}"), 400, "invalid-input")
            self.assertEqual(problem["errors"][0]["at"], at)
        shown = self.get("/v1/banks/large")
        self.assertEqual(shown["entries"]["active"], 262)

    def test_entries_are_looked_for(self):
        rows = "id,md5\n" + "".join(f"f{i},{i + 1:032x}\n" for i in range(120))
        self.make_list("large", rows)
        self.import_rows("large", "id,md5\n" + "".join(f"g{i},{i + 1000:032x}\n" for i in range(5)) +
                         f"f7,{7777:032x}\n", source="second")

        def keys(query):
            found, after = [], ""
            while after is not None:
                page = self.get("/v1/banks/large/entries?" + query + (f"&after={after}" if after else ""))
                found += [(entry["key"], entry["source"]) for entry in page["entries"]]
                after = page["next"]
            return found
        self.assertEqual(keys("key=f7"), [("f7", "test"), ("f7", "second")])
        self.assertEqual(keys("key=f7&source=second"), [("f7", "second")])
        self.assertEqual(keys("key=f7&source=second&state=withdrawn"), [])
        self.assertEqual(keys("key=nothing"), [])
        self.assertEqual(keys("key_prefix=f11&limit=4"), [(f"f{i}", "test") for i in (11, *range(110, 120))])
        self.assertEqual(len(keys("source=second")), 6)
        self.assertEqual(keys(f"signal={8:032X}"), [("f7", "test")])
        entry = self.get("/v1/banks/large/entries?key=g1")["entries"][0]["entry"]
        self.ask("POST", f"/v1/entries/{entry}/quarantine", WHY)
        self.assertEqual(keys("state=quarantined"), [("g1", "second")])
        self.assertEqual(keys("state=proposed"), [])
        self.assertEqual(keys("classification=ncmec:A1"), [])
        for query, at in (("state=x", "?state"), ("signal=abc", "?signal"), ("signal=" + "g" * 32, "?signal"),
                          ("classification=A1", "?classification")):
            problem = self.refused(self.ask("GET", f"/v1/banks/large/entries?{query}"), 400, "invalid-input")
            self.assertEqual(problem["errors"][0]["at"], at)
        self.refused(self.ask("GET", "/v1/banks/large/entries?source=nobody"), 404, "not-found")

    # ---------------------------------------------------------------------------------------------- two persons
    def test_nothing_takes_force_without_another_person(self):
        self.bank()
        release = self.propose()
        number = release["release"]
        self.assertEqual((release["approvals_needed"], release["approvals_missing"]), (1, 1))
        problem = self.refused(self.ask("POST", f"/v1/releases/{number}/activate", WHY), 409, "approval-missing")
        self.assertIn("'writer' (who proposed it) may approve", problem["detail"])
        # A key never approves, whatever its scopes.
        self.refused(self.ask("POST", f"/v1/releases/{number}/approve", WHY), 403, "forbidden")
        # Nor does anybody under the name of whoever proposed it.
        self.assertIn(b"may not approve", self.approve_as("Writer", "approve", number, code=6).stderr)
        self.approve_as("bob", "approve", number)
        shown = self.get(f"/v1/releases/{number}")
        self.assertEqual((shown["approvals"][0]["who"], shown["approvals_missing"], shown["state"]),
                         ("bob", 0, "proposed"))
        self.assertEqual(self.verdict(), "allow")
        self.act("releases", number, "activate")
        self.wait_for(lambda: self.verdict() == "block", "in force")
        back = self.send(f"/v1/releases/{number}/take-back", WHY, 202)
        self.assertEqual(self.location, f"/v1/requests/{back['request']}")
        self.refused(self.ask("POST", f"/v1/requests/{back['request']}/approve", WHY), 403, "forbidden")
        self.approve_as("bob", "approve-request", back["request"])
        self.wait_for(lambda: self.verdict() == "allow", "taken back")
        self.wrong(f"/v1/releases/{number}/take-back", WHY, None, kind="conflict", status=409)

    def test_releases_are_decided_in_their_order(self):
        self.bank(two_person=False)
        first = self.propose(key="k", md5="a" * 32)["release"]
        second = self.propose(key="k", md5="b" * 32)["release"]
        shown = self.get(f"/v1/releases/{second}")
        self.assertEqual(shown["counts"]["updated"], 1)
        self.wrong(f"/v1/releases/{second}/activate", WHY, None, kind="order-of-releases", status=409)
        self.wrong(f"/v1/releases/{first}/reject", WHY, None, kind="order-of-releases", status=409)
        self.act("releases", second, "reject")
        self.assertEqual(self.act("releases", first, "reject")["state"], "rejected")
        self.wrong(f"/v1/releases/{first}/activate", WHY, None, kind="conflict", status=409)
        self.wrong("/v1/releases/77/activate", WHY, None, kind="not-found", status=404)
        self.wrong("/v1/releases/x/activate", WHY, None)
        self.wrong("/v1/releases/1/stage", {"why": "a", "and": "b"}, "/and")

    def test_releases_are_found_by_bank_and_state(self):
        self.bank("a", two_person=False)
        self.bank("b", two_person=False)
        numbers = [self.propose(bank, key=f"k{i}", md5=f"{i:032x}")["release"]
                   for i, bank in enumerate(("a", "b", "a", "b", "a"), 1)]
        self.act("releases", numbers[0], "activate")
        self.act("releases", numbers[2], "stage")
        self.act("releases", numbers[3], "reject")

        def found(query):
            return [release["release"] for release in self.get("/v1/releases" + query)["releases"]]
        self.assertEqual(found(""), numbers)
        self.assertEqual(found("?bank=a"), [numbers[0], numbers[2], numbers[4]])
        self.assertEqual(found("?state=proposed"), [numbers[1], numbers[4]])
        self.assertEqual(found("?state=staged"), [numbers[2]])
        self.assertEqual(found("?bank=b&state=rejected"), [numbers[3]])
        page = self.get("/v1/releases?limit=2&bank=a")
        self.assertEqual([release["release"] for release in page["releases"]], [numbers[0], numbers[2]])
        rest = self.get(f"/v1/releases?limit=2&bank=a&after={page['next']}")
        self.assertEqual(([release["release"] for release in rest["releases"]], rest["next"]), ([numbers[4]], None))
        self.refused(self.ask("GET", "/v1/releases?bank=c"), 404, "not-found")
        for query in ("state=loading", "state=", "after=0", "after=1.2", "limit=x", "bank="):
            self.refused(self.ask("GET", "/v1/releases?" + query), 400, "invalid-input")

    def test_requests_wait_go_stale_and_are_dropped(self):
        made = self.bank()
        first = self.send("/v1/banks/known", {"version": made["version"], "radius": 10, **WHY}, 202, method="PATCH")
        second = self.send("/v1/banks/known", {"version": made["version"], "radius": 12, **WHY}, 202, method="PATCH")
        page = self.get("/v1/requests?limit=1")
        self.assertEqual([one["request"] for one in page["requests"]], [first["request"]])
        rest = self.get(f"/v1/requests?after={page['next']}")
        self.assertEqual(([one["request"] for one in rest["requests"]], rest["next"]), ([second["request"]], None))
        self.approve_as("bob", "approve-request", first["request"])
        stale = self.get(f"/v1/requests/{second['request']}")
        self.assertTrue(stale["stale"])
        dropped = self.act("requests", second["request"], "drop")
        self.assertEqual((dropped["state"], dropped["closed"]["who"]), ("dropped", "writer"))
        self.wrong(f"/v1/requests/{second['request']}/drop", WHY, None, kind="conflict", status=409)
        self.assertEqual(self.get("/v1/requests")["requests"], [])
        self.assertEqual([one["state"] for one in self.get("/v1/requests?all=true")["requests"]], ["done", "dropped"])
        self.refused(self.ask("GET", "/v1/requests/99"), 404, "not-found")
        self.refused(self.ask("GET", "/v1/requests/0"), 400, "invalid-input")
        self.refused(self.ask("GET", "/v1/requests?all=yes"), 400, "invalid-input")

    # ---------------------------------------------------------------------------------------------- who sees what
    def test_another_tenant_sees_and_touches_nothing(self):
        entry = self.listed()
        made = self.bank("waiting")
        release = self.propose("waiting", key="w", md5="b" * 32)["release"]
        request = self.send("/v1/banks/waiting", {"version": made["version"], "radius": 3, **WHY}, 202,
                            method="PATCH")["request"]
        other = self.key("stranger", ALL, "--tenant", "other")
        paths = [("GET", path, None) for path in (
            "/v1/banks/known", "/v1/banks/known/entries", f"/v1/entries/{entry}", f"/v1/entries/{entry}/history",
            f"/v1/releases/{release}", f"/v1/requests/{request}", "/v1/releases?bank=known")]
        paths += [("POST", path, WHY) for path in (
            f"/v1/entries/{entry}/quarantine", f"/v1/entries/{entry}/end-quarantine", f"/v1/releases/{release}/stage",
            f"/v1/releases/{release}/activate", f"/v1/releases/{release}/reject", f"/v1/releases/{release}/take-back",
            f"/v1/requests/{request}/drop")]
        paths += [("PATCH", f"/v1/entries/{entry}", {"radius": 3, **WHY}),
                  ("PATCH", "/v1/banks/known", {"version": 1, "radius": 3, **WHY}),
                  ("POST", "/v1/banks/known/entries", {"signals": {"md5": MD5}, **WHY}),
                  ("POST", "/v1/banks/known/withdrawals", {"entries": [entry], **WHY}),
                  ("POST", "/v1/feedback", {"match": entry, "verdict": "confirmed", **WHY})]
        for method, path, body in paths:
            mine = self.refused(self.ask(method, path, body, key=other), 404, "not-found")
            # The same words as for what is not there at all.
            missing = re.sub(r"known", "nothing", path).replace(entry, "999999.0")
            missing = missing.replace(f"releases/{release}", "releases/99").replace(f"requests/{request}", "requests/99")
            body = json.loads(json.dumps(body).replace(entry, "999999.0"))
            self.assertEqual(self.refused(self.ask(method, missing, body, key=other), 404, "not-found")["detail"],
                             mine["detail"], path)
        for path, member in (("/v1/banks", "banks"), ("/v1/releases", "releases"), ("/v1/requests?all=true", "requests")):
            self.assertEqual(self.get(path, key=other)[member], [])
        # The name is free in the other tenant, and stays apart.
        self.send("/v1/banks", {"bank": "known", "purpose": "theirs", "owner": "o", **WHY}, 201, key=other)
        self.assertEqual(self.get("/v1/banks/known")["purpose"], "test")
        self.send("/v1/banks/known/withdrawals", {"entries": [entry], **WHY}, 404, key=other)
        self.assertEqual(self.get(f"/v1/entries/{entry}")["state"], "active")

    def test_a_key_bound_to_banks_sees_only_those(self):
        entry = self.listed()
        self.bank("mine", two_person=False)
        bound = self.key("bound", ALL, "--bank", "mine")
        self.assertEqual([bank["bank"] for bank in self.get("/v1/banks", key=bound)["banks"]], ["mine"])
        for path in ("/v1/banks/known", "/v1/banks/known/entries", f"/v1/entries/{entry}", "/v1/releases/1"):
            self.refused(self.ask("GET", path, key=bound), 404, "not-found")
        self.assertEqual(self.get("/v1/releases", key=bound)["releases"], [])
        self.refused(self.ask("POST", f"/v1/entries/{entry}/quarantine", WHY, key=bound), 404, "not-found")
        made = self.send("/v1/banks/mine/entries", {"signals": {"md5": "d" * 32}, **WHY}, 201, key=bound)
        self.assertEqual(self.act("releases", made["release"], "activate", key=bound)["state"], "active")
        new = {"bank": "wide", "purpose": "p", "owner": "o", **WHY}
        self.refused(self.ask("POST", "/v1/banks", new, key=bound), 403, "forbidden")
        mine = self.get("/v1/banks/mine", key=bound)
        self.refused(self.ask("PATCH", "/v1/banks/mine", {"version": mine["version"], "bank": "wide", **WHY}, key=bound),
                     403, "forbidden")

    def test_scopes_are_needed(self):
        self.bank()
        reader = self.key("reader", ("banks:read",))
        self.assertEqual(self.ask("GET", "/v1/banks/known", key=reader).status, 200)
        self.refused(self.ask("GET", "/v1/banks/known/entries", key=reader), 403, "forbidden")
        self.refused(self.ask("POST", "/v1/banks", WHY, key=reader), 403, "forbidden")
        self.refused(self.ask("POST", "/v1/feedback", WHY, key=reader), 403, "forbidden")
        self.refused(self.ask("GET", "/v1/releases", key=None), 401, "unauthenticated")

    # ---------------------------------------------------------------------------------------------- feedback
    def test_what_people_found_is_kept(self):
        entry = self.listed()
        found = self.send("/v1/feedback", {"match": f"{entry}@post-17", "verdict": "false-match", **WHY}, 201)
        self.assertEqual((found["entry"], found["match"], found["signal"], found["waits"], found["source"]),
                         (entry, f"{entry}@post-17", "md5", False, "manual"))
        self.send("/v1/feedback", {"match": entry, "verdict": "confirmed", "signal": "md5", **WHY}, 201)
        rows = self.lines("lists", "decisions", entry, "--store", "sqlite:lists.db", "--json")
        self.assertEqual({row["match"]: row["verdict"] for row in rows}, {"post-17": "false-match", "-": "confirmed"})
        self.assertEqual({row["by"]["who"] for row in rows}, {"writer"})
        self.wrong("/v1/feedback", {"match": entry, "verdict": "wrong", **WHY}, "/verdict")
        self.wrong("/v1/feedback", {"match": "x", "verdict": "confirmed", **WHY}, "/match")
        self.wrong("/v1/feedback", {"match": entry, "verdict": "confirmed", "signal": "pdq", **WHY}, None)
        self.wrong("/v1/feedback", {"match": "77.0", "verdict": "confirmed", **WHY}, None, kind="not-found", status=404)

    def test_observations_are_refused_without_an_order(self):
        for headers in ({}, {"Seawall-Order": "GB-2026-0117"}):
            problem = self.refused(self.ask("GET", "/v1/observations?entry=1.0", headers=headers), 403, "order-required")
            self.assertIn("keeps no orders", problem["detail"])

    # ---------------------------------------------------------------------------------------------- the page
    def test_the_lines_of_the_page_work(self):
        page = Path(__file__).resolve().parents[2] / "docs" / "howto" / "manage-lists-over-http.md"
        block = "\n".join(line[4:] for line in page.read_text().splitlines() if line.startswith("    "))
        lines = re.sub(r"\\\n\s*", "", block).splitlines()
        here = {"URL": f"http://127.0.0.1:{self.port}", "KEY": self.default_key, "PATH": "/usr/bin:/bin"}
        ran = 0
        for line in lines:
            if not line.startswith(("curl", "seawall")):
                continue
            ran += 1
            if line.startswith("seawall"):
                self.run_seawall(*line.split()[1:], "--as", "bob", "--why", "test", code=0,
                                 env={"SEAWALL_STORE": "sqlite:lists.db"})
                continue
            done = subprocess.run(["bash", "-c", line], env=here, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, f"{line}: {done.stderr.decode()} {done.stdout.decode()}")
        self.assertGreater(ran, 6)
        self.wait_for(lambda: self.verdict() == "block", "what the page lists is in force")


class PeopleAndKeys(ServeTest):
    """A program proposes, people decide."""

    def setUp(self):
        super().setUp()
        self.account("administrator")
        self.account("ann", "--role", "list_manager")
        self.account("rita", "--role", "reviewer")
        self.default_key = self.key("writer", ALL)
        self.serve()
        self.ann = self.sign_in("ann")

    def account(self, name, *words):
        """The first is an administrator."""
        self.write("password", "correct horse battery").chmod(0o600)
        self.run_seawall("accounts", "create", name, "--password-file", "password", "--why", "test", "--store",
                         "sqlite:lists.db", *words, code=0)

    def sign_in(self, account):
        """The headers of a session."""
        answer = self.ask("POST", "/v1/session", {"account": account, "password": "correct horse battery"}, key=None)
        self.assertEqual(answer.status, 200, answer.body)
        return {"Cookie": answer.headers["set-cookie"].split(";")[0], "X-CSRF-Token": answer.json["csrf_token"]}

    def ask_as(self, session, method, path, body):
        return self.ask(method, path, body, key=None, headers=session)

    def send(self, path, body, status=200, method="POST", session=None):
        answer = self.ask_as(session, method, path, body) if session else self.ask(method, path, body)
        self.assertEqual(answer.status, status, answer.body)
        return answer.json

    def test_a_key_proposes_a_person_approves_and_the_next_match_blocks(self):
        self.send("/v1/banks", {"bank": "known", "purpose": "p", "owner": "o", **WHY}, 201)
        release = self.send("/v1/banks/known/entries", {"signals": {"md5": MD5}, **WHY}, 201)
        path = f"/v1/releases/{release['release']}"
        self.refused(self.ask("POST", path + "/activate", WHY), 409, "approval-missing")
        rita = self.sign_in("rita")
        self.refused(self.ask_as(rita, "POST", path + "/approve", WHY), 403, "forbidden")
        only_cookie = {"Cookie": self.ann["Cookie"]}
        self.refused(self.ask_as(only_cookie, "POST", path + "/approve", WHY), 403, "csrf")
        approved = self.send(path + "/approve", {"why": "looked at it"}, session=self.ann)
        self.assertEqual((approved["approvals"][0]["who"], approved["approvals_missing"]), ("ann", 0))
        self.refused(self.ask_as(self.ann, "POST", path + "/approve", WHY), 409, "may-not-approve")
        self.assertEqual(self.send(path + "/activate", WHY)["state"], "active")
        self.wait_for(lambda: self.send("/v1/match", {"signals": {"md5": MD5}})["verdict"] == "block", "in force")
        # A setting: the key asks, the person agrees, and then it is so.
        entry = release["entries"][0]
        asked = self.send(f"/v1/entries/{entry}", {"action": "review", **WHY}, 202, "PATCH")
        late = self.send(f"/v1/entries/{entry}", {"action": "allow", **WHY}, 202, "PATCH")
        done = self.send(f"/v1/requests/{asked['request']}/approve", WHY, session=self.ann)
        self.assertTrue(done["done"])
        self.wait_for(lambda: self.send("/v1/match", {"signals": {"md5": MD5}})["verdict"] == "review", "its action")
        self.refused(self.ask_as(self.ann, "POST", f"/v1/requests/{late['request']}/approve", WHY), 409, "stale")
        history = self.ask("GET", f"/v1/entries/{entry}/history").json["changes"]
        self.assertEqual(history[-1]["changed"], {"action": {"from": None, "to": "review"}})

    def test_nobody_approves_what_they_proposed(self):
        self.send("/v1/banks", {"bank": "known", "purpose": "p", "owner": "o", **WHY}, 201, session=self.ann)
        release = self.send("/v1/banks/known/entries", {"signals": {"md5": MD5}, **WHY}, 201, session=self.ann)
        path = f"/v1/releases/{release['release']}"
        problem = self.refused(self.ask_as(self.ann, "POST", path + "/approve", WHY), 409, "may-not-approve")
        self.assertIn("'ann' (who proposed it)", problem["detail"])
        waits = self.send("/v1/banks/known", {"version": self.ask("GET", "/v1/banks/known").json["version"], "radius": 9,
                                              **WHY}, 202, "PATCH", session=self.ann)
        path = f"/v1/requests/{waits['request']}/approve"
        self.refused(self.ask_as(self.ann, "POST", path, WHY), 409, "may-not-approve")
        self.account("bob", "--role", "list_manager")
        self.assertTrue(self.send(path, WHY, session=self.sign_in("bob"))["done"])
        self.assertEqual(self.ask("GET", "/v1/banks/known").json["radius"], 9)


if __name__ == "__main__":
    main()
