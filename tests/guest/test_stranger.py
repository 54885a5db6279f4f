"""In a project that has nothing to do with tunspec, pytest does what it does without."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import WriteScenario

HEAVY = ("pydantic", "rich", "paramiko", "asyncssh", "yaml", "allure", "harness.items.hooks", "harness.scenario.loader")

LOOKS_AT_MODULES = """
import sys
def pytest_unconfigure():
    print("imported:", [name for name in {heavy!r} if name in sys.modules])
"""


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest there, in this process; hypothesis would be imported again and again, for nothing."""
    return project.runpytest_inprocess("-p", "no:hypothesispytest", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (".",),
        ("--strict-markers", "--strict-config", "-W", "error"),
        ("-n", "2"),
        ("-p", "no:xdist"),
        ("-p", "no:tunspec"),
        ("-m", "must or slow"),
    ],
    ids=" ".join,
)
def test_a_run_is_what_it_would_be_without_tunspec(cookbook: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """No recipe is collected, and the project's own options and markers are its own."""
    result = run(cookbook, "--impl=ours", *arguments)
    assert (result.parseoutcomes(), result.ret) == ({"passed": 2}, 0)


def test_a_typo_in_a_marker_is_still_caught(cookbook: pytest.Pytester) -> None:
    """The suite's own markers, such as ``should``, are none of this project's."""
    cookbook.makepyfile("import pytest\n@pytest.mark.should\ndef test_it(): pass")
    result = cookbook.runpytest_subprocess("--strict-markers", "--impl=ours")
    result.stdout.fnmatch_lines(["*'should' not found in `markers` configuration option*"])
    assert result.ret == pytest.ExitCode.INTERRUPTED


def test_a_recipe_that_is_named_is_not_a_scenario(cookbook: pytest.Pytester) -> None:
    """Two words in common do not make one: pytest itself says that it knows nothing of such a file."""
    result = run(cookbook, "recipes")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_nothing_heavy_is_imported(cookbook: pytest.Pytester) -> None:
    """What judges scenarios stays away until one is asked for."""
    conftest = cookbook.path / "conftest.py"
    conftest.write_text(conftest.read_text() + LOOKS_AT_MODULES.format(heavy=HEAVY))
    result = cookbook.runpytest_subprocess("--impl=ours", "-s", "-p", "no:allure_pytest", "-p", "no:hypothesispytest")
    result.stdout.fnmatch_lines(["*imported: []"])


def test_it_costs_a_small_part_of_pytests_own_start(pytester: pytest.Pytester) -> None:
    """A tenth of the processor time that importing pytest takes, which is well below 30 ms."""
    script = pytester.makepyfile(
        """
        import time
        began = time.process_time()
        import pytest
        middle = time.process_time()
        import harness.plugin
        print((time.process_time() - middle) / (middle - began))
        """
    )
    ratios = [float(pytester.run(sys.executable, script).outlines[-1]) for _ in range(3)]
    assert min(ratios) < 0.1


def test_scenarios_are_collected_where_the_ini_file_has_them(
    cookbook: pytest.Pytester, write_scenario: WriteScenario
) -> None:
    """Only there, and beside the project's own tests."""
    write_scenario(cookbook.path / "tunnels" / "first.yaml")
    write_scenario(cookbook.path / "elsewhere" / "second.yaml")
    result = run(cookbook, "--co", "-q", "-o", "tunspec_paths=tunnels")
    assert [line for line in result.outlines if ".yaml" in line] == ["tunnels/first.yaml::first"]


@pytest.mark.parametrize("name", ["tunnels", "tunnels/first.yaml", "tunnels/first.yaml::first"])
def test_scenarios_are_collected_where_they_are_named(
    cookbook: pytest.Pytester, write_scenario: WriteScenario, name: str
) -> None:
    """A file, a folder, or one scenario."""
    write_scenario(cookbook.path / "tunnels" / "first.yaml")
    assert "tunnels/first.yaml::first" in run(cookbook, "--co", "-q", name).outlines


def test_a_short_option_that_the_project_has_stays_the_projects(
    cookbook: pytest.Pytester, write_scenario: WriteScenario
) -> None:
    """The long one is tunspec's."""
    write_scenario(cookbook.path / "tunnels" / "first.yaml")
    result = cookbook.runpytest_subprocess("--impl=ours", "--tunspec-impl=nobody", "tunnels")
    result.stderr.fnmatch_lines(["*no adapter is called 'nobody'*"])
    assert result.ret == 2


def test_a_short_option_is_unknown_where_no_scenario_is_asked_for(pytester: pytest.Pytester) -> None:
    """So that nobody comes to rely on it by accident."""
    pytester.makepyfile("def test_it(): pass")
    result = run(pytester, "--impl=openssh")
    result.stderr.fnmatch_lines(["*unrecognized arguments: --impl=openssh"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_misspelled_word_is_told(cookbook: pytest.Pytester, write_scenario: WriteScenario, workers: str) -> None:
    """A file in a named folder that would be a scenario but for a typo."""
    path = write_scenario(cookbook.path / "tunnels" / "first.yaml")
    path.write_text(path.read_text().replace("title:", "titel:"))
    result = run(cookbook, "tunnels", "-n", workers)
    assert f"{path}:1: titel: unknown key (did you mean 'title'?)" in str(result.stdout) + str(result.stderr)
    assert result.ret == 2
