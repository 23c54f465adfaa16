"""The units of the log, its signer, a witness and the key service (packaging/systemd/) against the real program."""
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import keys_support
from keys_support import KeyService, Log, Person
from support import SEAWALL, SeawallTest, main

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "packaging/systemd"
NAMES = ("seawall-log", "seawall-log-signer", "seawall-witness", "seawall-keys")
EXPOSURE_MAX = 1.4


class Units(SeawallTest):
    def text(self, name):
        return (UNITS / f"{name}.service").read_text()

    def values(self, name, setting):
        return re.findall(rf"^{setting}=(.*)$", self.text(name), flags=re.M)

    def needs_systemd(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")

    def test_systemd_takes_them_and_finds_them_confined(self):
        self.needs_systemd()
        for name in NAMES:
            copy = self.write(f"{name}.service", self.text(name).replace("/usr/bin/seawall", SEAWALL))
            done = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""), name)
            done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", copy], capture_output=True,
                                  text=True, timeout=60)
            exposure = re.search(rf"Overall exposure level for {name}.service: ([\d.]+)", done.stdout)[1]
            self.assertLessEqual(float(exposure), EXPOSURE_MAX, name)

    def test_what_they_start_are_command_lines_of_the_program(self):
        for name in NAMES:
            words = shlex.split(self.values(name, "ExecStart")[0])
            self.assertEqual(words[0], "/usr/bin/seawall")
            command = words[1:2] if words[1] == "witness" else words[1:3]
            text = self.run_seawall(*command, "--help", code=0).stdout.decode()
            for word in words[len(command) + 1:]:
                if word.startswith("--"):
                    self.assertIn(word + " ", text, name)

    def test_their_options_files_are_told_in_the_guides(self):
        for name in NAMES:
            guide = (ROOT / "docs/howto" / ("key-service.md" if name == "seawall-keys" else "log.md")).read_text()
            self.assertIn(f"{name}.service", guide)
            self.assertIn(self.values(name, "EnvironmentFile")[0], guide)
            words = shlex.split(self.values(name, "ExecStart")[0])
            self.assertIn(words[-1].lstrip("$") + "=", guide)
            for word in re.findall(rf"{words[-1].lstrip('$')}=(.*)", guide)[0].split():
                if word.startswith("--"):
                    command = words[1:2] if words[1] == "witness" else words[1:3]
                    self.assertIn(word + " ", self.run_seawall(*command, "--help", code=0).stdout.decode())

    def test_their_accounts_are_made(self):
        made = (UNITS / "seawall.sysusers").read_text()
        for name in NAMES:
            self.assertRegex(made, rf"(?m)^u {self.values(name, 'User')[0]} ")
        for name in ("seawall-keys", "seawall-signer"):
            self.assertIn(f"m seawall {name}\n", made)

    def test_nobody_of_the_network_reaches_signer_and_keys(self):
        for name in ("seawall-log-signer", "seawall-keys"):
            self.assertEqual(self.values(name, "PrivateNetwork"), ["yes"])
            self.assertEqual(self.values(name, "RestrictAddressFamilies"), ["AF_UNIX"])
            self.assertEqual(self.values(name, "RuntimeDirectoryMode"), ["0750"])
            self.assertEqual((self.values(name, "LimitCORE"), self.values(name, "MemorySwapMax")), (["0"], ["0"]))

    def under(self, name):
        return [sys.executable, "-B", str(Path(__file__).parent / "under_unit.py"), str(UNITS / f"{name}.service"), SEAWALL]

    def test_the_key_service_runs_under_its_system_calls_and_limits(self):
        self.needs_systemd()
        service = KeyService(self, Log(self.random), program=self.under("seawall-keys"))
        service.ceremony([Person(name, "custodian", self.random) for name in ("ann", "bob", "cat")])
        made = service.ok("POST", "/record-keys", {"tenant": "forum", "case": "c", "record": "r", "version": 1})
        self.assertEqual(len(keys_support.base64.b64decode(made["key"])), 32)
        self.assertIn("Seccomp:\t2", Path(f"/proc/{service.process.pid}/status").read_text())
        service.stop()
        self.assertEqual(service.process.returncode, 0, service.said())

    def test_signer_witness_and_sequencer_run_under_theirs(self):
        self.needs_systemd()
        vkey = {}
        for name in ("log", "sequencer", "witness"):
            done = self.run_seawall("log", "keygen", "--for", name, f"{name}.example/1", f"{name}.key", code=0)
            vkey[name] = done.stdout.decode().strip()
        self.run_seawall("db", "create", "--store", "sqlite:lists.db", code=0)
        sockets = {name: f"unix:{self.folder}/{name}.sock" for name in ("signer", "witness", "log")}
        self.start("seawall-log-signer", "log", "sign", "signer", "--key", "log.key", "--sequencer", vkey["sequencer"],
                   "--listen", sockets["signer"])
        self.start("seawall-witness", "witness", "witness", "--key", "witness.key", "--log", vkey["log"], "--listen",
                   sockets["witness"])
        self.start("seawall-log", "log", "run", "log", "--store", "sqlite:lists.db", "--sequencer-key", "sequencer.key",
                   "--signer", f"{vkey['log']}={sockets['signer']}", "--witness", f"{vkey['witness']}={sockets['witness']}",
                   "--quorum", "1", "--listen", sockets["log"])
        head = self.folder / "log/checkpoint"
        self.eventually(head.exists, lambda: (self.folder / "seawall-log.err").read_text())
        self.assertEqual(len(re.findall(r"(?m)^— ", head.read_text())), 2, "the log's signature and the witness's")

    def eventually(self, condition, why):
        end = time.monotonic() + 30
        while not condition():
            self.assertLess(time.monotonic(), end, why())
            time.sleep(0.02)

    def start(self, unit, *words):
        with open(self.folder / f"{unit}.err", "wb") as errors:
            process = subprocess.Popen([*self.under(unit), *words], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=errors)
        self.addCleanup(self.end, process, unit)
        self.eventually(lambda: b"listening" in (self.folder / f"{unit}.err").read_bytes(),
                        lambda: (self.folder / f"{unit}.err").read_text())

    def end(self, process, unit):
        process.terminate()
        self.assertEqual(process.wait(timeout=30), 0, (self.folder / f"{unit}.err").read_text())


if __name__ == "__main__":
    main()
