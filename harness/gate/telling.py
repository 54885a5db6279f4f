"""Tells an outcome where people look: the terminal, a Markdown file, and the annotations of GitHub's pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.console import Console

from harness.gate.outcome import GateOutcome, Section
from harness.gate.terms import Terms
from harness.text.harmless import harmless, harmless_line
from harness.verdict.result import Result

_MARKDOWN = str.maketrans({character: f"\\{character}" for character in "\\`*_[]<>|#~@&!"})


def tell(outcome: GateOutcome, console: Console) -> None:
    """Print it."""
    console.print(outcome.headline, style="bold", markup=False, highlight=False, soft_wrap=True)
    for line in listing(outcome.sections()):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{outcome.meaning}", markup=False, highlight=False, soft_wrap=True)


def listing(sections: Iterable[Section]) -> Iterator[str]:
    """Return sections as lines for a terminal."""
    for section in sections:
        yield f"\n{section.title} ({len(section.lines)})"
        yield from (f"  {harmless_line(line)}" for line in section.lines)


def markdown(outcome: GateOutcome) -> str:
    """Return it as GitHub-flavoured Markdown; what implementations said is escaped."""
    head = (f"## tunspec: {_escaped(outcome.meaning)}", "", _escaped(outcome.headline))
    return "\n".join((*head, *bullets(outcome.sections()))) + "\n"


def bullets(sections: Iterable[Section]) -> Iterator[str]:
    """Return sections as lines of Markdown."""
    for section in sections:
        yield from ("", f"### {section.title} ({len(section.lines)})", "")
        yield from (f"- {_escaped(line)}" for line in section.lines)


def workflow_commands(outcome: GateOutcome, terms: Terms) -> Iterator[str]:
    """Return workflow commands of GitHub Actions, one for what closes the gate.

    Source: GitHub's documentation, "Workflow commands", setting an error message.
    """
    for result in outcome.judgement.failures:
        yield _error(f"{result.scenario}: {result.reason}", result.file, _line(result))
    where = str(terms.file or "")
    for waived in outcome.judgement.fixed:
        message = f"{waived.result.scenario} passes: remove its waiver ({waived.waiver.reason})"
        yield _error(message, where, waived.waiver.line)
    for complaint in outcome.judgement.complaints:
        yield _error(complaint.message, where, complaint.line)


def write(file: Path, text: str) -> None:
    """Write ``text`` behind what ``file`` has, as job summaries are written. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(text)


def _line(result: Result) -> int:
    return next((step.line for step in result.steps if step.ended != "done"), 1)


def _error(message: str, file: str, line: int) -> str:
    place = f"file={_property(file)},line={max(1, line)}" if file else ""
    return f"::error {place}::{_data(message)}"


def _escaped(text: str) -> str:
    return " ".join(harmless(text).split()).translate(_MARKDOWN)


def _data(text: str) -> str:
    return harmless(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
