"""Which requirements an outcome breaks."""

from __future__ import annotations

from typing import Any

import pytest

from harness.repro.judgement import Answer, Expected, answer, broken
from harness.repro.outcome import Outcome


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
    ],
)
def test_an_outcome_breaks_what_it_does_not_fulfil(
    expected: Expected, seen: dict[str, Any], requirements: tuple[str, ...]
) -> None:
    """And nothing else."""
    assert broken(expected, outcome(**seen)) == requirements


@pytest.mark.parametrize(
    ("seen", "requirements", "word"),
    [
        ({"request": "answered"}, (), Answer.SURVIVED),
        ({}, (), Answer.RECOVERED),
        (LOST, (), Answer.DROPPED),
        (LOST, ("REC-2",), Answer.BROKE),
    ],
)
def test_the_answer_is_one_word(seen: dict[str, Any], requirements: tuple[str, ...], word: Answer) -> None:
    """A broken requirement outweighs everything."""
    assert answer(outcome(**seen), requirements) is word
