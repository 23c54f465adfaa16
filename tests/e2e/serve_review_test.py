"""The review queue at the real service: uploads, two reviewers at once, the floor of care, kill -9, and what is erased."""
import hashlib
import json
import signal
import sqlite3
import subprocess
import threading

from serve_people_test import PASSWORD, Session
from serve_support import ServeTest
from support import main, png
from video_test import SOURCES

SETTINGS = "[review]\nsample_permille = 0\n"


class ReviewTest(ServeTest):
    def setUp(self):
        super().setUp()
        self.default_key = self.key("all", ("match", "entries:read"))
        for name, role in (("root", "administrator"), ("ann", "reviewer"), ("bob", "reviewer"), ("cat", "reviewer"),
                           ("mona", "list_manager"), ("olga", "overseer")):
            self.write("password", PASSWORD).chmod(0o600)
            self.run_seawall("accounts", "create", name, "--role", role, "--password-file", "password", "--why", "test",
                             "--store", self.store, code=0)
        self.listed = png(320, 240, 11)

    def start(self, settings=SETTINGS):
        self.write("serve.toml", settings)
        self.serve("--config", "serve.toml")
        self.people = {}
        for name in ("ann", "bob", "cat", "mona", "olga"):
            answer = self.ask("POST", "/v1/session", {"account": name, "password": PASSWORD}, key=None)
            self.assertEqual(answer.status, 200, answer.body)
            self.people[name] = Session(answer)

    def make_known(self, pictures, digests=()):
        """A bank whose matches ask for review, with these pictures listed by PDQ, those by SHA-256."""
        rows = "id,pdq\n"
        for n, picture in enumerate(pictures):
            hashed = json.loads(self.run_seawall("hash", self.write(f"listed{n}.png", picture), "--json", code=0).stdout
                                .splitlines()[0])
            rows += f"p{n},{hashed['pdq']}\n"
        self.make_list("KNOWN", rows, kind=("--action", "review"))
        if digests:
            rows = "id,sha256\n" + "".join(f"d{n},{hashlib.sha256(one).hexdigest()}\n" for n, one in enumerate(digests))
            self.make_list("EXACT", rows, kind=("--action", "review"))

    def upload(self, picture, **named):
        answer = self.ask("POST", "/v1/match", picture, content_type="image/png", **named)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json["verdict"]

    def as_(self, name, method, path, body=None, **headers):
        session = self.people[name]
        sent = {"Cookie": "__Host-seawall=" + session.cookie, "X-CSRF-Token": session.csrf, **headers}
        return self.ask(method, "/v1/review" + path, body, headers=sent, key=None)

    def done(self, name, method, path, body=None, **headers):
        answer = self.as_(name, method, path, body, **headers)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def queue(self, name, query=""):
        return self.done(name, "GET", "/items" + query)["items"]


class Working(ReviewTest):
    def test_an_upload_to_review_is_claimed_seen_graded_and_undone(self):
        self.make_known([self.listed])
        self.start()
        self.assertEqual(self.upload(png(64, 64, 99)), "allow")
        self.assertEqual(self.queue("ann"), [])
        self.assertEqual(self.upload(self.listed), "review")
        (item,) = self.queue("ann")
        self.assertEqual((item["severity"], item["bank"], item["kind"]), ("high", "KNOWN", "picture"))
        self.assertEqual(item["matches"][0]["distance"], 0)
        path = "/items/" + item["item"]
        still = path + "/stills/1"
        self.refused(self.as_("ann", "GET", still), 409, "conflict")
        claimed = self.done("ann", "POST", path + "/claim")
        self.assertTrue(claimed["lease"]["mine"])
        self.refused(self.as_("bob", "POST", path + "/claim"), 409, "conflict")
        self.refused(self.as_("bob", "GET", still), 409, "conflict")
        shown = self.as_("ann", "GET", still)
        width, height = int(shown.headers["still-width"]), int(shown.headers["still-height"])
        self.assertEqual((width, height), (256, 192))
        self.assertEqual(len(shown.body), width * height)
        self.assertEqual(shown.headers["cache-control"], "no-store")
        used = self.done("ann", "POST", path + "/viewed", {"still": 1, "rendered": True, "shown_ms": 1, "revealed_ms": 0})
        self.assertEqual((used["stills"], used["stills_high"], used["reveal_ms"]), (1, 1, 0))
        graded = self.done("ann", "POST", path + "/grade", {"grade": "not-a-match", "why": "a pattern"})
        self.assertEqual(graded["items"], [item["item"]])
        self.assertEqual(graded["item"]["decision"]["grade"], "not-a-match")
        self.refused(self.as_("ann", "GET", still), 409, "conflict")
        self.refused(self.as_("bob", "POST", path + "/undo"), 409, "conflict")
        self.assertEqual(self.done("ann", "POST", path + "/undo")["item"]["state"], "open")
        self.assertEqual(self.done("ann", "GET", "/me")["last_7_days"]["undone"], 1)
        self.done("ann", "POST", path + "/release")
        self.done("bob", "POST", path + "/claim")

    def test_what_is_known_and_what_was_graded_is_not_opened(self):
        self.make_known([self.listed], [png(96, 96, 5)])
        self.start()
        self.assertEqual(self.upload(png(96, 96, 5)), "review")
        self.assertEqual(self.queue("ann"), [])
        (known,) = self.queue("ann", "?state=decided")
        self.assertEqual((known["decision"]["how"], known["stills"]), ("known", []))
        self.upload(self.listed)
        (item,) = self.queue("ann")
        self.done("ann", "POST", f"/items/{item['item']}/claim")
        self.done("ann", "POST", f"/items/{item['item']}/grade", {"grade": "confirmed"})
        self.upload(self.listed)
        self.assertEqual(self.queue("bob"), [])
        self.assertEqual(self.done("bob", "GET", "/items/" + item["item"])["seen"], 2)

    def test_a_second_person_is_asked_blind(self):
        self.make_known([self.listed])
        self.start()
        self.upload(self.listed)
        path = "/items/" + self.queue("ann")[0]["item"]
        self.done("ann", "POST", path + "/claim")
        self.assertEqual(self.done("ann", "POST", path + "/grade", {"grade": "unsure"})["item"]["state"], "waiting")
        seen = self.done("bob", "GET", path)
        self.assertEqual((seen["state"], seen["decision"]), ("open", None))
        self.assertEqual(self.queue("ann"), [])
        self.done("bob", "POST", path + "/claim")
        self.done("bob", "POST", path + "/grade", {"grade": "confirmed"})
        self.done("cat", "POST", path + "/claim")
        self.done("cat", "POST", path + "/grade", {"grade": "confirmed"})
        self.assertEqual(self.done("ann", "GET", path)["decision"]["how"], "third")

    def test_two_at_once_never_hold_the_same(self):
        pictures = [png(96, 96, seed) for seed in range(20, 32)]
        self.make_known(pictures)
        self.start()
        for picture in pictures:
            self.upload(picture)
        items = [item["item"] for item in self.queue("ann")]
        self.assertEqual(len(items), len(pictures))
        got, faults = {"ann": [], "bob": []}, []

        def work(name):
            try:
                for item in items:
                    if self.as_(name, "POST", f"/items/{item}/claim").status != 200:
                        continue
                    if self.as_(name, "POST", f"/items/{item}/grade", {"grade": "confirmed"}).status == 200:
                        got[name].append(item)
            except Exception as error:
                faults.append(error)

        threads = [threading.Thread(target=work, args=(name,)) for name in got]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])
        self.assertEqual(sorted(got["ann"] + got["bob"]), sorted(items))

    def test_a_repeat_with_the_same_idempotency_key_is_one_item_also_after_kill_9(self):
        self.make_known([self.listed])
        self.start()
        named = {"headers": {"Idempotency-Key": '"once"'}}
        self.upload(self.listed, **named)
        self.upload(self.listed, **named)
        self.stop(signal.SIGKILL)
        self.start()
        self.upload(self.listed, **named)
        (item,) = self.queue("ann")
        self.assertEqual(item["seen"], 1)

    def test_what_was_graded_is_graded_after_kill_9_and_told_to_the_lists_once_final(self):
        self.make_known([self.listed])
        self.start("[review]\nundo_minutes = 0\nsample_permille = 0\n")
        self.upload(self.listed)
        item = self.queue("ann")[0]
        path = "/items/" + item["item"]
        self.done("ann", "POST", path + "/claim")
        self.done("ann", "POST", path + "/grade", {"grade": "not-a-match", "quarantine": True, "why": "a pattern"})
        self.stop(signal.SIGKILL)
        self.start("[review]\nundo_minutes = 0\nsample_permille = 0\n")
        self.assertEqual(self.done("ann", "GET", path)["state"], "decided")
        entry = "/v1/entries/" + item["entry"]
        self.wait_for(lambda: self.ask("GET", entry).json["state"] == "quarantined", "held back")

        def told():
            with sqlite3.connect(self.folder / "lists.db") as lists:
                tables = [row[0] for row in lists.execute("SELECT name FROM sqlite_master WHERE type='table'")]
                return any("review:" + item["item"] in str(row) for table in tables
                           for row in lists.execute(f"SELECT * FROM {table}"))
        self.wait_for(told, "told to the lists")


class Videos(ReviewTest):
    def test_a_video_has_stills_of_the_parts_that_met_something(self):
        for name, cut in (("whole.mp4", ()), ("cut.mp4", ("-ss", "1"))):
            subprocess.run(["ffmpeg", "-v", "error", "-y", *(["-i", "whole.mp4"] if cut else
                            ["-f", "lavfi", "-i", SOURCES["zoom"], "-t", "9"]), *cut, "-c:v", "libx264", "-preset",
                            "ultrafast", "-pix_fmt", "yuv420p", name], cwd=self.folder, check=True, timeout=100)
        self.make_list("FILMS", kind=("--action", "review"))
        self.default_key = self.key("films", ("match", "lists:write", "entries:read"))
        self.start()
        answer = self.ask("POST", "/v1/banks/FILMS/entries?key=zoom&why=test", (self.folder / "whole.mp4").read_bytes(),
                          content_type="video/mp4")
        self.assertEqual(answer.status, 201, answer.body)
        release = answer.json["release"]
        self.assertEqual(self.ask("POST", f"/v1/releases/{release}/activate", {"why": "test"}).status, 200)
        cut = (self.folder / "cut.mp4").read_bytes()
        self.wait_for(lambda: self.ask("POST", "/v1/match", cut, content_type="video/mp4").json["verdict"] == "review", "listed")
        (item,) = self.queue("ann")
        self.assertEqual((item["kind"], item["matches"][0]["signal"]), ("video", "video"))
        self.assertGreaterEqual(len(item["stills"]), 1)
        path = "/items/" + item["item"]
        self.done("ann", "POST", path + "/claim")
        for still in item["stills"]:
            shown = self.as_("ann", "GET", f"{path}/stills/{still['still']}")
            self.assertEqual(len(shown.body), still["width"] * still["height"])
            self.assertGreater(len(set(shown.body)), 10, "not a blank")


class Care(ReviewTest):
    def test_nobody_is_shown_more_than_the_floor_and_nobody_can_loosen_it(self):
        self.make_known([self.listed, png(96, 96, 21)])
        self.start()
        settings = self.done("mona", "GET", "/settings")
        self.assertEqual(settings["floor"], settings["limits"])
        for name, more in settings["floor"].items():
            self.refused(self.as_("mona", "PATCH", "/settings", {name: more + 1, "why": "more"}), 409, "conflict")
            self.refused(self.as_("ann", "PATCH", "/me", {name: more + 1}), 409, "conflict")
        self.refused(self.as_("ann", "PATCH", "/settings", {"stills": 1, "why": "x"}), 403, "forbidden")
        self.done("mona", "PATCH", "/settings", {"stills_hour": 1, "why": "a hard week"})
        self.assertEqual(self.done("ann", "PATCH", "/me", {"stills": 40})["limits"]["stills"], 40)
        self.upload(self.listed)
        self.upload(png(96, 96, 21))
        first, second = (item["item"] for item in self.queue("ann"))
        for item in (first, second):
            self.done("ann", "POST", f"/items/{item}/claim")
        self.assertEqual(self.as_("ann", "GET", f"/items/{first}/stills/1").status, 200)
        refused = self.as_("ann", "GET", f"/items/{second}/stills/1")
        self.refused(refused, 429, "rate-limited")
        self.assertGreater(int(refused.headers["retry-after"]), 3000)
        self.stop(signal.SIGKILL)
        self.start()
        self.refused(self.as_("ann", "GET", f"/items/{second}/stills/1"), 429, "rate-limited")
        self.done("ann", "POST", f"/items/{second}/grade", {"grade": "unsure"})  # Needs no look.

    def test_a_manager_is_told_totals_and_no_person(self):
        self.make_known([self.listed])
        self.start()
        self.upload(self.listed)
        item = self.queue("ann")[0]["item"]
        self.done("ann", "POST", f"/items/{item}/claim")
        self.done("ann", "POST", f"/items/{item}/grade", {"grade": "confirmed"})
        for who in ("mona", "olga"):
            totals = self.as_(who, "GET", "/totals")
            self.assertEqual(totals.json["work"], None)
            self.assertNotIn(b"ann", totals.body)
            self.refused(self.as_(who, "GET", "/items"), 403, "forbidden")
            self.refused(self.as_(who, "GET", "/me"), 403, "forbidden")
            self.refused(self.as_(who, "GET", f"/items/{item}/stills/1"), 403, "forbidden")

    def test_stills_lie_sealed_and_are_gone_at_the_decision_with_their_key(self):
        self.make_known([self.listed])
        settings = "[review]\nundo_minutes = 0\nsample_permille = 0\n"
        self.start(settings)
        self.upload(self.listed)
        item = self.queue("ann")[0]["item"]
        path = f"/items/{item}"
        self.done("ann", "POST", path + "/claim")
        still = self.as_("ann", "GET", path + "/stills/1").body
        with sqlite3.connect(self.folder / "state/review/review.db") as book:
            sealed, key = book.execute("SELECT sealed, key FROM stills JOIN items ON id = item").fetchone()
        self.assert_nowhere([still])
        self.done("ann", "POST", path + "/grade", {"grade": "confirmed"})
        self.assert_nowhere([still, sealed, key])
        self.stop(signal.SIGKILL)
        self.assert_nowhere([still, sealed, key, self.listed])
        self.assertIn("lists.db", {file.name for file in self.folder.rglob("*")})

    def assert_nowhere(self, secrets):
        """In no file of the service's, nor in its log."""
        for file in self.folder.rglob("*"):
            if not file.is_file() or file.name.startswith("listed"):
                continue
            data = file.read_bytes()
            for secret in secrets:
                for at in range(0, len(secret) - 16, 64):
                    self.assertNotIn(secret[at:at + 16], data, file.name)

    def test_without_the_table_nothing_is_kept(self):
        self.make_known([self.listed])
        self.start("")
        self.upload(self.listed)
        answer = self.as_("ann", "GET", "/items")
        self.assertEqual((answer.status, answer.json["type"]), (501, "/problems/not-served"))
        self.assertFalse((self.folder / "state/review").exists())


if __name__ == "__main__":
    main()
