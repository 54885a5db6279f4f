"""Streamlined NTRU Prime with p=761 (NTRU Prime: round 3, https://ntruprime.cr.yp.to), the side that makes the key.

Not in constant time, which matters little for keys that are used once, and slower than the elliptic curves by far
(docs/algorithms.md): for servers that offer nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence

_P, _Q, _WEIGHT = 761, 4591, 286
_HALF = (_Q - 1) // 2
_ROUNDED = (_Q + 2) // 3
_LANE = 5
"""Bytes for one coefficient of a product: 761 * 4590**2 has 34 bits."""
_LIMIT = 16384
_SMALL_BYTES = (_P + 3) // 4
_HASH = 32
PUBLIC_BYTES, CIPHERTEXT_BYTES = 1158, 1039

_Poly = Sequence[int]


class PrivateKey:
    """A fresh key; ``public`` is what the peer gets. Its methods are named as those of the cryptography package."""

    def __init__(self) -> None:
        inverse = None
        while inverse is None:
            small = [secrets.randbelow(3) - 1 for _ in range(_P)]
            inverse = _inverse(small, 3)
        self._inverse: _Poly = inverse
        self._short = _short()
        tripled = _inverse([3 * one for one in self._short], _Q)
        if tripled is None:
            raise ArithmeticError("a short polynomial always has an inverse")
        self._h = _product(small, tripled, _Q)
        self.public = _encoded([(one + _HALF) % _Q for one in self._h], [_Q] * _P)
        self._rejected = secrets.token_bytes(_SMALL_BYTES)

    def public_key(self) -> PrivateKey:
        """Return what has the public half."""
        return self

    def public_bytes_raw(self) -> bytes:
        """Return the public half."""
        return self.public

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """Return the shared secret of 32 bytes; for a wrong ciphertext one that nobody knows.

        Raises ValueError when it has not 1039 bytes.
        """
        if len(ciphertext) != CIPHERTEXT_BYTES:
            raise ValueError(f"a ciphertext has {CIPHERTEXT_BYTES} bytes, not {len(ciphertext)}")
        rounded = [3 * one - _HALF for one in _decoded(ciphertext[:-_HASH], [_ROUNDED] * _P)]
        r = self._decrypted(rounded)
        packed = _packed(r)
        good = hmac.compare_digest(sealed(self.public, self._h, r), ciphertext)
        return session_secret(packed if good else self._rejected, ciphertext, good=good)

    def _decrypted(self, rounded: _Poly) -> _Poly:
        product = _product(rounded, self._short, _Q)
        e = [_centred(3 * one, _Q) % 3 for one in product]
        r = [_centred(one, 3) for one in _product(e, self._inverse, 3)]
        return r if sum(map(abs, r)) == _WEIGHT else [1] * _WEIGHT + [0] * (_P - _WEIGHT)


def sealed(public: bytes, h: _Poly, r: _Poly) -> bytes:
    """Return the ciphertext of the short polynomial ``r`` for a public key, which is ``h``."""
    rounded = [_centred(one, _Q) for one in _product(h, r, _Q)]
    body = _encoded([(one - _centred(one, 3) + _HALF) // 3 for one in rounded], [_ROUNDED] * _P)
    return body + _hashed(2, _hashed(3, _packed(r)) + _hashed(4, public))


def session_secret(packed: bytes, ciphertext: bytes, *, good: bool) -> bytes:
    """Return the secret; ``packed`` is what was sealed."""
    return _hashed(int(good), _hashed(3, packed) + ciphertext)


def _hashed(prefix: int, data: bytes) -> bytes:
    return hashlib.sha512(bytes([prefix]) + data).digest()[:_HASH]


def _short() -> _Poly:
    """Return a random polynomial of weight 286 with coefficients -1, 0 and 1."""
    poly = [0] * _P
    for place in secrets.SystemRandom().sample(range(_P), _WEIGHT):
        poly[place] = 2 * secrets.randbelow(2) - 1
    return poly


def _centred(value: int, modulus: int) -> int:
    half = modulus // 2
    return (value + half) % modulus - half


def _packed(small: _Poly) -> bytes:
    """Write coefficients from -1 to 1, four in a byte."""
    fours = [small[at : at + 4] for at in range(0, _P, 4)]
    return bytes(sum((one + 1) << 2 * place for place, one in enumerate(four)) for four in fours)


# --- polynomials modulo x**761 - x - 1 -----------------------------------------------------------------------


def _product(one: _Poly, other: _Poly, modulus: int) -> list[int]:
    """Multiply as whole numbers, with a lane for each coefficient."""
    number = _lanes(one, modulus) * _lanes(other, modulus)
    data = number.to_bytes(2 * _P * _LANE, "little")
    wide = [int.from_bytes(data[at : at + _LANE], "little") for at in range(0, len(data), _LANE)]
    for place in range(2 * _P - 1, _P - 1, -1):
        wide[place - _P] += wide[place]
        wide[place - _P + 1] += wide[place]
    return [value % modulus for value in wide[:_P]]


def _lanes(poly: _Poly, modulus: int) -> int:
    return int.from_bytes(b"".join((value % modulus).to_bytes(_LANE, "little") for value in poly), "little")


def _inverse(poly: _Poly, modulus: int) -> list[int] | None:
    """Return the inverse by Euclid's algorithm, None when there is none."""
    r0, r1 = [-1 % modulus, -1 % modulus, *[0] * (_P - 2), 1], _trimmed([value % modulus for value in poly])
    s0: list[int] = []
    s1 = [1]
    while len(r1) > 1:
        lead = pow(r1[-1], -1, modulus)
        while len(r0) >= len(r1):
            factor, shift = r0[-1] * lead % modulus, len(r0) - len(r1)
            r0 = _reduced(r0, r1, factor, shift, modulus)
            s0 = _reduced(s0, s1, factor, shift, modulus)
        r0, r1, s0, s1 = r1, r0, s1, s0
    if not r1:
        return None
    scale = pow(r1[0], -1, modulus)
    return [value * scale % modulus for value in s1] + [0] * (_P - len(s1))


def _reduced(poly: list[int], other: list[int], factor: int, shift: int, modulus: int) -> list[int]:
    """Return ``poly - factor * x**shift * other``."""
    poly = poly + [0] * (len(other) + shift - len(poly))
    end = shift + len(other)
    poly[shift:end] = [(x - factor * y) % modulus for x, y in zip(poly[shift:end], other, strict=True)]
    return _trimmed(poly)


def _trimmed(poly: list[int]) -> list[int]:
    while poly and not poly[-1]:
        poly.pop()
    return poly


# --- numbers of mixed radix as bytes -------------------------------------------------------------------------


def _encoded(values: Sequence[int], radices: Sequence[int]) -> bytes:
    """Write ``values``, each less than its radix."""
    out = bytearray()
    values, radices = list(values), list(radices)
    while len(values) > 1:
        pairs, products = [], []
        for at in range(0, len(values) - 1, 2):
            value, radix = values[at] + radices[at] * values[at + 1], radices[at] * radices[at + 1]
            while radix >= _LIMIT:
                out.append(value & 0xFF)
                value, radix = value >> 8, (radix + 255) >> 8
            pairs.append(value)
            products.append(radix)
        odd = len(values) & 1
        values, radices = pairs + values[len(values) - odd :], products + radices[len(radices) - odd :]
    value, radix = values[0], radices[0]
    while radix > 1:
        out.append(value & 0xFF)
        value, radix = value >> 8, (radix + 255) >> 8
    return bytes(out)


def _decoded(data: bytes, radices: Sequence[int]) -> list[int]:
    """Read what :func:`_encoded` wrote."""
    if len(radices) == 1:
        return [int.from_bytes(data, "little") % radices[0]]
    at, low, products = 0, [], []
    for one, other in zip(radices[::2], radices[1::2], strict=False):
        radix, begin = one * other, at
        while radix >= _LIMIT:
            at, radix = at + 1, (radix + 255) >> 8
        low.append((int.from_bytes(data[begin:at], "little"), 8 * (at - begin)))
        products.append(radix)
    odd = len(radices) & 1
    high = _decoded(data[at:], products + list(radices[len(radices) - odd :]))
    values = []
    for (value, bits), more, one, other in zip(low, high, radices[::2], radices[1::2], strict=False):
        whole = value + (more << bits)
        values += [whole % one, whole // one % other]
    return values + high[len(high) - odd :] if odd else values
