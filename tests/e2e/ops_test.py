"""What an administrator is given (docs/howto/serve.md, packaging/) against the real program: nothing named there that is not there."""
import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

from serve_support import ServeTest
from support import SEAWALL, main, png

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
GUIDE = (ROOT / "docs/howto/serve.md").read_text()
UNIT = PACKAGING / "systemd/seawall.service"


def section(heading):
    """The guide's text under a heading of the second level."""
    return re.split(r"^## ", GUIDE.split(f"\n## {heading}\n", 1)[1], maxsplit=1, flags=re.M)[0]


def first_cells(text):
    return re.findall(r"^\| `([^`]+)` \|", text, flags=re.M)


def unit_values(name):
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), flags=re.M)


class Guide(ServeTest):
    def test_it_has_every_setting_that_the_reader_knows_and_no_other(self):
        source = (ROOT / "src/seawall/service/settings.cpp").read_text()
        of_listen = source[source.index("HttpClientCertificate> client_from("):source.index("Result<void> read_limits(")]
        named = r'(?:read_into|read_duration|read_networks)\(\w+, "(\w+)"|\.(?:text|texts|required_text|number|boolean)\("(\w+)"'
        names = lambda text: {a or b for a, b in re.findall(named, text)}  # noqa: E731
        listed, root = names(of_listen), names(source.replace(of_listen, ""))
        self.assertEqual((len(listed), len(root) > 15), (5, True))
        tables = re.split(r"Each `\[\[listen\]\]` table|The table `\[(?:streams|orders|review|public_report)\]`", section("Settings"))
        self.assertEqual(sorted(first_cells(tables[0])), sorted(root))
        self.assertEqual(sorted(first_cells(tables[1])), sorted(listed))
        streams = names((ROOT / "src/seawall/service/streams_settings.cpp").read_text())
        self.assertEqual((sorted(first_cells(tables[2])), len(streams)), (sorted(streams), 9))
        source = (ROOT / "src/seawall/service/orders_settings.cpp").read_text()
        orders = names(source) | set(re.findall(r'keys_from\(table, "(\w+)"', source))
        self.assertEqual((sorted(first_cells(tables[3])), len(orders)), (sorted(orders), 7))
        source = (ROOT / "src/seawall/service/review_settings.cpp").read_text()
        review = names(source) | set(re.findall(r'read_number\(table, "(\w+)"', source))
        self.assertEqual((sorted(first_cells(tables[4])), len(review)), (sorted(review), 9))
        source = (ROOT / "src/seawall/service/report_settings.cpp").read_text()
        reports = names(source) | set(re.findall(r'(?:read_days|read_rate)\(table, "(\w+)"', source))
        self.assertEqual((sorted(first_cells(tables[5])), len(reports)), (sorted(reports), 7))

    def test_the_defaults_that_it_names_are_the_programs(self):
        header = (ROOT / "src/seawall/service/settings.h").read_text()
        rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", section("Settings"), flags=re.M))
        for name, pattern in (("http_threads", r"http_threads = (\d+)"), ("media_threads", r"media_threads = (\d+)"),
                              ("queue_jobs_max", r"queue_jobs_max = ([\d']+)"), ("observe", r"observe = (\w+)"),
                              ("queue_wait_max_ms", r"queue_wait_max\{([\d']+)\}"), ("flood", r"flood = (\w+)"),
                              ("stale_after_ms", r"stale_after\{([\d']+)\}"), ("fetch_urls", r"fetch_urls = (\w+)"),
                              ("log_requests", r"log_requests = (\w+)")):
            self.assertEqual(rows[name], re.search(pattern, header)[1].replace("'", ""), name)
        header = (ROOT / "src/seawall/service/streams_settings.h").read_text()
        for name, pattern in (("streams_max", r" streams_max = (\d+)"), ("tenant_streams_max", r"tenant_streams_max = (\d+)"),
                              ("threads", r"threads = (\d+)"), ("fetch_keys", r"fetch_keys = (\w+)")):
            self.assertEqual(rows[name], re.search(pattern, header)[1], name)
        self.assertEqual(int(rows["memory_bytes_max"]) >> 20, int(re.search(r"memory_bytes_max = std::uint64_t\{(\d+)\}", header)[1]))
        header = (ROOT / "src/seawall/service/settings.h").read_text()
        shift = re.search(r"body_bytes_max = std::uint64_t\{1\} << (\d+)", header)[1]
        self.assertEqual(int(rows["body_bytes_max"]), 1 << int(shift))

    def test_the_paths_and_commands_that_it_names_are_there(self):
        for path in re.findall(r"`((?:packaging|tools|docs)/[\w./-]+)`|(packaging/[\w./-]+) /", GUIDE):
            self.assertTrue((ROOT / (path[0] or path[1])).exists(), path)
        for path in re.findall(r"\]\(([^)#]+)", GUIDE):
            self.assertTrue((ROOT / "docs/howto" / path).exists(), path)
        for words in set(re.findall(r"seawall ((?:db|lists|keys|access) [a-z]+|serve|doctor|subscribe)\b", GUIDE)):
            if words != "subscribe":
                self.run_seawall(*words.split(), "--help", code=0)

    def test_every_word_of_readiness_is_explained(self):
        source = (ROOT / "src/seawall/service/status_calls.cpp").read_text()
        words = re.findall(r'"([a-z-]+)"', re.search(r"kReadiness\{([^}]*)\}", source)[1])
        self.assertEqual(sorted(first_cells(section("Alive and ready")) + ["ready"]), sorted(words))

    def test_the_members_of_a_requests_log_line_are_those_it_lists(self):
        self.default_key = self.key("test", ("match",))
        self.serve()
        self.ask("POST", "/v1/match", b"{", content_type="application/json")
        self.wait_for(lambda: any(line["event"] == "request" and line["status"] == 400 for line in self.log_lines()),
                      "logged")
        line = next(line for line in self.log_lines() if line.get("status") == 400)
        said = section("What is logged, and what never is").split("Other events", 1)[0]
        self.assertEqual(set(line), set(re.findall(r"`(\w+)`", said)) - {"session"})


class Figures(ServeTest):
    def scrape(self):
        """The names of samples of a server that was asked for a few things."""
        key = self.key("all", ("match", "metrics", "status"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", "key.pem", "-out", "chain.pem", "-days", "30", "-subj", "/CN=localhost"],
                       cwd=self.folder, check=True, capture_output=True, timeout=60)
        (self.folder / "key.pem").chmod(0o600)
        self.write("serve.toml", '[[listen]]\naddress = "127.0.0.1:0"\n[[listen]]\naddress = "127.0.0.1:0"\n'
                                 'certificate = "chain.pem"\nkey = "key.pem"\n[streams]\nthreads = 1\n'
                                 '[review]\nkeep = true\n[public_report]\nhouse = "x"\n')
        self.serve("--config", "serve.toml")
        self.ask("POST", "/v1/match", png(64, 64, 1), content_type="image/png", key=key)
        text = self.ask("GET", "/metrics", key=key).body.decode()
        end = float(re.search(r"^seawall_certificate_end_timestamp_seconds (\S+)$", text, flags=re.M)[1])
        self.assertAlmostEqual((end - time.time()) / 86400, 30, delta=0.1)
        return {re.match(r"[a-z_]+", line)[0] for line in text.splitlines() if line and line[0] != "#"}

    def names_of(self, expression):
        return set(re.findall(r"\b(?:seawall|process)_[a-z_]+\b", expression))

    def test_alerts_and_dashboard_use_metrics_that_are_there(self):
        alerts = yaml.safe_load((PACKAGING / "prometheus/alerts.yml").read_text())
        rules = [rule for group in alerts["groups"] for rule in group["rules"]]
        board = json.loads((PACKAGING / "grafana/seawall.json").read_text())
        expressions = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
        self.assertGreater(len(expressions), 30)
        wanted = set().union(*map(self.names_of, expressions), *(self.names_of(rule["expr"]) for rule in rules))
        wanted |= set().union(*(self.names_of(variable["query"]["query"]) for variable in board["templating"]["list"]
                                if variable["type"] == "query"))
        there = self.scrape()
        self.assertEqual(sorted(wanted - there), [])
        shown = set().union(*map(self.names_of, expressions))
        self.assertEqual(sorted(there - shown), [], "metrics that the dashboard does not show")

    def test_each_alert_says_what_to_do_and_is_sound(self):
        alerts = yaml.safe_load((PACKAGING / "prometheus/alerts.yml").read_text())
        names = [rule["alert"] for group in alerts["groups"] for rule in group["rules"]]
        self.assertEqual(sorted(first_cells(section("Watching it"))), sorted(names))
        for group in alerts["groups"]:
            for rule in group["rules"]:
                self.assertIn(rule["labels"]["severity"], ("page", "ticket"))
                self.assertEqual(rule["expr"].count("("), rule["expr"].count(")"), rule["alert"])
                self.assertRegex(rule["expr"], r"(==|>|<) [\d. *]+$")
        if shutil.which("promtool"):
            subprocess.run(["promtool", "check", "rules", PACKAGING / "prometheus/alerts.yml"], check=True, timeout=60)

    def test_panels_do_not_overlap(self):
        board = json.loads((PACKAGING / "grafana/seawall.json").read_text())
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            self.assertFalse(taken & cells, panel["title"])
            taken |= cells
        self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))


class Unit(ServeTest):
    def test_systemd_takes_it(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        copy = self.write("seawall.service", UNIT.read_text().replace("/usr/bin/seawall", SEAWALL))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", copy], capture_output=True,
                              text=True, timeout=60)
        exposure = re.search(r"Overall exposure level for seawall.service: ([\d.]+)", done.stdout)[1]
        self.assertLessEqual(float(exposure), float(re.search(r"an exposure of ([\d.]+)", GUIDE)[1]))

    def test_what_it_starts_is_a_command_line_of_the_program(self):
        words = shlex.split(unit_values("ExecStart")[0])
        self.assertEqual(words[:2], ["/usr/bin/seawall", "serve"])
        text = self.run_seawall("serve", "--help", code=0).stdout.decode()
        for word in words[2:]:
            if word.startswith("--"):
                self.assertIn(word + " ", text)
        self.assertEqual(words[words.index("--access-key") + 1],
                         "${CREDENTIALS_DIRECTORY}/" + unit_values("LoadCredential")[0].split(":")[0])

    def test_its_limits_are_those_the_settings_need(self):
        megabytes = int(re.fullmatch(r"(\d+)M", unit_values("LimitMEMLOCK")[0])[1])
        rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", section("Settings"), flags=re.M))
        self.assertGreaterEqual(megabytes << 20, int(rows["body_bytes_max"]))
        connections = re.search(r"connections_max = ([\d']+)", (ROOT / "src/seawall/http/server.h").read_text())[1]
        self.assertGreater(int(unit_values("LimitNOFILE")[0]), int(connections.replace("'", "")))
        self.assertEqual((unit_values("LimitCORE"), unit_values("MemorySwapMax")), (["0"], ["0"]))

    def test_the_service_runs_under_its_system_calls_and_limits(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        self.write("listed.png", png(200, 160, 7))
        hashes = json.loads(self.run_seawall("hash", "listed.png", "--json", code=0).stdout)
        self.make_list("known", f"id,pdq\npicture,{hashes['pdq']}\n")
        self.default_key = self.key("test", ("match",))
        under = [sys.executable, "-B", str(Path(__file__).parent / "under_unit.py"), str(UNIT), SEAWALL]
        self.serve("--observe", program=under)
        answer = self.ask("POST", "/v1/match", png(200, 160, 7), content_type="image/png")
        self.assertEqual((answer.status, answer.json["verdict"]), (200, "block"), answer.body)
        self.refused(self.ask("POST", "/v1/match", {"url": "http://127.0.0.1:1/x"}), 400, "url-refused")
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        self.assertIn("Seccomp:\t2", status)
        self.assertIn("NoNewPrivs:\t1", status)
        self.assertEqual(self.stop(), 0, self.log_text())


class Container(ServeTest):
    def test_compose_names_what_is_there(self):
        compose = yaml.safe_load((PACKAGING / "compose/compose.yaml").read_text())
        over = yaml.safe_load((PACKAGING / "compose/compose.postgres.yaml").read_text())
        services = compose["services"]
        self.assertLessEqual(set(over["services"]), set(services))
        for name, service in services.items():
            for secret in service.get("secrets", []) + over["services"].get(name, {}).get("secrets", []):
                self.assertIn(secret, compose["secrets"])
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                self.assertTrue(source in compose["volumes"] or (PACKAGING / "compose" / source).exists(), volume)
            self.assertLessEqual(set(service.get("depends_on", {})), set(services))
        build = services["create"]["build"]
        self.assertEqual((PACKAGING / "compose" / build["context"]).resolve(), ROOT)
        self.assertTrue((ROOT / build["dockerfile"]).exists())
        for name in ("create", "seawall"):
            service = services[name]
            self.assertTrue(service["read_only"])
            self.assertEqual((service["cap_drop"], service["user"]), (["ALL"], "10001:10001"))
            words = service["command"]
            text = self.run_seawall(*(words[:2] if words[0] == "db" else words[:1]), "--help", code=0).stdout.decode()
            for word in words:
                if word.startswith("--"):
                    self.assertIn(word + " ", text)
        self.assertEqual(services["seawall"]["mem_limit"], services["seawall"]["memswap_limit"])

    def test_its_settings_are_read_and_name_its_secrets(self):
        compose = yaml.safe_load((PACKAGING / "compose/compose.yaml").read_text())
        text = (PACKAGING / "compose/serve.toml").read_text()
        secrets = set(re.findall(r"/run/secrets/(\w+)", text))
        self.assertEqual(secrets, set(compose["services"]["seawall"]["secrets"]))
        self.write("serve.toml", text)
        done = self.run_seawall("doctor", "--config", "serve.toml", "--store", "sqlite:lists.db", "--json",
                                "--access-key", "access.key")
        found = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertIn(("settings", "ok"), [(one["check"], one["health"]) for one in found], found)

    def test_the_image_is_made_of_what_is_there(self):
        text = (PACKAGING / "compose/Dockerfile").read_text()
        for source in re.findall(r"^COPY (?!--from)(\S+) ", text, flags=re.M):
            self.assertTrue((ROOT / source).exists(), source)
        self.assertRegex(text, r"\nUSER 10001:10001\n")
        presets = json.loads((ROOT / "CMakePresets.json").read_text())
        self.assertIn("release", [preset["name"] for preset in presets["configurePresets"]])
        options = re.findall(r"-D(\w+)=", text)
        lists = (ROOT / "CMakeLists.txt").read_text()
        for option in options:
            self.assertIn(f"option({option} ", lists)
        if shutil.which("dpkg"):
            worker = Path(SEAWALL).parent / "media_worker"
            needed = subprocess.run([PACKAGING / "needed_packages", SEAWALL, worker], capture_output=True, text=True,
                                    check=True, timeout=60).stdout.split()
            for package in ("libssl3", "libseccomp2", "libsqlite3-0"):
                self.assertIn(package, needed)


if __name__ == "__main__":
    main()
