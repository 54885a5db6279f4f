"""Text that would act where it is shown is spelled out."""

from __future__ import annotations

import pytest

from harness.errors import FabricBroken, Failed
from harness.facts import Question
from harness.text.harmless import harmless, harmless_line
from harness.timeline import Entry, Timeline
from harness.verdict.result import Judged

_ACTING = {
    "a title for the terminal": ("\x1b]0;owned\x07", r"\x1b]0;owned\x07"),
    "an empty screen": ("\x1b[2J", r"\x1b[2J"),
    "a C1 control": ("\x9b2J", r"\x9b2J"),
    "a line that is written over": ("fail\rpass", r"fail\x0dpass"),
    "a NUL": ("\x00", r"\x00"),
    "a direction": ("\u202egnp.exe", r"\u202egnp.exe"),
    "a line separator": ("a\u2028b", r"a\u2028b"),
    "an invisible tag": ("\U000e0041", r"\U000e0041"),
    "no character of XML": ("\uffff", r"\uffff"),
    "half a character": ("\ud800", r"\ud800"),
    "a command of GitHub Actions": ("done\n  ::error file=a::b", "done\n  \\x3a:error file=a::b"),
    "a command of Azure Pipelines": ("see ##vso[task.complete]", "see \\x23#vso[task.complete]"),
}


@pytest.mark.parametrize(("text", "shown"), _ACTING.values(), ids=_ACTING)
def test_what_acts_is_spelled_out(text: str, shown: str) -> None:
    """As an escape that a person can read, and that is harmless itself."""
    assert harmless(text) == shown
    assert harmless(shown) == shown


@pytest.mark.parametrize("text", ["Grüße, 世界 👩‍💻\n\tend", "::1 and [::]:22", "#1 ## heading", "a::b::c"])
def test_what_does_not_act_stays(text: str) -> None:
    """Text in any script, lines, tabs, addresses."""
    assert harmless(text) == text


def test_line_ends_of_windows_are_line_ends() -> None:
    """A log that has them is no less readable."""
    assert harmless("one\r\ntwo\r\n\x00") == "one\ntwo\n\\x00"


def test_a_name_has_one_line() -> None:
    """What follows a line feed would look like another line of a report."""
    assert harmless_line("ssh\nPASS") == "ssh\\nPASS"
    assert Judged(asked_for="x", name="a\nb", version="\x1b[2J", language="C").version == r"\x1b[2J"


def test_an_error_is_harmless_when_it_is_printed() -> None:
    """Wherever that is: its message may hold what a program said."""
    assert str(FabricBroken("engine: \x1b[2J")) == r"engine: \x1b[2J"
    assert str(Failed("silence", "\x07")) == r"expected silence; observed \x07"


def test_an_entry_is_harmless_with_its_fact() -> None:
    """Also one that is read from the report of another machine."""
    timeline = Timeline()
    timeline.tell("client", "a", Question(number=1, about="prompt", words="\x1b[2J", message="{\x07}"))
    (entry,) = timeline.entries()
    assert entry == Entry.model_validate_json(entry.model_dump_json())
    assert "\x1b" not in repr(entry.fact)
    assert entry.text == r"asks 1: {\x07}"


def test_what_is_spelled_out_was_no_secret() -> None:
    """The timeline tells whether it had to redact anything; an escape is none of that."""
    assert not Timeline().add("client", "log", "a", "\x1b[2J")


def test_a_name_has_a_bounded_length() -> None:
    """It stands in every picture and table."""
    judged = Judged(asked_for="x", name="n" * 1_000_000, version="1", language="C")
    assert judged.name == "n" * 200 + "… (999800 more characters)"
