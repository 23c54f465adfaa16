"""GET /v1/figures: what is counted while the service works, who may see it, as JSON and CSV, and after a kill."""
import csv
import hashlib
import io
import signal

from serve_people_test import PeopleTest
from support import main

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
NEAR = PDQ[:-1] + "3"  # One bit from it.
FAR = "e64cc9d91c623882f8d1f1d9a398e78c9f199b3bd83924f2b7e11e0bf861b064"


class Figures(PeopleTest):
    def setUp(self):
        super().setUp()
        self.account("ann")
        self.account("mia", role="list_manager")
        self.account("vic", role="viewer")
        self.make_list("known", f"id,pdq\none,{PDQ}\n")
        self.upload = self.key("upload", ("match",))
        self.default_key = self.key("reads", ("status", "banks:read"))

    def look_up(self, **signals):
        answer = self.ask("POST", "/v1/match", {"signals": signals}, key=self.upload)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json["verdict"]

    def rows(self, figure, **named):
        """[(labels..., sum)] over all time that is shown."""
        answer = self.ask("GET", f"/v1/figures?figure={figure}&step=minute", **named)
        self.assertEqual(answer.status, 200, answer.body)
        sums = {}
        for row in answer.json["rows"]:
            sums[tuple(row[1:-1])] = sums.get(tuple(row[1:-1]), 0) + row[-1]
        return sums

    def test_look_ups_are_counted_by_bank_verdict_and_distance(self):
        self.serve()
        self.wait_for(lambda: self.look_up(pdq=PDQ, quality=100) == "block", "in force")
        before = 1
        for _ in range(3):
            self.look_up(pdq=NEAR, quality=100)
        self.look_up(pdq=FAR, quality=100)
        self.wait_for(lambda: self.rows("matches").get(("known", "block"), 0) >= 3 + before, "counted")
        distances = self.rows("distances", headers={})
        self.assertEqual(distances[("known", "1")], 3)
        self.assertEqual(self.rows("verdicts")[("allow",)] >= 1, True)
        self.assertGreaterEqual(sum(count for (operation, _), count in self.rows("latency").items()
                                    if operation == "match"), 5)
        answer = self.ask("GET", "/v1/figures?figure=matches&step=hour", headers={"Accept": "text/csv"})
        self.assertEqual(answer.headers["content-type"], "text/csv; charset=utf-8")
        table = list(csv.reader(io.StringIO(answer.body.decode())))
        self.assertEqual(table[0], ["at", "bank", "action", "value"])
        self.assertEqual(table[1][1:3], ["known", "block"])
        # A kill loses nothing that was written; the next process goes on in the same hour.
        counted = self.rows("matches")[("known", "block")]
        self.assertEqual(self.stop(signal.SIGKILL), -signal.SIGKILL)
        self.serve()
        self.assertEqual(self.rows("matches")[("known", "block")], counted)

    def test_an_end_keeps_what_was_counted_just_before(self):
        self.serve()
        self.wait_for(lambda: self.look_up(pdq=PDQ, quality=100) == "block", "in force")
        self.ask("POST", "/v1/match", {"signals": {"md5": hashlib.md5(b"x").hexdigest()}}, key=self.upload)
        self.assertEqual(self.stop(), 0)
        self.serve()
        self.assertGreaterEqual(self.rows("matches")[("known", "block")], 1)

    def test_each_sees_what_they_may_and_nothing_of_other_tenants(self):
        self.account("zoe", "--tenant", "forum", role="list_manager")
        only_status = self.key("only-status", ("status",))
        self.lists("create", "other", "--purpose", "t", "--owner", "t", "--why", "t", "--one-person")
        bound = self.key("bound", ("status", "banks:read"), "--bank", "other")
        self.serve()
        self.wait_for(lambda: self.look_up(pdq=PDQ, quality=100) == "block", "in force")
        self.wait_for(lambda: self.rows("matches"), "counted")
        mia, vic, ann, zoe = (self.sign_in(name) for name in ("mia", "vic", "ann", "zoe"))

        def status(who, figure):
            return self.ask_as(who, "GET", "/v1/figures?figure=" + figure, key=None).status
        self.assertEqual([status(who, "distances") for who in (mia, vic, ann)], [200, 403, 403])
        self.assertEqual([status(who, "matches") for who in (mia, vic, ann)], [200, 200, 403])
        self.assertEqual([status(who, "latency") for who in (mia, vic, ann)], [200, 200, 200])
        self.assertEqual(self.ask_as(zoe, "GET", "/v1/figures?figure=matches", key=None).json["rows"], [])
        self.refused(self.ask("GET", "/v1/figures?figure=matches", key=only_status), 403, "forbidden")
        self.assertEqual(self.rows("matches", key=bound), {})
        self.assertEqual(self.rows("verdicts", key=bound), {})

    def test_what_is_wrong_is_refused(self):
        self.serve()
        for query in ("", "?figure=nothing", "?figure=matches&step=day", "?figure=matches&from=yesterday",
                      "?figure=matches&from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "?figure=matches&x=1"):
            self.refused(self.ask("GET", "/v1/figures" + query), 400, "invalid-input")
        empty = self.ask("GET", "/v1/figures?figure=floods&from=2025-01-01T00:00:00Z&until=2025-01-02T00:00:00Z")
        self.assertEqual((empty.status, empty.json["rows"]), (200, []))
        self.assertEqual(empty.json["columns"], ["at", "bank", "end", "value"])


if __name__ == "__main__":
    main()
