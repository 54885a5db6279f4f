"""UMAC-64 and UMAC-128 (RFC 4418), which authenticate packets as ``umac-64@openssh.com`` and the like."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from operator import mul

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 1024
_WORDS = _BLOCK // 4
_STEP = 16
"""How far the key of each next stream is shifted against the one before (RFC 4418 §5.2, Toeplitz)."""
_P36 = (1 << 36) - 5
_P64 = (1 << 64) - 59
_MASK32 = (1 << 32) - 1
_MASK64 = (1 << 64) - 1
_POLY_MASK = 0x01FFFFFF01FFFFFF
_FIRST_BYTES = 1 << 24
"""Beyond this many bytes a message is hashed in another way (RFC 4418 §5.3); no SSH packet is as long."""
_LOW31 = int.from_bytes(struct.pack(">I", (1 << 31) - 1) * _WORDS, "big")
_HIGH = int.from_bytes(struct.pack(">I", 1 << 31) * _WORDS, "big")
_UNPACK = struct.Struct(f">{_WORDS}I").unpack


class Umac:
    """A keyed hash of ``tag`` bytes, 8 or 16; the ``key`` has 16. A nonce must be used once only."""

    def __init__(self, key: bytes, tag: int) -> None:
        streams = tag // 4
        self.tag = tag
        nh_key = _derived(key, 1, _BLOCK + _STEP * (streams - 1))
        self._nh_keys = [int.from_bytes(nh_key[_STEP * one : _STEP * one + _BLOCK], "big") for one in range(streams)]
        poly = struct.unpack(f">{3 * streams}Q", _derived(key, 2, 24 * streams))
        self._poly_keys = [poly[3 * one] & _POLY_MASK for one in range(streams)]
        inner = struct.unpack(f">{8 * streams}Q", _derived(key, 3, 64 * streams))
        self._inner_keys = [tuple(word % _P36 for word in inner[8 * one + 4 : 8 * one + 8]) for one in range(streams)]
        self._inner_pads = struct.unpack(f">{streams}I", _derived(key, 4, 4 * streams))
        self._pad = Cipher(algorithms.AES(_derived(key, 0, 16)), modes.ECB()).encryptor()  # noqa: S305 -- a PRF

    def digest(self, data: bytes, nonce: bytes) -> bytes:
        """Return the tag of ``data`` under ``nonce``, which has 8 bytes. Raises ValueError for more than 16 MiB."""
        if len(data) > _FIRST_BYTES:
            raise ValueError("UMAC takes up to 16 MiB here")
        blocks = list(_blocks(data))
        hashed = b"".join(
            self._stream(blocks, number, key).to_bytes(4, "big") for number, key in enumerate(self._nh_keys)
        )
        return bytes(one ^ other for one, other in zip(hashed, self._pad_of(nonce), strict=True))

    def _pad_of(self, nonce: bytes) -> bytes:
        """Return the pad (RFC 4418 §3.3): of 8 bytes two are made from one block, picked by the last bit."""
        if self.tag == 16:
            return self._pad.update(nonce + bytes(8))
        half = nonce[-1] & 1
        block = self._pad.update(nonce[:-1] + bytes([nonce[-1] & 0xFE]) + bytes(8))
        return block[8 * half : 8 * half + 8]

    def _stream(self, blocks: list[tuple[int, int]], number: int, nh_key: int) -> int:
        hashes = [_nh(block, nh_key, bits) for block, bits in blocks]
        value = hashes[0] if len(hashes) == 1 else _poly(self._poly_keys[number], hashes)
        words = struct.unpack(">4H", value.to_bytes(8, "big"))
        total: int = sum(map(mul, words, self._inner_keys[number]))
        pad: int = self._inner_pads[number]
        return (total % _P36 & _MASK32) ^ pad


def _derived(key: bytes, index: int, count: int) -> bytes:
    """Return key material (RFC 4418 §3.2.1): AES of index and counter."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 -- a PRF
    blocks = -(-count // 16)
    plain = b"".join(struct.pack(">QQ", index, number) for number in range(1, blocks + 1))
    return encryptor.update(plain)[:count]


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Return each block as a number of 1024 bytes, read as little-endian words, with its length in bits."""
    for start in range(0, len(data) or 1, _BLOCK):
        part = data[start : start + _BLOCK]
        words = struct.unpack(f"<{_WORDS}I", part.ljust(_BLOCK, b"\0"))
        yield int.from_bytes(struct.pack(f">{_WORDS}I", *words), "big"), 8 * len(part)


def _nh(block: int, key: int, bits: int) -> int:
    """Hash one block (RFC 4418 §5.2.2): all words are added to the key's at once, then multiplied in pairs."""
    words = -(-max(bits, 1) // 256) * 8
    added = ((block & _LOW31) + (key & _LOW31)) ^ ((block ^ key) & _HIGH)
    sums = _UNPACK(added.to_bytes(_BLOCK, "big"))
    total = bits
    for first in range(4):
        total += sum(map(mul, sums[first:words:8], sums[first + 4 : words : 8]))
    return total & _MASK64


def _poly(key: int, hashes: list[int]) -> int:
    """Hash a list of 64-bit values into one (RFC 4418 §5.3.2)."""
    value = 1
    for one in hashes:
        if one >= (1 << 64) - (1 << 32):
            value = (value * key + _P64 - 1) % _P64
            value = (value * key + one - 59) % _P64
        else:
            value = (value * key + one) % _P64
    return value
