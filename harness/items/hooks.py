"""pytest's hooks, where scenarios are asked for."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest
from _pytest import runner

from harness.adapter import registry
from harness.deaths import Deaths
from harness.errors import FabricBroken, TunspecError, UsageError
from harness.items import markers
from harness.items.asked import Asked
from harness.items.item import CLEANUP, RESULT, SETTINGS, ScenarioFile, ScenarioItem
from harness.items.settings import Settings
from harness.parallel.queue import spread
from harness.parallel.shard import expected
from harness.parallel.workers import Workers
from harness.report.album import BAD, Album
from harness.report.allure_folder import AllureFolder
from harness.report.model import read
from harness.report.recorder import ATTRIBUTE, BROKEN, Recorder, result_of
from harness.report.text import LETTERS, MARKUP, account, reasons
from harness.verdict.lattice import Exit, Verdict
from harness.world import fabrics


class Scenarios:
    """A pytest plugin that collects, judges and reports the scenarios that are ``asked`` for.

    ``recorder`` is where results come together: in the process that sees every report, not in xdist's workers.
    """

    def __init__(self, config: pytest.Config, asked: Asked) -> None:
        self._asked = asked
        self._settings = _settings(config)
        self.recorder: Recorder | None = None
        config.stash[SETTINGS] = self._settings
        markers.register(config)
        if not hasattr(config, "workerinput"):
            self.recorder = self._begin(config)

    def _begin(self, config: pytest.Config) -> Recorder:
        """Return the recorder. Ends the run, with a message and its exit status, where it could judge nothing."""
        file, settings, everything = config.option.tunspec_report, self._settings, config.option.tunspec_all_timelines
        wanted = frozenset(Verdict) if everything else BAD
        recorder = Recorder(
            file=file,
            album=None if file is None else Album(file, wanted),
            implementation=settings.implementation,
            fabric=settings.fabric,
            sshd=settings.sshd,
            realtime=settings.realtime,
            scopes=settings.scopes,
            part=settings.part,
        )
        config.pluginmanager.register(recorder, "tunspec-recorder")
        if folder := getattr(config.option, "allure_report_dir", None):
            config.pluginmanager.register(AllureFolder(Path(folder), recorder), "tunspec-allure")
        if not config.option.tunspec_keep_going:
            config.pluginmanager.register(Deaths(recorder), "tunspec-deaths")
        if not config.option.collectonly:
            _check(settings, recorder, all_timelines=everything)
        if config.getoption("numprocesses", None):
            config.pluginmanager.register(Workers(settings.fabric), "tunspec-workers")
        return recorder

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a YAML file that is one of the scenarios that were asked for."""
        if not self._asked.takes(file_path):
            return None
        file: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
        return file

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Judge a scenario once, whatever plugins there are that would try again what failed."""
        if not isinstance(item, ScenarioItem):
            return None
        return runner.pytest_runtest_protocol(item, nextitem)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Carry the result on the report."""
        report = yield
        result = item.stash.get(RESULT, None)
        if result is not None and report.when == "call":
            setattr(report, ATTRIBUTE, result.model_dump_json())
            if report.skipped and isinstance(item, ScenarioItem):
                report.longrepr = (str(item.path), item.scenario.line, f"{result.verdict.value}: {result.reason}")
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport
    ) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
        """Show verdicts, not pytest's outcomes."""
        result = result_of(report)
        if result is None:
            return None
        category = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.ERROR: "error"}.get(
            result.verdict, result.verdict.value
        )
        return category, LETTERS[result.verdict], (result.verdict.upper(), {MARKUP[result.verdict]: True})

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep what is within the scopes; let some workers wait while others work, and nobody at the end."""
        scopes = self._settings.scopes
        beyond = [item for item in items if isinstance(item, ScenarioItem) and item.scenario.scope not in scopes]
        if beyond:
            config.hook.pytest_deselected(items=beyond)
            items[:] = [item for item in items if item not in beyond]
        if not config.option.collectonly:
            items[:] = self._of_the_shard(items)
        if hasattr(config, "workerinput"):
            items[:] = spread(items, lambda item: item.scenario.takes if isinstance(item, ScenarioItem) else 0.0)

    def _of_the_shard(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Return the items of this shard; other tests than scenarios belong to every one."""
        shard, file = self._settings.shard, self._settings.durations
        if shard is None:
            return items
        before = {} if file is None else {result.scenario: result.seconds for result in read(file).results}
        scenarios = [item for item in items if isinstance(item, ScenarioItem)]
        mine = shard.of_these(
            scenarios,
            name=lambda item: item.nodeid,
            seconds=lambda item: expected(item.scenario.takes, before, item.scenario.id),
        )
        return [item for item in items if not isinstance(item, ScenarioItem) or item in mine]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Let a malformed scenario file stop nothing but itself; the exit status tells of it."""
        if self.recorder is None or self.recorder.only_scenarios_are_invalid:
            session.config.option.continue_on_collection_errors = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what pytest's own summary has no place for: what proved nothing, and what was not judged."""
        if self.recorder is None:
            return
        inconclusive = [result for result in self.recorder.results if result.verdict is Verdict.INCONCLUSIVE]
        if inconclusive:
            terminalreporter.write_sep("=", "INCONCLUSIVE")
        for result in inconclusive:
            terminalreporter.write_line(account(result) + "\n")
        for line in (*reasons(self.recorder.results), *self.recorder.broken):
            terminalreporter.write_line(line)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Close the worlds of this process; what breaks then is told, and counts."""
        if CLEANUP not in session.stash:
            return
        try:
            session.stash[CLEANUP].close()
        except TunspecError as error:
            if self.recorder is None:
                session.config.workeroutput[BROKEN] = str(error)  # type: ignore[attr-defined]  # xdist's, in a worker
            else:
                self.recorder.broken.append(str(error))


def _settings(config: pytest.Config) -> Settings:
    try:
        return Settings.of(config)
    except UsageError as error:
        pytest.exit(str(error), returncode=Exit.USAGE)


def _check(settings: Settings, recorder: Recorder, *, all_timelines: bool) -> None:
    """End the run at once, with a message and its exit status, where it could judge or report nothing."""
    try:
        registry.resolve(settings.implementation)
        fabrics.check(settings.fabric, settings.sshd)
        if settings.durations is not None:
            read(settings.durations)
        if all_timelines and recorder.album is None:
            raise UsageError(
                "the pictures of all timelines are written beside a report; say where it goes: "
                "--report FILE, for pytest --tunspec-report=FILE"
            )
        recorder.begin()
    except UsageError as error:
        pytest.exit(str(error), returncode=Exit.USAGE)
    except FabricBroken as error:
        pytest.exit(str(error), returncode=Exit.BROKEN)
