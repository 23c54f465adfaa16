"""Ed25519 as RFC 8032 section 5.1 writes it, slowly and with nothing but Python: for tests that sign as people do."""
import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def _base_x():
    squared = (BASE_Y * BASE_Y - 1) * pow(D * BASE_Y * BASE_Y + 1, P - 2, P)
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x % 2 else x


def _add(a, b):
    u, v = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    w, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = v - u, z - w, z + w, v + u
    return e * f % P, g * h % P, f * g % P, e * h % P


_X = _base_x()
_POWERS = [(_X, BASE_Y, 1, _X * BASE_Y % P)]  # The base point, doubled again and again.
for _ in range(254):
    _POWERS.append(_add(_POWERS[-1], _POWERS[-1]))


def _times(scalar):
    point = (0, 1, 1, 0)
    for i, power in enumerate(_POWERS):
        if scalar >> i & 1:
            point = _add(point, power)
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _secret(seed):
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little") & ~7 & ~(1 << 255) | 1 << 254
    return number, digest[32:]


def public_key(seed):
    return _times(_secret(seed)[0])


def sign(seed, message):
    number, prefix = _secret(seed)
    r = _number(prefix, message) % L
    point = _times(r)
    s = (r + _number(point, _times(number), message) * number) % L
    return point + s.to_bytes(32, "little")
