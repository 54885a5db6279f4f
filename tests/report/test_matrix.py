"""Runs side by side: the JSON, the page, the Markdown and the badges."""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from rich.console import Console

from harness.command.reports.report import write_page
from harness.command.schema import schema_of
from harness.errors import UsageError
from harness.report import model
from harness.report.matrix.build import matrix_of
from harness.report.matrix.model import Matrix, read
from harness.report.matrix.page import render
from harness.report.matrix.text import badge, markdown
from harness.report.matrix.view import View
from harness.verdict.lattice import Verdict
from harness.verdict.result import Judged, Result

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeResult

_EVIL = "<script>alert(1)</script>&\"'"


def _report(name: str, *results: Result) -> model.Report:
    judged = [
        one.model_copy(update={"implementation": Judged(asked_for=name, name=name, version="1", language="C")})
        for one in results
    ]
    header = model.Header(
        tunspec="0.1.0",
        implementation=name,
        fabric="embedded",
        realtime=False,
        scopes=("core", "resilience"),
        python="3.11",
        platform="Linux",
        started="2027-01-01T00:00:00Z",
    )
    footer = model.footer(judged, header.scopes, invalid=(), broken=(), seconds=1.0)
    return model.Report(header=header, results=tuple(judged), pictures=(None,) * len(judged), footer=footer)


@pytest.fixture
def two(make_result: MakeResult, frozen: Result) -> Matrix:
    """One that passes, and one that fails one scenario and does not support another."""
    unsupported = make_result(
        scenario="jump/chain", title="Two hops", covers=("JUMP-1",), verdict=Verdict.UNSUPPORTED, reason="jump"
    )
    bad = frozen.model_copy(update={"adapter_log": _EVIL, "observed": _EVIL, "expected": "2 s", "broken": ("LIV-4",)})
    good = make_result(scenario=frozen.scenario, title=frozen.title, covers=frozen.covers)
    return matrix_of([_report("good", good), _report(_EVIL, bad, unsupported)])


def _packed(page: str, element: str) -> Any:
    text = re.search(rf'id="{element}">([^<]+)<', page)
    assert text is not None, f"the page has no {element}"
    return json.loads(zlib.decompress(base64.b64decode(text[1])))


def test_a_requirement_is_broken_only_by_a_scenario_that_says_so(two: Matrix) -> None:
    """A tunnel that failed for LIV-4 has shown nothing of LIV-3."""
    lines = {line.requirement.id: line for line in View(two).lines}
    assert [cell and cell.verdict for cell in lines["LIV-3"].cells] == [Verdict.PASS, Verdict.INCONCLUSIVE]


def test_a_broken_requirement_counts_by_what_it_loses(make_result: MakeResult) -> None:
    """DATA-1 loses data, HOST-2 secrets, LIV-4 the tunnel, ERR-7 time."""
    broken = ("DATA-1", "HOST-2", "LIV-4", "ERR-7")
    fails = [make_result(scenario=f"data/{name}", covers=(name,), verdict=Verdict.FAIL) for name in broken]
    (summary,) = View(matrix_of([_report("mine", *fails)])).summaries
    assert {kind: [one.id for one in found] for kind, found in summary.broken.items() if found} == {
        "data": ["DATA-1"],
        "secrets": ["HOST-2"],
        "tunnel": ["LIV-4"],
        "time": ["ERR-7"],
    }


def test_a_summary_says_what_it_never_does(two: Matrix) -> None:
    """In the words of a user, not of the protocol."""
    assert View(two).summaries[1].never == ("pass jump hosts",)


def test_the_page_shows_nothing_of_an_adapter_s_as_markup(two: Matrix) -> None:
    """Its name stands in the table, its words in what a cell opens."""
    page = render(two, _EVIL)
    assert "<script>alert" not in page
    (column,) = [one for one in two.columns if one.id != "good-embedded"]
    detail = _packed(page, f"details-{column.id}")["liveness/frozen_server"]
    assert "<script>" not in detail["html"]
    assert "&lt;script&gt;" in detail["html"]


def test_a_cell_opens_what_explains_it(two: Matrix) -> None:
    """Expected, observed, the picture of the timeline."""
    detail = _packed(render(two, "Two"), f"details-{two.columns[1].id}")["liveness/frozen_server"]
    assert "<dt>Expected</dt><dd>2 s</dd>" in detail["html"]
    assert detail["picture"].startswith("<svg") or "<svg" in detail["picture"][:200]


def test_every_cell_can_be_linked_to(two: Matrix) -> None:
    """By the requirement and the column."""
    assert 'href="#LIV-3/good-embedded"' in render(two, "Two")


def test_nothing_is_loaded_from_elsewhere(two: Matrix) -> None:
    """The page's own policy forbids it, and it has nothing to load."""
    page = render(two, "Two")
    assert "default-src 'none'" in page
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page) == []


def test_two_runs_of_one_implementation_stand_apart(make_result: MakeResult) -> None:
    """As a page of before and after does."""
    matrix = matrix_of([_report("mine", make_result()), _report("mine", make_result())])
    assert [column.id for column in matrix.columns] == ["mine-embedded", "mine-embedded-2"]


def test_two_runs_of_one_implementation_are_called_by_their_times(make_result: MakeResult) -> None:
    """And by a number where even these are the same."""
    first, second = _report("mine", make_result()), _report("mine", make_result())
    header = second.header.model_copy(update={"started": "2027-01-02T00:00:00Z"})
    later = second.model_copy(update={"header": header})
    assert list(View(matrix_of([first, later])).names.values()) == ["mine, 2027-01-01 00:00", "mine, 2027-01-02 00:00"]
    assert list(View(matrix_of([first, second])).names.values())[1] == "mine, 2027-01-01 00:00 (run 2)"


def test_two_runs_say_what_changed(make_result: MakeResult) -> None:
    """New failures first; two implementations have nothing that changed."""
    passed, failed = (make_result(verdict=verdict) for verdict in (Verdict.PASS, Verdict.FAIL))
    other = make_result(scenario="data/echo")
    before, after = _report("mine", passed, other), _report("mine", failed)
    kinds = {
        kind: [one.row.scenario for one in found] for kind, found in View(matrix_of([before, after])).changes.items()
    }
    assert kinds == {"worse": ["liveness/frozen_server"], "better": [], "other": ["data/echo"]}
    assert View(matrix_of([before, _report("other", failed)])).changes == {}


def test_a_pass_keeps_its_evidence(make_result: MakeResult) -> None:
    """A cell that passed says why that is to be believed."""
    page = render(matrix_of([_report("mine", make_result(evidence=("process 7 was stopped",)))]), "Mine")
    cells = _packed(page, "overview")["columns"]["mine-embedded"]["cells"]
    assert cells["liveness/frozen_server"][-1] == ["process 7 was stopped"]


def test_the_json_is_read_as_it_was_written(two: Matrix, tmp_path: Path) -> None:
    """And fulfils its published schema."""
    file = tmp_path / "matrix.json"
    file.write_text(two.model_dump_json(), encoding="utf-8")
    jsonschema.validate(json.loads(file.read_text(encoding="utf-8")), schema_of("matrix"))
    assert read(file) == two


def test_a_run_without_results_is_told() -> None:
    """A column of nothing would look like one of passes that are filtered out."""
    with pytest.raises(UsageError, match="has no results"):
        matrix_of([_report("mine")])


def test_markdown_keeps_names_within_their_cells(make_result: MakeResult) -> None:
    """A name may hold what Markdown takes for a table or a tag."""
    text = markdown(matrix_of([_report("a|b<i>", make_result())]))
    assert "a\\|b\\<i\\> (1)" in text


def test_a_badge_is_a_picture_that_says_how_many_passed(two: Matrix) -> None:
    """Its title is read aloud."""
    badges = [badge(one) for one in View(two).summaries]
    titles = [ET.fromstring(one).findtext("{http://www.w3.org/2000/svg}title") for one in badges]  # noqa: S314 -- ours
    assert titles == ["tunspec: good: 1 of 1 passed", f"tunspec: {_EVIL}: 0 of 1 passed"]


def test_report_takes_runs_and_matrices(two: Matrix, make_result: MakeResult, tmp_path: Path) -> None:
    """The page is made of the JSON alone."""
    run, matrix, page = tmp_path / "run.jsonl", tmp_path / "matrix.json", tmp_path / "page.html"
    model.write(run, _report("mine", make_result()))
    matrix.write_text(two.model_dump_json(), encoding="utf-8")
    for file, name in ((run, "mine"), (matrix, "good")):
        write_page([file], page, Console(file=io.StringIO()))
        assert f"tunspec: {name}" in page.read_text(encoding="utf-8")
