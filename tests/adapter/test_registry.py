"""What ``--impl`` may name."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness import resources
from harness.adapter import registry
from harness.adapter.driver import Adapter, Limits
from harness.adapter.processes import afresh
from harness.adapter.registry import Launch, resolve
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.timeline import Timeline

_ENGINE = """#!{python}
import os, subprocess, sys
with open({log!r}, "a") as log:
    print(*sys.argv[1:], file=log)
if sys.argv[1] == "image":
    sys.exit("No such image: nowhere" if sys.argv[-1] == "nowhere" else 0)
if sys.argv[1] == "run":
    os.execv({adapter!r}, [{adapter!r}])
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Callable[[str], Path]) -> Path:
    """A docker command that runs an adapter here and writes down what it was asked; returns that record."""
    log, folder = tmp_path / "engine.log", tmp_path / "bin"
    folder.mkdir()
    docker = folder / "docker"
    adapter = script("greet()\nreceive()")
    docker.write_text(_ENGINE.format(python=sys.executable, log=str(log), adapter=str(adapter)))
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return log


@pytest.mark.parametrize("name", ["reference", "openssh", "dropbear", "autossh"])
def test_shipped_adapters_run_in_this_python(name: str) -> None:
    """What ships with the suite needs no other interpreter, and imports nothing from the current folder."""
    launch = resolve(name)
    assert launch.argv[:3] == (sys.executable, "-P", "-m")


def test_a_path_is_made_absolute(
    tmp_path: Path, script: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The adapter starts in another folder than the one where its name was typed."""
    path = script("greet()")
    monkeypatch.chdir(tmp_path)
    assert resolve("./adapter.py").argv == (str(path),)


def test_a_link_is_started_by_its_own_name(tmp_path: Path, script: Callable[[str], Path]) -> None:
    """A program that looks at the name it was called by is the one that the user named."""
    link = tmp_path / "called-so"
    link.symlink_to(script("greet()"))
    assert resolve(str(link)).argv == (str(link),)


def test_an_adapter_starts_within_others_the_first_outermost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command ends in running its arguments; what takes rights from root comes last, for mount(8) needs them."""
    monkeypatch.setattr(registry, "_as_an_ordinary_reader", lambda: ("setpriv", "--"))
    launch = Launch("mine", ("adapter", "--flag"), "program").within(("crowded", "--")).within(("unshare", "--"))
    assert launch.command(tmp_path, {}).argv == (
        *afresh.COMMAND,
        *("crowded", "--", "unshare", "--", "setpriv", "--"),
        *("adapter", "--flag"),
    )


def test_what_an_adapter_starts_within_is_run(tmp_path: Path) -> None:
    """With the adapter's environment, in the same process."""
    around = ("sh", "-c", 'AROUND=$$ exec "$@"', "sh")
    launch = Launch("mine", ("sh", "-c", 'echo "$AROUND $$ $MARK"'), "program").within(around)
    command = launch.command(tmp_path, {"MARK": "marked"})
    said = subprocess.check_output(command.argv, env={"PATH": "/usr/bin:/bin", **command.environment}, text=True)
    outer, inner, mark = said.split()
    assert (outer, mark) == (inner, "marked")


@pytest.mark.skipif("not registry._as_an_ordinary_reader()", reason="needs root and setpriv")
def test_an_adapter_of_root_cannot_read_every_file(tmp_path: Path) -> None:
    """A key file that may not be read is not read."""
    secret = tmp_path / "key"
    secret.touch(mode=0o000)
    command = Launch("mine", ("cat", str(secret)), "program").command(tmp_path, {})
    done = subprocess.run(command.argv, capture_output=True, text=True, check=False)
    assert "Permission denied" in done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("refrence", r"no adapter is called 'refrence' \(did you mean 'reference'\?\): use reference, openssh, "),
        ("./nowhere", "there is no such file"),
        ("/", "is not a file"),
        ("image:", "does not name an image"),
        ("image:--privileged", "does not name an image"),
    ],
)
def test_a_wrong_name_says_what_to_do(name: str, message: str) -> None:
    """Each mistake has its own message."""
    with pytest.raises(UsageError, match=message):
        resolve(name)


def test_a_file_that_is_not_executable_says_how_to_make_it_so(tmp_path: Path) -> None:
    """The message is the command to type."""
    path = tmp_path / "mine"
    path.touch(0o644)
    with pytest.raises(UsageError, match=f"run: chmod \\+x {path}"):
        resolve(str(path))


@pytest.mark.usefixtures("engine")
def test_an_image_that_is_not_there_is_a_usage_error() -> None:
    """Images are never pulled; the engine's own words are shown."""
    with pytest.raises(UsageError, match="No such image: nowhere; build it or pull it first"):
        resolve("image:nowhere")


def test_an_image_runs_with_the_run_s_labels_and_no_privileges(
    engine: Path, tmp_path: Path, timeline: Timeline
) -> None:
    """The container sees only its folder and home, carries the run's labels, and is removed."""
    launch = resolve("image:mine:latest")
    environment = {"TUNSPEC_RUN": "12-34:cafe", "TOKEN_OF_RUN": "hush hush", "HOME": str(tmp_path / "link")}
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")
    with Adapter.start(
        launch,
        folder=tmp_path,
        environment=environment,
        timeline=timeline,
        answer=lambda _: None,
        limits=Limits(stop=0.5),
    ):
        pass
    inspected, run, removed = engine.read_text().splitlines()
    container = run.partition("--name ")[2].split()[0]
    assert inspected.endswith("mine:latest")
    assert run.endswith("mine:latest")
    for option in (
        "--rm --init --pull never",
        "--network host --cap-drop ALL --security-opt no-new-privileges",
        f"--mount type=bind,source={tmp_path},target={tmp_path}",
        f"--mount type=bind,source={tmp_path / 'home'},target={tmp_path / 'link'}",
        "--label org.tunspec.run=cafe",
        "--label org.tunspec.owner=12-34",
        "--env TOKEN_OF_RUN",
    ):
        assert option in run
    assert "hush hush" not in run
    assert removed == f"rm --force {container}"


def test_the_file_of_a_faulty_tunnel_is_told_how_to_run_it() -> None:
    """To make it executable would not help: it has no first line that says what runs it."""
    with pytest.raises(UsageError, match="run it as faulty:ignores_short_writes"):
        resolve(str(resources.faulty_tunnels()[0].parents[1] / "data" / "ignores_short_writes.py"))
