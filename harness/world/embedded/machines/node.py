"""One process of a world, driven over its pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

import harness
from harness.errors import FabricBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_ANSWER_WITHIN = 10.0
_READY_WITHIN = 20.0
_SIGNAL_WITHIN = 5.0
_TAIL_LINES = 20


class Node:
    """A running process; ``on_event`` gets its events, on another thread, in order.

    The process leads a session of its own and ends at the end of file on its standard input, so it outlives
    neither its world nor a harness that was killed.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        environment: Mapping[str, str],
        on_event: Callable[[dict[str, Any]], None],
        log: Callable[[str], None],
    ) -> None:
        self.name = name
        self.frozen = False
        self._on_event = on_event
        self._log = log
        self._lock = threading.Lock()
        self._last_id = 0
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._ready: Future[dict[str, Any]] = Future()
        self._stderr: deque[str] = deque(maxlen=_TAIL_LINES)
        packages = str(Path(harness.__file__).parent.parent)
        paths = [packages, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(paths)},
            start_new_session=True,
        )
        self._reads_stderr = threading.Thread(target=self._read_stderr, name=f"{name} stderr", daemon=True)
        self._reads_stdout = threading.Thread(target=self._read_stdout, name=f"{name} stdout", daemon=True)
        try:
            self._reads_stderr.start()
            self._reads_stdout.start()
        except BaseException:  # an interrupt
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Send the first line."""
        self._write(configuration)

    def wait_ready(self) -> dict[str, Any]:
        """Return what the node says of itself once it serves. Raises FabricBroken."""
        return self._wait(self._ready, _READY_WITHIN, "start")

    def ask(self, do: str, **arguments: object) -> Callable[[], dict[str, Any]]:
        """Send a request and return what waits for its answer, which raises FabricBroken."""
        answer: Future[dict[str, Any]] = Future()
        with self._lock:
            self._last_id += 1
            self._waiting[self._last_id] = answer
            request = {"id": self._last_id, "do": do, **arguments}
        self._write(request)
        return lambda: self._wait(answer, _ANSWER_WITHIN, do)

    def request(self, do: str, **arguments: object) -> dict[str, Any]:
        """Send a request and return its answer. Raises FabricBroken."""
        return self.ask(do, **arguments)()

    def freeze(self) -> None:
        """Stop the process. Raises FabricBroken."""
        self._signal(signal.SIGSTOP, psutil.STATUS_STOPPED)
        self.frozen = True

    def thaw(self) -> None:
        """Let it go on."""
        if self.frozen and self.alive:
            self._process.send_signal(signal.SIGCONT)
        self.frozen = False

    def status(self) -> str:
        """Return the process' state as psutil names it; ``gone`` when it has ended."""
        try:
            return psutil.Process(self.pid).status() if self.alive else "gone"
        except psutil.NoSuchProcess:
            return "gone"

    def kill(self) -> None:
        """End the process at once; a second call does nothing."""
        self._process.kill()
        self._reap()

    def _signal(self, number: signal.Signals, expected: str) -> None:
        self._process.send_signal(number)
        deadline = time.monotonic() + _SIGNAL_WITHIN
        while (status := self.status()) != expected:
            if status == "gone" or time.monotonic() > deadline:
                raise self._broken(f"did not obey {number.name}: it is {status}")
            time.sleep(0.001)

    def _reap(self) -> None:
        self._process.wait()
        for reader in (self._reads_stdout, self._reads_stderr):
            if reader.is_alive():
                reader.join()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    @property
    def _input(self) -> Any:  # noqa: ANN401 -- a pipe; Popen types it as optional
        return self._process.stdin

    def _write(self, message: Mapping[str, Any]) -> None:
        try:
            self._input.write(json.dumps(message).encode() + b"\n")
            self._input.flush()
        except (OSError, ValueError) as error:
            raise self._broken("does not read its requests") from error

    def _wait(self, answer: Future[dict[str, Any]], seconds: float, do: str) -> dict[str, Any]:
        try:
            return answer.result(seconds)
        except FutureTimeout as error:
            raise self._broken(f"did not answer {do} within {seconds:g} s") from error

    def _broken(self, what: str) -> FabricBroken:
        state = "frozen" if self.frozen else self.status()
        tail = "".join(f"\n  {line}" for line in tuple(self._stderr))
        return FabricBroken(
            f"{self.name} (pid {self.pid}, {state}) {what}; its standard error ends with:{tail or ' nothing'}"
        )

    def _read_stdout(self) -> None:
        assert self._process.stdout is not None  # noqa: S101 -- Popen was told to make it
        for line in self._process.stdout:
            if not line.endswith(b"\n"):  # the process was killed while it wrote
                break
            message = json.loads(line)
            if "ready" in message:
                self._ready.set_result(message["ready"])
            elif "event" in message:
                self._on_event(message)
            else:
                with self._lock:
                    answer = self._waiting.pop(message["id"])
                if "error" in message:
                    answer.set_exception(self._broken(message["error"]))
                else:
                    answer.set_result(message["ok"])
        self._reads_stderr.join()
        with self._lock:
            left = [self._ready, *self._waiting.values()]
            self._waiting.clear()
        for answer in left:
            if not answer.done():
                answer.set_exception(self._broken("ended"))

    def _read_stderr(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 -- Popen was told to make it
        for line in self._process.stderr:
            text = line.decode(errors="replace").rstrip()
            self._stderr.append(text)
            self._log(f"{self.name}: {text}")
