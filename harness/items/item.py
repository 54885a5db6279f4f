"""A scenario file and its scenarios, as pytest's collector and items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from harness import defects
from harness.errors import InvalidScenario, TunspecError
from harness.items import held, markers
from harness.items.settings import Settings
from harness.report.text import account
from harness.scenario.language.model import Scenario
from harness.scenario.loader import load
from harness.scenario.runner import Runner, unjudged
from harness.session import open_runner
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result

RESULT = pytest.StashKey[Result]()
SETTINGS = pytest.StashKey[Settings]()
CLEANUP = pytest.StashKey[ExitStack]()
_RUNNER = pytest.StashKey[Runner | TunspecError]()


class CollectedFile(pytest.File):
    """One scenario file; its cases are its items."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Read the file. A mistake in it is one message with file and line."""
        settings = self.config.stash[SETTINGS]
        try:
            scenarios = load(self.path, realtime=settings.realtime)
        except InvalidScenario as error:
            raise self.CollectError(str(error)) from error
        except Exception as error:
            raise self.CollectError(defects.tell(error)) from error
        markers.register(self.config, {scenarios[0].area})
        for number, scenario in enumerate(one for one in scenarios for _ in range(settings.repeat)):
            turn = f"{number % settings.repeat + 1} of {settings.repeat}" if settings.repeat > 1 else None
            item = ScenarioItem.from_parent(self, name=scenario.id.partition("/")[2], scenario=scenario, turn=turn)
            if number < settings.repeat and markers.is_quick(scenario):
                item.add_marker("quick")
            yield item


class ScenarioItem(pytest.Item):
    """One case of a scenario file, as pytest runs it; ``turn`` says which of several times this is."""

    def __init__(self, *, scenario: Scenario, turn: str | None = None, **kwargs: Any) -> None:  # noqa: ANN401 -- pytest's own arguments
        super().__init__(**kwargs)
        self.scenario = scenario
        self._turn = turn
        for marker in markers.of(scenario):
            self.add_marker(marker)

    def runtest(self) -> None:
        """Run it; every verdict but ``pass`` is raised."""
        settings = self.config.stash[SETTINGS]
        allure = _allure(self.config)
        if allure is not None:
            conditions = allure.Conditions(
                settings.implementation, settings.fabric, settings.sshd, settings.realtime, self._turn
            )
            allure.introduce(self.scenario, conditions)
        runner = runner_of(self.session)
        if isinstance(runner, TunspecError):
            result = unjudged(
                self.scenario,
                implementation=settings.implementation,
                fabric=settings.fabric,
                sshd=settings.sshd,
                reason=str(runner),
                realtime=settings.realtime,
            )
        else:
            result = runner(self.scenario, observe=nullcontext if allure is None else allure.steps(runner.redactor))
        self.stash[RESULT] = result
        self.user_properties.append(("verdict", result.verdict.value))
        self.user_properties.append(("implementation", result.implementation.asked_for))
        if allure is not None:
            allure.conclude(result)
        match result.verdict:
            case Verdict.PASS:
                return
            case Verdict.UNSUPPORTED | Verdict.NOT_RUN:
                pytest.skip(f"{result.verdict.value}: {result.reason}")
            case Verdict.FAIL:
                raise ScenarioFailed(result.reason)
            case Verdict.INCONCLUSIVE:
                raise ScenarioInconclusive(result.reason)
            case Verdict.ERROR:
                raise ScenarioBroken(result.reason)

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:  # noqa: ANN401 -- pytest's signature
        """Return the account of the scenario; only a defect of the plugin itself gets a traceback."""
        result = self.stash.get(RESULT, None)
        if result is not None:
            return account(result)
        if isinstance(excinfo.value, TunspecError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place in the file and the title."""
        return self.path, self.scenario.line - 1, self.scenario.id


def _allure(config: pytest.Config) -> ModuleType | None:
    """Return what tells Allure of a scenario, None where no results were asked for: it is not always installed."""
    if not getattr(config.option, "allure_report_dir", None):
        return None
    from harness.report.allure import telling

    return telling


class ScenarioFailed(AssertionError):
    """The implementation did wrong."""


class ScenarioInconclusive(TunspecError):
    """Nothing was proved."""


class ScenarioBroken(TunspecError):
    """The harness, the fabric or the adapter broke."""


def runner_of(session: pytest.Session) -> Runner | TunspecError:
    """Return what runs the scenarios of this process, or why there is no such thing; it is tried once."""
    if _RUNNER not in session.stash:
        stack = ExitStack()
        session.stash[CLEANUP] = stack
        settings = session.config.stash[SETTINGS]
        session.config.add_cleanup(stack.close)  # where an interrupt kept the session from finishing
        try:
            runner = stack.enter_context(
                open_runner(settings.implementation, settings.fabric, realtime=settings.realtime, sshd=settings.sshd)
            )
            session.stash[_RUNNER] = replace(runner, hold=held.wait) if settings.hold else runner
        except TunspecError as error:
            session.stash[_RUNNER] = error
    return session.stash[_RUNNER]
