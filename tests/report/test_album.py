"""The pictures beside a JSON report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.report.album import Album
from harness.verdict.lattice import Verdict

if TYPE_CHECKING:
    from conftest import MakeResult, Outputs


def test_those_that_did_not_conform_have_a_picture(every_verdict: Outputs) -> None:
    """The report tells where, relative to itself."""
    lines = [line for line in every_verdict.report if line["line"] == "result"]
    found = {line["result"]["verdict"]: line["picture"] for line in lines}
    assert found == {
        **dict.fromkeys(("pass", "unsupported", "not-run")),
        **{verdict: f"report.jsonl-timelines/mine.{verdict}.one.svg" for verdict in ("fail", "inconclusive", "error")},
    }
    for name in filter(None, found.values()):
        assert (every_verdict.folder / name).read_text().startswith("<svg ")


def test_all_have_one_where_all_are_asked_for(mended: Outputs) -> None:
    """Also what passed."""
    (_, passed, _) = mended.report
    assert (passed["result"]["verdict"], passed["picture"]) == ("pass", "report.jsonl-timelines/mine.mended.one.svg")


def test_a_second_run_leaves_no_picture_of_the_first(tmp_path: Path) -> None:
    """What is not ours stays."""
    folder = tmp_path / "report.jsonl-timelines"
    folder.mkdir()
    (folder / "old.svg").touch()
    (folder / "notes.txt").touch()
    Album(tmp_path / "report.jsonl").begin()
    assert [file.name for file in folder.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    ("scenario", "name"),
    [("jump/frozen_hop[first-hop]", "jump.frozen_hop.first-hop.svg"), ("../../etc", "etc.svg"), ("é" * 300, ".svg")],
)
def test_a_picture_is_named_for_its_scenario(tmp_path: Path, scenario: str, name: str, make_result: MakeResult) -> None:
    """In a way that suits files and addresses, inside the folder."""
    album = Album(tmp_path / "a.jsonl", frozenset(Verdict))
    assert album.keep(make_result(scenario=scenario)) == f"a.jsonl-timelines/{name}"


def test_two_scenarios_of_one_name_have_two_pictures(tmp_path: Path, make_result: MakeResult) -> None:
    """As two folders of the user's may hold them."""
    album = Album(tmp_path / "a.jsonl", frozenset(Verdict))
    names = {album.keep(make_result(scenario=scenario)) for scenario in ("mine/a b", "mine/a.b")}
    assert names == {"a.jsonl-timelines/mine.a.b.svg", "a.jsonl-timelines/mine.a.b-2.svg"}


def test_pictures_without_a_report_are_a_mistake(pytester: pytest.Pytester) -> None:
    """There is nothing that they could stand beside."""
    done = pytester.runpytest_subprocess("--tunspec-all-timelines", "-o", "tunspec_paths=.")
    assert "the pictures of all timelines are written beside a report; say where it goes" in done.stderr.str()
    assert done.ret == 2
