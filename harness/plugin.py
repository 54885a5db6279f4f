"""The pytest plugin: scenario files are test items.

Markers are the topology, the area (the folder), the level, and every fault and database that a scenario needs,
so ``pytest -m two_hop``, ``-m "must and freeze"`` or ``-k totp`` select as one expects.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from harness.adapter import registry
from harness.deaths import Deaths
from harness.errors import FabricBroken, InvalidScenario, TunspecError, UsageError
from harness.faults.needs import NeedsDatabase
from harness.parallel.queue import spread
from harness.parallel.shard import Shard, expected
from harness.parallel.workers import Workers
from harness.report import allure as allure_report
from harness.report.album import BAD, Album
from harness.report.model import read
from harness.report.recorder import ATTRIBUTE, BROKEN, Part, Recorder, result_of
from harness.report.text import LETTERS, MARKUP, account, reasons
from harness.scenario.language.model import SCOPES, Scenario, Scope
from harness.scenario.language.scopes import scopes_for
from harness.scenario.loader import load, looks_like_scenario
from harness.scenario.runner import Runner, needs, unjudged
from harness.scenario.verbs import VERBS
from harness.session import open_runner
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Result
from harness.world import fabrics
from harness.world.topology import topologies

_MARKER = re.compile(r"[^\W_][\w.-]*")
_QUICK = 10.0
"""Seconds of waiting that a scenario may ask for and still belong to a quick look."""
_RUNS = ("TUNSPEC_RUN", "GITHUB_RUN_ID", "CI_PIPELINE_ID")
"""Variables of the environment that tell one run from another, where it has several shards."""
_TAKEN = {"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"}
_RUNNER = pytest.StashKey[Runner | TunspecError]()
_CLEANUP = pytest.StashKey[ExitStack]()
_RESULT = pytest.StashKey[Result]()
_RECORDER = pytest.StashKey[Recorder]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is judged, and where."""
    group = parser.getgroup("tunspec", "tunspec: conformance of SSH tunnels")
    group.addoption(
        "--impl",
        default="reference",
        metavar="NAME",
        help="implementation under test: reference, openssh, dropbear, a path to an adapter, or image:NAME",
    )
    group.addoption("--fabric", default="embedded", choices=fabrics.FABRICS, help="what the scenarios run on")
    group.addoption(
        "--sshd",
        choices=fabrics.SSHDS,
        help="OpenSSH's release on the bastions of the docker fabric, 9.2 by default",
    )
    group.addoption(
        "--scope",
        metavar="SCOPES",
        help="what is judged: core, resilience, page, several of them separated by commas, or full; "
        "full by default for the reference, core,resilience for every other implementation",
    )
    group.addoption("--realtime", action="store_true", help="use the times of the SSH tunnelling page, not scaled ones")
    group.addoption(
        "--tunspec-keep-going",
        action="store_true",
        help="keep going even if the adapter dies in the same way in scenario after scenario",
    )
    group.addoption("--tunspec-shard", metavar="K/N", help="judge only part K of N, divided by expected duration")
    group.addoption(
        "--tunspec-durations", type=Path, metavar="FILE", help="expect what scenarios took in this JSON report"
    )
    group.addoption("--tunspec-report", type=Path, metavar="FILE", help="write the JSON report to FILE")
    group.addoption(
        "--tunspec-all-timelines",
        action="store_true",
        help="draw the timeline of every scenario into FILE-timelines, not only of those that did not conform",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and the recorder where results come together."""
    for topology in topologies().values():
        config.addinivalue_line("markers", f"{topology.name}: {topology.about}")
    for level in ("must", "should", "may"):
        config.addinivalue_line("markers", f"{level}: the strictest level among the scenario's requirements")
    for name, verb in VERBS.items():
        if verb.nature == "breaks":
            config.addinivalue_line("markers", f"{name}: {(verb.__doc__ or '').splitlines()[0]}")
    for scope in SCOPES:
        config.addinivalue_line("markers", f"{scope}: the last scope among the scenario's requirements")
    config.addinivalue_line("markers", "database: needs a real database behind the bastion")
    config.addinivalue_line("markers", f"quick: the first case of each file, where it waits for less than {_QUICK:g} s")
    if not hasattr(config, "workerinput"):
        file = config.getoption("--tunspec-report")
        wanted = frozenset(Verdict) if config.getoption("--tunspec-all-timelines") else BAD
        recorder = Recorder(
            file=file,
            album=None if file is None else Album(file, wanted),
            implementation=config.getoption("--impl"),
            fabric=config.getoption("--fabric"),
            sshd=config.getoption("--sshd"),
            realtime=config.getoption("--realtime"),
            scopes=() if config.option.collectonly else _scopes(config),
            part=_part(config),
        )
        config.stash[_RECORDER] = recorder
        config.pluginmanager.register(recorder, "tunspec-recorder")
        if not config.getoption("--tunspec-keep-going"):
            config.pluginmanager.register(Deaths(recorder), "tunspec-deaths")
        _begin(config, recorder)
        if config.getoption("numprocesses", None):
            config.pluginmanager.register(Workers(config.getoption("--fabric")), "tunspec-workers")


def _scopes(config: pytest.Config) -> tuple[Scope, ...]:
    """Return the scopes that are judged; ends the run where they cannot be understood."""
    try:
        return scopes_for(config.getoption("--scope"), config.getoption("--impl"))
    except UsageError as error:
        pytest.exit(str(error), returncode=Exit.USAGE)


def _part(config: pytest.Config) -> Part:
    """Return which part of which run this is; ends the run where that cannot be understood."""
    shard = _shard(config)
    option = config.option
    selection = (*config.args, f"-m {option.markexpr}", f"-k {option.keyword}")
    run = next((os.environ[name] for name in _RUNS if os.environ.get(name)), None)
    return Part((shard.number, shard.of) if shard else None, run, selection)


def _shard(config: pytest.Config) -> Shard | None:
    text = config.getoption("--tunspec-shard")
    try:
        return None if text is None else Shard.parse(text)
    except UsageError as error:
        pytest.exit(str(error), returncode=Exit.USAGE)


def _of_the_shard(config: pytest.Config, items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the items of this shard; other tests than scenarios belong to every one."""
    shard, file = _shard(config), config.getoption("--tunspec-durations")
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


def _begin(config: pytest.Config, recorder: Recorder) -> None:
    """End the run at once, with a message and its exit status, where it could judge or report nothing."""
    if config.option.collectonly:
        return
    try:
        registry.resolve(config.getoption("--impl"))
        fabrics.check(config.getoption("--fabric"), config.getoption("--sshd"))
        if (durations := config.getoption("--tunspec-durations")) is not None:
            read(durations)
        if config.getoption("--tunspec-all-timelines") and recorder.album is None:
            raise UsageError(
                "the pictures of all timelines are written beside a report; say where it goes: "
                "--report FILE, for pytest --tunspec-report=FILE"
            )
        recorder.begin()
    except UsageError as error:
        pytest.exit(str(error), returncode=Exit.USAGE)
    except FabricBroken as error:
        pytest.exit(str(error), returncode=Exit.BROKEN)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a YAML file that is a scenario."""
    if file_path.suffix not in {".yaml", ".yml"}:
        return None
    named = file_path in {Path(argument.split("::")[0]).resolve() for argument in parent.config.args}
    if named or looks_like_scenario(file_path):
        file: pytest.Collector = ScenarioFile.from_parent(parent, path=file_path)
        return file
    return None


class ScenarioFile(pytest.File):
    """One scenario file; its cases are its items."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Read the file. A mistake in it is one message with file and line."""
        try:
            scenarios = load(self.path, realtime=self.config.getoption("--realtime"))
        except InvalidScenario as error:
            raise self.CollectError(str(error)) from error
        area = scenarios[0].area
        self.config.addinivalue_line("markers", f"{area}: scenarios of the area {area}")
        for number, scenario in enumerate(scenarios):
            item = ScenarioItem.from_parent(self, name=scenario.id.partition("/")[2], scenario=scenario)
            if number == 0 and scenario.takes < _QUICK:
                item.add_marker("quick")
            yield item


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, **kwargs: Any) -> None:  # noqa: ANN401 -- pytest's own arguments
        super().__init__(**kwargs)
        self.scenario = scenario
        for marker in _markers(scenario):
            self.add_marker(marker)

    def runtest(self) -> None:
        """Run it; every verdict but ``pass`` is raised."""
        option = self.config.getoption
        allure_report.introduce(self.scenario, option("--impl"), option("--fabric"))
        runner = _runner(self.session)
        if isinstance(runner, TunspecError):
            where = {"implementation": option("--impl"), "fabric": option("--fabric"), "sshd": option("--sshd")}
            result = unjudged(self.scenario, **where, reason=str(runner), realtime=option("--realtime"))
        else:
            result = runner(self.scenario, observe=allure_report.steps(runner.redactor))
        self.stash[_RESULT] = result
        self.user_properties.append(("verdict", result.verdict.value))
        self.user_properties.append(("implementation", result.implementation.asked_for))
        allure_report.conclude(result)
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
        result = self.stash.get(_RESULT, None)
        if result is not None:
            return account(result)
        if isinstance(excinfo.value, TunspecError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place in the file and the title."""
        return self.path, self.scenario.line - 1, self.scenario.id


class ScenarioFailed(AssertionError):
    """The implementation did wrong."""


class ScenarioInconclusive(TunspecError):
    """Nothing was proved."""


class ScenarioBroken(TunspecError):
    """The harness, the fabric or the adapter broke."""


def _markers(scenario: Scenario) -> Iterator[str]:
    if scenario.topology is not None:
        yield scenario.topology
    if _MARKER.fullmatch(scenario.area) and scenario.area not in _TAKEN:
        yield scenario.area
    yield scenario.level
    yield scenario.scope
    if any(isinstance(need, NeedsDatabase) for need in needs(scenario)):
        yield "database"
    yield from sorted({step.verb.verb for step in scenario.steps if step.verb.nature == "breaks"})


def _runner(session: pytest.Session) -> Runner | TunspecError:
    """Return what runs the scenarios of this process, or why there is no such thing; it is tried once."""
    if _RUNNER not in session.stash:
        stack = ExitStack()
        session.stash[_CLEANUP] = stack
        option = session.config.getoption
        session.config.add_cleanup(stack.close)  # where an interrupt kept the session from finishing
        try:
            session.stash[_RUNNER] = stack.enter_context(
                open_runner(option("--impl"), option("--fabric"), realtime=option("--realtime"), sshd=option("--sshd"))
            )
        except TunspecError as error:
            session.stash[_RUNNER] = error
    return session.stash[_RUNNER]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Carry the result on the report."""
    report = yield
    result = item.stash.get(_RESULT, None)
    if result is not None and report.when == "call":
        setattr(report, ATTRIBUTE, result.model_dump_json())
        if report.skipped and isinstance(item, ScenarioItem):
            report.longrepr = (str(item.path), item.scenario.line, f"{result.verdict.value}: {result.reason}")
    return report


def pytest_report_teststatus(
    report: pytest.TestReport,
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
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what is within the scopes; let some workers wait while others work, and nobody at the end."""
    if not config.option.collectonly:
        scopes = _scopes(config)
        beyond = [item for item in items if isinstance(item, ScenarioItem) and item.scenario.scope not in scopes]
        if beyond:
            config.hook.pytest_deselected(items=beyond)
            items[:] = [item for item in items if item not in beyond]
        items[:] = _of_the_shard(config, items)
    if hasattr(config, "workerinput"):
        items[:] = spread(items, lambda item: item.scenario.takes if isinstance(item, ScenarioItem) else 0.0)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Let a malformed scenario file stop nothing but itself; the exit status tells of it."""
    recorder = session.config.stash.get(_RECORDER, None)
    if recorder is None or recorder.only_scenarios_are_invalid:
        session.config.option.continue_on_collection_errors = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what pytest's own summary has no place for: what proved nothing, and what was not judged."""
    recorder = config.stash[_RECORDER]
    inconclusive = [result for result in recorder.results if result.verdict is Verdict.INCONCLUSIVE]
    if inconclusive:
        terminalreporter.write_sep("=", "INCONCLUSIVE")
    for result in inconclusive:
        terminalreporter.write_line(account(result) + "\n")
    for line in (*reasons(recorder.results), *recorder.broken):
        terminalreporter.write_line(line)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close the worlds of this process; what breaks then is told, and counts."""
    if _CLEANUP not in session.stash:
        return
    try:
        session.stash[_CLEANUP].close()
    except TunspecError as error:
        recorder = session.config.stash.get(_RECORDER, None)
        if recorder is None:
            session.config.workeroutput[BROKEN] = str(error)  # type: ignore[attr-defined]  # xdist's, in a worker
        else:
            recorder.broken.append(str(error))
