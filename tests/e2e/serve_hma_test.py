"""HMA's paths through the real program: what its clients send, and what goes wrong. Facts: docs/formats/hma-api.md."""
import base64
import hashlib
import json
import unittest
from urllib.parse import quote, urlencode

from serve_support import ServeTest
from support import main, png

PDQ = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
FAR = "0123456789abcdef" * 4
MD5 = hashlib.md5(b"listed text").hexdigest()


def flipped(text, bits):
    """The PDQ hash with that many bits changed."""
    value = int(text, 16)
    for i in range(bits):
        value ^= 1 << (i * 5)
    return f"{value:064x}"


def form(*parts):
    """A form of (name, filename or None, bytes)."""
    out = b""
    for name, filename, data in parts:
        named = f'; filename="{filename}"' if filename is not None else ""
        out += f'--bnd\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + data + b"\r\n"
    return out + b"--bnd--\r\n"


FORM = "multipart/form-data; boundary=bnd"


class HmaTest(ServeTest):
    def hma(self, method, path, body=None, query=None, **named):
        if query is not None:
            path += "?" + urlencode(query)
        return self.ask(method, path, body, **named)

    def ok(self, answer, status=200):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/json")
        return answer.json

    def no(self, answer, status, message=None):
        """An error as HMA writes it."""
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/json")
        self.assertEqual(list(answer.json), ["message"])
        if message is not None:
            self.assertEqual(answer.json["message"], message)
        return answer.json["message"]

    def upload(self, path, *parts, **named):
        return self.hma("POST", path, form(*parts), content_type=FORM, **named)

    def config(self, text):
        self.write("serve.toml", text)
        return ("--config", "serve.toml")


class Matching(HmaTest):
    def setUp(self):
        super().setUp()
        self.picture = png(200, 160, 7)
        self.other = png(200, 160, 8)
        self.write("listed.png", self.picture)
        self.pdq = json.loads(self.run_seawall("hash", "listed.png", "--json", code=0).stdout)["pdq"]
        self.make_list("KNOWN", f"id,pdq,md5\npicture,{self.pdq},\nsignal,{PDQ},\nfile,,{MD5}\n")
        self.make_list("SECOND", f"id,pdq\nagain,{flipped(PDQ, 4)}\n")
        self.default_key = self.key("test", ("match",))

    def lookup(self, **query):
        return self.hma("GET", "/m/lookup", query=query)

    def raw(self, **query):
        return self.hma("GET", "/m/raw_lookup", query=query)

    def test_who_may_call(self):
        self.serve()
        path = f"/m/lookup?signal_type=pdq&signal={PDQ}"
        unknown = self.ask("GET", path, key=None)
        self.no(unknown, 401)
        self.assertEqual(unknown.headers["www-authenticate"], 'Basic realm="seawall"')
        self.no(self.ask("GET", path, key="swk_" + "a" * 76), 401)
        basic = base64.b64encode(b"hma:" + self.default_key.encode()).decode()
        self.assertIn("KNOWN", self.ok(self.ask("GET", path, key=None, headers={"Authorization": "Basic " + basic})))
        wrong = base64.b64encode(b"hma:nothing").decode()
        self.no(self.ask("GET", path, key=None, headers={"Authorization": "Basic " + wrong}), 401)
        narrow = self.key("narrow", ("status",))
        for method, where in (("GET", "/m/lookup"), ("GET", "/m/raw_lookup"), ("GET", "/h/hash"), ("POST", "/h/hash"),
                              ("POST", "/m/lookup"), ("POST", "/m/compare"), ("GET", "/m/index/status")):
            self.no(self.ask(method, where, key=narrow), 403)

    def test_without_credentials_only_as_the_key_that_the_operator_named(self):
        listed = self.run_seawall("keys", "list", "--store", "sqlite:lists.db", "--json", code=0).stdout
        key = next(row for row in map(json.loads, listed.splitlines()) if row.get("name") == "test")
        self.serve(*self.config(f'hma_anonymous_key = "k_{key["key"]}"\n'))
        path = f"/m/lookup?signal_type=pdq&signal={PDQ}"
        self.assertIn("KNOWN", self.ok(self.ask("GET", path, key=None)))
        self.no(self.ask("GET", "/c/banks", key=None), 403)  # No more than that key may.
        self.refused(self.ask("POST", "/v1/match", {"signals": {"pdq": PDQ}}, key=None), 401, "unauthenticated")
        self.run_seawall("keys", "revoke", "test", "--store", "sqlite:lists.db", "--why", "test", code=0)
        self.wait_for(lambda: self.ask("GET", path, key=None).status == 401, "revoked")

    def test_a_signal_is_answered_by_bank(self):
        self.serve()
        found = self.ok(self.lookup(signal=PDQ, signal_type="pdq"))
        self.assertEqual(sorted(found), ["KNOWN", "SECOND"])
        self.assertEqual([match["distance"] for match in found["KNOWN"] + found["SECOND"]], ["0", "4"])
        self.assertGreater(found["KNOWN"][0]["bank_content_id"], 1 << 32)
        self.assertEqual(self.ok(self.lookup(signal=FAR, signal_type="pdq")), {})
        near = self.ok(self.lookup(signal=flipped(PDQ, 31), signal_type="pdq"))
        self.assertEqual(near["KNOWN"][0]["distance"], "31")
        self.assertNotIn("KNOWN", self.ok(self.lookup(signal=flipped(PDQ, 32), signal_type="pdq")))
        file = self.ok(self.lookup(signal=" " + MD5.upper() + "\n", signal_type="video_md5"))
        self.assertEqual([match["distance"] for match in file["KNOWN"]], ["-"])
        self.assertIn("KNOWN", self.ok(self.lookup(signal=PDQ + "\n", signal_type="pdq", seed="x")))

    def test_banks_narrow_a_lookup_and_unknown_ones_match_nothing(self):
        self.serve()
        asked = {"signal": PDQ, "signal_type": "pdq"}
        self.assertEqual(list(self.ok(self.lookup(**asked, banks="SECOND"))), ["SECOND"])
        self.assertEqual(sorted(self.ok(self.lookup(**asked, banks="SECOND,KNOWN,NONE"))), ["KNOWN", "SECOND"])
        self.assertEqual(self.ok(self.lookup(**asked, banks="NONE")), {})
        self.assertEqual(self.ok(self.lookup(**asked, banks="SECOND ")), {})
        self.assertEqual(len(self.ok(self.lookup(**asked, banks=""))), 2)
        self.assertEqual(self.ok(self.raw(**asked, banks="NONE")), {"matches": []})
        self.assertEqual(len(self.ok(self.raw(**asked, banks="SECOND"))["matches"]), 1)

    def test_a_key_of_some_banks_sees_no_others(self):
        narrow = self.key("narrow", ("match",), "--bank", "SECOND")
        self.serve()
        path = f"/m/lookup?signal_type=pdq&signal={PDQ}"
        self.assertEqual(list(self.ok(self.ask("GET", path, key=narrow))), ["SECOND"])
        self.assertEqual(self.ok(self.ask("GET", path + "&banks=KNOWN", key=narrow)), {})

    def test_raw_lookup_gives_ids(self):
        self.serve()
        bare = self.ok(self.raw(signal=PDQ, signal_type="pdq"))["matches"]
        self.assertEqual(len(bare), 2)
        rows = self.ok(self.raw(signal=PDQ, signal_type="pdq", include_distance="yes"))["matches"]
        self.assertEqual([row["bank_content_id"] for row in rows], bare)
        self.assertEqual([row["distance"] for row in rows], ["0", "4"])
        self.assertEqual(self.ok(self.raw(signal=FAR, signal_type="pdq")), {"matches": []})

    def test_what_is_held_back_or_off_is_in_raw_lookups_and_past_the_coin_only(self):
        self.lists("set", "SECOND", "--active", "no", "--why", "test")
        self.serve()
        asked = {"signal": PDQ, "signal_type": "pdq"}
        self.assertEqual(list(self.ok(self.lookup(**asked))), ["KNOWN"])
        self.assertEqual(sorted(self.ok(self.lookup(**asked, bypass_coinflip="true"))), ["KNOWN", "SECOND"])
        self.assertEqual(len(self.ok(self.raw(**asked))["matches"]), 2)
        entry = self.ok(self.lookup(**asked))["KNOWN"][0]["bank_content_id"]
        self.lists("quarantine", f"{entry >> 32}.{entry & 0xffffffff}", "--why", "test")
        self.wait_for(lambda: self.ok(self.lookup(**asked)) == {}, "held back")
        self.assertEqual(len(self.ok(self.raw(**asked))["matches"]), 2)

    def test_harmless_banks_overrule_and_are_never_named(self):
        self.make_list("LOOKALIKES", kind=("--harmless",), one_person=False)
        self.write("rows.csv", f"id,pdq\nlogo,{PDQ}\n")
        done = self.lists("import", "LOOKALIKES", "rows.csv", "--source", "people", "--why", "test", "--json",
                          "--as", "ann")
        release = str(json.loads(done.stdout.splitlines()[-1])["release"])
        self.lists("approve", release, "--why", "test", "--as", "bob")
        self.lists("activate", release, "--why", "test", "--as", "bob")
        self.serve()
        self.assertEqual(self.ok(self.lookup(signal=PDQ, signal_type="pdq")), {})
        self.assertEqual(self.ok(self.raw(signal=PDQ, signal_type="pdq")), {"matches": []})

    def test_what_is_wrong_with_a_lookup_is_told_in_hmas_words(self):
        self.serve()
        need = "Either url or both signal and signal_type are required"
        self.no(self.lookup(), 400, need)
        self.no(self.lookup(signal=PDQ), 400, need)
        self.no(self.lookup(signal_type="pdq"), 400, need)
        self.no(self.lookup(signal=PDQ, signal_type="x"), 400, "No such SignalType 'x'")
        self.no(self.lookup(signal=PDQ.upper(), signal_type="pdq"), 400, "invalid signal: invalid PDQ hash")
        self.no(self.lookup(signal="abc", signal_type="pdq"), 400, "invalid signal: invalid PDQ hash")
        self.no(self.raw(signal="zz", signal_type="video_md5"), 400, "invalid signal: 'zz' is not a valid MD5 hash")
        self.no(self.raw(signal=PDQ, signal_type=""), 400, "No such SignalType ''")
        self.no(self.hma("GET", "/m/lookup?signal=%ff&signal_type=pdq"), 400)
        missing = self.raw()
        self.assertEqual(missing.status, 422)
        self.assertEqual([(fault["type"], fault["loc"], fault["msg"]) for fault in missing.json],
                         [("missing", ["signal"], "Field required"), ("missing", ["signal_type"], "Field required")])
        flag = self.raw(signal=PDQ, signal_type="pdq", include_distance="perhaps")
        self.assertEqual((flag.status, flag.json[0]["type"], flag.json[0]["input"]), (422, "bool_parsing", "perhaps"))
        self.assertEqual(self.lookup(signal=PDQ, signal_type="pdq", bypass_coinflip="2").status, 422)

    def test_a_file_is_hashed_by_its_fields_name(self):
        self.serve()
        self.assertEqual(self.ok(self.upload("/h/hash", ("photo", "a.png", self.picture))), {"pdq": self.pdq})
        self.assertEqual(self.ok(self.upload("/h/hash", ("photo", None, self.picture))), {"pdq": self.pdq})
        self.assertEqual(self.ok(self.upload("/h/hash?types=%20pdq%20,", ("photo", "a", self.picture))),
                         {"pdq": self.pdq})
        self.assertEqual(self.ok(self.upload("/h/hash", ("video", "v", b"listed text"))), {"video_md5": MD5})
        flat = b"P5\n64 64\n255\n" + b"\x80" * 4096
        self.assertEqual(self.ok(self.upload("/h/hash", ("photo", "f", flat))), {"pdq": ""})

    def test_what_is_wrong_with_a_file_is_told_in_hmas_words(self):
        self.serve()
        none = "Missing multipart/form-data file upload"
        for path in ("/h/hash", "/m/lookup"):
            self.no(self.hma("POST", path), 400, none)
            self.no(self.hma("POST", path, {"photo": "x"}), 400, none)
            self.no(self.hma("POST", path, b"abc", content_type="text/plain"), 400, none)
            self.no(self.upload(path, ("note", None, b"x")), 400, none)
            self.no(self.upload(path, ("file", "a", self.picture)), 400, "no such content_type: 'file'")
            two = self.upload(path, ("photo", "a", self.picture), ("video", "b", self.picture))
            self.no(two, 400, "Only one file allowed per request")
            twice = self.upload(path, ("photo", "a", self.picture), ("photo", "b", self.picture))
            self.no(twice, 400, "Only one file allowed per request")
            self.no(self.upload(path + "?types=video_md5", ("photo", "a", self.picture)), 400,
                    "signal type 'video_md5' doesn't exist or is disabled")
            self.no(self.upload(path + "?types=,", ("photo", "a", self.picture)), 400, "empty signal type selection")
            self.no(self.upload(path, ("photo", "a", b"no picture")), 400)
            self.no(self.upload(path, ("photo", "a", b"")), 400, "the file has no bytes")
            self.no(self.upload(path, ("photo", "a", b"P5\n100000 100000\n255\nfar too large")), 413)
            self.no(self.hma("POST", path, b"--bnd\r\nbroken", content_type=FORM), 400)

    def test_a_file_is_looked_up(self):
        self.serve()
        found = self.ok(self.upload("/m/lookup", ("photo", "a.png", self.picture)))
        self.assertEqual([match["distance"] for match in found["pdq"]["KNOWN"]], ["0"])
        self.assertEqual(self.ok(self.upload("/m/lookup", ("photo", "a", self.other))), {"pdq": {}})
        turned = png(200, 160, 7, rotate=True)  # HMA looks for the picture as it is only.
        self.assertEqual(self.ok(self.upload("/m/lookup", ("photo", "a", turned))), {"pdq": {}})
        video = self.ok(self.upload("/m/lookup", ("video", "v.mp4", b"listed text")))
        self.assertEqual([match["distance"] for match in video["video_md5"]["KNOWN"]], ["-"])
        self.assertEqual(self.ok(self.upload("/m/lookup?banks=SECOND", ("photo", "a", self.picture))), {"pdq": {}})
        self.assertEqual(self.ok(self.upload("/m/lookup?banks=NONE", ("photo", "a", self.picture))), {"pdq": {}})
        flat = b"P5\n64 64\n255\n" + b"\x80" * 4096
        self.no(self.upload("/m/lookup", ("photo", "f", flat)), 400, "invalid signal: invalid PDQ hash")

    def test_a_file_that_is_listed_by_its_digest_alone_is_found(self):
        self.make_list("DIGESTS", "id,md5\nflat," + hashlib.md5(self.other).hexdigest() + "\n")
        self.serve()
        found = self.ok(self.upload("/m/lookup", ("photo", "a", self.other)))
        self.assertEqual([match["distance"] for match in found["pdq"]["DIGESTS"]], ["0"])

    def test_the_operator_may_have_altered_files_found(self):
        self.serve(*self.config('hma_profile = "default"\n'))
        turned = png(200, 160, 7, rotate=True)
        self.assertIn("KNOWN", self.ok(self.upload("/m/lookup", ("photo", "a", turned)))["pdq"])

    def test_urls_are_fetched_by_the_rules_of_this_server(self):
        self.serve()
        unsafe = "Invalid or unsafe URL provided"
        for path in ("/h/hash", "/m/lookup"):
            for url in ("http://127.0.0.1:1/x.png", "file:///etc/passwd", "http://[::1]/x", "ftp://example.com/x",
                        "http://169.254.169.254/latest", "not a url", "http://", "http://example.com:abc/",
                        "https://" + "a" * 3000):
                self.no(self.hma("GET", path, query={"url": url}), 400, unsafe)
        missing = self.hma("GET", "/h/hash")
        self.assertEqual(missing.status, 422)
        self.assertEqual(missing.json, [{"type": "missing", "loc": ["url"], "msg": "Field required", "input": {}}])
        self.no(self.hma("GET", "/h/hash?url="), 400, unsafe)
        self.assertNotIn("169.254", self.log_text())

    def test_signals_are_compared(self):
        self.serve()
        left = "facd8bcb2a49bcebdec1985298d5fe84bcd006c187c598c720c3c087b3fdb318"
        right = "facd8bcb2a49bcebdec1985228d5ae84bcd006c187c598c720c2b087b3fdb318"
        compare = lambda body, **named: self.hma("POST", "/m/compare", body, **named)
        # HMA's own example: tests/test_api.py, test_compare_hashes.
        self.assertEqual(self.ok(compare({"pdq": [left, right]})), {"pdq": [True, {"distance": 9}]})
        self.assertEqual(self.ok(compare({"pdq": [PDQ, FAR]}))["pdq"][0], False)
        both = self.ok(compare({"video_md5": [MD5, MD5.upper()], "pdq": [PDQ, flipped(PDQ, 31)]}))
        self.assertEqual(both, {"video_md5": [True, {}], "pdq": [True, {"distance": 31}]})
        self.assertEqual(self.ok(compare({"video_md5": [MD5, "0" * 32]})), {"video_md5": [False, {}]})
        self.assertEqual(self.ok(compare({})), {})
        self.no(compare(["banana"]), 400, "Request input was not a dict")
        self.no(compare({"pdq": "banana"}), 400, "Comparison hashes for pdq was not a list")
        for pair in ([], [PDQ], [PDQ] * 3):
            self.no(compare({"pdq": pair}), 400, "Comparison hash list length must be exactly 2")
        self.no(compare({"pdq": ["banana", "banana"]}), 400, "Invalid pdq hash: invalid PDQ hash")
        self.no(compare({"pdq": [PDQ, 7]}), 400, "Invalid pdq hash: invalid PDQ hash")
        self.no(compare({"tlsh": [PDQ, PDQ]}), 400, "No such SignalType 'tlsh'")
        self.no(compare(b"{", content_type="application/json"), 400)
        self.no(compare(b"{}", content_type="text/plain"), 415)
        self.no(compare(None), 415)
        self.no(compare(b"[" * 60000, content_type="application/json"), 413)
        self.no(compare(b" " * 70000, content_type="application/json"), 413)

    def test_the_index_says_how_far_it_is(self):
        reader = self.key("reader", ("banks:read",))
        self.serve()
        status = self.ok(self.hma("GET", "/m/index/status"))
        self.assertEqual({name: (one["present"], one["size"]) for name, one in status.items()},
                         {"pdq": (True, 3), "video_md5": (True, 1)})
        self.assertGreater(status["pdq"]["built_to"], 1_700_000_000)
        self.assertEqual(list(self.ok(self.hma("GET", "/m/index/status?signal_type=pdq"))), ["pdq"])
        self.no(self.hma("GET", "/m/index/status?signal_type=x"), 400, "No such signal type 'x'")
        index = self.ok(self.ask("GET", "/c/signal_type/index", key=reader))["pdq"]
        self.assertEqual((index["db_size"], index["index_size"], index["index_out_of_date"]), (3, 3, False))
        self.assertEqual(index["index_built_to"], index["newest_db_item"])
        self.assertEqual(list(self.ok(self.ask("GET", "/c/signal_type/index?signal_type=video_md5", key=reader))),
                         ["video_md5"])
        self.no(self.ask("GET", "/c/signal_type/index?signal_type=x", key=reader), 400)


class About(HmaTest):
    """What HMA's paths say of the server."""

    def setUp(self):
        super().setUp()
        self.default_key = self.key("reader", ("banks:read", "lists:write"))

    def test_status_is_open(self):
        self.serve()
        for path in ("/status", "/status/live"):
            answer = self.ask("GET", path, key=None)
            self.assertEqual((answer.status, answer.body, answer.headers["content-type"]),
                             (200, b"I-AM-ALIVE", "text/html"))

    def test_an_empty_index_is_told(self):
        matcher = self.key("matcher", ("match",))
        self.serve()
        empty = {"built_to": -1, "present": False, "size": 0}
        self.assertEqual(self.ok(self.ask("GET", "/m/index/status", key=matcher)), {"pdq": empty, "video_md5": empty})

    def test_the_site_map_lists_what_is_served(self):
        self.serve()
        paths = self.ok(self.ask("GET", "/site-map", key=None))
        self.assertEqual(paths, sorted(paths))
        for path in ("/c/banks", "/c/bank/<bank_name>/content/<int:content_id>", "/c/exchange/<string:exchange_name>", "/h/hash", "/m/lookup", "/site-map", "/status"):
            self.assertIn(path, paths)
        self.assertNotIn("/v1/match", paths)

    def test_types_are_constant_and_the_operators(self):
        self.serve()
        self.assertEqual(self.ok(self.hma("GET", "/c/signal_type")),
                         [{"name": "pdq", "enabled_ratio": 1.0}, {"name": "video_md5", "enabled_ratio": 1.0}])
        self.assertEqual(self.ok(self.hma("GET", "/c/content_type")),
                         [{"name": "photo", "enabled": True}, {"name": "video", "enabled": True}])
        self.no(self.hma("PUT", "/c/signal_type/pdq", {"enabled_ratio": 0}), 403)
        self.no(self.hma("PUT", "/c/signal_type/pdq", b"x", content_type="text/plain"), 403)
        narrow = self.key("narrow", ("match",))
        for path in ("/c/signal_type", "/c/content_type", "/c/signal_type/index", "/c/exchanges", "/c/exchanges/apis"):
            self.no(self.ask("GET", path, key=narrow), 403)
            self.no(self.ask("GET", path, key=None), 401)

    def test_exchanges_are_the_operators_subscriptions(self):
        self.write("ncmec.credentials", "user = u\npassword = p\n").chmod(0o600)
        self.write("subscriptions.toml", """
            [[subscription]]
            name = "ncmec-industry"
            kind = "ncmec"
            bank = "ncmec"
            url = "https://report.example/hashsharing"
            credentials_file = "ncmec.credentials"
            [[subscription]]
            name = "theirs"
            kind = "file"
            format = "csv"
            bank = "x"
            tenant = "another"
            url = "https://lists.example/x.csv"
            """)
        self.serve(*self.config('subscriptions_file = "subscriptions.toml"\n'))
        self.assertEqual(self.ok(self.hma("GET", "/c/exchanges")), ["ncmec-industry"])
        one = self.hma("GET", "/c/exchange/ncmec-industry")
        self.assertEqual(self.ok(one), {"name": "ncmec-industry", "api": "ncmec", "enabled": True})
        self.no(self.hma("GET", "/c/exchange/theirs"), 404, "Exchange 'theirs' not found")
        self.no(self.hma("GET", "/c/exchange/theirs/status"), 404)
        self.assertEqual(self.ok(self.hma("GET", "/c/exchange/ncmec-industry/status")),
                         {"checkpoint_ts": None, "running_fetch_start_ts": None, "last_fetch_complete_ts": None,
                          "last_fetch_succeeded": None, "up_to_date": False, "fetched_items": 0})
        self.assertEqual(self.ok(self.hma("GET", "/c/exchanges/apis")),
                         ["ncmec", "stopncii", "threatexchange", "seawall", "file"])
        self.assertEqual(self.ok(self.hma("GET", "/c/exchanges/api/ncmec")),
                         {"supports_authentification": True, "has_set_authentification": True})
        self.assertFalse(self.ok(self.hma("GET", "/c/exchanges/api/file"))["has_set_authentification"])
        self.no(self.hma("GET", "/c/exchanges/api/x"), 400, "no such Exchange API 'x'")
        schema = self.ok(self.hma("GET", "/c/exchanges/api/threatexchange/schema"))
        fields = {field["name"]: field for field in schema["config_schema"]["fields"]}
        self.assertEqual((fields["privacy_group"]["type"], fields["privacy_group"]["required"]), ("number", True))
        self.assertEqual(sorted(fields["bank"]), ["choices", "default", "help", "name", "required", "type"])
        self.assertEqual([field["name"] for field in schema["credentials_schema"]["fields"]], ["access_token"])
        self.no(self.hma("GET", "/c/exchanges/api/x/schema"), 404)

    def test_exchanges_cannot_be_changed_from_here(self):
        self.serve()
        self.assertEqual(self.ok(self.hma("GET", "/c/exchanges")), [])
        words = "Subscriptions are set by the operator in subscriptions.toml; see docs/howto/subscriptions.md."
        self.no(self.hma("POST", "/c/exchanges", {"bank": "X", "api": "sample"}), 403, words)
        self.no(self.hma("POST", "/c/exchanges/api/ncmec", {"credential_json": {}}), 403, words)
        self.no(self.hma("PUT", "/c/exchange/X", {"enabled": False}), 403, words)
        self.no(self.hma("DELETE", "/c/exchange/X"), 403, words)


class Banks(HmaTest):
    """What HMA's clients do to banks and their content."""

    def setUp(self):
        super().setUp()
        self.default_key = self.key("curator", ("match", "banks:read", "entries:read", "lists:write"))
        self.picture = png(200, 160, 7)

    def one_person(self):
        self.serve(*self.config('hma_new_banks = "one_person"\n'))

    def make(self, name="MY_BANK", **more):
        return self.ok(self.hma("POST", "/c/banks", {"name": name, **more}), 201)

    def add(self, signals, bank="MY_BANK", status=200):
        return self.ok(self.hma("POST", f"/c/bank/{bank}/signal", signals), status)

    def found(self, pdq=PDQ, bank="MY_BANK"):
        return bank in self.ok(self.hma("GET", f"/m/lookup?signal_type=pdq&signal={pdq}"))

    def approve(self, what, number):
        """As another person; returns what the command says."""
        if what == "request":
            return self.lists("approve-request", str(number), "--why", "test", "--as", "bob")
        self.lists("approve", str(number), "--why", "test", "--as", "bob")
        return self.lists("activate", str(number), "--why", "test", "--as", "bob")

    def test_banks_are_made_shown_and_named_anew(self):
        self.serve()
        self.assertEqual(self.ok(self.hma("GET", "/c/banks")), [])
        self.assertEqual(self.make(), {"name": "MY_BANK", "matching_enabled_ratio": 1.0})
        self.assertEqual(self.make("OFF", enabled_ratio=0)["matching_enabled_ratio"], 0.0)
        self.assertEqual(self.make("OFF_TOO", enabled=False)["matching_enabled_ratio"], 0.0)
        self.assertEqual(self.make("_ON", enabled=False, enabled_ratio=1)["matching_enabled_ratio"], 1.0)
        self.assertEqual(self.ok(self.hma("GET", "/c/bank/OFF")), {"name": "OFF", "matching_enabled_ratio": 0.0})
        self.assertEqual([bank["name"] for bank in self.ok(self.hma("GET", "/c/banks"))],
                         ["MY_BANK", "OFF", "OFF_TOO", "_ON"])
        self.assertEqual(self.ok(self.hma("PUT", "/c/bank/OFF", {"name": "SHUT"}))["name"], "SHUT")
        self.no(self.hma("GET", "/c/bank/OFF"), 404, "bank 'OFF' not found")
        self.assertEqual(self.ok(self.hma("PUT", "/c/bank/SHUT", {}))["name"], "SHUT")
        bank = next(bank for bank in self.lists_json("banks") if bank["bank"] == "default/MY_BANK")
        self.assertEqual((bank["two_person"], bank["radius"], bank["action"]), (True, 31, "block"))

    def lists_json(self, *words):
        return [json.loads(line) for line in self.lists(*words, "--json").stdout.splitlines()]

    def test_wrong_banks_are_refused_in_hmas_words(self):
        self.serve()
        self.make()
        self.make("OTHER")
        for name in ("01_BANK", "my_bank", "", "A B", "A" * 201):
            self.no(self.hma("POST", "/c/banks", {"name": name}), 400, "Bank names must be UPPER_WITH_UNDERSCORE")
        self.no(self.hma("POST", "/c/banks", {"name": "MY_BANK"}), 403, "Bank already exists")
        self.no(self.hma("PUT", "/c/bank/OTHER", {"name": "MY_BANK"}), 403, "Bank name already exists")
        self.no(self.hma("PUT", "/c/bank/OTHER", {"name": "my_bank"}), 400)
        self.no(self.hma("PUT", "/c/bank/NONE", {"enabled": False}), 404, "Bank not found")
        self.assertIn("stage its release", self.no(self.hma("POST", "/c/banks", {"name": "X", "enabled_ratio": 0.5}), 400))
        self.no(self.hma("PUT", "/c/bank/OTHER", {"enabled_ratio": 0.5}), 400)
        faults = (({}, "missing", ["name"]), ({"name": 7}, "string_type", ["name"]),
                  ({"name": "X", "enabled": "x"}, "bool_parsing", ["enabled"]),
                  ({"name": "X", "enabled_ratio": "x"}, "float_parsing", ["enabled_ratio"]), ([1], "model_type", []))
        for body, kind, where in faults:
            answer = self.hma("POST", "/c/banks", body)
            self.assertEqual((answer.status, answer.json[0]["type"], answer.json[0]["loc"]), (422, kind, where))
        for sent in ({}, {"body": b"x"}, {"body": b"{", "content_type": "application/json"}):
            self.assertEqual(self.hma("POST", "/c/banks", **sent).json[0]["type"], "model_type")
        self.assertEqual(self.hma("PUT", "/c/bank/OTHER").status, 422)
        self.no(self.hma("POST", "/c/banks", b" " * 70000, content_type="application/json"), 413)

    def test_a_switch_waits_for_another_person_and_is_asked_for_once(self):
        self.serve()
        self.make()
        waits = self.ok(self.hma("PUT", "/c/bank/MY_BANK", {"enabled": False}), 202)
        self.assertEqual((waits["matching_enabled_ratio"], waits["approvals_missing"]), (1.0, 1))
        again = self.ok(self.hma("DELETE", "/c/bank/MY_BANK"), 202)
        self.assertEqual((again["request"], again["approvals_missing"]), (waits["request"], 1))
        self.approve("request", waits["request"])
        self.assertEqual(self.ok(self.hma("GET", "/c/bank/MY_BANK"))["matching_enabled_ratio"], 0.0)
        self.assertEqual(self.ok(self.hma("DELETE", "/c/bank/MY_BANK")), {"message": "Done"})
        self.assertEqual(self.ok(self.hma("DELETE", "/c/bank/NONE")), {"message": "Done"})

    def test_where_one_person_may_a_switch_is_at_once(self):
        self.one_person()
        self.make()
        self.assertEqual(self.ok(self.hma("PUT", "/c/bank/MY_BANK", {"enabled": "no"}))["matching_enabled_ratio"], 0.0)
        on = self.hma("PUT", "/c/bank/MY_BANK", {"enabled": False, "enabled_ratio": 1.0, "name": "YOURS"})
        self.assertEqual(self.ok(on), {"name": "YOURS", "matching_enabled_ratio": 1.0})
        self.assertEqual(self.ok(self.hma("DELETE", "/c/bank/YOURS")), {"message": "Done"})
        self.assertEqual(self.ok(self.hma("GET", "/c/banks")), [{"name": "YOURS", "matching_enabled_ratio": 0.0}])

    def test_signals_are_in_force_where_one_person_may(self):
        self.one_person()
        self.make()
        added = self.add({"pdq": PDQ, "video_md5": MD5.upper(), "note": "why"})
        self.assertEqual(added["signals"], {"pdq": PDQ, "video_md5": MD5})
        self.wait_for(self.found, "listed")
        self.assertEqual(self.add({"video_md5": MD5, "pdq": PDQ}), {**added, "signals": {"video_md5": MD5, "pdq": PDQ}})
        path = f"/c/bank/MY_BANK/content/{added['id']}"
        whole = {"id": added["id"], "disable_until_ts": 1, "original_media_uri": None,
                 "bank": {"name": "MY_BANK", "matching_enabled_ratio": 1.0}, "note": "why", "state": "active"}
        self.assertEqual(self.ok(self.hma("GET", path)), whole)
        self.assertEqual(self.ok(self.hma("GET", path + "?include_signals=True"))["signals"], added["signals"])
        entry = f"{added['id'] >> 32}.{added['id'] & 0xffffffff}"
        history = self.lists("history", entry, "--json").stdout.decode()
        self.assertIn('"why":"why"', history)
        self.assertEqual(self.ok(self.hma("DELETE", path)), {"deleted": 1})
        self.assertEqual(self.ok(self.hma("DELETE", path)), {"deleted": 0})
        self.wait_for(lambda: not self.found(), "taken off")
        self.assertEqual(self.ok(self.hma("GET", path))["state"], "withdrawn")
        self.no(self.hma("PUT", path, {"note": "x"}), 404)
        self.assertNotEqual(self.add({"video_md5": MD5, "pdq": PDQ})["id"], added["id"])

    def test_signals_of_a_bank_of_two_persons_wait(self):
        self.serve()
        self.make()
        added = self.add({"pdq": PDQ}, status=202)
        self.assertEqual((added["state"], added["approvals_missing"]), ("proposed", 1))
        self.assertEqual(self.add({"pdq": PDQ}, status=202), added)
        path = f"/c/bank/MY_BANK/content/{added['id']}"
        shown = self.ok(self.hma("GET", path))
        self.assertEqual((shown["disable_until_ts"], shown["state"]), (0, "proposed"))
        self.assertEqual(self.ok(self.hma("PUT", path, {"disable_until_ts": 1}), 202)["release"], added["release"])
        self.assertFalse(self.found())
        self.approve("release", added["release"])
        self.wait_for(self.found, "listed")
        self.assertEqual(self.add({"pdq": PDQ})["id"], added["id"])
        gone = self.ok(self.hma("DELETE", path), 202)
        self.assertEqual((gone["deleted"], gone["approvals_missing"]), (0, 1))
        self.assertEqual(self.ok(self.hma("DELETE", path), 202), gone)
        self.approve("release", gone["release"])
        self.assertEqual(self.ok(self.hma("DELETE", path)), {"deleted": 0})

    def test_what_was_left_between_proposing_and_activating_is_put_in_force(self):
        self.one_person()
        self.make()
        self.lists("set", "MY_BANK", "--two-person", "yes", "--why", "test")
        added = self.add({"pdq": PDQ}, status=202)
        waits = json.loads(self.lists("set", "MY_BANK", "--two-person", "no", "--why", "test", "--json").stdout)
        self.approve("request", waits["request"])
        self.assertEqual(self.add({"pdq": PDQ}), {"id": added["id"], "signals": {"pdq": PDQ}})
        self.wait_for(self.found, "listed")

    def test_what_was_never_in_force_is_taken_away_at_once(self):
        self.serve()
        self.make()
        added = self.add({"pdq": PDQ}, status=202)
        self.assertEqual(self.ok(self.hma("DELETE", f"/c/bank/MY_BANK/content/{added['id']}")), {"deleted": 1})
        self.assertEqual(self.ok(self.hma("GET", f"/c/bank/MY_BANK/content/{added['id']}"))["state"], "withdrawn")

    def test_the_brake_is_one_persons_and_its_end_is_not(self):
        self.serve()
        self.make()
        added = self.add({"pdq": PDQ}, status=202)
        self.approve("release", added["release"])
        self.wait_for(self.found, "listed")
        path = f"/c/bank/MY_BANK/content/{added['id']}"
        self.assertEqual(self.ok(self.hma("PUT", path, {"disable_until_ts": 0})),
                         {"id": added["id"], "disable_until_ts": 0, "original_media_uri": None,
                          "bank": {"name": "MY_BANK", "matching_enabled_ratio": 1.0}, "collab_metadata": {},
                          "user_metadata": None, "note": None})
        self.wait_for(lambda: not self.found(), "held back")
        waits = self.ok(self.hma("PUT", path, {"disable_until_ts": "1"}), 202)
        self.assertEqual((waits["disable_until_ts"], waits["approvals_missing"]), (0, 1))
        self.assertEqual(self.ok(self.hma("PUT", path, {"disable_until_ts": 1}), 202)["request"], waits["request"])
        self.approve("request", waits["request"])
        self.wait_for(self.found, "listed again")
        self.assertEqual(self.ok(self.hma("PUT", path, {"disable_until_ts": 1}))["disable_until_ts"], 1)
        noted = self.ok(self.hma("PUT", path, {"note": "seen"}), 202)
        self.assertEqual((noted["note"], noted["approvals_missing"]), (None, 1))
        self.approve("release", noted["release"])
        self.assertEqual(self.ok(self.hma("GET", path))["note"], "seen")

    def test_notes_and_the_switch_where_one_person_may(self):
        self.one_person()
        self.make()
        path = f"/c/bank/MY_BANK/content/{self.add({'pdq': PDQ})['id']}"
        both = self.ok(self.hma("PUT", path, {"note": "first", "disable_until_ts": 0}))
        self.assertEqual((both["note"], both["disable_until_ts"]), ("first", 0))
        self.assertEqual(self.ok(self.hma("PUT", path, {"disable_until_ts": 1}))["disable_until_ts"], 1)
        self.assertEqual(self.ok(self.hma("PUT", path, {"note": "second"}))["note"], "second")
        self.assertEqual(self.ok(self.hma("PUT", path, {"note": "second"}))["note"], "second")
        self.assertIsNone(self.ok(self.hma("PUT", path, {"note": ""}))["note"])
        self.assertNotIn("note", self.ok(self.hma("GET", path)))
        self.assertEqual(self.ok(self.hma("PUT", path, {}))["disable_until_ts"], 1)

    def test_content_is_hashed_and_kept_with_what_is_said_of_it(self):
        self.one_person()
        self.make()
        said = {"content_id": "x-1", "content_uri": "https://example.com/1", "json": {"a": {"b": [1]}}, "collab": {"Y": []}}
        added = self.ok(self.upload("/c/bank/MY_BANK/content", ("photo", "a.png", self.picture),
                                    ("metadata", None, json.dumps(said).encode()), ("note", None, b"seen")))
        self.assertEqual(len(added["signals"]["pdq"]), 64)
        self.wait_for(lambda: self.found(added["signals"]["pdq"]), "listed")
        path = f"/c/bank/MY_BANK/content/{added['id']}"
        shown = self.ok(self.hma("GET", path))
        self.assertEqual(shown["metadata"], {**said, "collab": None})
        self.assertEqual(shown["note"], "seen")
        self.assertNotIn("metadata", self.ok(self.hma("GET", path + "?include_metadata=false")))
        self.assertEqual(self.ok(self.hma("PUT", path, {}))["user_metadata"],
                         {name: said[name] for name in ("content_id", "content_uri", "json")})
        video = self.ok(self.upload("/c/bank/MY_BANK/content", ("video", "v.mp4", b"listed text")))
        self.assertEqual(video["signals"], {"video_md5": MD5})
        self.assertEqual(list(self.ok(self.upload("/m/lookup", ("photo", "a", self.picture)))["pdq"]), ["MY_BANK"])

    def test_wrong_content_is_refused_in_hmas_words(self):
        self.one_person()
        self.make()
        path, signal = "/c/bank/MY_BANK/content", "/c/bank/MY_BANK/signal"
        self.no(self.hma("POST", "/c/bank/NONE/content"), 404, "bank 'NONE' not found")
        self.no(self.hma("POST", "/c/bank/NONE/signal", {"pdq": PDQ}), 404, "bank 'NONE' not found")
        none = "Neither `url` nor multipart file upload was received"
        self.no(self.hma("POST", path), 400, none)
        self.no(self.hma("POST", path, {"note": "x"}), 400, none)
        self.no(self.hma("POST", path + "?url=http://127.0.0.1/x"), 400, "Invalid or unsafe URL provided")
        photo = ("photo", "a", self.picture)
        self.no(self.upload(path, ("file", "a", self.picture)), 400, "no such content_type: 'file'")
        self.no(self.upload(path, photo, photo), 400, "Only one file allowed per request")
        self.no(self.upload(path, photo, ("metadata", None, b"{")), 400, "metadata form field must be valid JSON")
        self.no(self.upload(path, photo, ("metadata", None, b"[1]")), 400, "metadata should be a json object")
        for bad in ({"other": 1}, {"content_id": 7}, {"json": "x"}, {"content_uri": "x" * 3000}):
            message = self.no(self.upload(path, photo, ("metadata", None, json.dumps(bad).encode())), 400)
            self.assertTrue(message.startswith("Invalid metadata: "), message)
        self.no(self.hma("POST", path, {"metadata": 7}), 400, "metadata should be a json object")
        self.no(self.upload(path, photo, ("note", None, b"x" * 256)), 400, "note must be at most 255 characters")
        self.ok(self.upload(path, photo, ("note", None, "\u00fc".encode() * 255)))
        flat = b"P5\n64 64\n255\n" + b"\x80" * 4096
        self.no(self.upload(path, ("photo", "f", flat)), 400, "Invalid pdq signal: invalid PDQ hash")
        self.no(self.upload(path, ("photo", "f", b"no picture")), 400)
        self.no(self.hma("POST", signal, {}), 400, "No signals given")
        self.no(self.hma("POST", signal, {"note": "x"}), 400, "No signals given")
        self.no(self.hma("POST", signal, {"tlsh": "x"}), 400, "No such signal type tlsh")
        self.no(self.hma("POST", signal, {"pdq": "x"}), 400, "Invalid pdq signal: invalid PDQ hash")
        self.no(self.hma("POST", signal, {"pdq": PDQ, "note": 7}), 400, "note should be a string")
        self.no(self.hma("POST", signal, [PDQ]), 400)
        self.no(self.hma("POST", signal, b"{", content_type="application/json"), 400)
        self.no(self.hma("POST", signal, b"x", content_type="text/plain"), 415)
        self.no(self.hma("POST", signal, {"pdq": "0" * 64}), 400)  # A guard: it would match noise.
        self.no(self.hma("POST", signal, {"video_md5": hashlib.md5(b"").hexdigest()}), 400)

    def test_wrong_changes_of_content_are_refused_in_hmas_words(self):
        self.one_person()
        self.make()
        self.make("OTHER")
        number = self.add({"pdq": PDQ})["id"]
        path = f"/c/bank/MY_BANK/content/{number}"
        for method, body in (("GET", None), ("PUT", {"note": "x"})):
            self.no(self.hma(method, f"/c/bank/NONE/content/{number}", body), 404, "bank 'NONE' not found")
            self.no(self.hma(method, f"/c/bank/OTHER/content/{number}", body), 404, f"content '{number}' not found")
            self.no(self.hma(method, "/c/bank/OTHER/content/7", body), 404, "content '7' not found")
            self.no(self.hma(method, "/c/bank/OTHER/content/abc", body), 404)
        self.no(self.hma("DELETE", f"/c/bank/NONE/content/{number}"), 404, "bank 'NONE' not found")
        self.no(self.hma("DELETE", "/c/bank/OTHER/content/abc"), 404)
        self.assertEqual(self.ok(self.hma("DELETE", f"/c/bank/OTHER/content/{number}")), {"deleted": 0})
        for value, words in ((-1, "disable_until_ts must be a non-negative integer"), ("x", "Invalid int: 'x'"),
                             (None, "Invalid int: 'null'")):
            self.no(self.hma("PUT", path, {"disable_until_ts": value}), 400, words)
        self.assertIn("no pause", self.no(self.hma("PUT", path, {"disable_until_ts": 1800000000}), 400))
        self.no(self.hma("PUT", path, {"note": "x" * 256}), 400, "note must be at most 255 characters")
        self.no(self.hma("PUT", path, [1]), 400)
        self.no(self.hma("PUT", path, b"x", content_type="text/plain"), 415)
        self.wait_for(self.found, "listed, as before")

    def test_what_a_harmless_bank_knows_is_held_back_and_that_bank_is_not_shown(self):
        self.make_list("LOOKALIKES", kind=("--harmless",), one_person=False)
        self.write("rows.csv", f"id,pdq\nlogo,{PDQ}\n")
        done = self.lists("import", "LOOKALIKES", "rows.csv", "--source", "people", "--why", "test", "--json",
                          "--as", "ann")
        self.approve("release", json.loads(done.stdout.splitlines()[-1])["release"])
        self.one_person()
        self.make()
        held = self.add({"pdq": PDQ}, status=202)
        self.assertEqual(held["state"], "quarantined")
        self.assertEqual([bank["name"] for bank in self.ok(self.hma("GET", "/c/banks"))], ["MY_BANK"])
        self.no(self.hma("GET", "/c/bank/LOOKALIKES"), 404)
        self.no(self.hma("POST", "/c/bank/LOOKALIKES/signal", {"pdq": FAR}), 404)
        self.assertEqual(self.ok(self.hma("DELETE", "/c/bank/LOOKALIKES")), {"message": "Done"})
        self.no(self.hma("POST", "/c/banks", {"name": "LOOKALIKES"}), 403, "Bank already exists")

    def test_entries_of_an_exchange_say_whose_they_are(self):
        self.make_list("THEIRS", f"id,pdq\nkey-1,{PDQ}\n")
        self.serve()
        number = self.ok(self.hma("GET", f"/m/raw_lookup?signal_type=pdq&signal={PDQ}"))["matches"][0]
        shown = self.ok(self.hma("GET", f"/c/bank/THEIRS/content/{number}"))
        self.assertEqual(shown["metadata"], {"content_id": None, "content_uri": None, "json": None,
                                             "collab": {"test": ["key-1"]}})
        self.assertEqual(self.ok(self.hma("PUT", f"/c/bank/THEIRS/content/{number}", {}))["collab_metadata"],
                         {"test": ["key-1"]})

    def test_a_key_without_the_scope_changes_nothing(self):
        self.one_person()
        self.make()
        number = self.add({"pdq": PDQ})["id"]
        reader = self.key("reader", ("banks:read", "match"))
        calls = (("POST", "/c/banks", {"name": "X"}), ("PUT", "/c/bank/MY_BANK", {"enabled": False}),
                 ("DELETE", "/c/bank/MY_BANK", None), ("POST", "/c/bank/MY_BANK/signal", {"pdq": FAR}),
                 ("POST", "/c/bank/MY_BANK/content?url=http://example.com/x", None),
                 ("GET", f"/c/bank/MY_BANK/content/{number}", None), ("DELETE", f"/c/bank/MY_BANK/content/{number}", None),
                 ("PUT", f"/c/bank/MY_BANK/content/{number}", {"disable_until_ts": 0}))
        for method, path, body in calls:
            self.no(self.hma(method, path, body, key=reader), 403)
            self.no(self.hma(method, path, body, key=None), 401)
        self.assertEqual(self.ok(self.hma("GET", "/c/banks", key=reader)),
                         [{"name": "MY_BANK", "matching_enabled_ratio": 1.0}])
        self.wait_for(self.found, "listed, as before")

    def test_a_key_of_some_banks_has_no_others(self):
        self.one_person()
        self.make()
        self.make("OTHER")
        narrow = self.key("narrow", ("banks:read", "entries:read", "lists:write"), "--bank", "OTHER")
        number = self.add({"pdq": PDQ})["id"]
        self.assertEqual([bank["name"] for bank in self.ok(self.hma("GET", "/c/banks", key=narrow))], ["OTHER"])
        self.no(self.hma("GET", "/c/bank/MY_BANK", key=narrow), 404)
        self.no(self.hma("PUT", "/c/bank/MY_BANK", {"enabled": False}, key=narrow), 404)
        self.no(self.hma("POST", "/c/bank/MY_BANK/signal", {"pdq": FAR}, key=narrow), 404)
        self.no(self.hma("DELETE", f"/c/bank/MY_BANK/content/{number}", key=narrow), 404)
        self.no(self.hma("POST", "/c/banks", {"name": "MINE"}, key=narrow), 403)
        self.assertEqual(self.ok(self.hma("DELETE", "/c/bank/MY_BANK", key=narrow)), {"message": "Done"})
        self.assertEqual(self.ok(self.hma("GET", "/c/bank/MY_BANK"))["matching_enabled_ratio"], 1.0)
        self.ok(self.hma("POST", "/c/bank/OTHER/signal", {"pdq": FAR}, key=narrow))


if __name__ == "__main__":
    main()
