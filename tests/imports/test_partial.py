"""Partial expectations: what is compared, and how a difference is told."""

from __future__ import annotations

from typing import Any

import pytest

from harness.adapter.protocol import ImportConfigOk, ImportedHop
from harness.scenario.language.partial import check_keys, differences

ANSWER = ImportConfigOk(host="db", port=22, user="deploy", jumps=(ImportedHop(host="jump", port=2222),))


@pytest.mark.parametrize(
    ("expected", "wrong"),
    [
        ({}, []),
        ({"host": "db", "jumps": [{"host": "jump"}]}, []),
        ({"user": None}, [("user", None, "deploy")]),
        ({"identities_only": 0}, [("identities_only", 0, False)]),
        ({"jumps": [{"port": 22}]}, [("jumps[0].port", 22, 2222)]),
        ({"identity_files": ["a"]}, [("identity_files", ["a"], [])]),
    ],
)
def test_only_what_is_named_is_compared(expected: dict[str, Any], wrong: list[tuple[str, Any, Any]]) -> None:
    """Keys that are left out may be anything; null, lists and lengths are meant."""
    assert list(differences(expected, ANSWER)) == wrong


def test_an_expectation_that_no_answer_can_meet_is_refused() -> None:
    """A misspelt key would otherwise never be looked at."""
    with pytest.raises(ValueError, match=r"jumps\.hots: an answer has no such key"):
        check_keys({"jumps": [{"hots": "jump"}]}, ImportConfigOk)
