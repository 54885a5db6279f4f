"""What must come of asking for a tunnel."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from pydantic import ValidationError

from harness.adapter.protocol import ErrorDetail
from harness.errors import Failed
from harness.scenario.verbs import tunnel
from harness.scenario.verbs.opening import Finish
from harness.scenario.verbs.outcome import ExpectedOutcome

REFUSED = ErrorDetail(code="auth-failed", message="The server takes no RSA key", hop=1)


@pytest.mark.parametrize(
    ("wanted", "came", "complaint"),
    [
        ({}, None, None),
        ({}, REFUSED, "finish to succeed"),
        ({"error": "auth-failed"}, None, "reported success"),
        ({"error": "auth-failed"}, REFUSED, None),
        ({"error": "timeout"}, REFUSED, "the error timeout"),
        ({"error": ("timeout", "auth-failed")}, REFUSED, None),
        ({"error": "auth-failed", "hop": 1}, REFUSED, None),
        ({"error": "auth-failed", "hop": 0}, REFUSED, "at hop 0"),
        ({"error": "any"}, REFUSED, None),
        ({"error": "any"}, None, "finish to be refused"),
        ({"error": "any", "says": "certificate"}, REFUSED, "a message that says 'certificate'"),
        ({"error": "auth-failed", "says": "rsa KEY"}, REFUSED, None),
        ({"error": "auth-failed", "says": "certificate"}, REFUSED, "a message that says 'certificate'"),
        ({"may_fail": "auth-failed"}, None, None),
        ({"may_fail": "auth-failed"}, REFUSED, None),
        ({"may_fail": "timeout"}, REFUSED, "the error timeout"),
        ({"may_fail": "auth-failed", "says": "certificate"}, REFUSED, "a message that says"),
    ],
)
def test_an_outcome_is_what_was_wanted_or_a_failure(
    wanted: dict[str, Any], came: ErrorDetail | None, complaint: str | None
) -> None:
    """Code, hop and words must all fit; ``may_fail`` forbids other failures only."""
    outcome = Finish(**wanted)
    with nullcontext() if complaint is None else pytest.raises(Failed, match=complaint):
        outcome._judge(came)


@pytest.mark.parametrize("verb", [Finish, tunnel.Open, tunnel.Test, tunnel.Reopen])
def test_refused_alone_stands_for_any_error(verb: type[ExpectedOutcome]) -> None:
    """The outcome is judged, whatever code the implementation has for it."""
    step = verb.read("refused", {})
    assert isinstance(step, ExpectedOutcome)
    assert step.error == "any"


@pytest.mark.parametrize(
    ("said", "features"),
    [
        ({"error": "any"}, set()),
        ({"error": "timeout"}, {"errors.code"}),
        ({"may_fail": ("timeout", "auth-failed")}, {"errors.code"}),
        ({"error": "any", "hop": 1}, {"errors.hop"}),
        ({"error": "any", "says": "key"}, set()),
    ],
)
def test_a_claim_is_read_only_of_who_makes_it(said: dict[str, Any], features: set[str]) -> None:
    """An implementation without error codes is judged by what it does."""
    assert Finish(**said).features() == features


def test_an_error_without_a_hop_is_shown_as_such() -> None:
    """A hop may be left out, and the print-out must not name one that was never said."""
    nowhere = ErrorDetail(code="auth-failed", message="no")
    with pytest.raises(Failed, match=r"auth-failed \(no\) without a hop"):
        Finish(error="any", hop=0)._judge(nowhere)


def test_what_a_message_should_say_must_be_a_regular_expression() -> None:
    """A mistake in it is found when the file is read, not when the scenario runs."""
    with pytest.raises(ValidationError, match="says"):
        Finish(says="(")


@pytest.mark.parametrize("said", [{"hop": 0}, {"says": "key"}, {"error": "timeout", "may_fail": "timeout"}])
def test_what_could_not_be_judged_is_a_mistake_of_the_file(said: dict[str, Any]) -> None:
    """A hop or words without a failure would never be looked at."""
    with pytest.raises(ValidationError, match="say error"):
        Finish(**said)
