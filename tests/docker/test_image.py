"""The image of tunspec itself, and four parts of a run in four containers, in four processes, and in one."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import resources
from harness.verdict.lattice import Exit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.docker, pytest.mark.toolchain]

PARTS = 4
AREA = "host_keys"
IMAGE, STAGE = "tunspec/tunspec:test", "tunspec/tunspec:test-build"
SOCKET = "/var/run/docker.sock"
_TUNSPEC = str(Path(sys.executable).with_name("tunspec"))


def run(*command: str, status: int = 0, cwd: Path | None = None) -> str:
    """Run a command that is to end with ``status``; return what it printed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image, built of a copy of the checkout and of wheels that this machine's pip found."""
    checkout = tmp_path_factory.mktemp("image") / "checkout"
    run("git", "clone", "--quiet", str(resources.root()), str(checkout))
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "-w",
        "wheels",
        "-c",
        "constraints.txt",
        ".[all]",
        "hatchling",
        cwd=checkout,
    )
    recipe = str(checkout / "containers" / "tunspec" / "Dockerfile")
    build = ("docker", "build", "-q", "--force-rm", "-f", recipe, "--build-arg", "PIP_NO_INDEX=1")
    run(*build, "--target", "build", "-t", STAGE, str(checkout))  # with a name, so that it can be removed
    run(*build, "-t", IMAGE, str(checkout))
    yield IMAGE
    run("docker", "image", "rm", IMAGE, STAGE)


def verdicts(report: Path) -> dict[str, str]:
    """Return the verdicts of a report, by scenario."""
    lines = (json.loads(line) for line in report.read_text().splitlines())
    return {line["result"]["scenario"]: line["result"]["verdict"] for line in lines if line["line"] == "result"}


def in_parts(folder: Path, command: Callable[[Path], tuple[str, ...]]) -> dict[str, str]:
    """Run the parts beside each other, join their reports, and return the verdicts of the whole."""
    folder.mkdir()
    shards = [f"shard-{part}.jsonl" for part in range(1, PARTS + 1)]

    def judge(part: int) -> str:
        asked = (AREA, "--shard", f"{part}/{PARTS}", "--report", shards[part - 1], "-n", "1")
        return run(*command(folder), "run", *asked, cwd=folder)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(judge, range(1, PARTS + 1)))
    run(_TUNSPEC, "merge", *shards, "--into", "whole.jsonl", cwd=folder)
    return verdicts(folder / "whole.jsonl")


def container(image: str) -> Callable[[Path], tuple[str, ...]]:
    """Return the command for a container that may do nothing but work in a folder."""
    locked = (
        "--cap-drop",
        "ALL",
        "--security-opt",
        "no-new-privileges",
        "--network",
        "none",
        "--env",
        "TUNSPEC_RUN=one",
    )
    return lambda folder: ("docker", "run", "--rm", *locked, "--volume", f"{folder}:/work", image)


def test_parts_in_containers_and_in_processes_find_what_one_run_finds(image: str, tmp_path: Path) -> None:
    """The verdicts are the same, however the work is divided."""
    run(_TUNSPEC, "run", AREA, "--report", str(tmp_path / "one.jsonl"), "-n", "2")
    one = verdicts(tmp_path / "one.jsonl")
    processes = in_parts(tmp_path / "processes", lambda _: ("env", "TUNSPEC_RUN=one", _TUNSPEC))
    assert one == processes == in_parts(tmp_path / "containers", container(image))


def test_a_container_uses_the_engine_of_its_machine(image: str, tmp_path: Path) -> None:
    """The docker fabric is asked for by the mounted socket."""
    engine = ("--network", "host", "--volume", f"{SOCKET}:{SOCKET}", "--volume", f"{tmp_path}:/work")
    run("docker", "run", "--rm", *engine, image, "run", "--fabric", "docker", "data/echo", status=Exit.CONFORMS)
