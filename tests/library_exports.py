#!/usr/bin/env python3
"""Fails unless the shared library exports exactly the functions that seawall.h declares.

usage: library_exports.py HEADER LIBRARY
"""
import re
import subprocess
import sys


def main():
    header, library = sys.argv[1:]
    with open(header, encoding="utf-8") as file:
        declared = set(re.findall(r"SEAWALL_API[^;(]*?\b(seawall_\w+)\(", file.read()))
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    exported = {line.split()[-1].split("@")[0] for line in symbols.splitlines() if line.strip()}
    for name in sorted(declared - exported):
        print(f"declared but not exported: {name}")
    for name in sorted(exported - declared):
        print(f"exported but not declared: {name}")
    print(f"{len(declared)} functions declared, {len(exported)} exported")
    return 0 if declared and declared == exported else 1


if __name__ == "__main__":
    sys.exit(main())
