"""A super-server: each connection is a process of its own, with the socket as standard input and output."""

from __future__ import annotations

import socket
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

NOBODY = 65534


class Inetd:
    """Starts ``command`` for each connection to ``port`` of loopback until it is stopped, as ``nobody`` where asked."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, as_nobody: bool = False) -> None:
        self._command, self._environment = list(command), dict(environment)
        self._id = NOBODY if as_nobody else None
        self._processes: list[subprocess.Popen[bytes]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="inetd", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, and kill what runs."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for process in self._processes:
            process.kill()
            process.wait()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                with accepted:
                    self._processes.append(self._start(accepted))

    def _start(self, accepted: socket.socket) -> subprocess.Popen[bytes]:
        groups = None if self._id is None else []
        return subprocess.Popen(
            self._command,
            stdin=accepted,
            stdout=accepted,
            env=self._environment,
            user=self._id,
            group=self._id,
            extra_groups=groups,
        )
