"""packaging/hooks: what federated servers call before they keep a file, against the real service.

Synapse and pict-rs are not in Debian: their side is played here as they play it (Synapse's module_api and
media_storage.py, pict-rs' src/ingest.rs). seawall-check runs with the Python package as the wheel has it.
"""
import asyncio
import hashlib
import http.client
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import types
import unittest
import zipfile
from pathlib import Path

from serve_support import ServeTest
from support import SEAWALL, main, png

ROOT = Path(__file__).resolve().parents[2]
HOOKS = ROOT / "packaging/hooks"
NGINX = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


def setUpModule():
    """The package, unpacked from the wheel: a wheel is what its users have."""
    global PACKAGE
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    build = Path(SEAWALL).parent.parent
    subprocess.run([sys.executable, "-B", ROOT / "python/build_wheel.py", build, folder.name], check=True, timeout=240,
                   stdout=subprocess.DEVNULL)
    PACKAGE = Path(folder.name) / "package"
    with zipfile.ZipFile(next(Path(folder.name).glob("*.whl"))) as wheel:
        wheel.extractall(PACKAGE)
    for worker in PACKAGE.rglob("*worker*"):
        worker.chmod(0o755)


class Hooks(ServeTest):
    def setUp(self):
        super().setUp()
        self.listed = self.write("listed.png", png(200, 160, 7))
        self.other = self.write("other.png", png(200, 160, 8))
        self.text = self.write("note.txt", "listed text")
        hashes = json.loads(self.run_seawall("hash", "listed.png", "--json", code=0).stdout)
        self.make_list("known", f"id,pdq,md5\npicture,{hashes['pdq']},\nfile,,{hashlib.md5(b'listed text').hexdigest()}\n")
        self.default_key = self.key("hook", ("match", "metrics"))
        self.serve()

    def environment(self, **changes):
        return {**os.environ, "PYTHONPATH": str(PACKAGE), "SEAWALL_URL": f"http://127.0.0.1:{self.port}",
                "SEAWALL_KEY": self.default_key, **changes}

    def check(self, *words, stdin=b"", **changes):
        done = subprocess.run([sys.executable, "-B", HOOKS / "seawall-check", *words], input=stdin, capture_output=True,
                              timeout=120, env=self.environment(**changes))
        return done.returncode, done.stdout.decode().strip()

    def bytes_sent(self):
        return sum(line.get("bytes_in", 0) for line in self.log_lines() if line.get("path") == "/v1/match")

    def test_a_file_is_judged_by_its_hashes_alone(self):
        self.assertEqual(self.check(self.listed), (1, "block"))
        self.assertEqual(self.check(self.other), (0, "allow"))
        self.assertEqual(self.check(self.text, "--id", "note"), (1, "block"))
        self.assertEqual(self.check("-", stdin=self.listed.read_bytes()), (1, "block"))
        self.stop()
        # No media went anywhere: all four requests together are smaller than the smallest picture.
        self.assertGreater(self.bytes_sent(), 0)
        self.assertLess(self.bytes_sent(), min(4000, self.other.stat().st_size))

    def test_without_a_verdict_nothing_is_kept(self):
        damaged = self.write("damaged.pgm", b"P5\n100000 100000\n255\nfar too large")
        self.assertEqual(self.check(damaged), (2, ""))
        self.assertEqual(self.check("--fail-open", damaged), (0, "allow"))
        self.assertEqual(self.check(self.folder / "missing.png"), (2, ""))
        self.assertEqual(self.check(self.other, "--bank", "nothere"), (2, ""))
        self.assertEqual(self.check(self.other, SEAWALL_KEY="swk_" + "a" * 76), (2, ""))
        self.assertEqual(self.check(self.other, SEAWALL_URL=""), (2, ""))
        self.assertEqual(self.check(self.other, PYTHONPATH=""), (2, ""))  # Without the package.
        self.assertEqual(self.check(), (2, ""))
        self.stop()
        self.assertEqual(self.check(self.other, "--timeout", "2"), (2, ""))
        self.assertEqual(self.check(self.other, "--timeout", "2", "--fail-open"), (0, "allow"))

    def synapse(self, **changes):
        """The module as Synapse makes it, and the callback that it registers."""
        class Codes:
            FORBIDDEN = "M_FORBIDDEN"

        module_api = types.ModuleType("synapse.module_api")
        module_api.NOT_SPAM = "NOT_SPAM"
        errors = types.ModuleType("synapse.module_api.errors")
        errors.Codes = Codes
        stand_ins = {"synapse": types.ModuleType("synapse"), "synapse.module_api": module_api,
                     "synapse.module_api.errors": errors}
        for name, module in stand_ins.items():
            sys.modules[name] = module
            self.addCleanup(sys.modules.pop, name, None)
        spec = importlib.util.spec_from_file_location("seawall_synapse", HOOKS / "seawall_synapse.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        callbacks = {}
        api = types.SimpleNamespace(register_spam_checker_callbacks=callbacks.update, defer_to_thread=asyncio.to_thread)
        self.write("hook.key", self.default_key + "\n")
        wrapped = self.write("check", f"#!/bin/sh\nPYTHONPATH={PACKAGE} exec {sys.executable} -B {HOOKS}/seawall-check "
                             '"$@"\n')
        wrapped.chmod(0o755)
        config = {"address": f"http://127.0.0.1:{self.port}", "key_file": str(self.folder / "hook.key"),
                  "check": str(wrapped), "timeout": 5, **changes}
        module.SeawallMedia(module.SeawallMedia.parse_config(config), api)
        check = callbacks["check_media_file_for_spam"]
        return lambda path: asyncio.run(check(types.SimpleNamespace(path=str(path)), None))

    def test_synapse_keeps_nothing_that_is_listed(self):
        check = self.synapse()
        self.assertEqual(check(self.listed), "M_FORBIDDEN")
        self.assertEqual(check(self.other), "NOT_SPAM")
        self.assertEqual(self.synapse(check="/nowhere")(self.other), "M_FORBIDDEN")
        self.assertEqual(self.synapse(key_file="/nowhere")(self.other), "M_FORBIDDEN")
        with self.assertRaises(ValueError):
            self.synapse(fail_opne=True)
        with self.assertRaises(ValueError):
            self.synapse(address="")
        self.stop()
        self.assertEqual(check(self.other), "M_FORBIDDEN")
        self.assertEqual(self.synapse(fail_open=True)(self.other), "NOT_SPAM")

    @unittest.skipUnless(NGINX, "nginx is not installed (apt-get install nginx-light)")
    def test_pict_rs_keeps_nothing_that_is_listed(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        text = (HOOKS / "seawall-pictrs.conf").read_text()
        for old, new in (("127.0.0.1:8470", f"127.0.0.1:{port}"), ("127.0.0.1:8443", f"127.0.0.1:{self.port}"),
                         ("SEAWALL_KEY", self.default_key)):
            text = text.replace(old, new)
        paths = "".join(f"{kind}_temp_path {self.folder}/{kind};"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        self.write("nginx.conf", f"daemon off; master_process off; pid {self.folder}/nginx.pid;\n"
                   f"error_log {self.folder}/nginx.log;\nevents {{}}\nhttp {{ access_log off; {paths}\n{text}\n}}\n")
        nginx = subprocess.Popen([NGINX, "-e", self.folder / "nginx.log", "-c", self.folder / "nginx.conf"])
        self.addCleanup(nginx.wait)
        self.addCleanup(nginx.terminate)
        self.wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0, "nginx listens")

        def ask(path):
            """As pict-rs: a stream of unknown length with the type that it found."""
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("POST", "/validate", body=iter([path.read_bytes()]), headers={"Content-Type": "image/png"})
            status = connection.getresponse().status
            connection.close()
            return status

        self.assertEqual(ask(self.listed), 403)
        self.assertEqual(ask(self.other), 204)
        self.stop()
        self.assertGreaterEqual(ask(self.other), 500)


if __name__ == "__main__":
    main()
