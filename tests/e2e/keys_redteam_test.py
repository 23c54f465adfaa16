"""A thief who holds everything of the server but the key service: its files, its programs' keys, the sequencer's and
even the log's own key, every encrypted record. And then people's keys, too. What leaves is counted to the last key."""
import hashlib
import hmac
import json
import socket
import sqlite3
from datetime import datetime, timedelta, timezone

import keys_support
from keys_support import KeyService, Log, NoteKey, Person, statement, unwrap
from support import SeawallTest, main

RECORDS, CASES, CASES_TRIED = 10_000, 40, 9
PERSON_HOUR, TOTAL_HOUR, CASES_DAY, REFUSALS_HOUR, UNSETTLED_MAX = 20, 100, 5, 50, 200
WIDE = {"tenant": "forum", "selector": "everything of forum", "records_max": 1_000_000}
OWN = object()
OFFICERS = 8


class RedTeam(SeawallTest):
    def setUp(self):
        super().setUp()
        self.log = Log(self.random)
        self.service = KeyService(self, self.log)
        self.people = {name: Person(name, role, self.random) for name, role in (
            ("ann", "custodian"), ("bob", "custodian"), ("cat", "custodian"), ("amy", "applicant"),
            ("dora", "approver"), ("rolf", "reviewer"), *((f"of{i}", "officer") for i in range(OFFICERS)))}
        self.service.ceremony(self.people.values())
        self.taken = set()

    def fill(self, count):
        """Records as a server keeps them: wrapped key, and what shows whether somebody has the key."""
        self.records = []
        for i in range(count):
            name = {"tenant": "forum", "case": f"case-{i % CASES}", "record": f"rec-{i}", "version": 1}
            made = self.service.ok("POST", "/record-keys", name)
            key = keys_support.base64.b64decode(made["key"])
            self.records.append({**name, "wrapped": made["wrapped"], "check": self.check(key, name)})

    @staticmethod
    def check(key, record):
        return hmac.new(key, f"harmless text of {record['record']}".encode(), hashlib.sha256).digest()

    def order(self, number, scope):
        """For everybody who works."""
        workers = [self.people["amy"], *(self.people[f"of{i}"] for i in range(OFFICERS))]
        order = self.service.grant(number, self.people["amy"], self.people["dora"], self.people["rolf"], workers, scope,
                                   ["evidence-open"])
        self.service.settle()
        return order

    def wide_orders(self):
        """The widest that there are: one for each case that is tried, a million records."""
        self.orders, self.proofs = {}, {}
        for i in range(min(CASES_TRIED, len(self.records))):
            order, proof = self.order(i + 1, {"tenant": "forum", "selector": f"case:case-{i}", "records_max": 1_000_000})
            self.orders[f"case-{i}"], self.proofs[order] = order, proof

    def asks(self, person, record, **changes):
        """What `person` signs, if need be by another key, for a record."""
        who = self.people[person] if isinstance(person, str) else person
        return unwrap(who, self.orders.get(record["case"], self.orders["case-0"]), record, **changes)

    def demand(self, said, proof=OWN):
        """Gives why it is refused, or None; a key that leaves is tried on the record that it is of."""
        proof = self.proofs.get(said["body"].get("order")) if proof is OWN else proof
        status, answer = self.service.ask("POST", "/keys", {"statement": said, "evidence": {"proof": proof} if proof
                                                            else {}})
        if status == 200:
            for key, one in zip(self.people[said["body"]["signers"][0]["by"]].keys_of(said, answer),
                                said["body"]["records"]):
                record = self.records[int(one["record"][4:])]
                self.assertEqual(self.check(key, record), record["check"])
                self.taken.add(one["record"])
            return None
        return answer["refused"] if status == 403 else answer["error"]["code"]

    def test_lets_no_more_than_the_quota_out_whoever_holds_the_server(self):
        self.fill(RECORDS)
        self.wide_orders()
        forged = self.steal_with_the_servers_credentials()
        self.assertEqual(self.taken, set())
        self.assertEqual(self.service.alarms(), {"forged": forged})
        self.service.wait_for("ALARM: forged")
        self.steal_with_one_persons_key()
        self.assertEqual(len(self.taken), PERSON_HOUR)
        self.steal_with_many_peoples_keys()
        self.assertEqual(len(self.taken), TOTAL_HOUR, "of 10,000")
        self.expect_counted()

    def steal_with_the_servers_credentials(self):
        """Everything that can be tried without a person's key. Gives how many demands nobody of the roster signed."""
        record = self.records[0]
        thief = Person("amy", "applicant", self.random)
        good = self.asks("amy", record)
        other = {**good, "body": {**good["body"], "records": [
            {name: self.records[1][name] for name in ("record", "version", "wrapped")}]}}
        eve = Person("eve", "officer", self.random)
        forged = [self.asks("amy", record, signer=thief), self.asks(eve, record), other,
                  {**good, "signatures": []},
                  self.asks("amy", record, role="officer"),
                  {**good, "signatures": [{**good["signatures"][0], "key": thief.key_id}]}]
        for said in forged:
            self.assertEqual(self.demand(said), "signature")
        old = (datetime.now(timezone.utc) - timedelta(minutes=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.assertEqual(self.demand(self.asks("amy", record, at=old)), "stale")
        self.assertEqual(self.demand({"body": {}, "signatures": []}), "invalid_input")
        self.make_up_an_order()
        self.ask_for_bulk()
        return len(forged) + 1  # The backup.

    def make_up_an_order(self):
        """Nobody but the roster's people grants orders or changes who they are."""
        thieves = [Person(name, role, self.random) for name, role in (("ann", "custodian"), ("bob", "custodian"),
                                                                      ("amy", "applicant"))]
        refused = [
            statement("roster", {"action": "add", "key": thieves[2].public, "n": 1, "person": "amy",
                                 "previous": "00" * 32, "roles": ["officer"]}, *thieves[:2]),
            statement("roster", {"action": "first", "n": 0, "people": [
                {"key": one.public, "roles": [one.role]} for one in thieves]}, *thieves[:2])]
        for said in refused:
            self.assertIn(self.service.hand_in(said)[0], (400, 409))
        with self.assertRaises(AssertionError):
            self.service.grant(7, thieves[2], thieves[0], thieves[1], thieves[2:], WIDE, ["evidence-open"])

    def ask_for_bulk(self):
        """What the service tells without a signature opens nothing; there is no call that gives keys in bulk."""
        secrets = [keys_support.base64.b64decode(one["wrapped"]) for one in self.records[:3]]
        for where in ("/status", "/alarms", "/metrics", "/pending/vault", "/pending/orders"):
            status, answer = self.service.ask("GET", where)
            self.assertEqual(status, 200)
            for one in secrets:
                self.assertNotIn(keys_support.text64(one), str(answer))
        backup = statement("key-backup", {"grounds": "All of it.", "nonce": "66" * 16, "page": 1},
                           Person("ann", "custodian", self.random))
        self.assertEqual(self.service.hand_in(backup)[0], 400, "names of cases are for custodians")
        for method, where in (("GET", "/keys"), ("GET", "/vault.db"), ("GET", "/keys/forum"), ("POST", "/export"),
                              ("GET", "/../vault/vault.db"), ("GET", "/backup"), ("DELETE", "/cases/case-1")):
            self.assertIn(self.service.ask(method, where)[0], (400, 404, 405))

    def steal_with_one_persons_key(self):
        """At full speed, with good orders for everything, and a log that keeps up."""
        first = self.records[0]
        wide, proof = self.order(1000, WIDE)
        self.assertEqual(self.demand(unwrap(self.people["amy"], wide, first), proof), "scope", "it binds nothing")
        self.assertEqual(self.demand(self.asks("amy", first, selector="case:case-0")), "invalid_input")
        self.assertEqual(self.demand(self.asks("amy", first, action="disclosure")), "order")
        self.assertEqual(self.demand(self.asks("amy", first), None), "order", "no proof")
        self.assertEqual(self.demand(self.asks("amy", first), self.by_thieves_log(first)), "order")
        said = self.asks("amy", first)
        self.assertIsNone(self.demand(said))
        self.assertEqual(self.demand(said), "replayed")
        refused, floods, cases = 4, 1, {"case-0"}
        for i, record in enumerate(self.records[1:300]):
            why = self.demand(self.asks("amy", record))
            frozen = refused > REFUSALS_HOUR
            new_case = record["case"] not in cases and len(cases) == CASES_DAY
            self.assertEqual(why, "frozen" if frozen else "person-cases" if new_case else None)
            cases |= set() if why else {record["case"]}
            refused += why is not None
            floods += frozen
            if i % 40 == 0:
                self.service.settle()
        self.assertEqual(self.service.ok("GET", "/status")["frozen"], ["amy"])
        self.assertEqual(self.service.alarms(), {"forged": 8, "limit": REFUSALS_HOUR + 1 - 4, "flood": floods})
        self.assertLess(len(self.service.ok("GET", "/pending/vault")["entries"]), 41, "a flood does not fill the log")
        self.service.settle()
        self.thaw("amy")
        given = len(self.taken)
        for record in [one for one in self.records if one["case"] == "case-0"][2:]:
            why = self.demand(self.asks("amy", record))
            if why:
                break
        self.assertEqual(why, "person-hour")
        self.assertLess(given, len(self.taken))

    def by_thieves_log(self, record):
        """The order's entry in a log whose head the sequencer's key signed, then the log's own without a witness."""
        entry = self.service.ok("GET", "/grants/" + self.orders[record["case"]])["entry"]
        proof = Log(self.random).proofs([entry])[0]
        self.assertNotEqual(proof, "")
        unwitnessed = self.log.proofs([entry], keys=(self.log.key, NoteKey("w.example/1", 1, self.random)))[0]
        sequencer = self.log.proofs([entry], keys=(NoteKey(self.log.key.name, 1, self.random), self.log.witness))[0]
        for bad in (proof, sequencer):
            self.assertEqual(self.demand(self.asks("of7", record), bad), "order")
        return unwitnessed

    def thaw(self, name):
        self.service.accept(statement("key-unfreeze", {"grounds": "We have looked.", "nonce": "00" * 16,
                                                       "person": name}, self.people["ann"], self.people["bob"]))

    def steal_with_many_peoples_keys(self):
        """Eight more people's keys: each takes what one may, until the hour's limit for everybody ends it."""
        self.service.settle()
        refused = 0
        for i in range(OFFICERS):
            for record in [one for one in self.records if one["case"] == f"case-{i + 1}"][2:PERSON_HOUR + 4]:
                why = self.demand(self.asks(f"of{i}", record))
                refused += why == "total-hour"
                self.assertIn(why, (None, "person-hour", "total-hour"))
            self.service.settle()
        self.assertGreater(refused, 0)
        self.assertEqual(self.service.alarms()["total"], refused)
        self.service.wait_for("ALARM: total")

    def expect_counted(self):
        """What left is what the vault counted, the order counted, and the log was told."""
        self.service.settle()
        status = self.service.ok("GET", "/status")
        self.assertEqual(status["given-hour"], TOTAL_HOUR)
        metrics = self.service.ask("GET", "/metrics")[1]
        self.assertIn(f"seawall_keys_given_total {TOTAL_HOUR}\n", metrics)
        self.assertEqual(status["unsettled"], 0)

    def test_stops_when_it_is_cut_off_from_the_log(self):
        self.fill(60)
        self.wide_orders()
        answers = {}
        for i in range(OFFICERS):
            for record in self.records:
                why = self.demand(self.asks(f"of{i}", record))
                answers[why] = answers.get(why, 0) + 1
        waiting = sum(len(self.service.ok("GET", f"/pending/{source}")["entries"]) for source in ("vault", "orders"))
        self.assertLessEqual(waiting, UNSETTLED_MAX + 3)
        self.assertLess(len(self.taken), TOTAL_HOUR)
        self.assertEqual(self.demand(self.asks("amy", self.records[0])), "log-behind")
        one = self.service.ok("GET", "/pending/vault")["entries"][0]
        proof = self.proofs[self.orders["case-0"]]
        for bad in (Log(self.random).proofs([one["entry"]])[0], "c2sp.org/tlog-proof@v1\n", proof):
            said = {"id": one["id"], "proof": bad, "source": "vault"}
            self.assertEqual(self.service.ask("POST", "/settled", said)[0], 422)
        self.assertEqual(self.demand(self.asks("amy", self.records[0])), "log-behind")
        self.service.settle()
        self.assertIsNone(self.demand(self.asks("amy", self.records[0])))

    def test_freezes_a_thief_at_a_canary_and_forgets_nothing_when_it_is_killed(self):
        self.fill(12)
        self.wide_orders()
        self.service.accept(statement("key-canary", {"grounds": "Nobody needs it.", "guards": "backup 3",
                                                     "nonce": "11" * 16, "record": "rec-3", "tenant": "forum"},
                                      self.people["ann"], self.people["bob"]))
        self.service.settle()
        self.assertIsNone(self.demand(self.asks("amy", self.records[2])))
        self.assertEqual(self.demand(self.asks("amy", self.records[3])), "frozen")
        self.service.kill()
        self.service.start()
        self.assertEqual(self.demand(self.asks("amy", self.records[4])), "frozen")
        self.assertEqual(self.service.alarms(), {"canary": 1})
        alarm, = self.service.ok("GET", "/alarms")["alarms"]
        self.assertEqual((alarm["person"], alarm["told"]), ("amy", ["ann", "bob"]))
        self.assertEqual(self.service.ok("GET", "/status")["given-hour"], 1)
        self.assertEqual(self.taken, {"rec-2"})

    def test_one_custodian_takes_nobody_else_out(self):
        ann, bob, cat = (self.people[name] for name in ("ann", "bob", "cat"))

        def freeze(who, person):
            return self.service.hand_in(statement("key-freeze", {"grounds": "Alone at last.", "nonce":
                                                  self.random.randbytes(16).hex(), "person": person}, who))
        status, answer = freeze(ann, "bob")
        self.assertEqual(status, 200)
        ends = datetime.strptime(answer["until"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        self.assertLessEqual(abs(ends - datetime.now(timezone.utc) - timedelta(hours=24)), timedelta(minutes=1))
        self.assertEqual(freeze(ann, "cat")[0], 409, "two are left")
        self.assertEqual(freeze(ann, "bob")[0], 409, "by her own word for a day only")
        self.assertEqual(freeze(bob, "ann")[0], 400, "whoever is frozen signs nothing")
        self.assertEqual(list(self.service.ok("GET", "/status")["frozen-until"]), ["bob"])
        self.service.accept(statement("key-unfreeze", {"grounds": "We have looked.", "nonce": "44" * 16,
                                                       "person": "bob"}, ann, cat))
        self.assertEqual(freeze(ann, "bob")[0], 409, "not again within days")

    def test_erases_a_case_so_that_no_copy_opens(self):
        self.fill(45)
        self.wide_orders()
        backup = self.service.accept(statement("key-backup", {"grounds": "As each week.", "nonce": "66" * 16, "page": 1},
                                               self.people["bob"]))
        self.assertIsNone(self.demand(self.asks("amy", self.records[0])))
        custodians = self.people["ann"], self.people["bob"]
        said = statement("key-destroy", {"case": "case-0", "grounds": "Kept long enough.", "nonce": "22" * 16,
                                         "tenant": "forum"}, *custodians)
        receipt = self.service.accept(said)
        told = receipt["told"]
        entry = json.loads(told["entry"])
        salt = keys_support.base64.b64decode(told["salt"])
        self.assertEqual(entry["k"], "destruction")
        self.assertEqual(keys_support.base64.b64decode(entry["c"]), hashlib.sha256(
            b"seawall/destruction/v1\0" + salt + told["record"].encode()).digest())
        self.assertEqual(receipt["records"], 2)
        self.assertNotIn("residue", receipt)
        self.service.kill()
        self.service.start()
        self.assertEqual(self.service.accept(said), receipt, "as often as it is asked for")
        self.assertEqual(self.service.alarms(), {})
        self.service.settle()
        restored = statement("key-restore", {"backup": hashlib.sha256(backup.encode()).hexdigest(),
                                             "grounds": "We want it back.", "nonce": "33" * 16}, *custodians)
        self.assertEqual(self.service.ok("POST", "/restore", {"backup": backup, "statement": restored})["records"], 0)
        self.assertEqual(self.demand(self.asks("amy", self.records[40])), "no-key")
        self.assertIsNone(self.demand(self.asks("amy", self.records[41])))

    def test_nobody_fills_the_vault_through_its_socket(self):
        for i in range(300):
            status, _ = self.service.ask("POST", "/record-keys", {"tenant": f"t{i}", "case": "c", "record": "r", "version": 1})
            self.assertEqual(status, 404)
        self.service.settle()
        self.assertEqual(self.service.ok("GET", "/status")["tenants"], 1)
        self.fill(1)
        self.wide_orders()
        self.assertIsNone(self.demand(self.asks("amy", self.records[0])), "nothing waits for the log")

    def test_a_server_in_between_reads_no_key(self):
        """It passes on what people sign and what they get, and has nothing that opens it."""
        self.fill(1)
        self.wide_orders()
        said = self.asks("amy", self.records[0])
        thief = Person("amy", "applicant", self.random)
        changed = {**said, "body": {**said["body"], "reply-to": thief.reply_to}}
        self.assertEqual(self.demand(changed), "signature", "whom the answer is for is signed")
        bare = {**said, "body": {name: value for name, value in said["body"].items() if name != "reply-to"}}
        self.assertEqual(self.demand(bare), "invalid_input", "nothing is given unsealed")
        proof = self.proofs[self.orders["case-0"]]
        answer = self.service.ok("POST", "/keys", {"statement": said, "evidence": {"proof": proof}})
        self.assertEqual(set(answer), {"sealed"})
        self.assertIsNone(thief.keys_of(said, answer))
        self.assertIsNone(self.people["of1"].keys_of(said, answer))
        self.assertIsNone(self.people["amy"].keys_of(self.asks("amy", self.records[0]), answer), "for that demand alone")
        key, = self.people["amy"].keys_of(said, answer)
        self.assertEqual(self.check(key, self.records[0]), self.records[0]["check"])

    def test_restores_take_two_places_at_once(self):
        head = b"POST /restore HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"
        held, answer = [], b""
        while not answer and len(held) < 10:
            held.append(socket.socket(socket.AF_UNIX))
            self.addCleanup(held[-1].close)
            held[-1].connect(f"{self.folder}/keys.sock")
            held[-1].sendall(head)
            held[-1].settimeout(1)
            try:
                answer = held[-1].recv(1000)
            except TimeoutError:
                pass
        self.assertTrue(answer.startswith(b"HTTP/1.1 503"), answer)
        self.assertGreater(len(held), 2)
        for one in held:
            one.close()
        self.service.eventually(lambda: self.service.ask("POST", "/restore", {})[0] == 400)

    def test_tells_what_is_left_of_a_case_while_somebody_reads_the_vaults_file(self):
        self.fill(2)
        reader = sqlite3.connect(self.folder / "vault/vault.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM cases").fetchall()
        receipt = self.service.accept(statement("key-destroy", {
            "case": "case-0", "grounds": "Kept long enough.", "nonce": "22" * 16, "tenant": "forum"},
            self.people["ann"], self.people["bob"]))
        self.assertEqual((receipt["records"], receipt["residue"]), (1, "pending"))
        self.service.kill()
        self.service.start()
        self.assertGreater(self.service.ok("GET", "/status")["bytes-pending"], 0)
        self.assertNotIn("seawall_keys_bytes_pending 0\n", self.service.ask("GET", "/metrics")[1])
        reader.close()
        self.service.eventually(lambda: self.service.ok("GET", "/status")["bytes-pending"] == 0)
        self.assertEqual(self.service.ok("GET", "/status")["destroyed"], 1)


if __name__ == "__main__":
    main()
