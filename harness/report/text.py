"""Verdicts for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from harness.report.excerpt import excerpt, line
from harness.scenario.requirements import catalogue
from harness.timeline import Entry
from harness.verdict.lattice import UNJUDGED, Verdict
from harness.verdict.result import Result

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.UNSUPPORTED: "yellow",
    Verdict.NOT_RUN: "bright_black",
    Verdict.INCONCLUSIVE: "bold magenta",
    Verdict.ERROR: "bold white on red",
}
MARKUP = {
    Verdict.PASS: "green",
    Verdict.FAIL: "red",
    Verdict.UNSUPPORTED: "yellow",
    Verdict.NOT_RUN: "light",
    Verdict.INCONCLUSIVE: "purple",
    Verdict.ERROR: "red",
}
"""The same for pytest's terminal, which has names of its own."""
LETTERS = {
    Verdict.PASS: ".",
    Verdict.FAIL: "F",
    Verdict.UNSUPPORTED: "u",
    Verdict.NOT_RUN: "n",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "E",
}
_LAST_WORDS = 24
"""Lines of an adapter's standard error that are shown, each of them whole."""
_NEXT_LINE = "\n" + " " * len("  observed     ")
_VERDICT = max(map(len, Verdict))
_TIME = len("100.0 s")


def account(result: Result) -> str:
    """Return the whole account of a scenario that did not pass: what, why, what proves it, how to see it again."""
    return "\n".join(_account(result))


def _account(result: Result) -> Iterator[str]:
    yield f"{result.verdict.upper()}  {result.scenario}: {result.title}"
    if result.file:
        yield f"  file         {place(result)}"
    known = catalogue()
    for name in result.broken or result.covers:
        if name in known:
            yield f"  requirement  {name} ({known[name].scope}, {known[name].level}): {known[name].text}"
    if result.expected is not None:
        yield f"  expected     {_lines(result.expected)}"
        yield f"  observed     {_lines(result.observed or '')}"
    else:
        yield f"  reason       {_lines(result.reason)}"
    for step in result.steps:
        if step.ended != "done":
            yield f"  at step      {step.text} (line {step.line})"
    for proof in result.evidence:
        yield f"  evidence     {_lines(proof)}"
    yield f"  judged       {result.implementation.name} {result.implementation.version} on {_where(result)}"
    if told := list(excerpt(result)):
        yield "  timeline     (seconds since the first step, and since the first fault; the whole is in the reports)"
        yield from (f"    {one}" for one in told)
    if said := result.adapter_log.rstrip().splitlines()[-_LAST_WORDS:]:
        yield "  last words   (of the adapter, on standard error)"
        yield from (f"    {one}" for one in said)
    yield f"  run again    {result.reproduce}"


def _lines(text: str) -> str:
    """Return ``text`` with its further lines below its first, so that none looks like a line of the account."""
    return text.replace("\n", _NEXT_LINE)


def place(result: Result) -> str:
    """Return the file of a scenario, and the line of the step in which it ended unless it went to its end."""
    lines = [step.line for step in result.steps if step.ended != "done"]
    return f"{result.file}:{lines[0]}" if lines else result.file


def _where(result: Result) -> str:
    return f"{result.fabric} with OpenSSH {result.sshd}" if result.sshd else result.fabric


def timeline_lines(entries: Iterable[Entry]) -> Iterator[str]:
    """Return the timeline as text, one line an entry."""
    yield from map(line, entries)


def verdict_lines(results: Iterable[Result]) -> Iterator[Text]:
    """Return the table of verdicts, a line for each scenario, by name; a narrow terminal cuts the last part."""
    ordered = sorted(results, key=lambda one: one.scenario)
    names = max((len(one.scenario) for one in ordered), default=0)
    yield Text(f"{'verdict':<{_VERDICT}}  {'time':>{_TIME}}  {'scenario':<{names}}  what it proves", style="bold")
    for result in ordered:
        row = Text(f"{result.verdict.value:<{_VERDICT}}", style=STYLES[result.verdict])
        row.append(f"  {result.seconds:>{_TIME - 2}.1f} s  {result.scenario:<{names}}  ", style="default not bold")
        row.append(result.title if result.verdict is Verdict.PASS else _why(result), style="default not bold")
        yield row


def _why(result: Result) -> str:
    match result.verdict:
        case Verdict.UNSUPPORTED:
            return f"the implementation does not support {result.reason}"
        case _:
            return " ".join(result.reason.split())


def reasons(results: Iterable[Result]) -> Iterator[str]:
    """Return one line for each reason for which scenarios were not judged."""
    found: dict[tuple[Verdict, str], int] = {}
    for result in results:
        if result.verdict in UNJUDGED:
            found[result.verdict, result.reason] = found.get((result.verdict, result.reason), 0) + 1
    for (verdict, reason), number in sorted(found.items()):
        yield f"{verdict}: {reason} ({number} scenario{'' if number == 1 else 's'})"


def confirmation(failed: Result, alone: Result) -> str:
    """Return one line on a scenario that failed and was judged once more, alone."""
    if alone.verdict is failed.verdict:
        return f"{failed.scenario}: failed, and failed again alone"
    return (
        f"{failed.scenario}: failed, but {alone.verdict.value} alone ({alone.reason or 'nothing wrong was seen'}); "
        "the worse one counts: its verdict depends on what runs beside it, or on chance"
    )


def counts(results: Iterable[Result]) -> Text:
    """Return one line that counts each verdict that was given."""
    verdicts = [result.verdict for result in results]
    row = Text()
    for verdict in Verdict:
        if verdict in verdicts:
            row.append(f"{'  ' if row else ''}{verdicts.count(verdict)} {verdict.value}", style=STYLES[verdict])
    return row
