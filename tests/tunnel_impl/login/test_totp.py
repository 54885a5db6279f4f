"""One-time codes: the right ones, each once, none about to expire."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import TunnelError
from tunnel_impl.base32 import decode_secret
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.login.totp import CodeGenerator, code_at
from tunnel_impl.profile import Algorithm, GeneratedTotp

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS: dict[Algorithm, bytes] = {
    "SHA1": b"12345678901234567890",
    "SHA256": b"12345678901234567890123456789012",
    "SHA512": b"1234567890123456789012345678901234567890123456789012345678901234",
}


@pytest.mark.parametrize(
    ("time", "sha1", "sha256", "sha512"),
    [
        (59, "94287082", "46119246", "90693936"),
        (1111111109, "07081804", "68084774", "25091201"),
        (1111111111, "14050471", "67062674", "99943326"),
        (1234567890, "89005924", "91819424", "93441116"),
        (2000000000, "69279037", "90698825", "38618901"),
        (20000000000, "65353130", "77737706", "47863826"),
    ],
)
def test_rfc_6238(time: int, sha1: str, sha256: str, sha512: str) -> None:
    """The codes are those of RFC 6238, appendix B; six digits are the last six."""
    for algorithm, code in (("SHA1", sha1), ("SHA256", sha256), ("SHA512", sha512)):
        totp = GeneratedTotp(SEEDS[algorithm], algorithm, digits=8)
        assert code_at(totp, time // 30) == code
        assert code_at(GeneratedTotp(SEEDS[algorithm], algorithm, digits=6), time // 30) == code[-6:]


@pytest.mark.parametrize(
    "text", ["MFRGGZDF", "mfrggzdf", "MFRG GZDF", "mfrg-gzdf", " MFRGGZDF\n", "MFRGGZDF========", "\tMFRGGZ DF"]
)
def test_secret(text: str) -> None:
    """Case, spaces, dashes and padding do not matter."""
    assert decode_secret(text) == b"abcde"


@pytest.mark.parametrize(
    "text", ["", " ", "=", "not-base32-018", "MFRGGZD1", "MFRGGZDFA", "MF=RGGZDF", "ÄÖ", "mfrggzdı"]
)
def test_bad_secret(text: str) -> None:
    """What is empty, incomplete or no base32 is refused, without being quoted."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the text is looked at below
        decode_secret(text)
    assert not text.strip(" =") or text not in str(caught.value)


class Peer:
    """A session that ends when told."""

    def __init__(self) -> None:
        self.calls: list[Callable[[], None]] = []

    hung_up = True
    reason = "the server closed the connection"

    def when_ended(self, call: Callable[[], None]) -> None:
        self.calls.append(call)

    def end(self) -> None:
        for call in self.calls:
            call()


class Clocked(CodeGenerator):
    """A generator whose time passes when it waits, and only then."""

    time = 1000.0
    interrupt: Callable[[], None] | None = None

    def now(self) -> float:
        return self.time

    def wait(self, over: threading.Event, seconds: float) -> bool:
        if self.interrupt:
            self.interrupt()
        self.time += seconds
        return over.is_set()


TOTP = GeneratedTotp(SEEDS["SHA1"])


@pytest.fixture
def codes() -> Clocked:
    """A generator at 1000 s: 20 s are left of step 33."""
    return Clocked(TOTP, Cancellation())


def test_at_once(codes: Clocked) -> None:
    """A code that is new and fresh is made without waiting."""
    assert (codes.next_code(Peer()), codes.time) == (code_at(TOTP, 33), 1000)


def test_never_twice(codes: Clocked) -> None:
    """A second code waits for the next time step, also when the clock was set back meanwhile."""
    made = [codes.next_code(Peer()), codes.next_code(Peer())]
    assert (made, codes.time) == ([code_at(TOTP, 33), code_at(TOTP, 34)], 1020)
    codes.time = 1000
    assert (codes.next_code(Peer()), codes.time) == (code_at(TOTP, 35), 1050)


@pytest.mark.parametrize(("left", "step"), [(3.0, 33), (2.9, 34), (0.1, 34)])
def test_never_about_to_expire(codes: Clocked, left: float, step: int) -> None:
    """A code with less than three seconds left is left alone, and the next one is made."""
    codes.time = 1020 - left
    assert codes.next_code(Peer()) == code_at(TOTP, step)


def test_closing_ends_the_wait() -> None:
    """Closing the tunnel ends the wait for a code as cancelled."""
    cancellation = Cancellation()
    codes = Clocked(TOTP, cancellation)
    codes.next_code(Peer())
    codes.interrupt = cancellation.cancel
    with pytest.raises(TunnelError) as caught:
        codes.next_code(Peer())
    assert caught.value.code == "cancelled"


def test_hanging_up_ends_the_wait(codes: Clocked) -> None:
    """A server that hangs up meanwhile is a timeout, which may be tried again; the code is not lost by it."""
    codes.next_code(Peer())
    peer = Peer()
    codes.interrupt = peer.end
    with pytest.raises(TunnelError) as caught:
        codes.next_code(peer)
    assert (caught.value.code, caught.value.passing) == ("timeout", True)
