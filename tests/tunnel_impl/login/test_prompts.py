"""Which prompt asks for what."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness import documents
from tunnel_impl.login.prompts import Wants, classify

_ANSWERS = {
    "password": Wants.PASSWORD,
    "code": Wants.CODE,
    "password and code": Wants.PASSWORD_AND_CODE,
    "ask the user": Wants.OTHER,
}
TABLE: dict[str, list[str]] = documents.read(Path(__file__).with_name("prompts.yaml"))


@pytest.mark.parametrize("answer", TABLE)
def test_hidden(answer: str) -> None:
    """A hidden prompt gets what its words ask for, in whatever language, and nothing else."""
    wrong = {text: wants for text in TABLE[answer] if (wants := classify(text, echo=False)) is not _ANSWERS[answer]}
    assert not wrong


@pytest.mark.parametrize("answer", TABLE)
def test_visible(answer: str) -> None:
    """A visible prompt never gets the password; a code may be shown."""
    wanted = Wants.CODE if answer == "code" else Wants.OTHER
    assert {classify(text, echo=True) for text in TABLE[answer]} == {wanted}


@pytest.mark.parametrize(
    ("heading", "wants"),
    [
        ("PAM authentication", Wants.PASSWORD),
        ("This bastion asks for two-factor authentication.", Wants.PASSWORD),
        ("Your password expires in 3 days.", Wants.PASSWORD),
        ("Choose a new password.", Wants.OTHER),
        ("Your password has expired, set a new password", Wants.OTHER),
        ("Enter the verification code that was sent to your phone", Wants.OTHER),
        ("1. Password\n2. Smart card", Wants.OTHER),
        ("challenge 4711", Wants.OTHER),
    ],
)
def test_heading(heading: str, wants: Wants) -> None:
    """The name and instruction of a round can only make a prompt one for the user."""
    assert classify("Password:", echo=False, heading=heading) is wants


def test_long_prompt() -> None:
    """A prompt of a mebibyte is judged by its end."""
    assert classify("x " * (1 << 19) + "\nPassword: ", echo=False) is Wants.PASSWORD
