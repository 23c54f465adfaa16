"""Following other bodies' lists through the real program, against a server that stands in for them, traps included."""
import base64
import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import unittest
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from support import SEAWALL, SEED, SeawallTest, main

STAND_IN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "net", "stand_in.py")
USER, PASSWORD, TOKEN = "seawall", "open-sesame-4711", "token-sesame-4712"
SECRETS = {"ncmec": f"user = {USER}\npassword = {PASSWORD}\n", "threatexchange": f"access_token = {TOKEN}\n",
           "stopncii": "functions_key = functions-sesame-4713\nsubscription_key = subscription-sesame-4714\n"}
os.environ["no_proxy"] = "127.0.0.1"


class StandIn:
    """tests/net/stand_in.py as a process of its own."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, STAND_IN], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = "http://127.0.0.1:" + self.process.stdout.readline().split()[0].decode()

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()

    def ask(self, path, data=None):
        with urllib.request.urlopen(self.url + path, data=data, timeout=30) as answer:
            return answer.read().decode()


class Issuer(ThreadingHTTPServer):
    """What a body puts in front of its Seawall: "?after=N" is answered by `seawall lists export`."""
    daemon_threads = True

    def __init__(self, export):
        super().__init__(("127.0.0.1", 0), IssuerHandler)
        self.export = export
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/changes"


class IssuerHandler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        after = int(dict(parse_qsl(urlsplit(self.path).query))["after"])
        done = self.server.export(after)
        self.send_response(200 if done.returncode == 0 else 503)
        self.send_header("Content-Length", str(len(done.stdout)))
        self.end_headers()
        self.wfile.write(done.stdout)


def listed(count):
    """Keys and MD5 of the stand-in's list that are no tombstones (tests/net/bodies.py)."""
    return {f"9-e{n:04}": hashlib.md5(b"harmless %d" % n).hexdigest() for n in range(count) if n % 6 != 5}


@unittest.skipUnless(os.getuid() == 0, "acts as two people, which only the superuser may")
class Subscribe(SeawallTest):
    @classmethod
    def setUpClass(cls):
        cls.server = StandIn()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        super().setUp()
        self.store = "sqlite:lists.db"
        self.make_store(self.store)
        self.scenario = f"{self.id().split('.')[-1].replace('_', '')}"

    def make_store(self, store):
        self.run_seawall("db", "create", "--store", store, code=0)
        self.lists("create", "known", store=store)

    def lists(self, command, *words, who="ann", code=0, store=None):
        why = () if command in ("releases", "show", "version", "export", "entry") else ("--as", who, "--why", "test")
        more = {"export": (), "releases": ("--all", "--json")}.get(command, ("--json",))
        done = self.run_seawall("lists", command, *words, *why, "--store", store or self.store, *more, code=code)
        return done.stdout.decode() if command == "export" else [json.loads(x) for x in done.stdout.splitlines()]

    def settings(self, kind, traps="", name="feed", more="", secrets=True):
        """Writes a settings file of one subscription to the stand-in; gives its name."""
        if secrets and kind in SECRETS:
            self.write(kind + ".credentials", SECRETS[kind]).chmod(0o600)
            more += f'credentials_file = "{kind}.credentials"\n'
        url = self.server.url + f"/s/{self.scenario}{traps}/{kind}"
        self.write(name + ".toml", f'[[subscription]]\nname = "{name}"\nkind = "{kind}"\nbank = "known"\n'
                                   f'url = "{url}"\n{more}').chmod(0o600)
        return name + ".toml"

    def subscribe(self, command, settings, *words, code=0, store=None, env=None):
        where = () if command == "status" else ("--store", store or self.store)
        done = self.run_seawall("subscribe", command, "--settings", settings, *where, *words, "--json", env=env)
        self.assertIn(done.returncode, code if isinstance(code, tuple) else (code,),
                      f"{command}: {done.stdout.decode()} {done.stderr.decode()} (seed {SEED})")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def pull(self, settings, *words, **named):
        return self.subscribe("run", settings, "--once", "--now", *words, **named)

    def pull_to_the_end(self, settings, most=30):
        """Runs it until a pull comes to the end of the list, without waiting as it would; gives what went wrong."""
        errors = []
        for _ in range(most):
            rows = self.pull(settings, code=(0, 4))
            if rows[-1]["ok"]:
                return errors
            errors.append(rows[-1]["error"]["message"])
        self.fail(f"it never ends: {set(errors)} (seed {SEED})")

    def put_in_force(self, store=None):
        for release in self.lists("releases", store=store):
            if release["state"] in ("proposed", "staged"):
                number = str(release["release"])
                self.lists("approve", number, who="bob", store=store)
                if release["approvals_missing"] > 1:
                    self.lists("approve", number, who="carol", store=store)
                self.lists("activate", number, store=store)

    def md5s(self, store=None):
        text = self.lists("export", "known", "--format", "ndjson", store=store)
        return {row["id"]: row["md5"] for row in map(json.loads, text.splitlines())}

    def state_of_the_folder(self):
        return {path.relative_to(self.folder): (path.stat().st_mtime_ns, path.read_bytes())
                for path in sorted(self.folder.rglob("*")) if path.is_file() and not path.name.endswith("-shm")}

    # What a pull brings.

    def test_follows_a_list_through_every_trap(self):
        settings = self.settings("ncmec", "-real-flaky")
        errors = self.pull_to_the_end(settings)
        for word in ("429", "503", "dropped"):  # Too many requests, broken, and pages that were cut.
            self.assertTrue(any(word in error for error in errors), (word, errors))
        release, = self.lists("releases")
        self.assertEqual((release["state"], release["added"], release["refused"]), ("proposed", 20, 0))
        self.assertEqual(release["proposed"]["why"], "subscription feed")
        self.assertEqual(self.md5s(), {}, "nothing is in force before a second person agreed")
        self.put_in_force()
        self.assertEqual(self.md5s(), listed(23))
        status, = self.subscribe("status", settings)
        self.assertEqual((status["health"], status["pages"], status["records"], status["added"]), ("ok", 5, 23, 20))
        self.assertEqual((status["last_error"], status["failures"], status["releases"]), (None, 0, 1))
        self.assertLess(status["checkpoint_age_s"], 60)
        again, = self.pull(settings)
        self.assertEqual((again["added"], again["releases"]), (0, []), "nothing comes twice")
        windows = [line.split("from=")[1].split("&start")[0] for line in
                   self.server.ask(f"/s/{self.scenario}-real-flaky/log").splitlines() if "start=" in line]
        self.assertEqual(len(set(windows)), 1, "a resumed page asks for the same window")

    def test_follows_the_other_bodies(self):
        for kind, keys in (("stopncii", {"VideoMD5:" + md5: md5 for md5 in listed(23).values()}),
                           ("threatexchange", {key[3:]: md5 for key, md5 in listed(23).items()})):
            store = f"sqlite:{kind}.db"
            self.make_store(store)
            self.store = store
            more = 'privacy_group = "77"\n' if kind == "threatexchange" else ""
            self.pull_to_the_end(self.settings(kind, "-real-flaky", kind, more))
            self.put_in_force()
            self.assertEqual(self.md5s(), keys, kind)

    def file_settings(self, more=""):
        return self.settings("file", more='format = "csv"\n' + more)

    def serve_csv(self, rows):
        text = "id,md5\n" + "".join(f"{key},{hashlib.md5(word.encode()).hexdigest()}\n" for key, word in rows.items())
        self.server.ask(f"/s/{self.scenario}/put", data=text.encode())

    def test_shows_in_a_dry_run_what_would_change_and_writes_nothing(self):
        rows = {f"p{i}": f"harmless {i}" for i in range(10)}
        self.serve_csv(rows)
        settings = self.file_settings()
        before = self.state_of_the_folder()
        report, = self.subscribe("run", settings, "--dry-run")
        self.assertEqual((report["dry_run"], report["added"], report["releases"]), (True, 10, []))
        self.assertEqual(self.state_of_the_folder(), before)
        self.pull(settings)
        self.put_in_force()
        entries = {row["key"]: row["entry"] for row in self.lists("show", "1", "--added") if "key" in row}
        self.lists("quarantine", entries["p3"])
        del rows["p0"], rows["p1"]
        rows.update(p2="another", p3="another too", p10="new")
        self.serve_csv(rows)
        before = self.state_of_the_folder()
        report, = self.subscribe("run", settings, "--dry-run")
        self.assertEqual((report["added"], report["updated"], report["withdrawn"], report["unchanged"]), (1, 2, 2, 6))
        self.assertEqual((report["conflicts"], report["conflicting_keys"]), (1, ["p3"]))
        self.assertEqual(self.state_of_the_folder(), before)
        text = self.run_seawall("subscribe", "run", "--settings", settings, "--store", self.store, "--dry-run", code=0)
        self.assertIn("+1 ~2 -2, 6 unchanged, 1 in conflict", text.stdout.decode())
        real, = self.pull(settings)
        for name in ("added", "updated", "withdrawn", "unchanged", "conflicts"):
            self.assertEqual(real[name], report[name], name)
        self.put_in_force()
        self.assertEqual(set(self.md5s()), {f"p{i}" for i in range(2, 11)} - {"p3"})

    def test_stages_where_the_settings_say_so_and_never_activates(self):
        self.serve_csv({"a": "one", "b": "two"})
        report, = self.pull(self.file_settings('release = "stage"\n'), "--as", "ann")
        self.assertEqual(report["state"], "staged")
        release, = self.lists("releases")
        self.assertEqual((release["state"], release["proposed"]["who"]), ("staged", "ann"))
        self.lists("activate", "1", code=6)
        self.lists("approve", "1", code=6)  # By ann, who proposed it.
        self.assertEqual(self.md5s(), {})

    def test_refuses_what_a_guard_refuses_and_says_so(self):
        self.server.ask(f"/s/{self.scenario}/put", data=b"id,md5\na,d41d8cd98f00b204e9800998ecf8427e\n"
                        b"b," + hashlib.md5(b"harmless").hexdigest().encode() + b"\nc,nonsense\n")
        settings = self.file_settings()
        report, = self.pull(settings)
        self.assertEqual((report["added"], report["refused"]), (1, 2))
        self.assertEqual(report["reasons"], {"empty_file_hash": 1, "malformed_hash": 1})
        status, = self.subscribe("status", settings)
        self.assertEqual((status["added"], status["refused"]), (1, 2))

    # When something goes wrong.

    def test_ends_with_the_same_list_however_often_it_is_killed(self):
        calm = self.settings("ncmec", "-real-hundred", "feed")
        self.make_store("sqlite:calm.db")
        self.pull(calm, store="sqlite:calm.db")
        self.put_in_force("sqlite:calm.db")
        expected = self.md5s("sqlite:calm.db")
        self.assertEqual(expected, listed(103))
        (self.folder / "subscriptions").rename(self.folder / "calm")
        settings = self.settings("ncmec", "-real-hundred-slow")
        kills, asked = 0, 0
        for _ in range(100):
            process = subprocess.Popen(
                [SEAWALL, "subscribe", "run", "--settings", settings, "--store", self.store, "--once", "--now"],
                cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            enough = asked + self.random.randint(1, 5)  # The last page too: then it is in the middle of its import.
            while process.poll() is None and asked < enough:
                asked = len(self.server.ask(f"/s/{self.scenario}-real-hundred-slow/log").splitlines())
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=30)
            kills += 1
        self.pull(settings)
        self.assertGreater(kills, 2, f"seed {SEED}")
        self.assertEqual(sum(r["added"] for r in self.lists("releases")), len(expected), f"doubled; {kills} kills")
        self.put_in_force()
        self.assertEqual(self.md5s(), expected, f"{kills} kills, seed {SEED}")
        status, = self.subscribe("status", settings)
        self.assertEqual((status["records"], status["added"]), (103, len(expected)))

    def test_says_that_a_secret_is_wrong_and_takes_the_right_one_later(self):
        settings = self.settings("ncmec", "-real")
        self.write("ncmec.credentials", f"user = {USER}\npassword = not-the-sesame\n").chmod(0o600)
        row, = self.pull(settings, code=3)
        self.assertIn("does not accept the credentials", row["error"]["message"])
        status, = self.subscribe("status", settings, code=4)
        self.assertEqual((status["health"], status["failures"], status["backing_off"]), ("failing", 1, True))
        self.assertEqual(self.lists("releases"), [])
        self.write("ncmec.credentials", SECRETS["ncmec"]).chmod(0o600)
        self.assertEqual(self.pull(settings)[0]["added"], 20)
        self.assertEqual(self.subscribe("status", settings)[0]["health"], "ok")

    def test_waits_as_it_was_told_and_longer_each_time(self):
        settings = self.settings("ncmec", "-real-flaky")
        self.pull(settings, code=4)
        self.assertEqual(self.subscribe("run", settings, "--once"), [], "429 said 30 s: it is not due")
        first, = self.subscribe("status", settings)
        self.assertEqual((first["health"], first["backing_off"]), ("late", True))
        self.assertGreater(first["next_at"], first["last_attempt"])
        self.assertEqual(len(self.server.ask(f"/s/{self.scenario}-real-flaky/log").splitlines()), 1)

    def test_refuses_a_store_that_was_put_back(self):
        self.serve_csv({"a": "one"})
        settings = self.file_settings()
        self.run_seawall("db", "backup", "before", "--store", self.store, code=0)
        self.pull(settings)
        self.run_seawall("db", "restore", "before", "--store", "sqlite:old.db", code=0)
        row, = self.pull(settings, code=6, store="sqlite:old.db")
        self.assertIn("older copy", row["error"]["message"])
        found = self.subscribe("check", settings, code=3, store="sqlite:old.db")
        self.assertTrue(any("older copy" in row["message"] for row in found))

    def test_keeps_secrets_out_of_everything_it_writes(self):
        settings = self.settings("ncmec", "-real-flaky", more='every = "10s"\n')
        said = []
        for words in (("check",), ("run", "--once", "--now"), ("status",)):
            done = self.run_seawall("subscribe", words[0], "--settings", settings, *words[1:],
                                    *(() if words[0] == "status" else ("--store", self.store)))
            said += [done.stdout, done.stderr]
        with self.service(settings) as process:
            process.stdout.readline()
            with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                said.append(file.read())
            process.send_signal(signal.SIGTERM)
            said += list(process.communicate(timeout=60))
        said += [content for path, (_, content) in self.state_of_the_folder().items()
                 if path.suffix != ".credentials"]
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode())[:20]
        for text in said:
            for secret in (b"sesame", basic):
                self.assertNotIn(secret, text)
        self.assertGreater(len(said), 10)

    def test_takes_secrets_from_the_environment(self):
        settings = self.settings("ncmec", "-real", more='credentials_env = "BODY"\n', secrets=False)
        row, = self.pull(settings, code=3)
        self.assertIn("BODY_USER, BODY_PASSWORD", row["error"]["message"])
        env = {"BODY_USER": USER, "BODY_PASSWORD": PASSWORD}
        self.assertEqual(self.pull(settings, env=env)[0]["added"], 20)

    # As a service.

    def service(self, settings, *words):
        process = subprocess.Popen([SEAWALL, "subscribe", "run", "--settings", settings, "--store", self.store, "--json",
                                    *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        return process

    def test_runs_on_its_schedule_until_it_is_told_to_end(self):
        settings = self.settings("ncmec", "-real", more='every = "10s"\n')
        with open(self.folder / settings, "a", encoding="utf-8") as file:  # One that is broken stops no other.
            file.write('[[subscription]]\nname = "broken"\nkind = "file"\nbank = "nowhere"\nformat = "csv"\n'
                       f'url = "{self.server.url}/s/x/file"\n')
        for stop in (signal.SIGTERM, signal.SIGINT):
            with self.service(settings) as process:
                rows = []
                while sum(row["subscription"] == "feed" for row in rows) < (2 if stop == signal.SIGTERM else 1):
                    rows.append(json.loads(process.stdout.readline()))
                broken = [row for row in rows if row["subscription"] == "broken"]
                self.assertTrue(all("lists create default/nowhere" in row["error"]["message"] for row in broken))
                process.send_signal(stop)
                process.communicate(timeout=60)
                self.assertEqual(process.returncode, 0, stop)
        status = {row["subscription"]: row for row in self.subscribe("status", settings, code=4)}
        self.assertEqual((status["feed"]["health"], status["broken"]["health"]), ("ok", "failing"))
        self.assertIn("nowhere", status["broken"]["last_error"])

    def wait_for_requests(self, scenario, count, process):
        while len(self.server.ask(f"/s/{scenario}/log").splitlines()) < count:
            self.assertIsNone(process.poll())

    def test_stops_at_a_safe_point_in_the_middle_of_a_pull(self):
        settings = self.settings("ncmec", "-real-hundred-holds")
        with self.service(settings) as process:
            self.wait_for_requests(self.scenario + "-real-hundred-holds", 4, process)
            process.send_signal(signal.SIGTERM)  # While a page is awaited.
            out, _ = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out), (0, b""))
        status, = self.subscribe("status", settings)
        self.assertEqual((status["failures"], status["last_error"]), (0, None), "being stopped is no failure")
        self.assertEqual(status["pages_kept"], 3)
        self.server.ask(f"/s/{self.scenario}-real-hundred-holds/go")
        self.pull(settings)
        self.put_in_force()
        self.assertEqual(self.md5s(), listed(103))

    def test_lets_no_two_processes_follow_one_list(self):
        settings = self.settings("ncmec", "-real-hundred-holds")
        with self.service(settings) as process:
            self.wait_for_requests(self.scenario + "-real-hundred-holds", 4, process)
            row, = self.pull(settings, code=6)
            self.assertEqual(row["error"]["code"], "conflict")
            self.server.ask(f"/s/{self.scenario}-real-hundred-holds/go")
            self.assertEqual(json.loads(process.stdout.readline())["added"], len(listed(103)))
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)

    # Before the first run.

    def check(self, settings, code, env=None):
        return {row["what"]: row for row in self.subscribe("check", settings, code=code, env=env)}

    def test_checks_everything_without_importing(self):
        settings = self.settings("ncmec", "-real-hundred")
        before = self.state_of_the_folder()
        found = self.check(settings, 0)
        self.assertEqual({row["result"] for row in found.values()}, {"ok"})
        self.assertIn("5 records", found["remote"]["message"])
        self.assertEqual(self.state_of_the_folder(), before, "it makes nothing")
        self.assertEqual(len(self.server.ask(f"/s/{self.scenario}-real-hundred/log").splitlines()), 1)
        self.pull(settings)
        self.assertIn("21 pages", self.check(settings, 0)["folder"]["message"])

    def test_says_what_to_do_about_each_thing_that_is_wrong(self):
        settings = self.settings("ncmec", "-real")
        secret = self.folder / "ncmec.credentials"
        secret.chmod(0o644)
        self.assertIn("chmod 600", self.check(settings, 3)["credentials"]["message"])
        row, = self.pull(settings, code=3)
        self.assertIn("chmod 600", row["error"]["message"])
        secret.chmod(0o600)
        self.write("ncmec.credentials", "user = a\npassword = not-the-sesame\n")
        found = self.check(settings, 4)["remote"]
        self.assertIn("does not accept the credentials", found["message"])
        self.assertIn("ncmec.credentials", found["advice"])
        secret.unlink()
        self.assertIn("cannot read", self.check(settings, 3)["credentials"]["message"])
        self.write("ncmec.credentials", "user = a\nsesame-in-the-wrong-place\n").chmod(0o600)
        message = self.check(settings, 3)["credentials"]["message"]
        self.assertIn("line 2", message)
        self.assertNotIn("sesame", message)
        gone = self.settings("ncmec", "-real")
        text = (self.folder / gone).read_text().replace(self.server.url, "http://127.0.0.1:9")
        found = self.check(self.write("gone.toml", text).name, 4)
        self.assertIn("url =", found["remote"]["advice"])
        (self.folder / "gone.toml").chmod(0o666)
        self.assertIn("chmod go-w", self.check("gone.toml", 4)["settings"]["advice"])
        text = text.replace('bank = "known"', 'bank = "unknown"')
        self.assertIn("lists create default/unknown", self.check(self.write("g.toml", text).name, 3)["bank"]["message"])
        found = self.check(self.settings("file", more='format = "vics"\n'), 3)
        self.assertIn("vics-2.0", found["format"]["message"])
        long = self.settings("file", more='format = "csv"\n')
        self.server.ask(f"/s/{self.scenario}/put", data=b"id,md5\n" + b"a,\n" * 500_000)
        self.assertIn("more than 1 MiB", self.check(long, 0)["remote"]["message"])

    def test_names_what_is_wrong_on_the_command_line_and_in_the_settings(self):
        good = self.settings("ncmec", "-real")
        for words, code, text in (
                (("run", "--store", self.store), 3, "--settings FILE"),
                (("run", "--settings", "none.toml", "--store", self.store), 3, "none.toml"),
                (("run", "--settings", good), 3, "--store"),
                (("run", "--settings", good, "--store", self.store, "--only", "x"), 3, "there are: feed"),
                (("run", "--settings", good, "--jobs", "0"), 2, "1 to 16"),
                (("status", "--settings", good, "--store", "x"), 2, "--store"),
                (("run", "--settings", self.write("e.toml", "").name, "--store", self.store), 3, "[[subscription]]"),
                (("run", "--settings", self.write("m.toml", '[[subscription]]\nname = "a"\nkind = "x"\n').name,
                  "--store", self.store), 3, "m.toml:3: kind: write one of")):
            done = self.run_seawall("subscribe", *words, code=code, env={"SEAWALL_STORE": ""})
            self.assertIn(text, done.stderr.decode(), words)
        resting = self.settings("ncmec", "-real", more="enabled = false\n")
        self.assertIn("rests", self.run_seawall("subscribe", "run", "--settings", resting, "--store", self.store,
                                                code=3).stderr.decode())
        self.assertEqual(self.subscribe("status", resting)[0]["health"], "resting")
        env = {"SEAWALL_SUBSCRIPTIONS": self.settings("ncmec", "-real"), "SEAWALL_STORE": self.store}
        done = self.run_seawall("subscribe", "run", "--once", env=env, code=0)
        self.assertIn("release 1 is proposed", done.stdout.decode())
        self.assertIn("feed", self.run_seawall("subscribe", "status", env=env, code=0).stdout.decode())
        self.assertIn("subscribe check", self.run_seawall("subscribe", "--help", code=0).stdout.decode())

    # From one Seawall to another.

    def issuer(self, store):
        self.run_openssl("genpkey", "-algorithm", "ed25519", "-out", "issuer.pem")
        self.run_openssl("pkey", "-in", "issuer.pem", "-pubout", "-out", "issuer.pub")
        (self.folder / "issuer.pem").chmod(0o600)

        def export(after):
            return self.run_seawall("lists", "export", "known", "--format", "seawall", "--private-key", "issuer.pem",
                                    "--body", "Hotline", "--after", str(after), "--store", store)
        server = Issuer(export)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def run_openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)

    def import_csv(self, rows, store):
        text = "id,md5\n" + "".join(f"{key},{hashlib.md5(word.encode()).hexdigest()}\n" for key, word in rows.items())
        self.write("list.csv", text)
        self.lists("import", "known", "list.csv", "--snapshot", store=store)
        self.put_in_force(store)

    def test_follows_another_seawall(self):
        issuing = "sqlite:issuer.db"
        self.make_store(issuing)
        rows = {f"p{i}": f"harmless {i}" for i in range(30)}
        self.import_csv(rows, issuing)
        issuer = self.issuer(issuing)
        self.write("feed.toml", f'[[subscription]]\nname = "hotline"\nkind = "seawall"\nbank = "known"\n'
                                f'url = "{issuer.url}"\npublic_key_file = "issuer.pub"\n').chmod(0o600)
        self.assertEqual({row["result"] for row in self.check("feed.toml", 0).values()}, {"ok"})
        for change in ({}, {"p1": "another", "p40": "new"}, {}):  # The second one also takes p0 and p2 off.
            if change:
                rows = {key: word for key, word in {**rows, **change}.items() if key not in ("p0", "p2")}
                self.import_csv(rows, issuing)
            self.pull("feed.toml")
            self.put_in_force()
            self.assertEqual(self.md5s(), self.md5s(issuing))
            self.assertEqual(set(self.md5s()), set(rows))
        last = self.lists("releases")[-1]
        self.assertEqual((last["added"], last["updated"], last["withdrawn"]), (1, 1, 2), "only what changed came")
        self.run_openssl("genpkey", "-algorithm", "ed25519", "-out", "issuer.pem")
        (self.folder / "issuer.pem").chmod(0o600)
        self.import_csv({"p1": "of somebody else"}, issuing)
        row, = self.pull("feed.toml", code=4)
        self.assertIn("signature", row["error"]["message"])
        self.assertEqual(set(self.md5s()), set(rows), "a list under another key is dropped")

    def test_signs_only_with_a_key_that_nobody_else_reads(self):
        self.issuer(self.store)
        (self.folder / "issuer.pem").chmod(0o644)
        done = self.run_seawall("lists", "export", "known", "--format", "seawall", "--private-key", "issuer.pem",
                                "--store", self.store, code=3)
        self.assertIn("chmod 600", done.stderr.decode())
        done = self.run_seawall("lists", "export", "known", "--after", "9999", "--store", self.store, code=3)
        self.assertIn("has not come to version 9999", done.stderr.decode())
        self.run_seawall("lists", "export", "known", "--after", "1", "--at", "1", "--store", self.store, code=2)


if __name__ == "__main__":
    main()
