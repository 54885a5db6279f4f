"""The action for GitHub, by running its steps in a shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness import resources
from harness.verdict.lattice import Exit

ACTION = resources.root() / "action.yml"
TERMS = 'implementation = "reference"\nselect = ["data/echo"]\n'


def step(name: str) -> dict[str, Any]:
    """Return a step of the action."""
    steps: list[dict[str, Any]] = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    return next(one for one in steps if one.get("name") == name)


def judge(folder: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """Run the step that judges, with the action's inputs as they are by default or ``given``."""
    inputs = {name: one["default"] for name, one in yaml.safe_load(ACTION.read_text())["inputs"].items()} | given
    variables = {key: inputs[value.split(".")[1].split()[0]] for key, value in step("Judge")["env"].items()}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step("Judge")["run"]]
    environment = {**os.environ, **variables, "PATH": path}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.slow
def test_it_judges_by_the_terms_and_leaves_every_report(tmp_path: Path) -> None:
    """In the folder that the next step uploads."""
    (tmp_path / "tunspec.toml").write_text(TERMS)
    done = judge(tmp_path)
    assert done.returncode == Exit.CONFORMS, done.stdout + done.stderr
    left = {file.name for file in (tmp_path / "tunspec-report").iterdir()}
    assert {"report.jsonl", "junit.xml", "allure"} <= left


def test_its_inputs_win_over_the_terms(tmp_path: Path) -> None:
    """An implementation that does not exist is a mistake, which the action passes on."""
    (tmp_path / "tunspec.toml").write_text(TERMS)
    done = judge(tmp_path, implementation="./absent")
    assert done.returncode == Exit.USAGE
    assert "absent: there is no such file" in done.stderr


def test_what_comes_from_outside_reaches_no_shell_as_text() -> None:
    """Inputs stand in the environment of a step and never in its script, where they could be commands."""
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    assert not [one["run"] for one in steps if "${{" in one.get("run", "")]
