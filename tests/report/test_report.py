"""The JSON report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest

from harness.command.schema import schema_of
from harness.errors import UsageError
from harness.report import model
from harness.verdict.lattice import Verdict

if TYPE_CHECKING:
    from conftest import Outputs


def test_it_has_a_header_the_results_and_a_footer(every_verdict: Outputs) -> None:
    """In this order, and it reads back."""
    assert [line["line"] for line in every_verdict.report] == ["header", *["result"] * 7, "footer"]
    report = model.read(every_verdict.folder / "report.jsonl")
    assert report.header.implementation == "reference"
    assert report.footer.verdicts == {verdict: 2 if verdict is Verdict.PASS else 1 for verdict in Verdict}


def test_the_footer_tells_the_exit_status_and_what_could_not_be_used(every_verdict: Outputs) -> None:
    """What pytest returned, and why."""
    footer = model.read(every_verdict.folder / "report.jsonl").footer
    assert footer.exit_status == every_verdict.status == 2
    (message,) = footer.invalid
    assert message.startswith(f"{every_verdict.folder / 'mine' / 'malformed.yaml'}:5: cases must be a mapping")


def test_every_line_fulfils_the_published_schema(every_verdict: Outputs, telltale: Outputs) -> None:
    """Other programs can rely on ``tunspec schema report``."""
    validator = jsonschema.Draft202012Validator(schema_of("report"))
    for line in (*every_verdict.report, *telltale.report):
        validator.validate(line)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (slice(0, -1), r"the report is not whole \(no footer: the run that wrote it was cut off\)"),
        (slice(1, None), "the report is not whole"),
        (slice(0, 0), "the report is not whole"),
    ],
)
def test_a_report_that_is_not_whole_is_refused(
    every_verdict: Outputs, tmp_path: Path, lines: slice, message: str
) -> None:
    """A run that was cut off has no say in a gate."""
    part = tmp_path / "part.jsonl"
    whole = (every_verdict.folder / "report.jsonl").read_text().splitlines(keepends=True)
    part.write_text("".join(whole[lines]))
    with pytest.raises(UsageError, match=message):
        model.read(part)


_FOOTER = '{"line": "footer", "verdicts": {}, "exit_status": 0, "seconds": %s, "waited": 0}'
_HEADER = (
    '{"line": "header", "tunspec": "1", "implementation": "x", "fabric": "embedded", "realtime": false, "scopes": [], '
    '"shard": [1, %s], "python": "3", "platform": "x", "started": "x"}'
)


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "not json",
        '{"line": "header"',
        _FOOTER % "NaN",
        _FOOTER % ("9" * 5000),
        _HEADER % 10**9,
        "[" * 100_000,
        "\udcff",
    ],
    ids=["nothing", "no JSON", "cut off", "NaN", "digits", "shards", "brackets", "no UTF-8"],
)
def test_a_file_that_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    """One message, which names the file."""
    file = tmp_path / "other.jsonl"
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(UsageError, match=rf"{file}:1: not a tunspec report: "):
        model.read(file)


def test_a_report_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(UsageError, match=r"nowhere\.jsonl: No such file or directory"):
        model.read(tmp_path / "nowhere.jsonl")
