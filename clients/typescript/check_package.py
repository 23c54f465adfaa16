#!/usr/bin/env python3
"""Compiles the TypeScript client strictly and runs its tests, in a copy. Needs node and tsc, and no network.

usage: check_package.py    exit code 77 where there is no node: skipped
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SKIPPED = 77


def run(*words, folder):
    print("+", *words, flush=True)
    subprocess.run(words, check=True, timeout=240, cwd=folder)


def build(folder):
    """A copy of the package in `folder`, compiled."""
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("dist", "node_modules"), dirs_exist_ok=True)
    run("tsc", "-p", ".", folder=folder)


def main():
    for tool, package in (("node", "nodejs"), ("tsc", "node-typescript")):
        if not shutil.which(tool):
            print(f"skipped: there is no {tool} on this machine; ./do setup installs it (Debian: {package})")
            return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        build(folder)
        run("tsc", "-p", "test", folder=folder)
        run("node", "--test", "test/", folder=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
