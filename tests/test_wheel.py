"""The wheel carries all that the command needs: it works from an empty folder, outside the checkout.

It is installed without extras, so that what needs their packages cannot be imported.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Protocol

import pytest
from filelock import FileLock

from harness.extras import MODULES

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.slow


class Installed(Protocol):
    """Runs a program of the environment in which only the wheel is installed."""

    def __call__(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Return what it printed, and its exit status."""


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, without what this process was told of its own packages."""
    environment = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "PYTEST_ADDOPTS"}}
    return subprocess.run(
        [*map(str, command)], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def install(environment: Path) -> None:
    """Build the wheel and install it, beside the dependencies that are here already."""
    wheels = environment.with_name("wheels")
    built = run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", ".", "-w", wheels)
    assert built.returncode == 0, built.stderr
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    (wheel,) = wheels.glob("tunspec-*.whl")
    put = run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel)
    assert put.returncode == 0, put.stderr
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)}))
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    optional = [name for names in MODULES.values() for name in names]
    (packages / "without_extras.pth").write_text(f"import sys; sys.modules.update(dict.fromkeys({optional}))\n")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment, made once, also where several workers want it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "wheel"
    shared.mkdir(exist_ok=True)
    with FileLock(shared / "lock"):
        if not (shared / "done").exists():
            install(shared / "environment")
            (shared / "done").touch()
    return shared / "environment"


@pytest.fixture
def installed(environment: Path, tmp_path: Path) -> Installed:
    """Runs what was installed in an empty folder."""

    def start(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run(environment / "bin" / program, *arguments, cwd=tmp_path)

    return start


def test_what_runs_is_what_was_installed(installed: Installed, environment: Path) -> None:
    """Otherwise the other tests prove nothing."""
    code = "import harness.resources, tunnel_impl; print(harness.resources.root(), tunnel_impl.__file__)"
    found = installed("python", "-c", code).stdout.split()
    assert all(Path(path).is_relative_to(environment) for path in found)
    assert len(found) == 2


def test_run_judges(installed: Installed, tmp_path: Path) -> None:
    """A scenario is run by workers, and nothing is written but what was asked for."""
    done = installed("tunspec", "run", "-n", "2", "data/echo")
    assert "1 pass" in done.stdout, done.stderr
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_list_knows_the_scenarios(installed: Installed) -> None:
    """They are in the wheel."""
    done = installed("tunspec", "list")
    assert "liveness/frozen_server" in done.stdout
    assert done.returncode == 0


def test_schema_is_there(installed: Installed) -> None:
    """For editors."""
    assert json.loads(installed("tunspec", "schema", "scenario").stdout)["type"] == "object"


def test_doctor_finds_the_topologies(installed: Installed) -> None:
    """The compose file is in the wheel."""
    done = installed("tunspec", "doctor", "--json")
    assert "single_bastion" in done.stdout
    assert done.stdout.count("-m pip install 'tunspec[") == len(MODULES), done.stdout


def test_coverage_knows_what_the_docker_fabric_cannot_run(installed: Installed) -> None:
    """Without the packages that it needs to run anything."""
    done = installed("tunspec", "coverage")
    assert "never run on embedded" in done.stdout
    assert done.returncode == 0, done.stderr


def test_selftest_finds_the_faulty_tunnels(installed: Installed) -> None:
    """They are in the wheel, and are rejected."""
    done = installed("tunspec", "selftest", "turns_carriage_returns_into_line_feeds")
    assert "faulty tunnels: 1, cells: " in done.stdout, done.stderr
    assert " 0 survived" in done.stdout
    assert done.returncode == 0
