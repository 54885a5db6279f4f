"""Both versions of Allure's command line, from npm, and their reports on loopback."""

from __future__ import annotations

import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PACKAGES = ("allure@3.18.0", "allure-commandline@2.46.1")
_MINUTES = 300
"""Seconds for a command: npm fetches 90 MB the first time."""


@dataclass(frozen=True)
class Tools:
    """Where npm put both."""

    folder: Path

    def allure3(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run Allure 3."""
        return _run(["node", str(self.folder / "node_modules" / "allure" / "cli.js"), *arguments], cwd)

    def allure2(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run Allure 2."""
        program = self.folder / "node_modules" / "allure-commandline" / "bin" / "allure"
        return _run(["node", str(program), *arguments], cwd)


def install(folder: Path) -> Tools:
    """Return both, fetched once into ``folder``; skips the test where Node.js or Java is missing."""
    for program, package in (("npm", "npm"), ("java", "default-jre-headless")):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program} (Debian: apt install {package})")
    if not (folder / "node_modules" / "allure").is_dir():
        command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *_PACKAGES]
        _run(command, folder).check_returncode()
    return Tools(folder)


def _run(command: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=_MINUTES)


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing of it."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve ``folder`` on loopback, and return its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()
            thread.join()
