"""The probe target as a process, and its control lines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import harness.probe.target


class Control:
    """The target process; end of file on its standard input ends it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(harness.probe.target.__file__)), "--host", "127.0.0.1", "--port", "0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.send({})
        self.address: tuple[str, int] = tuple(self._line()["ready"].values())

    def ask(self, **request: object) -> Any:
        self.send({"id": 7, **request})
        reply = self._line()
        assert reply.pop("id") == 7
        return reply

    def send(self, message: dict[str, object]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def connections(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask(do="connections")["ok"]["connections"]
        return found

    def _line(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline())

    def close(self) -> int:
        self.process.communicate(timeout=5)
        return self.process.returncode
