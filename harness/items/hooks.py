"""pytest's hooks, where scenarios are asked for."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest
from _pytest import runner

from harness.adapter import registry
from harness.deaths import Deaths
from harness.errors import FabricBroken, HarnessBroken, InvalidScenario, TunspecError, UsageError
from harness.items import checks, markers
from harness.items.asked import Asked
from harness.items.item import CLEANUP, RESULT, SETTINGS, CollectedFile, ScenarioItem, runner_of
from harness.items.settings import Settings
from harness.parallel.queue import spread
from harness.parallel.shard import expected
from harness.parallel.workers import Workers
from harness.report.album import Album
from harness.report.allure.folder import AllureFolder
from harness.report.model import read
from harness.report.recorder import ATTRIBUTE, BROKEN, Recorder, result_of
from harness.report.text import LETTERS, MARKUP, account, confirmation, reasons
from harness.scenario.loader import load
from harness.verdict.lattice import UNSETTLED, Exit, Verdict
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
        wanted = frozenset(Verdict) if everything else UNSETTLED
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
            _check(settings, recorder, config)
        if config.getoption("numprocesses", None):
            config.pluginmanager.register(Workers(settings.fabric), "tunspec-workers")
            if not config.option.collectonly and not self._asked.only:
                self._check_before_workers_start(config)
        return recorder

    def _check_before_workers_start(self, config: pytest.Config) -> None:
        """End the run where no file that was named can be used, or the adapter cannot be talked to."""
        problems = []
        try:
            for file in self._asked.files:
                try:
                    load(file, realtime=self._settings.realtime)
                except InvalidScenario as error:
                    problems.append(str(error))
            named = [name for name in config.option.file_or_dir if not name.startswith("-")]
            if problems and len(problems) == len(named):
                raise UsageError("\n".join(problems))
            checks.introduces_itself(self._settings.implementation)
        except UsageError as error:
            pytest.exit(str(error), returncode=Exit.USAGE)
        except HarnessBroken as error:
            pytest.exit(str(error), returncode=Exit.BROKEN)

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a YAML file that is one of the scenarios that were asked for."""
        if not self._asked.takes(file_path):
            return None
        file: pytest.Collector = CollectedFile.from_parent(parent, path=file_path)
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
        told = (confirmation(*both) for both in self.recorder.confirmations)
        for line in (*told, *reasons(self.recorder.results), *self.recorder.broken):
            terminalreporter.write_line(line)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Confirm what failed, now that nothing else runs; close the worlds, and tell what breaks then."""
        if self.recorder is not None and self._settings.confirm and not self.recorder.cut_off:
            self._confirm(session, self.recorder)
        self._close(session)

    def _confirm(self, session: pytest.Session, recorder: Recorder) -> None:
        runner = runner_of(session)
        for failed in [result for result in recorder.results if result.verdict is Verdict.FAIL]:
            cases = load(Path(failed.file), realtime=self._settings.realtime)
            scenario = next(one for one in cases if one.id == failed.scenario)
            if not isinstance(runner, TunspecError):
                recorder.confirm(failed, runner(scenario))

    def _close(self, session: pytest.Session) -> None:
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


def _check(settings: Settings, recorder: Recorder, config: pytest.Config) -> None:
    """End the run at once, with a message and its exit status, where it could judge or report nothing."""
    option = config.option
    try:
        registry.resolve(settings.implementation)
        fabrics.check(settings.fabric, settings.sshd)
        if settings.durations is not None:
            read(settings.durations)
        if option.tunspec_all_timelines and recorder.album is None:
            raise UsageError(
                "the pictures of all timelines are written beside a report; say where it goes: "
                "--report FILE, for pytest --tunspec-report=FILE"
            )
        if option.markexpr and _is_strict(config):
            registered = {line.partition(":")[0].partition("(")[0].strip() for line in config.getini("markers")}
            markers.check(option.markexpr, {*registered, *markers.areas()})
        if settings.repeat < 1:
            raise UsageError(f"--tunspec-repeat takes a number from 1 on, not {settings.repeat}")
        if settings.hold and config.getoption("numprocesses", None):
            raise UsageError("--tunspec-hold needs a run in one process: leave out -n")
        junit, allure = getattr(option, "xmlpath", None), getattr(option, "allure_report_dir", None)
        checks.writable_files([Path(junit) if junit else None])
        checks.writable_folder(Path(allure) if allure else None)
        recorder.begin()
    except UsageError as error:
        pytest.exit(str(error), returncode=Exit.USAGE)
    except FabricBroken as error:
        pytest.exit(str(error), returncode=Exit.BROKEN)


def _is_strict(config: pytest.Config) -> bool:
    """Tell whether pytest knows all markers that there can be; the setting has had two places."""
    with suppress(ValueError):
        if config.getini("strict_markers"):
            return True
    return bool(config.option.strict_markers)
