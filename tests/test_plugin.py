"""Scenario files as pytest items. Where the verdict does not matter, each file gets the one it is named for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import WriteAdapter, WriteScenario


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder whose scenarios get the verdicts that their files are named for."""
    pytester.makeconftest((Path(__file__).parent / "verdict_by_name.py").read_text())
    pytester.makeini("[pytest]\ntunspec_paths = .\n")
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest here, in this process; hypothesis would be imported again and again, for nothing."""
    return suite.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments)


def collected(result: pytest.RunResult) -> list[str]:
    """Return the node ids that ``--co -q`` printed."""
    return [line for line in result.outlines if "::" in line]


def test_files_of_any_folder_are_collected_under_their_name_and_case(
    suite: pytest.Pytester, write_scenario: WriteScenario
) -> None:
    """A file is one item, a file with cases one for each."""
    write_scenario(suite.path / "mine" / "first.yaml")
    write_scenario(suite.path / "deep" / "er" / "second.yaml", more="cases: {small: {}, large: {}}")
    assert collected(run(suite, "--co", "-q")) == [
        "deep/er/second.yaml::second[small]",
        "deep/er/second.yaml::second[large]",
        "mine/first.yaml::first",
    ]


def test_a_quick_look_is_the_first_case_of_each_file_that_does_not_wait_long(
    suite: pytest.Pytester, write_scenario: WriteScenario
) -> None:
    """`-m quick` touches everything and takes a fraction of the time."""
    write_scenario(suite.path / "mine" / "table.yaml", more="cases: {small: {}, large: {}}")
    write_scenario(suite.path / "mine" / "patient.yaml", steps="open, wait: 10s")
    assert collected(run(suite, "--co", "-q", "-m", "quick")) == ["mine/table.yaml::table[small]"]


def test_other_yaml_files_are_left_alone(suite: pytest.Pytester) -> None:
    """A project's own YAML is no scenario."""
    suite.makefile(".yaml", compose="services: {}\n")
    suite.makefile(".yml", ci="title: pipeline\njobs: []\n")
    assert collected(run(suite, "--co", "-q")) == []


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("-m", "single_bastion"), {"plain", "frozen"}),
        (("-m", "must"), {"plain", "frozen"}),
        (("-m", "may"), set()),
        (("-m", "left"), {"plain"}),
        (("-m", "freeze"), {"frozen"}),
        (("-m", "not freeze"), {"plain"}),
        (("-k", "froz"), {"frozen"}),
        (("left",), {"plain"}),
        (("right/frozen.yaml::frozen",), {"frozen"}),
    ],
)
def test_selection_works_as_in_pytest(
    suite: pytest.Pytester, write_scenario: WriteScenario, arguments: tuple[str, ...], names: set[str]
) -> None:
    """Markers are topology, area, level and fault; names and paths select too."""
    write_scenario(suite.path / "left" / "plain.yaml")
    write_scenario(suite.path / "right" / "frozen.yaml", steps="open, freeze: bastion")
    found = collected(run(suite, "--co", "-q", "--strict-markers", *arguments))
    assert {node.rpartition("::")[2] for node in found} == names


@pytest.mark.parametrize("folder", ["skip", "a(b) c", "_x", "xfail"])
def test_a_folder_may_have_any_name(suite: pytest.Pytester, write_scenario: WriteScenario, folder: str) -> None:
    """A name that means something to pytest, or that no marker can have, changes nothing."""
    write_scenario(suite.path / folder / "pass.yaml")
    assert run(suite, "--strict-markers").parseoutcomes() == {"passed": 1}


@pytest.mark.parametrize(
    ("verdict", "status"),
    [("pass", 0), ("fail", 1), ("inconclusive", 3), ("error", 4), ("unsupported", 5), ("not-run", 5)],
)
def test_each_verdict_has_its_word_and_its_exit_status(
    suite: pytest.Pytester, write_scenario: WriteScenario, verdict: str, status: int
) -> None:
    """The terminal shows the verdict, and the exit status tells the cause."""
    write_scenario(suite.path / "mine" / f"{verdict}.yaml")
    result = run(suite, "-v")
    result.stdout.fnmatch_lines([f"mine/{verdict}.yaml::{verdict} {verdict.upper()}*"])
    assert result.ret == status


@pytest.mark.parametrize("option", [("-m", "nothing_like_it"), ("-k", "zzz"), ("-k", "zzz", "-n", "2")])
def test_nothing_selected_is_exit_5(
    suite: pytest.Pytester, write_scenario: WriteScenario, option: tuple[str, ...]
) -> None:
    """An empty selection is no success."""
    write_scenario(suite.path / "mine" / "pass.yaml")
    assert suite.runpytest_inprocess(*option).ret == 5


def test_a_failure_prints_all_that_a_person_needs(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """Requirement, expected, observed, evidence, timeline, and the command that runs it again; no traceback."""
    path = write_scenario(suite.path / "mine" / "fail.yaml")
    result = run(suite)
    result.stdout.fnmatch_lines(
        [
            "FAIL  mine/fail: Bytes sent through the tunnel come back",
            "  requirement  TUN-1 (core, must): *",
            "  expected     the answer",
            "  observed     silence",
            "  evidence     stall of to-bastion: 12 bytes held",
            "  timeline     *",
            "       1.250    +0.000  link     fault        to-bastion: stalled",
            f"  run again    tunspec run --impl mine --fabric embedded {path.relative_to(Path.cwd())}",
        ]
    )
    assert "Traceback" not in str(result.stdout)


def test_what_proved_nothing_and_what_was_not_judged_is_told(
    suite: pytest.Pytester, write_scenario: WriteScenario
) -> None:
    """Neither passes silently: an inconclusive scenario has its account, the others their reasons."""
    for verdict in ("inconclusive", "unsupported", "unsupported.2", "not-run"):
        write_scenario(suite.path / "mine" / f"{verdict}.yaml")
    run(suite).stdout.fnmatch_lines(
        [
            "INCONCLUSIVE  mine/inconclusive: *",
            "  reason       stall of to-bastion: no evidence that it took effect",
            "not-run: needs the docker fabric (1 scenario)",
            "unsupported: auth.agent (2 scenarios)",
        ]
    )


def test_x_stops_at_the_first_that_is_not_a_pass(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """Also when it proved nothing."""
    for name in ("pass", "inconclusive", "zfail"):
        write_scenario(suite.path / "mine" / f"{name}.yaml")
    result = run(suite, "-x")
    assert (result.parseoutcomes(), result.ret) == ({"inconclusive": 1}, 3)


def test_lf_runs_again_what_failed(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """What passed is left out."""
    for name in ("pass", "fail"):
        write_scenario(suite.path / "mine" / f"{name}.yaml")
    suite.runpytest_inprocess()
    result = suite.runpytest_inprocess("--lf", "-v")
    result.stdout.fnmatch_lines(["mine/fail.yaml::fail FAIL*"])
    assert result.parseoutcomes() == {"failed": 1}


def test_workers_give_the_same_verdicts(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """``-n 2`` changes neither the counts, nor the exit status, nor the report."""
    for verdict in ("pass", "fail", "inconclusive", "unsupported"):
        write_scenario(suite.path / "mine" / f"{verdict}.yaml")
    write_scenario(suite.path / "mine" / "malformed.yaml", steps="open, ecko")
    result = run(suite, "-n", "2", "--tunspec-report=report.jsonl")
    assert result.parseoutcomes() == {"passed": 1, "failed": 1, "inconclusive": 1, "unsupported": 1, "errors": 1}
    assert result.ret == 2
    *_, footer = map(json.loads, (suite.path / "report.jsonl").read_text().splitlines())
    assert footer["verdicts"] == {"pass": 1, "fail": 1, "inconclusive": 1, "unsupported": 1}
    assert len(footer["invalid"]) == 1


def test_x_with_workers_is_an_orderly_end(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """The exit status is that of the verdicts, and the report has its footer."""
    write_scenario(suite.path / "mine" / "fail.yaml")
    assert run(suite, "-n", "2", "-x", "--tunspec-report=report.jsonl").ret == 1
    assert '"line":"footer"' in (suite.path / "report.jsonl").read_text()


def test_a_worker_that_crashes_is_an_error(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """The scenario that it ran is named, and the run does not conform."""
    write_scenario(suite.path / "mine" / "crash.yaml")
    write_scenario(suite.path / "mine" / "pass.yaml")
    result = run(suite, "-n", "2", "--max-worker-restart=1")
    result.stdout.fnmatch_lines(["mine/crash.yaml::crash ended without a verdict: worker 'gw?' crashed *"])
    assert result.ret == 4


@pytest.mark.parametrize("more", [(), ("--co",)])
def test_a_malformed_scenario_is_one_message_and_the_others_run(
    suite: pytest.Pytester, write_scenario: WriteScenario, more: tuple[str, ...]
) -> None:
    """The message names file and line, the exit status is 2."""
    path = write_scenario(suite.path / "mine" / "malformed.yaml", steps="open, ecko")
    write_scenario(suite.path / "mine" / "pass.yaml")
    result = run(suite, *more)
    result.stdout.fnmatch_lines([f"{path}:4: unknown verb 'ecko' (did you mean 'echo'?)*"])
    assert result.ret == 2
    assert "Traceback" not in str(result.stdout)
    assert more or result.parseoutcomes() == {"passed": 1, "errors": 1}


def test_other_tests_keep_pytests_own_status(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """A failing test beside an inconclusive scenario is exit 1; the report is still whole."""
    write_scenario(suite.path / "mine" / "inconclusive.yaml")
    suite.makepyfile("def test_it(): assert False")
    assert run(suite, "--tunspec-report=report.jsonl").ret == 1
    assert '"line":"footer"' in (suite.path / "report.jsonl").read_text()


def test_other_tests_that_cannot_be_collected_stop_the_run_as_ever(
    suite: pytest.Pytester, write_scenario: WriteScenario
) -> None:
    """Only scenario files stop nothing but themselves."""
    write_scenario(suite.path / "mine" / "pass.yaml")
    suite.makepyfile("import nothing_that_is_installed")
    result = run(suite)
    assert (result.parseoutcomes(), result.ret) == ({"errors": 1}, pytest.ExitCode.INTERRUPTED)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--impl", "opnssh"), 2, "no adapter is called 'opnssh' (did you mean 'openssh'[?]): use reference, *"),
        (("--tunspec-report", "."), 2, "the report cannot be written to .: Is a directory"),
        (("--fabric", "docker"), 4, "no docker engine answers *; run scripts/engine, or set DOCKER_HOST"),
    ],
)
def test_a_run_that_could_judge_nothing_ends_at_once(
    suite: pytest.Pytester,
    write_scenario: WriteScenario,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    status: int,
    message: str,
) -> None:
    """The message says what to do, the exit status whose fault it is."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent")
    write_scenario(suite.path / "mine" / "pass.yaml")
    result = suite.runpytest_subprocess(*arguments)
    result.stderr.fnmatch_lines([f"*{message}"])
    assert result.ret == status
    assert "Traceback" not in str(result.stdout) + str(result.stderr)


def test_a_fabric_that_fails_later_is_an_error_of_every_scenario(
    suite: pytest.Pytester, write_scenario: WriteScenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason stands with each, and the exit status is 4."""
    monkeypatch.setattr("harness.world.fabrics.check", lambda *_: None)
    for name in ("pass", "fail"):
        write_scenario(suite.path / "mine" / f"{name}.yaml")
    result = run(suite, "--fabric", "docker")
    result.stdout.fnmatch_lines(["  reason       the engine went away; start it"])
    assert (result.parseoutcomes(), result.ret) == ({"errors": 2}, 4)


def test_a_scenario_is_really_run(
    pytester: pytest.Pytester, write_scenario: WriteScenario, write_adapter: WriteAdapter
) -> None:
    """Without a stand-in: a real world, a real adapter, which here refuses."""
    refuses = write_adapter(
        "refuses",
        'greet("auth.key")\n'
        'send(id=receive()["id"], error={"code": "timeout", "message": "too slow", "hop": 0})\n'
        'send(id=receive()["id"], ok={})',
    )
    write_scenario(pytester.path / "mine" / "echo.yaml")
    result = pytester.runpytest_inprocess("--impl", str(refuses), "mine")
    result.stdout.fnmatch_lines(
        ["  observed     timeout (too slow)", "  at step      open (line 4)", "  judged       scripted 1 on embedded"]
    )
    assert result.ret == 1
