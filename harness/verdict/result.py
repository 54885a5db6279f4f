"""The record of one scenario that was judged: all that a report needs to know."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from harness.model import Record
from harness.text.harmless import cut, harmless_line
from harness.timeline import Entry
from harness.verdict.lattice import Verdict

_LONGEST_NAME = 200
Line = Annotated[str, AfterValidator(harmless_line), AfterValidator(lambda text: cut(text, _LONGEST_NAME))]


class Judged(Record):
    """The implementation that was judged, as it introduced itself; ``asked_for`` is the name on the command line."""

    asked_for: str
    name: Line
    version: Line
    language: Line


class StepResult(Record):
    """One step: its text as in the file, its line, when it began and how long it took in seconds.

    ``action`` is its verb, and for ``expect`` what is observed, too: ``open``, ``expect connections``.
    """

    text: str
    action: str = ""
    line: int
    at: float
    seconds: float
    ended: str


class Result(Record):
    """One scenario's verdict. ``file`` has its steps, by their lines.

    ``reason`` is one sentence; ``expected`` and ``observed`` only where it failed.

    ``covers`` are the requirements that the scenario is about, ``broken`` those that its failure breaks; a tunnel that
    does not work at all breaks another. ``sshd`` is the release of OpenSSH that was asked for, where one was.
    ``seconds`` is the whole scenario, ``waited`` the part of it that the scenario itself asked for. ``death`` says how
    the adapter died, where it did.
    """

    scenario: str
    title: str
    file: str = ""
    covers: tuple[str, ...]
    broken: tuple[str, ...] = ()
    level: str
    scope: str
    topology: str | None
    fabric: str
    sshd: str | None = None
    implementation: Judged
    verdict: Verdict
    reason: str = ""
    expected: str | None = None
    observed: str | None = None
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0
    waited: float = 0.0
    steps: tuple[StepResult, ...] = ()
    reproduce: str = ""
    timeline: tuple[Entry, ...] = ()
    adapter_log: str = ""
    death: str | None = None
