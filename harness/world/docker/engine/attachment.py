"""A program inside a container whose standard input and output are held by the harness."""

from __future__ import annotations

import queue
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from harness.errors import FabricBroken
from harness.world.docker.engine.obeying import obeying

_HEADER = struct.Struct(">BxxxL")  # https://docs.docker.com/engine/api/v1.41/#tag/Container/operation/ContainerAttach
_STDOUT = 1


class Attachment:
    """Runs ``argv`` in the container ``container`` until closed; lines of its stderr go to ``complain``."""

    def __init__(
        self,
        client: Any,  # noqa: ANN401 -- the docker SDK has no types
        container: str,
        argv: Sequence[str],
        complain: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.name = f"{argv[0]} in {container[:12]}"
        self._complain = complain
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        with obeying(f"starting {self.name}"):
            execution = client.api.exec_create(container, list(argv), stdin=True)["Id"]
            self._stream = client.api.exec_start(execution, socket=True)
        self._socket: Any = getattr(self._stream, "_sock", self._stream)
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, name=self.name, daemon=True)
        self._reader.start()

    def send(self, text: str) -> None:
        """Write to the program's standard input. Raises FabricBroken when it is gone."""
        with obeying(f"writing to {self.name}"):
            self._socket.sendall(text.encode())

    def line(self, timeout: float) -> str:
        """Return the next line of standard output. Raises FabricBroken when none comes in ``timeout`` seconds."""
        try:
            line = self._lines.get(timeout=timeout)
        except queue.Empty:
            raise FabricBroken(f"{self.name} did not answer in {timeout:g} s") from None
        if line is None:
            self._lines.put(None)
            raise FabricBroken(f"{self.name} has ended")
        return line

    def lines(self) -> list[str]:
        """Return the lines of standard output that wait, none where none do. Raises FabricBroken when it has ended."""
        found: list[str] = []
        with suppress(queue.Empty):
            while (line := self._lines.get_nowait()) is not None:
                found.append(line)
            self._lines.put(None)
            if not found:
                raise FabricBroken(f"{self.name} has ended")
        return found

    def close(self) -> None:
        """Let go of the program, which sees the end of its input; a second call does nothing."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        with suppress(OSError):
            self._stream.close()
        self._socket.close()

    def _read(self) -> None:
        unfinished = {_STDOUT: b"", _STDOUT + 1: b""}
        with suppress(OSError):
            while header := self._exactly(_HEADER.size):
                stream, size = _HEADER.unpack(header)
                *whole, unfinished[stream] = (unfinished[stream] + self._exactly(size)).split(b"\n")
                for line in whole:
                    text = line.decode(errors="replace")
                    if stream == _STDOUT:
                        self._lines.put(text)
                    else:
                        self._complain(text)
        self._lines.put(None)

    def _exactly(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            chunk = self._socket.recv(size - len(received))
            if not chunk:
                return b""
            received += chunk
        return received
