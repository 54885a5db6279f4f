from __future__ import annotations

import pytest

from harness.facts import Proof
from harness.text.redaction import MARK, Redactor
from harness.timeline import Timeline


def test_a_known_secret_is_replaced_wherever_it_stands() -> None:
    """Inside words too."""
    redactor = Redactor()
    redactor.learn("hunter22")
    assert redactor("password=hunter22;hunter22x") == f"password={MARK};{MARK}x"


def test_a_secret_that_contains_another_is_replaced_whole() -> None:
    """The longest is taken first, so that no rest of it remains."""
    redactor = Redactor()
    redactor.learn("abcd", "abcdef")
    assert redactor("abcdef") == MARK


@pytest.mark.parametrize("cut", ["correct-horse", "horse-battery", "ect-hors"])
def test_a_part_of_a_secret_is_replaced(cut: str) -> None:
    """A text may have been cut within one."""
    redactor = Redactor()
    redactor.learn("correct-horse-battery")
    assert redactor(f"said {cut}.") == f"said {MARK}."


def test_two_secrets_beside_each_other_are_both_replaced() -> None:
    """Whether or not something stands between them."""
    redactor = Redactor()
    redactor.learn("correct-horse", "battery-staple")
    assert redactor("correct-horse battery-staplecorrect-horse") == f"{MARK} {MARK}{MARK}"


def test_a_secret_of_few_different_characters_takes_no_ordinary_text_with_it() -> None:
    """Only the whole of it is replaced."""
    redactor = Redactor()
    redactor.learn("0000000000000001")
    assert redactor("0000000000 0000000000000001") == f"0000000000 {MARK}"


def test_a_private_key_is_redacted_without_being_known() -> None:
    """Even one that was cut off."""
    text = "before\n-----BEGIN OPENSSH PRIVATE " + "KEY-----\nb3BlbnNzaC1rZXk"
    assert Redactor()(text) == f"before\n{MARK}"


def test_what_a_secret_has_in_common_with_public_text_stays_readable() -> None:
    """A key file holds its public key too, which begins like every other key of its type."""
    redactor = Redactor()
    redactor.learn("ssh-ed25519 AAAAC3NzaC1lZDI1 and the rest", public="ssh-ed25519 AAAAC3NzaC1lZDI1")
    assert redactor("an ssh-ed25519 key, AAAAC3NzaC1lZDI1; and the rest") == (
        f"an ssh-ed25519 key, AAAAC3NzaC1lZDI1;{MARK}"
    )


def test_a_secret_too_short_to_redact_is_refused() -> None:
    """Replacing it would eat ordinary text."""
    with pytest.raises(ValueError, match="cannot be redacted"):
        Redactor().learn("abc")


def test_nothing_secret_enters_the_timeline() -> None:
    """Entries are redacted when they are added."""
    redactor = Redactor()
    redactor.learn("hunter22")
    timeline = Timeline(redactor)
    assert timeline.add("client", "log", "adapter", "sent hunter22")
    assert timeline.entries()[0].text == f"sent {MARK}"


def test_nothing_secret_enters_the_timeline_as_a_value() -> None:
    """Neither the words of a fact nor the fact itself."""
    redactor = Redactor()
    redactor.learn("hunter22")
    timeline = Timeline(redactor)
    assert timeline.tell("client", "adapter", Proof(name="cut of a", seen="sent hunter22"))
    (entry,) = timeline.entries()
    assert (entry.text, entry.fact) == (f"cut of a: sent {MARK}", Proof(name="cut of a", seen=f"sent {MARK}"))
    assert not timeline.tell("client", "adapter", Proof(name="cut of a", seen="nothing"))
