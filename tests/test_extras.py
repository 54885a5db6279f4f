"""What is not installed is said before anything runs, with the command that installs it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from harness import cli, extras
from harness.adapter.registry import resolve
from harness.extras import MODULES, Extra
from harness.faults.needs import NeedsDatabase
from harness.scenario.stage import client_host
from harness.verdict.lattice import Exit

NEEDED: dict[str, Extra] = {
    "run --fabric docker data/echo": "docker",
    "run --impl image:mine:latest data/echo": "docker",
    "up single_bastion": "docker",
    "down": "docker",
    "matrix reference --fabric docker": "docker",
    "run --allure results data/echo": "allure",
    "gate --allure results data/echo": "allure",
}


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """In an empty folder, with no package of any extra."""
    monkeypatch.chdir(tmp_path)
    for name in [name for names in MODULES.values() for name in names]:
        monkeypatch.setitem(sys.modules, name, None)
    return monkeypatch


def call(words: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Call the command in this process and return its exit status."""
    monkeypatch.setattr(sys, "argv", ["tunspec", *words.split()])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


@pytest.mark.parametrize("words", NEEDED)
def test_a_command_names_the_extra_that_it_needs(
    without: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    """In one line, which can be copied into a shell."""
    assert call(words, without) == Exit.USAGE
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    command = shlex.split(said.partition("; run: ")[2])
    assert command == [sys.executable, "-m", "pip", "install", f"tunspec[{NEEDED[words]}]"]


def test_a_database_without_its_driver_is_told_before_the_run(
    without: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the words that leave such scenarios out."""
    without.setattr("harness.world.fabrics.check", lambda *_: None)
    assert call("run --fabric docker database", without) == Exit.USAGE
    said = capsys.readouterr().err
    assert "judging a database, as in database/" in said
    assert "tunspec[databases]" in said


def test_pytest_does_not_run_what_has_no_driver(without: pytest.MonkeyPatch) -> None:
    """It sees the scenarios in its workers, where nothing can be told any more."""
    del without
    here, _ = client_host.split(frozenset({NeedsDatabase("mariadb")}))
    reason = client_host.missing(resolve("reference"), here)
    assert "tunspec[databases]" in str(reason)


def test_a_folder_of_that_name_is_no_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Python would import it as a namespace."""
    (tmp_path / "psycopg").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "psycopg", raising=False)
    assert "psycopg" in str(extras.missing("databases"))
