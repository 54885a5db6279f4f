"""The step that logs in, and sees how that went."""

from __future__ import annotations

import time
from typing import ClassVar

from pydantic import InstanceOf

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.protocol import ErrorDetail
from harness.errors import Failed, Over
from harness.faults.needs import Need
from harness.repro.look import prompts
from harness.repro.notes import Noting
from harness.repro.outcome import LoginTimes, Outcome
from harness.scenario.language.verb import Nature
from harness.scenario.observations.login import has_words
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.tunnel import Open


class LogIn(Noting):
    """Open all ``tunnels`` at once, as ``opening`` says. Where the break is ``at_login`` they may fail.

    ``says`` is what a server says before the login.
    """

    verb: ClassVar[str] = "log in"
    nature: ClassVar[Nature] = "probes"

    opening: InstanceOf[Open]
    tunnels: tuple[str, ...]
    at_login: bool
    says: str | None = None

    def features(self) -> frozenset[str]:
        """Return what an adapter must support."""
        return self.opening.features() | (frozenset({"banner"}) if self.says else frozenset())

    def needs(self) -> frozenset[Need]:
        """Return what the fabric and the client's machine must have."""
        return self.opening.needs()

    def run(self, stage: Stage) -> None:
        """Open them. Raises Failed where that is not part of the report, and Over where it is."""
        spec = self.opening.tunnel
        profile = stage.profiles.build(spec)
        asked = stage.asked(spec, profile)
        pending = {name: stage.adapter.begin_open(name, profile) for name in self.tunnels}
        refusals: list[ErrorDetail | None] = []
        deadline = time.monotonic() + self.opening.within
        for name, one in pending.items():
            try:
                stage.opened(name, asked, one.wait(max(0.0, deadline - time.monotonic())))
            except Refused as refused:
                refusals.append(refused.detail)
            except NoAnswer:
                refusals.append(None)
        self._note(stage, asked.at, refusals)
        if refusals and not self.at_login:
            raise Failed("open to succeed", _said(refusals[0], self.opening.within))
        if refusals:
            self.notes.outcomes.append(Outcome(request="never", began=round(asked.at - stage.timeline.began, 3)))
            raise Over

    def _note(self, stage: Stage, at: float, refusals: list[ErrorDetail | None]) -> None:
        first = refusals[0] if refusals else None
        shown = [banner.text for name in self.tunnels for _, banner in stage.adapter.banners(name)]
        self.notes.login = LoginTimes(
            took=round(time.monotonic() - at, 3),
            tunnels=len(self.tunnels),
            failed=len(refusals),
            error=first.code if first else None,
            message=_said(first, self.opening.within) if refusals else "",
            asked=tuple(text for name in self.tunnels for text in prompts(stage, name, at)),
            told=None if self.says is None else any(has_words(text, self.says) for text in shown),
        )


def _said(detail: ErrorDetail | None, within: float) -> str:
    return f"no answer within {within:g} s" if detail is None else f"{detail.code} ({detail.message})"
