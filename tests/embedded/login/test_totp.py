from __future__ import annotations

import base64
from typing import Any

import pyotp
import pytest

from harness.world.embedded.bastion.totp import Memory, SecondFactor

NOW = 1_700_000_005.0
SECRET = pyotp.random_base32()


def factor(memory: Memory | None = None, **differences: Any) -> SecondFactor:
    """Return a second factor with the usual parameters but for these."""
    usual = {"secret": SECRET, "algorithm": "SHA1", "digits": 6, "period": 30, "reuse": False, "tries": None}
    return SecondFactor({**usual, **differences}, memory or Memory())


def code(seconds: float) -> str:
    """Return the usual code of so many seconds from now."""
    return pyotp.TOTP(SECRET).at(int(NOW + seconds))


@pytest.mark.parametrize(
    ("algorithm", "digits", "expected"),
    [("SHA1", 8, "94287082"), ("SHA256", 8, "46119246"), ("SHA512", 8, "90693936"), ("SHA1", 6, "287082")],
)
def test_the_examples_of_the_standard_are_codes(algorithm: str, digits: int, expected: str) -> None:
    """RFC 6238, appendix B, at 59 s: seeds of 20, 32 and 64 bytes."""
    seed = {"SHA1": 20, "SHA256": 32, "SHA512": 64}[algorithm]
    secret = base64.b32encode((b"1234567890" * 7)[:seed]).decode()
    found = factor(secret=secret, algorithm=algorithm, digits=digits).find(expected, 59)
    assert found is not None
    assert (found.step, found.left) == (1, 1)


@pytest.mark.parametrize(("seconds", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_one_step_before_and_after_is_taken(seconds: float, good: bool) -> None:
    """The window is the present step and its two neighbours, as google-authenticator's default is."""
    assert (factor().find(code(seconds), NOW) is not None) is good


def test_what_is_left_of_a_code_is_told() -> None:
    """The present code has the rest of its period, the one before it less than nothing."""
    present, before = factor().find(code(0), NOW), factor().find(code(-30), NOW)
    assert present is not None
    assert before is not None
    assert (present.left, before.left) == (30 - NOW % 30, -(NOW % 30))


@pytest.mark.parametrize("period", [30, 60])
def test_the_period_is_the_servers(period: int) -> None:
    """A code of a 60 s period is none in a 30 s one, and the other way round."""
    theirs = pyotp.TOTP(SECRET, interval=period).at(int(NOW))
    assert factor(period=period).find(theirs, NOW)
    assert factor(period=90 - period).find(theirs, NOW) is None


@pytest.mark.parametrize("reuse", [True, False])
def test_a_code_is_taken_twice_only_where_that_is_allowed(reuse: bool) -> None:
    """A used code is known as used either way."""
    ours = factor(reuse=reuse)
    for again in (False, True):
        found = ours.find(code(0), NOW)
        assert found is not None
        assert found.used is again
        assert ours.take(found) is (reuse or not again)


def test_another_code_is_good_after_one_was_used() -> None:
    """Using one code up leaves the next."""
    ours = factor()
    first, second = ours.find(code(0), NOW), ours.find(code(30), NOW)
    assert first is not None
    assert second is not None
    assert ours.take(first)
    assert ours.take(second)


def test_attempts_are_limited_in_30_seconds() -> None:
    """Three are let through, the fourth is not and counts as well, after 30 s without any they are again."""
    ours = factor(tries=3)
    assert [ours.attempt(NOW + second) for second in (0, 1, 2, 3, 30, 61)] == [True, True, True, False, False, True]


def test_memory_passes_to_the_next_process() -> None:
    """Codes stay used and attempts counted when a bastion is restarted."""
    before = factor(tries=1)
    found = before.find(code(0), NOW)
    assert found is not None
    before.take(found)
    before.attempt(NOW)
    after = factor(Memory.read(before.memory.document()), tries=1)
    again = after.find(code(0), NOW)
    assert again is not None
    assert (again.used, after.attempt(NOW + 1)) == (True, False)


def test_a_server_without_a_second_factor_knows_no_code() -> None:
    """Nothing is a code, and every attempt is let through."""
    none = SecondFactor(None, Memory())
    assert (none.find("123456", NOW), none.attempt(NOW), none.digits) == (None, True, 0)
