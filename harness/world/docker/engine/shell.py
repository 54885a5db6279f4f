"""A root shell inside a container that stays open, so that a command costs milliseconds and not a new exec."""

from __future__ import annotations

import secrets
import threading
from typing import Any

from harness.errors import FabricBroken
from harness.world.docker.engine.attachment import Attachment

_TIMEOUT = 30.0


class Shell:
    """Runs scripts of ours, one after the other. What a script starts in the background must redirect its output."""

    def __init__(self, client: Any, container: str) -> None:  # noqa: ANN401 -- the docker SDK has no types
        self._attachment = Attachment(client, container, ["sh"])
        self._mark = f"done-{secrets.token_hex(8)}"
        self._lock = threading.Lock()

    def ask(self, script: str, timeout: float = _TIMEOUT) -> tuple[int, list[str]]:
        """Run ``script`` and return its exit status and what it printed (stdout and stderr), in lines."""
        printed: list[str] = []
        with self._lock:
            self._attachment.send(f"(\n{script}\n) </dev/null 2>&1\nprintf '\\n{self._mark} %s\\n' $?\n")
            while not (line := self._attachment.line(timeout)).startswith(self._mark):
                printed.append(line)
        if printed[-1] == "":
            printed.pop()
        return int(line.rpartition(" ")[2]), printed

    def run(self, script: str, timeout: float = _TIMEOUT) -> list[str]:
        """Run ``script`` and return what it printed. Raises FabricBroken when it fails."""
        status, printed = self.ask(script, timeout)
        if status != 0:
            raise FabricBroken(f"{self._attachment.name} failed: {' / '.join(printed[-5:]) or f'status {status}'}")
        return printed

    def close(self) -> None:
        """End the shell; a second call does nothing."""
        self._attachment.close()
