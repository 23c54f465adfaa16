"""HPKE (RFC 9180) in base mode as the documents write it: X25519, HKDF-SHA256, AES-256-GCM. Slow, and for tests only."""
import hashlib
import hmac

P = 2**255 - 19
SUITE = b"HPKE\0\x20\0\x01\0\x02"


def x25519(secret, point):
    """RFC 7748 section 5."""
    k = int.from_bytes(secret, "little") & ~7 & (1 << 255) - 1 | 1 << 254
    k &= ~(1 << 255)
    u = int.from_bytes(point, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = (x2 + z2) % P, (x2 - z2) % P, (x3 + z3) % P, (x3 - z3) % P
        aa, bb, da, cb = a * a % P, b * b % P, d * a % P, c * b % P
        e = (aa - bb) % P
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def public_key(secret):
    return x25519(secret, (9).to_bytes(32, "little"))


def extract(suite, salt, label, secret):
    return hmac.digest(salt, b"HPKE-v1" + suite + label + secret, "sha256")


def expand(suite, key, label, info, size):
    return hmac.digest(key, size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info + b"\1", "sha256")[:size]


def sbox():
    """FIPS 197 section 5.1.1: the inverse in GF(2^8), then the affine map."""
    def times(a, b):
        out = 0
        while b:
            out ^= a if b & 1 else 0
            a, b = a << 1 ^ (0x11B if a & 0x80 else 0), b >> 1
        return out
    box = []
    for value in range(256):
        inverse = next((one for one in range(256) if times(value, one) == 1), 0)
        rotated = [inverse << n | inverse >> 8 - n for n in range(5)]
        box.append((rotated[0] ^ rotated[1] ^ rotated[2] ^ rotated[3] ^ rotated[4] ^ 0x63) & 0xFF)
    return box


SBOX = sbox()


def aes256(key):
    """A function that enciphers one block. FIPS 197."""
    words, rcon = [key[i:i + 4] for i in range(0, 32, 4)], 1
    for i in range(8, 60):
        last = words[-1]
        if i % 8 == 0:
            last = bytes(SBOX[one] for one in last[1:] + last[:1])
            last, rcon = bytes([last[0] ^ rcon]) + last[1:], rcon << 1
        elif i % 8 == 4:
            last = bytes(SBOX[one] for one in last)
        words.append(bytes(a ^ b for a, b in zip(words[i - 8], last)))
    rounds = [b"".join(words[i:i + 4]) for i in range(0, 60, 4)]

    def double(a):
        return a << 1 ^ (0x11B if a & 0x80 else 0)

    def encipher(block):
        state = bytes(a ^ b for a, b in zip(block, rounds[0]))
        for number in range(1, 15):
            state = bytes(SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16))
            if number < 14:
                mixed = []
                for c in range(0, 16, 4):
                    col = state[c:c + 4]
                    every = col[0] ^ col[1] ^ col[2] ^ col[3]
                    mixed += [col[i] ^ every ^ double(col[i] ^ col[(i + 1) % 4]) for i in range(4)]
                state = bytes(mixed)
            state = bytes(a ^ b for a, b in zip(state, rounds[number]))
        return state
    return encipher


def gcm_open(key, nonce, sealed):
    """NIST SP 800-38D, no associated data. None: it does not open."""
    encipher = aes256(key)
    subkey = int.from_bytes(encipher(bytes(16)), "big")

    def times(x, y):
        z = 0
        for i in range(127, -1, -1):
            z ^= y if x >> i & 1 else 0
            y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
        return z
    body, tag = sealed[:-16], sealed[-16:]
    digest = 0
    for i in range(0, len(body), 16):
        digest = times(digest ^ int.from_bytes(body[i:i + 16].ljust(16, b"\0"), "big"), subkey)
    digest = times(digest ^ len(body) * 8, subkey)
    mask = encipher(nonce + (1).to_bytes(4, "big"))
    if (digest ^ int.from_bytes(mask, "big")).to_bytes(16, "big") != tag:
        return None
    stream = b"".join(encipher(nonce + (2 + i).to_bytes(4, "big")) for i in range(-(-len(body) // 16)))
    return bytes(a ^ b for a, b in zip(body, stream))


def open_sealed(secret, sealed, info):
    """What was sealed for the owner of `secret`, or None."""
    enc, body = sealed[:32], sealed[32:]
    kem = b"KEM\0\x20"
    agreed = extract(kem, b"", b"eae_prk", x25519(secret, enc))
    shared = expand(kem, agreed, b"shared_secret", enc + public_key(secret), 32)
    context = b"\0" + extract(SUITE, b"", b"psk_id_hash", b"") + extract(SUITE, b"", b"info_hash", info)
    key = extract(SUITE, shared, b"secret", b"")
    return gcm_open(expand(SUITE, key, b"key", context, 32), expand(SUITE, key, b"base_nonce", context, 12), body)
