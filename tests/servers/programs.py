"""Servers that are programs of ours around a library: they print their port and their host key, and serve."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from .server import Credential, Server

_HERE = Path(__file__).parent
_BUILD_LIMIT = 300
Build = Callable[[Path], list[str]]


@dataclass(frozen=True)
class Program:
    """``build`` makes the program in a folder and returns its command; ``tools`` are what that needs."""

    name: str
    build: Build
    tools: tuple[str, ...] = ()

    def why_not(self) -> str | None:
        """Return what this machine lacks for it, or None."""
        missing = [tool for tool in self.tools if shutil.which(tool) is None]
        return f"needs {' and '.join(missing)}" if missing else None

    def start(self, folder: Path, user: Credential, stack: ExitStack) -> Server:
        """Build it, start it, and wait until it says where it listens."""
        command = [*self.build(folder), str(user.authorized)]
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stack.callback(process.kill)
        assert process.stdout
        port, host_key = process.stdout.readline(), process.stdout.readline()
        assert host_key, f"{self.name} ended before it listened"
        return Server(int(port), host_key.strip())


def _asyncssh(_: Path) -> list[str]:
    return [sys.executable, str(_HERE / "asyncssh_server.py")]


def _paramiko(_: Path) -> list[str]:
    return [sys.executable, str(_HERE / "paramiko_server.py")]


def _xcrypto(folder: Path) -> list[str]:
    program = folder / "server"
    _run(["go", "build", "-o", str(program), "."], _HERE / "xcrypto")
    return [str(program)]


def _mina(folder: Path) -> list[str]:
    jars = folder / "jars"
    _run(["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"], _HERE / "mina")
    return ["java", "-cp", str(jars / "*"), str(_HERE / "mina" / "Server.java")]


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, timeout=_BUILD_LIMIT)


ASYNCSSH = Program("asyncssh", _asyncssh)
PARAMIKO = Program("paramiko", _paramiko)
XCRYPTO = Program("Go x/crypto/ssh", _xcrypto, ("go",))
MINA = Program("Apache MINA", _mina, ("java", "mvn"))
