"""What every end-to-end test needs: the real program, a folder of its own, harmless generated pictures."""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib
from pathlib import Path

SEAWALL = os.path.abspath(os.environ.get("SEAWALL_PROGRAM", "build/seawall"))
SEED = int(os.environ.get("SEAWALL_TEST_SEED", "20261121"))


def png(width, height, seed, rotate=False):
    """A smooth coloured pattern as PNG bytes: harmless, and of high PDQ quality."""
    rnd = random.Random(seed)
    grid = [[[rnd.randrange(256) for _ in range(3)] for _ in range(9)] for _ in range(9)]
    rows = []
    for y in range(height):
        row = []
        for x in range(width):
            gx, gy = x * 8 / width, y * 8 / height
            ix, iy = int(gx), int(gy)
            fx, fy = gx - ix, gy - iy
            row.append(tuple(int((grid[iy][ix][c] * (1 - fx) + grid[iy][ix + 1][c] * fx) * (1 - fy)
                                 + (grid[iy + 1][ix][c] * (1 - fx) + grid[iy + 1][ix + 1][c] * fx) * fy)
                             for c in range(3)))
        rows.append(row)
    if rotate:
        rows = [list(column) for column in zip(*rows[::-1])]
    raw = b"".join(b"\0" + bytes(v for pixel in row for v in pixel) for row in rows)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


class SeawallTest(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_seawall(self, *words, stdin=b"", code=None, env=None):
        done = subprocess.run([SEAWALL, *map(os.fsencode, words)], input=stdin, capture_output=True, timeout=120,
                              cwd=self.folder, env={**os.environ, **(env or {})})
        if code is not None:
            self.assertEqual(done.returncode, code, f"{words}: {done.stderr.decode(errors='replace')} (seed {SEED})")
        return done

    def lines(self, *words, **named):
        return [json.loads(line) for line in self.run_seawall(*words, **named).stdout.splitlines()]

    def write(self, name, data):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path

    def make_bank(self, rows=None, name="b"):
        self.run_seawall("bank", "create", name, code=0)
        if rows is not None:
            self.run_seawall("bank", "import", name, "-", stdin=csv_of(rows), code=0)


def csv_of(rows):
    return ("id,pdq\n" + "".join(f"{name},{value:064x}\n" for name, value in rows)).encode()


def main():
    print(f"seed {SEED}", file=sys.stderr)
    unittest.main()
