"""A service that verifies the log by itself: what the database alone calls published is not followed, and alarms."""
import shutil
import sqlite3

import log_test
from support import main


class Proved(log_test.ServiceBehindALog):
    test_lists_become_stale_while_the_log_stands_still = None  # Of log_test.

    def begin(self, log="log"):
        self.write("serve.toml", f"""stale_after_ms = 60000
[orders]
book = "book"
log = "{log}"
log_keys = ["{self.keys['log']}"]
""")
        self.default_key = self.key("uploads", ("match", "status", "metrics"))
        self.publish()
        self.serve("--config", "serve.toml")

    def list_more(self, digit):
        self.import_rows("known", f"id,md5\n{digit},{digit * 32}\n", source="more-" + digit)

    def newest(self):
        with sqlite3.connect(self.folder / "lists.db") as database:
            return database.execute("SELECT max(version) FROM feed_items").fetchone()[0]

    def claim(self):
        """What somebody who may write the database writes: that the log has everything."""
        with sqlite3.connect(self.folder / "lists.db", timeout=20) as database:
            database.execute("UPDATE log_published SET source_id = (SELECT max(version) FROM feed_items) "
                             "WHERE source = 'lists'")

    def version(self):
        return self.ask("GET", "/v1/status").json["list_version"]["number"]

    def verdict(self, digit):
        return self.ask("POST", "/v1/match", {"signals": {"md5": digit * 32}}).json["verdict"]

    def unproved(self):
        text = self.ask("GET", "/metrics").body.decode()
        return {why: int(text.split(f'seawall_lists_unproved{{why="{why}"}} ')[1].split()[0])
                for why in ("missing", "false")}

    def told(self):
        return [line for line in self.log_lines() if line["event"] == "lists-unproved"]

    def test_what_somebody_calls_published_by_hand_is_not_followed_and_alarms(self):
        self.begin()
        proved = self.version()
        self.assertEqual((proved, self.verdict("a")), (self.newest(), "block"))
        self.list_more("b")
        self.claim()
        self.wait_for(lambda: self.unproved()["false"] == self.newest() - proved, "an alarm")
        self.wait_for(self.told, "a line of the log")
        self.assertIn("has no entry", self.told()[0]["message"])
        self.assertEqual((self.version(), self.verdict("b"), self.verdict("a")), (proved, "allow", "block"))
        self.assertEqual(self.ready().status, 200, "it goes on with what is proved")
        self.publish()
        self.wait_for(lambda: self.version() == self.newest(), "followed once the log has it")
        self.assertEqual(self.verdict("b"), "block")
        self.wait_for(lambda: self.unproved() == {"missing": 0, "false": 0}, "the alarm's end")
        self.assertEqual(len(self.told()), 2)

    def test_a_forged_record_is_no_entry_of_the_log(self):
        self.begin()
        proved = self.version()
        self.list_more("b")
        with sqlite3.connect(self.folder / "lists.db", timeout=20) as database:
            # An honest record, entry and leaf, under the number of the change.
            database.execute("UPDATE log_records SET source_id = (SELECT max(version) FROM feed_items) "
                             "WHERE source = 'lists' AND source_id = 1")
        self.claim()
        self.wait_for(lambda: self.unproved()["false"] > 0, "an alarm")
        self.assertIn("of another version", self.told()[0]["message"])
        self.assertEqual((self.version(), self.verdict("b")), (proved, "allow"))

    def test_a_mirror_is_followed_as_far_as_it_is_and_so_after_a_restart(self):
        self.publish()
        shutil.copytree(self.folder / "log", self.folder / "mirror")
        self.begin(log="mirror")
        mirrored = self.version()
        self.list_more("b")
        self.publish()
        for _ in range(2):
            self.wait_for(lambda: self.unproved() == {"missing": self.newest() - mirrored, "false": 0}, "what is missing")
            self.assertEqual((self.version(), self.verdict("b"), self.told()), (mirrored, "allow", []))
            self.stop()
            self.serve("--config", "serve.toml")
        shutil.copytree(self.folder / "log", self.folder / "mirror", dirs_exist_ok=True)
        self.wait_for(lambda: self.version() == self.newest(), "followed")
        self.assertEqual(self.verdict("b"), "block")
        self.stop()
        shutil.rmtree(self.folder / "state/index")
        self.serve("--config", "serve.toml", ready=False)
        self.wait_for(lambda: self.version() == self.newest(), "followed from the beginning")
        self.assertEqual((self.verdict("a"), self.unproved()), ("block", {"missing": 0, "false": 0}))

    def test_before_the_log_has_published_anything_nothing_is_followed(self):
        (self.folder / "empty").mkdir()
        self.begin(log="empty")
        self.assertEqual((self.version(), self.verdict("a")), (0, "allow"))
        shutil.copytree(self.folder / "log", self.folder / "empty", dirs_exist_ok=True)
        self.wait_for(lambda: self.version() == self.newest(), "followed")
        self.assertEqual(self.verdict("a"), "block")


if __name__ == "__main__":
    main()
