#!/usr/bin/env python3
"""Builds the wheel, installs it into a fresh virtual environment without network, and runs its tests from there.

usage: check_package.py BUILD_FOLDER

Also runs mypy --strict where there is one. Nothing is left behind.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(*words, **named):
    print("+", *words, flush=True)
    subprocess.run([str(word) for word in words], check=True, timeout=240, **named)


def main():
    build = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        wheels = []
        for out in ("one", "two"):
            run(sys.executable, "-B", HERE / "build_wheel.py", build, folder / out)
            wheels.append(next((folder / out).glob("*.whl")))
        if wheels[0].read_bytes() != wheels[1].read_bytes():
            sys.exit("the wheel is not the same when it is built twice")
        run(sys.executable, "-m", "venv", folder / "venv")
        python = folder / "venv/bin/python"
        run(python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", wheels[0])
        shutil.copytree(HERE / "tests", folder / "tests")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SEAWALL"))}
        environment["SEAWALL_PROGRAM"] = str(build / "bin/seawall")
        run(python, "-B", "-m", "unittest", "discover", "--start-directory", "tests", cwd=folder, env=environment)
        if shutil.which("mypy"):
            run("mypy", "--strict", "--python-executable", python, "--cache-dir", folder / "mypy", "-p", "seawall",
                cwd=folder, env=environment)
        else:
            print("mypy is not installed: types were not checked")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
