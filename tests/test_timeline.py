"""A timeline is bounded, whatever programs say."""

from __future__ import annotations

from harness.facts import Question
from harness.timeline import MOST_CHARACTERS, MOST_ENTRIES, Timeline


def test_the_beginning_and_the_end_of_a_flood_are_kept() -> None:
    """With how much of it is left out, at its place."""
    timeline = Timeline()
    for number in range(20_000):
        timeline.add("client", "log", "a", f"line {number}", at=timeline.began + number)
    entries = timeline.entries()
    assert len(entries) == MOST_ENTRIES + 1
    assert (entries[0].text, entries[-1].text) == ("line 0", "line 19999")
    (told,) = [entry for entry in entries if entry.source == "timeline"]
    assert told.text == f"({20_000 - MOST_ENTRIES} more are left out)"
    assert entries.index(told) == MOST_ENTRIES // 2


def test_long_lines_are_bounded_too() -> None:
    """By their characters in all, and each by itself; facts as well."""
    timeline = Timeline()
    for number in range(1000):
        timeline.tell(
            "client", "a", Question(number=number, about="prompt", words="w" * 100_000, message="m" * 100_000)
        )
    entries = timeline.entries()
    assert sum(len(entry.text) for entry in entries) <= MOST_CHARACTERS + 100
    assert max(len(entry.model_dump_json()) for entry in entries) < 30_000
    assert entries[-2].text.endswith("more characters)")


def test_a_flood_of_one_program_takes_nothing_from_another() -> None:
    """Nor from what the harness did and saw."""
    timeline = Timeline()
    timeline.add("bastion", "log", "sshd", "first")
    for number in range(10_000):
        timeline.add("client", "log", "a", f"line {number}")
        timeline.add("harness", "step", "line 1", f"step {number}")
    timeline.add("bastion", "log", "sshd", "last")
    entries = timeline.entries()
    assert [entry.text for entry in entries if entry.lane == "bastion"] == ["first", "last"]
    assert len([entry for entry in entries if entry.kind == "step"]) == 10_000
