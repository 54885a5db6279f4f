"""A reproduction for the terminal: what was played, then plain answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.repro.judgement import Answer
from harness.repro.outcome import LoginTimes, Outcome, Request
from harness.repro.report import load, shipped
from harness.repro.reproduction import Reproduction
from harness.repro.scale import in_words

_STYLES = {
    Answer.SURVIVED: "green",
    Answer.RECOVERED: "green",
    Answer.DROPPED: "yellow",
    Answer.KEPT_OUT: "yellow",
    Answer.BROKE: "bold red",
}
_MEANINGS = {
    Answer.SURVIVED: "nothing was lost",
    Answer.RECOVERED: "it dropped and recovered, as it must",
    Answer.DROPPED: "it dropped, and no requirement is broken: here nothing could bring it back",
    Answer.KEPT_OUT: "it could not log in, and no requirement is broken: here nothing could let it in",
    Answer.BROKE: "it broke what a tunnel must do",
}
_REQUESTS: dict[Request, str] = {
    "answered": "the open connection lived on",
    "ended": "the open connection was ended",
    "hanging": "the open connection was left hanging",
    "never": "no tunnel was open",
}
_QUESTION = 18
_SAME = 0.5
"""Seconds by which real time is longer before it is worth to be told."""


def show(found: Reproduction, picture: Path, console: Console) -> None:
    """Print it; nothing needs more than 80 columns but commands, which are not broken."""
    console.print(Text(found.title, style="bold"))
    if found.link:
        console.print(found.link, soft_wrap=True, markup=False, style="bright_black", highlight=False)
    judged = found.result.implementation
    console.print(f"{judged.name} {judged.version} on {found.result.fabric}", highlight=False, markup=False)
    console.print()
    console.print(_played(found))
    console.print()
    if found.outcome is None or found.answer is None:
        console.print(_row("No answer", Text(_why_not(found), style="bold magenta")))
    else:
        for question, told in _answers(found, found.outcome):
            console.print(_row(question, told))
    for said in found.advice:
        console.print(_row("What to set", Text(said, style="cyan")))
    for line in found.result.evidence:
        console.print(_row("Evidence", Text(line)))
    for one in found.breaks:
        console.print()
        console.print(_row(f"{one.requirement} ({one.level})", Text(one.text)))
        if one.run:
            console.print(f"  {one.run}", soft_wrap=True, markup=False, highlight=False)
    console.print()
    console.print(f"Timeline picture: {picture}", soft_wrap=True, markup=False, highlight=False)
    meaning = "nothing was found out" if found.answer is None else _MEANINGS[found.answer]
    style = "bold magenta" if found.answer is None else _STYLES[found.answer]
    console.print(f"exit {int(found.exit_status)}: {meaning}", style=style, highlight=False)


def show_list(console: Console) -> None:
    """Print the reports that come with tunspec."""
    widest = max(map(len, shipped()))
    for name, path in shipped().items():
        report = load(path)
        console.print(_row(name, Text(report.title), widest))
        console.print(f"{'':{widest}}  {report.link}", soft_wrap=True, style="bright_black", highlight=False)
    console.print()
    console.print("Play one: tunspec repro NAME --impl ...", highlight=False)


def _row(question: str, told: RenderableType, width: int = _QUESTION) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=width, style="bold")
    table.add_column(overflow="fold")
    table.add_row(question, told)
    return table


def _played(found: Reproduction) -> Group:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    table.add_column("what was played")
    table.add_column("reported", justify="right")
    table.add_column("played", justify="right")
    table.add_column("")
    for one in dict.fromkeys(found.times):
        raised = Text("raised to what can be played" if one.raised else "", style="bright_black")
        table.add_row(one.what, in_words(one.real), in_words(one.played), raised)
    scaled = f"{in_words(found.factor)} are played as 1 s" if found.clock.is_scaled else "Time is not scaled"
    return Group(Text(f"{found.what[:1].upper()}{found.what[1:]}."), Text(f"{scaled}."), Text(), table)


def _answers(found: Reproduction, outcome: Outcome) -> Iterator[tuple[str, Text]]:
    if found.login is not None:
        yield from _logged_in(found.login)
    if len(found.outcomes) > 1:
        yield "Again and again?", _rounds(found)
    if outcome.request != "never":
        yield "Did it drop?", _dropped(found, outcome)
    if outcome.drops:
        yield "Was it noticed?", _noticed(found, outcome)
        yield "Did it recover?", _recovered(found, outcome)
    if outcome.asked:
        yield "Was it asked?", Text(f"the user had to answer again: {', '.join(outcome.asked)}")
    for feature in found.unsupported:
        yield "Not supported", Text(f"the implementation says that it does not support {feature}, so it was not used")
    if found.breaks:
        yield "It breaks", Text(", ".join(one.requirement for one in found.breaks), style="bold red")
    else:
        yield "It breaks", Text("no requirement", style="green")


def _logged_in(login: LoginTimes) -> Iterator[tuple[str, Text]]:
    several = "" if login.tunnels == 1 else f", all {login.tunnels} tunnels"
    if login.failed:
        which = "" if login.tunnels == 1 else f"{login.failed} of {login.tunnels} tunnels did not: "
        yield "Did it log in?", Text(f"no, after {login.took:.1f} s: {which}{login.message}")
    else:
        yield "Did it log in?", Text(f"yes{several}, in {login.took:.1f} s")
    if login.asked:
        yield "Was it asked?", Text(f"the user had to answer: {', '.join(login.asked)}")
    if login.told is not None:
        yield "Was it shown?", Text("yes, word for word" if login.told else "no: nobody was shown what the server said")


def _rounds(found: Reproduction) -> Text:
    words = [
        "survived" if not one.drops else "dropped and came back" if one.works_at is not None else "dropped for good"
        for one in found.outcomes
    ]
    return Text("; ".join(f"break {number}: {word}" for number, word in enumerate(words, 1)))


def _dropped(found: Reproduction, outcome: Outcome) -> Text:
    what = _REQUESTS[outcome.request]
    several = f" ({outcome.tunnel}, and {outcome.dropped} in all)" if outcome.dropped > 1 else ""
    if not outcome.drops or outcome.dropped_at is None:
        return Text(f"no: {what}; what was asked after {_both(found, outcome, 0, outcome.asked_at)} was answered")
    return Text(f"yes, after {_both(found, outcome, 0, outcome.dropped_at)}: {what}{several}")


def _noticed(found: Reproduction, outcome: Outcome) -> Text:
    if outcome.noticed_at is None:
        why = " Keep-alives are off, so nothing could notice." if found.blind else ""
        return Text(f"no: it never said so, and ended no connection; its state is {outcome.said or 'unknown'}.{why}")
    how = "it told a new state" if outcome.noticed_by == "state" else "the open connection was ended"
    error = f", error {outcome.error}" if outcome.error else ""
    said = f"; now its state is {outcome.said}{error}" if outcome.said else ""
    if outcome.broke_at is None:
        return Text(f"yes: {how}{said}")
    since = min(outcome.noticed_at, max(outcome.broke_at, outcome.awake_at or 0.0))
    return Text(f"yes, {_both(found, outcome, since, outcome.noticed_at)} after it broke: {how}{said}")


def _recovered(found: Reproduction, outcome: Outcome) -> Text:
    tried = ", ".join(dict.fromkeys(outcome.tries))
    if outcome.works_at is not None:
        since = min(outcome.works_at, max(outcome.back_at or 0.0, outcome.dropped_at or 0.0))
        after = _both(found, outcome, since, outcome.works_at)
        return Text(f"yes, {after} later a new connection through the same port worked")
    if outcome.recovers is None:
        return Text(f"it could not: the way is not free; a new connection was {_past(tried)}")
    return Text(f"no: of {len(outcome.tries)} new connections through the same port none worked ({_past(tried)})")


def _past(tried: str) -> str:
    return tried.replace("hanging", "left hanging").replace("elsewhere", "served by another program")


def _both(found: Reproduction, outcome: Outcome, begin: float, end: float) -> str:
    """Return a time as played, and what it stands for where it was scaled."""
    played = end - begin
    real = found.clock.between(outcome.began + begin, outcome.began + end)
    stands_for = f" ({in_words(real)} in real time)" if real - played > _SAME else ""
    return f"{played:.1f} s{stands_for}"


def _why_not(found: Reproduction) -> str:
    return f"{found.result.verdict}: {found.result.reason}"
