"""UMAC against the vectors of RFC 4418, appendix."""

from __future__ import annotations

import pytest

from tunnel_impl.ssh.umac import Umac

_KEY, _NONCE = b"abcdefghijklmnop", b"bcdefghi"


@pytest.mark.parametrize(
    ("message", "tag"),
    [
        (b"", "6E155FAD26900BE1"),
        (b"a" * 3, "44B5CB542F220104"),
        (b"a" * 2**10, "26BF2F5D60118BD9"),
        (b"a" * 2**15, "27F8EF643B0D118D"),
        (b"abc", "D4D7B9F6BD4FBFCF"),
        (b"abc" * 500, "D4CF26DDEFD5C01A"),
    ],
)
def test_umac_64(message: bytes, tag: str) -> None:
    """The tag of 8 bytes is right for messages of less and more than a block."""
    assert Umac(_KEY, 8).digest(message, _NONCE).hex().upper() == tag


def test_umac_128_begins_with_the_hash_of_umac_64() -> None:
    """Both are made of the same streams, so without their pads they begin alike."""
    message = b"abc" * 500
    short, long = Umac(_KEY, 8), Umac(_KEY, 16)
    hashes = [
        bytes(one ^ other for one, other in zip(mac.digest(message, _NONCE), mac._pad_of(_NONCE), strict=True))
        for mac in (short, long)
    ]
    assert hashes[1][:8] == hashes[0]


def test_too_long() -> None:
    """What RFC 4418 hashes in another way is refused, not hashed wrongly."""
    with pytest.raises(ValueError, match="16 MiB"):
        Umac(_KEY, 8).digest(bytes((1 << 24) + 1), _NONCE)
