"""The picture of a timeline, read as the XML that it is."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report.picture import picture
from harness.report.picture.canvas import NAMESPACE
from harness.report.picture.measure import fit, width, wrap
from harness.report.picture.page import WIDTH
from harness.report.picture.palette import LEGIBLE, Rule
from harness.report.picture.rows import Extent, arrange
from harness.report.story import LANES
from harness.timeline import Entry
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result, StepResult

if TYPE_CHECKING:
    from conftest import MakeEntry, MakeResult

_ASCENT, _DESCENT = 0.93, 0.24
"""Of DejaVu Sans, in shares of the font's size."""

_WORDS = (
    "cut of a: in force",
    "cut of a: healed",
    "connection 1 opened",
    "connection 1 closed",
    "tunnel main is failed",
)
entries = st.builds(
    Entry,
    at=st.floats(-1, 300, allow_nan=False).map(lambda at: round(at, 4)),
    lane=st.sampled_from(LANES),
    kind=st.sampled_from(Entry.model_fields["kind"].annotation.__args__),  # type: ignore[union-attr]  # a Literal
    source=st.sampled_from(["a", "bastion", "to-target"]),
    text=st.one_of(st.sampled_from(_WORDS), st.text(max_size=120)),
)
steps = st.builds(
    StepResult,
    text=st.text(max_size=60),
    line=st.just(9),
    at=st.floats(0, 300),
    seconds=st.floats(0, 60),
    ended=st.sampled_from(["done", "failed"]),
)


@dataclass(frozen=True)
class Box:
    """What a text covers."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Tell whether they have a place in common."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)


def drawn(what: Result) -> ET.Element:
    """Return the picture as a tree."""
    return ET.fromstring(picture(what))  # noqa: S314 -- our own text


def of_class(tree: ET.Element, name: str) -> list[ET.Element]:
    """Return the elements of a class."""
    return [one for one in tree.iter() if one.get("class") == name]


def texts(tree: ET.Element) -> list[Box]:
    """Return the texts, and what they cover at most."""
    found = []
    for one in tree.iter(f"{{{NAMESPACE}}}text"):
        x, y, size = (float(one.attrib[key]) for key in ("x", "y", "font-size"))
        right = x + width(one.text or "", size, bold="font-weight" in one.attrib)
        found.append(Box(one.text or "", x, y - _ASCENT * size, right, y + _DESCENT * size))
    return [box for box in found if box.text.strip()]


def overlaps(tree: ET.Element) -> list[tuple[str, str]]:
    """Return the pairs of texts that cover one another."""
    return [(one.text, other.text) for one, other in itertools.combinations(texts(tree), 2) if one.meets(other)]


@settings(deadline=None)
@given(
    st.lists(entries, max_size=60),
    st.lists(steps, max_size=8),
    st.sampled_from(Verdict),
    st.text(max_size=400),
)
def test_any_result_can_be_drawn_without_one_text_over_another(
    make_result: MakeResult, timeline: list[Entry], steps: list[StepResult], verdict: Verdict, reason: str
) -> None:
    """Whatever programs wrote; the picture is XML, inside its frame, and the same each time."""
    what = make_result(*timeline, steps=tuple(steps), verdict=verdict, reason=reason)
    assert picture(what) == picture(what)
    tree = drawn(what)
    height = float(tree.attrib["height"])
    assert overlaps(tree) == []
    assert all(box.left >= 0 and box.right <= WIDTH and box.bottom <= height for box in texts(tree))


def test_a_dense_timeline_stays_readable(dense: Result) -> None:
    """Hundreds of lines become ticks, no text covers another, and nothing that is left out goes untold."""
    tree = drawn(dense)
    assert overlaps(tree) == []
    assert float(tree.attrib["height"]) < 2000
    shown = {box.text for box in texts(tree)}
    assert {"log · 600", "keep-alives · 60", "connections · 200", "more · 4"} <= shown
    assert len(of_class(tree, "ticks")) < 600


def test_a_failure_shows_what_broke_and_what_was_expected(frozen: Result) -> None:
    """The fault from its beginning to the end, the claim that all was well, the step that failed, in red."""
    tree = drawn(frozen)
    shown = {box.text for box in texts(tree)}
    assert {
        "FAIL",
        "the connections to be closed",
        "0 of 2 connections closed",
        "3  expect: closed",
        "✗ 6.900 s expected the connections to be closed; observed 0 of 2 connections closed",
        "freeze of bastion: from 2.000 s to the end",
        "connected",
        "7.000 evidence: process 7 was stopped",
    } <= shown
    (strip,) = of_class(tree, "strip")
    (failed,) = of_class(tree, "guide-failed")
    (bar,) = of_class(tree, "bar-failed")
    assert (
        float(strip.attrib["x"]) < float(failed.attrib["x1"]) < float(strip.attrib["x"]) + float(strip.attrib["width"])
    )
    assert float(failed.attrib["x1"]) == pytest.approx(float(bar.attrib["x"]) + float(bar.attrib["width"]), abs=0.2)


@pytest.mark.parametrize("name", ["step", "mark", "ticks", "fault", "state", "connection-line"])
def test_what_is_drawn_tells_its_time_and_its_whole_text(name: str, dense: Result) -> None:
    """Under the mouse, also where the label is cut or left out."""
    groups = of_class(drawn(dense), name)
    tips = [group.findtext(f"{{{NAMESPACE}}}title") or "" for group in groups]
    assert groups
    assert all(re.search(r"\d+\.\d{3} s", tip) for tip in tips)


def test_a_label_that_is_cut_is_whole_in_its_tooltip(make_entry: MakeEntry, make_result: MakeResult) -> None:
    """Nothing is lost."""
    text = "seen " * 100 + "last"
    tree = drawn(make_result(make_entry(1, "client", "observation", text)))
    (mark,) = of_class(tree, "mark")
    assert (mark.findtext(f"{{{NAMESPACE}}}text") or "").endswith("…")
    assert (mark.findtext(f"{{{NAMESPACE}}}title") or "").endswith("last")


def test_marks_of_one_moment_read_from_top_to_bottom(make_entry: MakeEntry, make_result: MakeResult) -> None:
    """In the order in which they happened."""
    near = [make_entry(1 + index / 1000, "client", "claim", f"word {'abc'[index]}") for index in range(3)]
    tree = drawn(make_result(*near, make_entry(60, "client", "log", "the end")))
    words = {box.text[-1]: box.top for box in texts(tree) if "word" in box.text}
    assert words["a"] < words["b"] < words["c"]


@pytest.mark.parametrize(
    "text", ["<script>alert('&')</script>", "nul \x00 bell \x07 escape \x1b[31m", "half \ud800 \ufffe"]
)
def test_nothing_that_a_program_wrote_breaks_the_picture(
    text: str, make_entry: MakeEntry, make_result: MakeResult
) -> None:
    """Markup is text, and what XML forbids is gone."""
    tree = drawn(make_result(make_entry(1, "client", "claim", text), verdict=Verdict.ERROR, reason=text, title=text))
    assert not list(tree.iter(f"{{{NAMESPACE}}}script"))
    assert len(of_class(tree, "mark")) == 1


def test_it_needs_nothing_but_itself(frozen: Result) -> None:
    """No script, no font, no link, nothing from elsewhere."""
    text = picture(frozen).replace(NAMESPACE, "")
    assert [word for word in ("http", "href", "<script", "@import", "url(", "<image") if word in text] == []
    assert "prefers-color-scheme:dark" in text


def test_a_scenario_that_was_not_run_has_its_reason(make_result: MakeResult) -> None:
    """There is nothing else to show."""
    tree = drawn(make_result(verdict=Verdict.NOT_RUN, reason="needs the docker fabric"))
    assert {"NOT-RUN", "reason", "needs the docker fabric"} <= {box.text for box in texts(tree)}


@pytest.mark.parametrize(("text", "ground"), LEGIBLE, ids=lambda rule: rule.name)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_texts_can_be_read_on_their_ground(text: Rule, ground: Rule, theme: int) -> None:
    """WCAG 2.2, 1.4.3 (AA): a contrast of 4.5 or more."""
    assert text.fill is not None
    assert ground.fill is not None
    brighter, darker = sorted((_luminance(text.fill[theme]), _luminance(ground.fill[theme])), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, as WCAG 2.2 defines it."""
    shares = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return sum(weight * share for weight, share in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


extents = st.lists(
    st.builds(
        lambda left, wide, rank: Extent(left, left + wide, rank),
        st.integers(0, 99),
        st.integers(0, 99),
        st.integers(0, 2),
    )
)


@given(extents, st.integers(1, 5))
def test_no_two_things_share_a_place_in_a_row(things: list[Extent], most: int) -> None:
    """There are never more rows than allowed."""
    rows = arrange(things, most)
    placed = [(row, one) for row, one in zip(rows, things, strict=True) if row is not None]
    assert all(row < most for row, _ in placed)
    for (row, one), (other_row, other) in itertools.combinations(placed, 2):
        assert row != other_row or one.right < other.left or other.right < one.left


def test_the_least_important_gives_way() -> None:
    """And of two alike the later one."""
    things = [Extent(0, 9, rank=1), Extent(1, 9, rank=0), Extent(2, 9, rank=0), Extent(3, 9, rank=0)]
    assert arrange(things, 2) == [None, 1, 0, None]


def test_a_text_is_cut_to_its_room() -> None:
    """With an ellipsis, and not at all where there is enough."""
    assert fit("enough", 100, 10) == "enough"
    cut = fit("far too long for that", 50, 10)
    assert cut.endswith("…")
    assert width(cut, 10) <= 50


@given(st.text(), st.integers(30, 200), st.integers(1, 4))
def test_wrapped_lines_fit(text: str, room: int, most: int) -> None:
    """Each of them, and there are no more than allowed."""
    lines = wrap(text, room, 10, most)
    assert len(lines) <= most
    assert all(width(line, 10) <= room for line in lines)
