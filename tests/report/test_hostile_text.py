"""No output of a run acts on a terminal, a page or a CI, whatever an adapter says."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from rich.console import Console

from harness.gate.judgement import judge
from harness.gate.outcome import GateOutcome
from harness.gate.telling import markdown, tell, workflow_commands
from harness.gate.terms import Terms
from harness.report.model import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Outputs

_ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]|^\\s*::(error|add-mask)|##vso", re.MULTILINE)
"""What acts somewhere, written down once more: what is tested does not say what it does not do."""


def outcome_of(outputs: Outputs) -> GateOutcome:
    """Return what a gate makes of the run."""
    report = read(outputs.folder / "report.jsonl")
    return GateOutcome(report, judge(report.results, (), known=(), today=datetime.now(UTC).date()), None)


def texts_of_a_gate(outputs: Outputs) -> Iterator[tuple[str, str]]:
    """Yield what a gate prints of the run, and its Markdown."""
    outcome = outcome_of(outputs)
    terminal = io.StringIO()
    tell(outcome, Console(file=terminal, width=100))
    yield "the gate's terminal", terminal.getvalue()
    yield "the gate's Markdown", markdown(outcome)


def test_no_output_acts(hostile: Outputs) -> None:
    """Neither the terminal nor a file, and what was said can be read in each."""
    folder = hostile.folder
    written = dict(texts_of_a_gate(hostile))
    written["the terminal"] = hostile.terminal
    written |= {name: (folder / name).read_text() for name in ("report.jsonl", "junit.xml")}
    written["the picture"] = next(folder.glob("report.jsonl-timelines/*.svg")).read_text()
    assert {name for name, text in written.items() if r"\x1b" not in text.replace("\\\\", "\\")} == set()
    written |= {file.name: file.read_text() for file in folder.glob("allure/*")}
    assert {name: found[0] for name, text in written.items() if (found := _ACTS.search(text))} == {}


def test_xml_can_be_read(hostile: Outputs) -> None:
    """JUnit XML and the picture have no character that XML forbids."""
    (picture,) = hostile.folder.glob("report.jsonl-timelines/*.svg")
    for file in (hostile.folder / "junit.xml", picture):
        ET.parse(file)  # noqa: S314 -- our own file


def test_markdown_has_no_element_and_no_table(hostile: Outputs) -> None:
    """What an adapter said is text, and mentions nobody."""
    text = dict(texts_of_a_gate(hostile))["the gate's Markdown"]
    assert re.search(r"(?<!\\)[<|@]", text) is None
    assert "script" in text


def test_annotations_are_those_of_the_gate(hostile: Outputs) -> None:
    """One for the failure; what the adapter said is its message."""
    (command,) = workflow_commands(outcome_of(hostile), Terms())
    assert command.startswith("::error file=")
    assert "\n" not in command
