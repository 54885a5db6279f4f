"""What a run ends with: what passed where, every failure once more, what was not judged, and the exit status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from rich.console import Console, OverflowMethod
from rich.text import Text

from harness.report import text
from harness.report.recorder import Recorder
from harness.report.share import Share, conformance, nonconformance, shares
from harness.scenario.language.scopes import listed
from harness.verdict.lattice import CAUSES, UNSETTLED, Exit, Verdict
from harness.verdict.result import Result

_LEVELS = ("must", "should", "may")
_MANY = 3
"""So many results are told one by one; among more, the slowest are named."""


@dataclass(frozen=True)
class Ending:
    """How results are told: ``title`` says what was judged, by these ``scopes``, by so many ``workers``.

    ``verbose``: every scenario has its line, also one that passed.
    """

    console: Console
    title: str
    scopes: Sequence[str]
    workers: int = 1
    verbose: bool = False

    def tell(self, recorder: Recorder, status: int, before: str = "") -> None:
        """Print all, and ``before`` the meaning of the exit status."""
        results = recorder.results
        if results:
            self._say(f"tunspec {version('tunspec')}: {self.title}, judged by {listed(self.scopes)}\n", "bold")
            self._tell_each(recorder)
            self.console.print(text.counts(results), soft_wrap=True)
            self._say(self._times(recorder))
            if recorder.album is not None and len(recorder.album):
                self._say(f"timelines as pictures: {recorder.album.folder}")
        for kind, messages in (("invalid", recorder.invalid), ("broken", recorder.broken)):
            for message in messages:
                self._say(f"{kind}: {message}", "red")
        self._say(f"{before}{_meaning(status, shares(results, self.scopes))}")

    def _tell_each(self, recorder: Recorder) -> None:
        results = recorder.results
        few = len(results) <= _MANY
        if self.verbose or few:
            cut = self.console.is_terminal
            for row in text.verdict_lines(results):
                overflow: OverflowMethod = "ellipsis" if cut else "ignore"
                self.console.print(row, no_wrap=True, overflow=overflow, soft_wrap=not cut, highlight=False)
            self.console.print()
        for line in (text.confirmation(*both) for both in recorder.confirmations):
            self._say(line)
        if few:
            return
        for line in by_area(results):
            self._say(line)
        self.console.print()
        for result in results:
            if result.verdict in UNSETTLED:
                self.console.print(_once_more(result), highlight=False, soft_wrap=True)
        for line in text.reasons(results):
            self._say(line)
        slowest = sorted(results, key=lambda one: -one.seconds)[:_MANY]
        self._say("slowest: " + ", ".join(f"{one.scenario} {one.seconds:.1f} s" for one in slowest))

    def _times(self, recorder: Recorder) -> str:
        waited = sum(result.waited for result in recorder.results) / self.workers
        return (
            f"{recorder.seconds:.1f} s, including {waited:.1f} s per worker that the scenarios spend waiting on purpose"
        )

    def _say(self, words: str, style: str = "") -> None:
        self.console.print(words, style=style, markup=False, highlight=False, soft_wrap=True)


def by_area(results: Sequence[Result]) -> Iterator[str]:
    """Yield a table: for each area how many passed, of how many, at each level; and what the others are."""
    areas = sorted({_area(one) for one in results})
    width = max(map(len, [*areas, "area"]))
    yield f"{'area':<{width}}  {''.join(f'{level:>9}' for level in _LEVELS)}  passed of all"
    for area in (*areas, None):
        mine = [one for one in results if area is None or _area(one) == area]
        others: Counter[Verdict] = Counter(one.verdict for one in mine if one.verdict is not Verdict.PASS)
        rest = ", ".join(f"{others[verdict]} {verdict.value}" for verdict in Verdict if others[verdict])
        row = "".join(f"{_share([one for one in mine if one.level == level]):>9}" for level in _LEVELS)
        yield f"{area or 'all':<{width}}  {row}  {rest}".rstrip()


def _share(results: Sequence[Result]) -> str:
    passed = sum(one.verdict is Verdict.PASS for one in results)
    return f"{passed}/{len(results)}" if results else "-"


def _area(result: Result) -> str:
    return result.scenario.partition("/")[0]


def _once_more(result: Result) -> Text:
    found = Text(f"{result.verdict.upper()}  {result.scenario}\n", style=text.STYLES[result.verdict])
    if result.expected is None:
        rows = [("reason", result.reason)]
    else:
        rows = [("expected", result.expected), ("observed", result.observed or "")]
    for name, words in (*rows, ("run again", result.reproduce)):
        found.append(f"  {name:<11}  {words}\n", style="default not bold")
    return found


def _meaning(status: int, found: Sequence[Share]) -> str:
    meanings = {**CAUSES, Exit.CONFORMS: conformance(found), Exit.NONCONFORMANT: nonconformance(found)}
    known = meanings.get(Exit(status)) if status in set(Exit) else None
    return f"exit {int(status)}: {known or 'interrupted; the report has no footer'}"
