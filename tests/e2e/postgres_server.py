"""A PostgreSQL server of a test's own, on a socket in a folder of its own, that can be stopped."""
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

DEADLINE_S = 120


def programs():
    """The newest server's programs, where Debian puts them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if not found:
        raise RuntimeError("no server under /usr/lib/postgresql: install the package postgresql")
    return found[-1].parent


def account():
    """Whom it runs as: PostgreSQL refuses to run as root. Words for subprocess.run()."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise RuntimeError("root needs a user postgres or nobody to run PostgreSQL as")


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class PostgresServer:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="seawall-pg-", dir="/tmp"))  # Short, for the socket's path.
        self.who = account()
        self.server = None
        if self.who:
            os.chown(self.folder, self.who["user"], self.who["group"])
        self.run("initdb", "--no-sync", "--auth=trust", "--username=seawall", "--encoding=UTF8", "--locale=C",
                 "--pgdata", str(self.folder / "data"))
        with open(self.folder / "log", "ab") as log:
            self.server = subprocess.Popen(
                [programs() / "postgres", "-D", str(self.folder / "data"), "-k", str(self.folder), "-c",
                 "listen_addresses=", "-c", "fsync=off", "-c", "unix_socket_permissions=0777"],
                stdout=subprocess.DEVNULL, stderr=log, cwd="/", preexec_fn=end_with_parent, **self.who)
        until = time.monotonic() + DEADLINE_S
        while subprocess.run([programs() / "pg_isready", "-q", "-h", str(self.folder), "-d", "postgres"]).returncode:
            if self.server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("PostgreSQL does not start: " + (self.folder / "log").read_text())
            time.sleep(0.05)

    def run(self, program, *words):
        done = subprocess.run([programs() / program, *words], capture_output=True, cwd="/", **self.who)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode()}")

    def url(self, database="postgres"):
        return f"postgresql://seawall@/{database}?host={self.folder}"

    def new_database(self, name):
        self.run("createdb", "-h", str(self.folder), "-U", "seawall", name)
        return self.url(name)

    def processes(self):
        """The first of them before all others: once that is stopped, it makes no more."""
        out = [self.server.pid]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == self.server.pid:
                out.append(int(stat.parent.name))
        return out

    def pause(self):
        """As if its machine hung: connections stay open, new ones are taken by the system, nothing answers."""
        os.kill(self.server.pid, signal.SIGSTOP)
        for process in self.processes():
            os.kill(process, signal.SIGSTOP)

    def go_on(self):
        for process in reversed(self.processes() if self.server else []):
            try:
                os.kill(process, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def stop(self):
        """At once: whoever is connected loses the connection, whoever comes is refused."""
        if self.server is not None:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(timeout=DEADLINE_S)
            self.server = None

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
