"""How a banner may be shown: word for word, its control characters left out or written out."""

from __future__ import annotations

import pytest

from harness.scenario.observations.login import has_words

BANNER = "Authorised use only!\r\nHelp: \x1b[31mred\x1b[0m text\r\n"


@pytest.mark.parametrize(
    "end", ["\n", "\r\n", " ", "^M\n", "\\r\n", "\\x0d\n", "<U+000D>\n", "\N{REPLACEMENT CHARACTER}\n"]
)
def test_the_end_of_a_line_may_be_shown_in_any_way(end: str) -> None:
    """The carriage return is a control character: it may go, stay, or become visible."""
    assert has_words(f"Authorised use only!{end}Help: text{end}", BANNER)


@pytest.mark.parametrize(
    "shown",
    [
        "Authorised only!\nHelp: text\n",
        "Authorised use only!\nHelp:\n",
        "Authorised uses only!\nHelp: text\n",
        "only! use Authorised\nHelp: text",
    ],
    ids=["a-word-less", "its-end-missing", "another-word", "another-order"],
)
def test_other_words_are_not_the_banner(shown: str) -> None:
    """Each word must be there, as it is and in its place."""
    assert not has_words(shown, BANNER)
