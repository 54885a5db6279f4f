"""A team's week with the gate, in a repository of its own."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness import resources
from harness.gate import baseline
from harness.verdict.lattice import Exit
from tests.conftest import Tunspec

TERMS = 'implementation = "./adapter"\nselect = ["data/echo", "host_keys/unknown_refused"]\nbaseline = "baseline.txt"\n'
WAIVER = '\n[[waivers]]\nscenario = "data/echo"\nreason = "bytes are lost, see issue 7"\nexpires = {day}\n'

SOUND = "#!{python}\nimport runpy\nrunpy.run_module('tunnel_impl.adapter', run_name='__main__')\n"
FAULTY = "#!{python}\nimport runpy\nrunpy.run_path({tunnel!r}, run_name='__main__')\n"
POORER = """\
#!{python}
import subprocess, sys
tunnel = subprocess.Popen([sys.executable, "-m", "tunnel_impl.adapter"], stdout=subprocess.PIPE, text=True)
for line in tunnel.stdout:
    print(line.replace('"host-keys.ask", ', ""), end="", flush=True)
"""
MUTE = "#!/bin/sh\nexit 3\n"


class Team:
    """What a team does in its repository, and what the gate says to that."""

    def __init__(self, folder: Path, tunspec: Tunspec) -> None:
        self.folder = folder
        self._tunspec = tunspec
        self._git("init", "--quiet")

    def commits(self, *, adapter: str | None = None, terms: str | None = None) -> None:
        """Change the adapter or the terms, and commit that."""
        if adapter is not None:
            file = self.folder / "adapter"
            tunnel = next(resources.root().glob("tests/faulty/*/turns_carriage_returns_into_line_feeds.py"), Path())
            file.write_text(adapter.format(python=sys.executable, tunnel=str(tunnel)))
            file.chmod(0o755)
        if terms is not None:
            (self.folder / "tunspec.toml").write_text(terms)
        self._git("add", "--all")
        self._git("-c", "user.name=Team", "-c", "user.email=team@example.org", "commit", "--quiet", "-m", "Change")

    def gate(self, *arguments: str) -> tuple[int, str]:
        """Return the exit status and the output of the gate."""
        done = self._tunspec("gate", "-n", "0", *arguments, cwd=self.folder)
        return done.returncode, done.stdout + done.stderr

    def untracked(self) -> str:
        """Return what git would show as changed."""
        return self._git("status", "--porcelain")

    def _git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout


@pytest.fixture
def team(tmp_path: Path, tunspec: Tunspec) -> Team:
    """A team with a sound tunnel and no baseline yet."""
    team = Team(tmp_path, tunspec)
    team.commits(adapter=SOUND, terms=TERMS)
    return team


def day(days: int) -> str:
    """Return the date so many days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.mark.slow
def test_a_week(team: Team) -> None:
    """A baseline, a regression, a waiver that expires, a fix that is noticed, lost coverage, a newer suite."""
    status, said = team.gate()
    assert (status, "--write-baseline writes it" in said) == (Exit.USAGE, True)
    assert team.gate("--write-baseline")[0] == Exit.CONFORMS
    assert team.untracked() == "?? baseline.txt\n"

    team.commits(adapter=FAULTY)
    status, said = team.gate()
    assert status == Exit.NONCONFORMANT
    assert "Failures (1)\n  data/echo (must): expected" in said

    team.commits(terms=TERMS + WAIVER.format(day=day(1)))
    status, said = team.gate("--allure", ".tunspec/allure")
    assert (status, "bytes are lost, see issue 7" in said) == (Exit.CONFORMS, True)
    results = [file.read_text() for file in team.folder.glob(".tunspec/allure/*-result.json")]
    assert [one for one in results if "known-fail: bytes are lost, see issue 7 (waived in line 5" in one]

    team.commits(terms=TERMS + WAIVER.format(day=day(-1)))
    status, said = team.gate()
    assert (status, f"line 5: the waiver of data/echo expired on {day(-1)}" in said) == (Exit.NONCONFORMANT, True)

    team.commits(adapter=SOUND, terms=TERMS + WAIVER.format(day=day(1)))
    status, said = team.gate()
    assert (status, "Fixed: remove the waiver (1)\n  data/echo (line 5" in said) == (Exit.NONCONFORMANT, True)

    team.commits(adapter=POORER, terms=TERMS)
    status, said = team.gate()
    assert (status, "host_keys/unknown_refused passed before; unsupported: host-keys.ask" in said) == (
        Exit.COVERAGE_LOST,
        True,
    )

    team.commits(adapter=SOUND)
    file = team.folder / "baseline.txt"
    known = baseline.read(file)["data/echo"].digest
    file.write_text(file.read_text().replace(known, "00000000") + "pass data/older 00000000\n")
    status, said = team.gate()
    assert status == Exit.CONFORMS
    assert "Changed scenarios (1)\n  data/echo" in said
    assert "Scenarios that are gone (1)\n  data/older" in said


@pytest.mark.parametrize(
    ("adapter", "terms", "status", "message"),
    [
        (SOUND, "fabric = 7", Exit.USAGE, "tunspec.toml:1: fabric: input should be"),
        (SOUND, 'select = ["data/eco"]', Exit.USAGE, "there is no scenario 'data/eco'"),
        (MUTE, 'implementation = "./adapter"\nselect = ["data/echo"]', Exit.BROKEN, "exit 4: "),
        (SOUND, 'select = ["data/echo"]\nmarker = "two_hop"', Exit.NOTHING_RUN, "nothing was selected"),
        (SOUND, 'select = ["data/echo"]\nlevel = "may"', Exit.NOTHING_RUN, "nothing was selected"),
    ],
    ids=["a mistake in the file", "no such scenario", "a dead adapter", "nothing selected", "nothing of this level"],
)
def test_what_is_no_verdict_has_an_exit_status_of_its_own(
    team: Team, adapter: str, terms: str, status: Exit, message: str
) -> None:
    """And says why."""
    team.commits(adapter=adapter, terms=terms)
    found, said = team.gate()
    assert (found, message in said) == (status, True)
