"""The published vectors through the whole program: PNM and PNG files, the sandboxed decoder, `hash --json`."""
import json
import struct
import zlib
from pathlib import Path

from support import SeawallTest, main

VECTORS = json.loads((Path(__file__).parent.parent / "data" / "pdq_generated.json").read_text())["vectors"]
PIXELS_MAX = 40_000  # A vector's picture is made in Python here; larger ones are in the unit tests.
MASK = (1 << 64) - 1


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


def pixels(vector):
    """The bytes that the vector's recipe names; fingerprint/detail/generated_picture.h is the same in C++."""
    seed, grid, noise = vector["seed"], vector["grid"], vector["noise"]
    width, height, channels = vector["width"], vector["height"], vector["channels"]
    field = {(i, j, k): mix(seed * 1000003 + ((j * 64 + i) * 4 + k)) & 255
             for j in range(grid + 2) for i in range(grid + 2) for k in range(channels)}
    out = bytearray()
    for y in range(height):
        down = y * grid * 256 // height
        j, fy = down >> 8, down & 255
        for x in range(width):
            across = x * grid * 256 // width
            i, fx = across >> 8, across & 255
            for k in range(channels):
                a = field[i, j, k] * (256 - fx) + field[i + 1, j, k] * fx
                b = field[i, j + 1, k] * (256 - fx) + field[i + 1, j + 1, k] * fx
                grain = mix(seed ^ 0x5555 ^ ((y * width + x) * 4 + k) * 0x1000193) & noise if noise else 0
                out.append(max(0, min(255, ((a * (256 - fy) + b * fy) >> 16) + grain - (noise + 1) // 2)))
    return bytes(out)


def pnm(vector, data):
    kind = b"P6" if vector["channels"] == 3 else b"P5"
    return kind + b"\n%d %d\n255\n" % (vector["width"], vector["height"]) + data


def png(vector, data):
    stride = vector["width"] * vector["channels"]
    rows = b"".join(b"\0" + data[at:at + stride] for at in range(0, len(data), stride))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    colour = 2 if vector["channels"] == 3 else 0
    header = struct.pack(">IIBBBBB", vector["width"], vector["height"], 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Pdq(SeawallTest):
    def test_hashes_files_of_the_vectors_as_the_reference_does(self):
        small = [vector for vector in VECTORS if vector["width"] * vector["height"] <= PIXELS_MAX]
        self.assertGreaterEqual(len(small), 8)
        for number, vector in enumerate(small):
            data = pixels(vector)
            self.write(f"pictures/{number:03}.png", png(vector, data))
            self.write(f"pictures/{number:03}.pnm", pnm(vector, data))
        lines = {line["path"]: line for line in self.lines("hash", "--json", "--dihedral", "pictures", code=0)}
        self.assertEqual(len(lines), 2 * len(small))
        for number, vector in enumerate(small):
            for form in ("png", "pnm"):
                line = lines[f"pictures/{number:03}.{form}"]
                self.assertEqual((line["width"], line["height"]), (vector["width"], vector["height"]))
                self.assertEqual(line["pdq_quality"], vector["quality"], vector)
                apart = (int(line["pdq"], 16) ^ int(vector["pdq"], 16)).bit_count()
                self.assertLessEqual(apart, 2 if vector["quality"] >= 50 else 256, vector)
                if apart:
                    print(f"{form} of seed {vector['seed']}: {apart} bits, quality {vector['quality']}")
                self.assertEqual(line["dihedral"]["original"], line["pdq"])


if __name__ == "__main__":
    main()
