"""What the self-tests of the front share: scenario files, and tiny adapters."""

from __future__ import annotations

import datetime as dt
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

_TUNSPEC = str(Path(sys.executable).with_name("tunspec"))

_SCENARIO = """\
title: Bytes sent through the tunnel come back
covers: [TUN-1]
topology: single_bastion
steps: [{steps}]
{more}
"""

_POLITE = """\
#!{python}
import json, os, sys, time
def send(**message):
    print(json.dumps(message), flush=True)
def receive():
    line = sys.stdin.readline()
    return json.loads(line) if line else sys.exit(0)
def greet(*supports):
    send(id=receive()["id"], ok={{"protocol": 1, "supports": supports,
         "implementation": {{"name": "scripted", "version": "1", "language": "Python"}}}})
    request = receive()
    send(id=request["id"], unsupported=request["do"])
EVERYTHING = ("auth.password", "auth.key", "auth.agent", "auth.keyboard-interactive", "totp.generate", "totp.prompt",
    "jump", "host-keys.ask", "host-keys.replace", "keepalive", "reconnect", "test", "import-url", "import-config",
    "auth.none", "auth.certificate", "target.socket", "reopen", "errors.code", "errors.hop", "status",
    "timeouts.connect", "timeouts.open", "keepalive.default")
{body}
"""


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # so a shell starts what it puts in the background (sh(1), asynchronous lists), and what is started here inherits it
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure() -> None:
    """Settle what day it is, before midnight can come between two workers.

    Some tests do a part of their work each day, another one the next. ``TUNSPEC_DAY`` repeats that of another day.
    """
    os.environ.setdefault("TUNSPEC_DAY", str(dt.datetime.now(tz=dt.UTC).date().toordinal()))


def pytest_report_header() -> str:
    """Tell the day, so that a failure can be repeated on another one."""
    return f"day: TUNSPEC_DAY={os.environ['TUNSPEC_DAY']}"


class WriteAdapter(Protocol):
    """Makes an executable adapter of Python code; ``greet(*supports)`` stands for a well-behaved beginning."""

    def __call__(self, name: str, body: str) -> Path:
        """Return its path."""


class Tunspec(Protocol):
    """Runs the command in an empty folder."""

    def __call__(self, *arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Return what it printed, and its exit status."""


class WriteScenario(Protocol):
    """Writes a scenario file, its folder too."""

    def __call__(self, path: Path, *, steps: str = ..., more: str = ...) -> Path:
        """Return ``path``; ``steps`` are YAML of one line, ``more`` is what else the file says."""


@pytest.fixture
def write_scenario() -> WriteScenario:
    """Writes scenario files that differ in little."""

    def write(path: Path, *, steps: str = "open, echo", more: str = "") -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_SCENARIO.format(steps=steps, more=more))
        return path

    return write


@pytest.fixture
def write_adapter(tmp_path: Path) -> WriteAdapter:
    """Writes adapters into the test's folder."""

    def write(name: str, body: str) -> Path:
        path = tmp_path / name
        path.write_text(_POLITE.format(python=sys.executable, body=body))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return write


@pytest.fixture
def tunspec(tmp_path: Path) -> Tunspec:
    """Runs the installed command."""
    empty = tmp_path / "empty"
    empty.mkdir()

    def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [_TUNSPEC, *map(str, arguments)]
        return subprocess.run(command, cwd=cwd or empty, capture_output=True, text=True, check=False, timeout=120)

    return run
