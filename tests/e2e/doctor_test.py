"""seawall doctor: what it says of a good installation, and of each thing that is wrong."""
import json
import os
import re
import sqlite3
import subprocess

from serve_support import ServeTest
from support import SEAWALL, main


class Doctor(ServeTest):
    def doctor(self, *words, env=None):
        """{check: [finding, ...]} and the exit code."""
        done = subprocess.run([SEAWALL, "doctor", "--json", *words], cwd=self.folder, capture_output=True, timeout=120,
                              env={**os.environ, "SEAWALL_STORE": "", "SEAWALL_ACCESS_KEY": "", "SEAWALL_KEY": "",
                                   **(env or {})})
        found = {}
        for line in done.stdout.splitlines():
            finding = json.loads(line)
            self.assertIn(finding["health"], ("ok", "warn", "fail"))
            if finding["health"] != "ok":
                self.assertTrue(finding.get("do") or re.search("[:;]", finding["text"]), finding)
            found.setdefault(finding["check"], []).append(finding)
        worst = [one["health"] for all_ in found.values() for one in all_]
        if "fail" in worst:
            self.assertGreaterEqual(done.returncode, 3, done.stdout)
        else:
            self.assertEqual(done.returncode, 1 if "warn" in worst else 0, done.stdout)
        return found, done.returncode

    def health(self, found, check):
        return [finding["health"] for finding in found.get(check, [])]

    def settings(self, text=""):
        self.write("serve.toml", 'store = "sqlite:lists.db"\nfolder = "state"\naccess_key_file = "access.key"\n' + text)

    def certificate(self, days, name="server"):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", name + ".key", "-out", name + ".pem", "-days", str(days), "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1"],
                       cwd=self.folder, check=True, capture_output=True, timeout=60)
        (self.folder / (name + ".key")).chmod(0o600)

    def tls(self, name="server", key=None):
        self.settings(f'[[listen]]\naddress = "127.0.0.1:0"\ncertificate = "{name}.pem"\nkey = "{key or name}.key"\n')

    def test_a_good_installation_has_no_failure(self):
        self.make_list("known", "id,md5\na," + "0" * 31 + "1\n")
        self.settings()
        found, code = self.doctor("--config", "serve.toml", "--whole")
        self.assertIn(code, (0, 1), found)  # Swap, limits and time are this machine's.
        for check in ("settings", "store", "store-chain", "store-whole", "time-store", "access-key", "folder", "decoder",
                      "video-decoder"):
            self.assertEqual(self.health(found, check), ["ok"], found)
        for check in ("limit-memlock", "limit-nofile", "limit-core", "swap", "time-sync", "folder-space"):
            self.assertEqual(len(found[check]), 1, found)
        self.assertFalse((self.folder / "state").exists())  # It changes nothing.

    def test_lines_are_for_people_without_json(self):
        self.settings()
        done = subprocess.run([SEAWALL, "doctor", "--config", "serve.toml"], cwd=self.folder, capture_output=True, text=True,
                              timeout=120)
        for line in done.stdout.splitlines():
            self.assertRegex(line, r"^(ok    |warn  |fail  )[a-z-]+: .")
        self.assertIn("ok    store: it can be read, and has schema ", done.stdout)

    def test_wrong_settings_are_named_and_the_machine_is_still_looked_at(self):
        self.settings("queue_jobs_mux = 3\n")
        found, code = self.doctor("--config", "serve.toml")
        self.assertEqual((self.health(found, "settings"), code), (["fail"], 3))
        self.assertIn("serve.toml:4: ", found["settings"][0]["text"])
        self.assertEqual(self.health(found, "decoder"), ["ok"])
        self.assertEqual(self.doctor("--config", "no.toml")[1], 3)

    def test_a_store_that_is_not_there_or_of_another_schema(self):
        found, code = self.doctor("--store", "sqlite:nothing.db", "state", "--access-key", "access.key")
        self.assertEqual((self.health(found, "store"), code), (["fail"], 3), found)
        self.assertFalse((self.folder / "nothing.db").exists())
        with sqlite3.connect(self.folder / "lists.db") as database:
            database.execute("DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)")
        database.close()
        found, code = self.doctor("--store", "sqlite:lists.db", "state", "--access-key", "access.key")
        self.assertEqual((self.health(found, "store"), code), (["fail"], 3), found)
        self.assertIn("seawall db migrate", found["store"][0]["text"])

    def test_a_store_that_was_tampered_with_is_corrupt(self):
        self.make_list("known", "id,md5\na," + "0" * 31 + "1\n")
        with sqlite3.connect(self.folder / "lists.db") as database:
            tables = [row[0] for row in database.execute("SELECT name FROM sqlite_schema WHERE type='table'")]
            table = next(name for name in tables if {"chain", "version"} <= {
                row[1] for row in database.execute(f"PRAGMA table_info({name})")} and "state" not in name)
            changed = database.execute(f"UPDATE {table} SET chain = zeroblob(32) WHERE version = 2").rowcount
            self.assertEqual(changed, 1, tables)
        database.close()
        found, code = self.doctor("--store", "sqlite:lists.db", "state", "--access-key", "access.key")
        self.assertEqual((self.health(found, "store-chain"), code), (["fail"], 5), found)

    def test_an_access_key_that_others_can_read_or_that_is_missing(self):
        self.settings()
        (self.folder / "access.key").chmod(0o644)
        found, code = self.doctor("--config", "serve.toml")
        self.assertEqual((self.health(found, "access-key"), code), (["fail"], 3))
        self.assertIn("chmod 600", found["access-key"][0]["text"])
        found, code = self.doctor("--store", "sqlite:lists.db", "state")
        self.assertEqual((self.health(found, "access-key"), code), (["fail"], 3))

    def test_a_folder_that_is_a_file_or_open_to_everybody(self):
        self.settings()
        (self.folder / "state").mkdir(mode=0o700)
        (self.folder / "state").chmod(0o777)
        found, _ = self.doctor("--config", "serve.toml")
        self.assertEqual(self.health(found, "folder"), ["warn"])
        (self.folder / "state").rmdir()
        self.write("state", "a file")
        found, code = self.doctor("--config", "serve.toml")
        self.assertEqual((self.health(found, "folder"), code), (["fail"], 3))

    def test_certificates_that_end_soon_or_are_another_keys(self):
        self.certificate(365)
        self.tls()
        found, _ = self.doctor("--config", "serve.toml")
        self.assertEqual((self.health(found, "certificate"), self.health(found, "certificate-key")), (["ok"], ["ok"]))
        self.assertRegex(found["certificate"][0]["text"], "good for 36[45] days")
        self.certificate(5, "short")
        self.tls("short")
        found, _ = self.doctor("--config", "serve.toml")
        self.assertEqual(self.health(found, "certificate"), ["warn"])
        self.assertRegex(found["certificate"][0]["text"], "ends in [45] days")
        self.tls("short", key="server")
        found, code = self.doctor("--config", "serve.toml")
        self.assertEqual((self.health(found, "certificate"), code), (["fail"], 3))
        self.assertNotIn("certificate-key", found)

    def test_a_certificate_that_has_expired(self):
        self.certificate(365)
        # openssl req makes none that has ended already; its ca command does.
        self.write("ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\ndefault_md=sha256\n"
                             "policy=p\ncertificate=server.pem\nprivate_key=server.key\n[p]\ncommonName=supplied\n")
        self.write("index.txt", "")
        self.write("serial", "01\n")
        for words in (["req", "-new", "-key", "server.key", "-subj", "/CN=old", "-out", "old.csr"],
                      ["ca", "-batch", "-config", "ca.cnf", "-in", "old.csr", "-out", "old.pem", "-notext", "-startdate",
                       "20200101000000Z", "-enddate", "20200201000000Z"]):
            subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True, timeout=60)
        self.tls("old", key="server")
        found, code = self.doctor("--config", "serve.toml")
        self.assertEqual((self.health(found, "certificate"), code), (["fail"], 3))
        self.assertIn("expired at 2020-02-01", found["certificate"][0]["text"])

    def test_without_a_decoder_it_fails_with_4(self):
        self.settings()
        found, code = self.doctor("--config", "serve.toml", env={"SEAWALL_MEDIA_WORKER": "/bin/false"})
        self.assertEqual((self.health(found, "decoder"), code), (["fail"], 4), found)

    def test_a_server_that_runs_and_one_that_does_not(self):
        self.make_list("known", "id,md5\na," + "0" * 31 + "1\n")
        self.write("status.key", self.key("watch", ("status",)) + "\n").chmod(0o600)
        self.write("match.key", self.key("match", ("match",)) + "\n").chmod(0o600)
        self.serve()
        words = ("--store", "sqlite:lists.db", "other", "--access-key", "access.key", "--pid", str(self.process.pid),
                 "--server", f"http://127.0.0.1:{self.port}")
        found, code = self.doctor(*words, "--key-file", "status.key")
        self.assertIn(code, (0, 1), found)
        for check in ("server-ready", "server-version", "server-lists", "server-decoders"):
            self.assertEqual(self.health(found, check), ["ok"], found)
        found, code = self.doctor(*words, "--key-file", "match.key")
        self.assertEqual((self.health(found, "server-state"), code), (["fail"], 3))
        self.assertEqual(self.health(self.doctor(*words)[0], "server-ready"), ["ok"])
        self.stop()
        found, code = self.doctor(*words[:5], *words[-2:])
        self.assertEqual(self.health(found, "server-ready"), ["fail"])
        self.assertEqual(code, 4)

    def test_options_that_go_with_server_alone(self):
        self.run_seawall("doctor", "--key-file", "x", code=2)
        self.assertIn(b"--whole", self.run_seawall("doctor", "--help", code=0).stdout)


if __name__ == "__main__":
    main()
