"""The pytest plugin: scenario files are test items.

Markers are the topology, the area (the folder), the level, and every fault and database that a scenario needs,
so ``pytest -m two_hop``, ``-m "must and freeze"`` or ``-k totp`` select as one expects.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import allure
import pytest
from _pytest._code.code import ExceptionInfo, TerminalRepr

from harness.adapter import registry
from harness.errors import FabricBroken, InvalidScenario, TunspecError, UsageError
from harness.report import allure as allure_report
from harness.report.recorder import ATTRIBUTE, Recorder, result_of
from harness.report.text import LETTERS, STYLES, account
from harness.scenario.loader import load, looks_like_scenario
from harness.scenario.model import Scenario
from harness.scenario.runner import Runner, needs
from harness.scenario.verbs import VERBS
from harness.session import clean_up_after_dead_workers, open_runner
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Result
from harness.world import fabrics
from harness.world.topology import topologies

_RUNNER = pytest.StashKey[Runner]()
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
        help="implementation under test: reference, openssh, a path to an adapter, or image:NAME",
    )
    group.addoption("--fabric", default="embedded", choices=fabrics.FABRICS, help="what the scenarios run on")
    group.addoption("--realtime", action="store_true", help="use the times of the page as they stand, not scaled")
    group.addoption("--tunspec-report", type=Path, metavar="FILE", help="write the JSON report to FILE")


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers, and the recorder where results come together."""
    for topology in topologies().values():
        config.addinivalue_line("markers", f"{topology.name}: {topology.about}")
    for level in ("must", "should", "may"):
        config.addinivalue_line("markers", f"{level}: the strictest level among the scenario's requirements")
    for name, verb in VERBS.items():
        if verb.nature == "breaks":
            config.addinivalue_line("markers", f"{name}: {(verb.__doc__ or '').splitlines()[0]}")
    config.addinivalue_line("markers", "database: needs a real database behind the bastion")
    if not hasattr(config, "workerinput"):
        _check_names(config)
        recorder = Recorder(
            file=config.getoption("--tunspec-report"),
            implementation=config.getoption("--impl"),
            fabric=config.getoption("--fabric"),
            realtime=config.getoption("--realtime"),
        )
        config.stash[_RECORDER] = recorder
        config.pluginmanager.register(recorder, "tunspec-recorder")


def _check_names(config: pytest.Config) -> None:
    """End the run at once, with a message and its exit status, where it could judge nothing."""
    if config.option.collectonly:
        return
    try:
        registry.resolve(config.getoption("--impl"))
        fabrics.check(config.getoption("--fabric"))
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
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.id.rpartition("/")[2], scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, **kwargs: Any) -> None:  # noqa: ANN401 -- pytest's own arguments
        super().__init__(**kwargs)
        self.scenario = scenario
        self.config.addinivalue_line("markers", f"{scenario.area}: scenarios of the area {scenario.area}")
        for marker in _markers(scenario):
            self.add_marker(marker)

    def runtest(self) -> None:
        """Run it; every verdict but ``pass`` is raised."""
        runner = _runner(self.session)
        allure_report.introduce(self.scenario, runner.launch.name, runner.worlds.fabric.name)
        result = runner(self.scenario, observe=allure.step)
        self.stash[_RESULT] = result
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
    yield scenario.topology
    yield scenario.area
    yield scenario.level
    for need in sorted(needs(scenario)):
        if need.startswith("database:"):
            yield "database"
    for verb in sorted({step.verb.verb for step in scenario.steps if step.verb.nature == "breaks"}):
        yield verb


def _runner(session: pytest.Session) -> Runner:
    if _RUNNER not in session.stash:
        stack = ExitStack()
        session.stash[_CLEANUP] = stack
        session.stash[_RUNNER] = stack.enter_context(
            open_runner(session.config.getoption("--impl"), session.config.getoption("--fabric"))
        )
    return session.stash[_RUNNER]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Carry the result on the report."""
    report = yield
    result = item.stash.get(_RESULT, None)
    if result is not None and report.when == "call":
        setattr(report, ATTRIBUTE, result.model_dump_json())
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
    colour = STYLES[result.verdict].rpartition("bold ")[2].split()[0].removeprefix("bright_")
    return category, LETTERS[result.verdict], (result.verdict.upper(), {colour: True})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Let a malformed scenario file stop nothing but itself; the exit status tells of it."""
    recorder = session.config.stash.get(_RECORDER, None)
    if recorder is None or recorder.only_scenarios_are_invalid:
        session.config.option.continue_on_collection_errors = True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close the worlds of this process."""
    if _CLEANUP in session.stash:
        session.stash[_CLEANUP].close()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Clean up after workers that could not do it themselves."""
    if config.stash.get(_RECORDER, None) is not None and config.getoption("numprocesses", None):
        clean_up_after_dead_workers()
