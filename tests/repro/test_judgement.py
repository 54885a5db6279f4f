"""Which requirements an outcome breaks."""

from __future__ import annotations

from typing import Any

import pytest

from harness.repro.judgement import Answer, Expected, answer, broken
from harness.repro.outcome import LoginTimes, Outcome


def outcome(**seen: Any) -> Outcome:
    """Return the outcome of a connection that was reset and came back, changed by ``seen``."""
    usual: dict[str, Any] = {
        "request": "ended",
        "asked_at": 5.0,
        "broke_at": 1.0,
        "back_at": 5.0,
        "dropped_at": 1.0,
        "noticed_at": 1.0,
        "noticed_by": "state",
        "said": "connected",
        "works_at": 5.1,
        "tries": ("works",),
    }
    return Outcome(**{**usual, **seen})


LOST = {"works_at": None, "tries": ("closed",)}
RETURNS = Expected(returns=("LIV-11", "REC-2"))
NOTICES = Expected(notices=6.0)


@pytest.mark.parametrize(
    ("expected", "seen", "requirements"),
    [
        (RETURNS, {}, ()),
        (RETURNS, LOST, ("LIV-11", "REC-2")),
        (Expected(), LOST, ()),
        (RETURNS, {**LOST, "request": "answered"}, ("TUN-1",)),
        (Expected(survives="LIV-1"), {}, ("LIV-1",)),
        (Expected(survives="LIV-1"), {"request": "answered"}, ()),
        (NOTICES, {"dropped_at": 6.9}, ()),
        (NOTICES, {"dropped_at": 7.1}, ("LIV-4",)),
        (NOTICES, {"dropped_at": 15.0, "awake_at": 10.0}, ()),
        (NOTICES, {"request": "hanging"}, ("LIV-4",)),
        (Expected(notices=6.0, silence="LIV-14"), {"request": "hanging"}, ("LIV-14",)),
        (Expected(settles=True), {**LOST, "said": "failed", "error": "auth-failed"}, ()),
        (Expected(settles=True), {**LOST, "said": "failed", "error": "connection-lost"}, ("REC-6",)),
        (Expected(settles=True), {**LOST, "said": "reconnecting", "error": "auth-failed"}, ("REC-6",)),
        (Expected(), {"tries": ("hanging",)}, ("REC-1",)),
        (Expected(hanging=None), {"tries": ("hanging",)}, ()),
        (Expected(), {"answers_status": False}, ("LIV-5",)),
        (Expected(stays="FLAKY-2"), {"logged_in_again": True}, ("FLAKY-2",)),
    ],
)
def test_an_outcome_breaks_what_it_does_not_fulfil(
    expected: Expected, seen: dict[str, Any], requirements: tuple[str, ...]
) -> None:
    """And nothing else."""
    assert broken(expected, None, outcome(**seen)) == requirements


@pytest.mark.parametrize(
    ("expected", "seen", "requirements"),
    [
        (Expected(opens=("OPEN-13",)), {"failed": 1, "error": "timeout"}, ("OPEN-13",)),
        (Expected(opens=("OPEN-13",)), {}, ()),
        (Expected(), {"failed": 1, "error": "timeout"}, ()),
        (Expected(in_common=False), {"failed": 1, "error": "timeout"}, ("KEX-2",)),
        (Expected(in_common=False), {"failed": 1, "error": "handshake-failed"}, ()),
        (Expected(shows="AUTH-13"), {"told": False}, ("AUTH-13",)),
        (Expected(shows="AUTH-13"), {"told": True}, ()),
    ],
)
def test_a_login_breaks_what_it_does_not_fulfil(
    expected: Expected, seen: dict[str, Any], requirements: tuple[str, ...]
) -> None:
    """Where no tunnel was open nothing else is asked of it."""
    never = Outcome(request="never") if "failed" in seen else outcome(request="answered")
    assert broken(expected, LoginTimes(took=1.0, **seen), never) == requirements


@pytest.mark.parametrize(
    ("seen", "requirements", "word"),
    [
        ([{"request": "answered"}], (), Answer.SURVIVED),
        ([{}], (), Answer.RECOVERED),
        ([LOST], (), Answer.DROPPED),
        ([{}, LOST], (), Answer.DROPPED),
        ([{}, {"request": "answered"}], (), Answer.RECOVERED),
        ([{"request": "never"}], (), Answer.KEPT_OUT),
        ([LOST], ("REC-2",), Answer.BROKE),
    ],
)
def test_the_answer_is_one_word(seen: list[dict[str, Any]], requirements: tuple[str, ...], word: Answer) -> None:
    """It is about the end; a broken requirement outweighs everything."""
    assert answer(tuple(outcome(**one) for one in seen), requirements) is word
