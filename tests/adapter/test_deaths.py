"""An adapter that dies again and again in the same way is told of once, and ends the run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.verdict.lattice import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    Script = Callable[[str], Path]

_TUNSPEC = str(Path(sys.executable).with_name("tunspec"))
_DIES = "def handle(message):\n    return message['totp']\n\nhandle(receive())"
_GREETS = """
about = {"name": "scripted", "version": "1", "language": "Python"}
send(id=receive()["id"], ok={"protocol": 1, "supports": ["import-config"], "implementation": about})
request = receive()
send(id=request["id"], unsupported=request["do"])
"""
_ALL = "imports/config_hosts"


def run(adapter: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Judge it by a table that needs no network."""
    command = (_TUNSPEC, "run", "--impl", str(adapter), "--scope", "full", *options, _ALL)
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("workers", "body"), [("0", _DIES), ("2", _GREETS + _DIES)])
def test_a_death_is_told_whole_and_once(script: Script, workers: str, body: str) -> None:
    """With every line of the traceback; the third one ends the run. Before workers start it must say hello."""
    done = run(script(body), "-n", workers)
    assert done.returncode == Exit.BROKEN
    assert done.stdout.count("Traceback (most recent call last):") == 1
    assert "return message['totp']" in done.stdout
    assert "the adapter died as above: it exited with status 1" in done.stdout
    assert "--keep-going continues it" in done.stdout


def test_keep_going_goes_on(script: Script) -> None:
    """Every scenario is tried."""
    done = run(script(_DIES), "-n", "0", "--keep-going")
    assert "--keep-going continues it" not in done.stdout
    assert done.stdout.count("the adapter died as above") > 3
