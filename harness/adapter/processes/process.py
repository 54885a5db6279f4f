"""One adapter as a process: started, listened to, stopped and continued, ended with all that it started."""

from __future__ import annotations

import os
import secrets
import select
import selectors
import signal
import subprocess
import threading
import time
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Protocol

import psutil

from harness.adapter.catching_up import CatchUp
from harness.adapter.lines import BoundedLines, KeptLog, LineTooLong
from harness.adapter.processes.environment import inherited
from harness.adapter.processes.kin import MARK, Kin
from harness.errors import AdapterBroken, AdapterDied

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from harness.adapter.registry import Command

KEPT_LOG = 64 << 10
"""Bytes of standard error that are kept."""
_CHUNK = 64 << 10
_LAST_CHUNKS = 64  # what a dead adapter left in its pipes; more comes from a process that outlived it
_ENGINE_SECONDS = 10
_SETTLE = 1.0
_SWEEPS = 10
_POLL = 0.02
_STOPS_WITHIN = 5.0
_STILL = {psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP, psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}


class Listener(Protocol):
    """Who hears what an adapter says. Every call comes from one thread."""

    def heard(self, line: bytes) -> bool:
        """Take a line of standard output; False when nothing more is to be read."""

    def overlong(self, beginning: bytes) -> None:
        """Learn that a line has no end."""

    def logged(self, line: str) -> None:
        """Take a line of standard error."""

    def ended(self, how: str, unfinished: bytes) -> None:
        """Learn that no more will come: how it ended, and what it left without a newline."""


class AdapterProcess:
    """A running adapter in a session of its own. Every method may be called from any thread."""

    def __init__(self, name: str, command: Command, folder: Path, listener: Listener) -> None:
        self._name = name
        self._container = command.container
        self._listener = listener
        self._log = KeptLog(KEPT_LOG)
        self._log_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._exited = threading.Event()
        self._catching_up = CatchUp()
        self._closed = False
        mark = secrets.token_hex(8)
        environment = {**inherited(os.environ, engine=bool(command.container)), **command.environment, MARK: mark}
        try:
            self._process = subprocess.Popen(
                command.argv,
                bufsize=0,
                cwd=folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise AdapterBroken(
                f"adapter {name} cannot be started: {error}; a script needs a first line such as "
                f"#!/usr/bin/env python3, and a program must be made for this machine"
            ) from error
        self._kin = Kin(psutil.Process(self._process.pid), mark, environment.get("HOME"))
        for pipe in self._pipes():
            os.set_blocking(pipe.fileno(), False)
        self._wake, self._waker = os.pipe()
        self._threads = [
            threading.Thread(target=target, name=f"{name}-{target.__name__}", daemon=True)
            for target in (self._await_exit, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The id of the process, and of its group."""
        return self._process.pid

    def stderr(self) -> str:
        """Return the end of what it wrote to standard error."""
        with self._log_lock:
            return self._log.text()

    def write(self, line: bytes, seconds: float) -> None:
        """Write a whole line. Raises AdapterBroken when it is not read within ``seconds``."""
        deadline = time.monotonic() + seconds
        with self._write_lock:
            if self._closed:
                raise AdapterBroken(f"adapter {self._name} was stopped and accepts no further requests")
            pipe = _present(self._process.stdin).fileno()
            poll = select.poll()
            poll.register(pipe, select.POLLOUT)
            left = memoryview(line)
            while left:
                if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                    raise AdapterBroken(
                        f"adapter {self._name} does not read its standard input: "
                        f"{len(left)} of {len(line)} bytes of a request were not taken within {seconds:g} s"
                    )
                try:
                    left = left[os.write(pipe, left) :]
                except BlockingIOError:
                    continue
                except BrokenPipeError as error:
                    raise self._gone("closed its standard input") from error

    def _gone(self, what: str) -> AdapterBroken:
        if self._exited.wait(_SETTLE):
            self._threads[1].join(_SETTLE)
            how = f"{self._how()}{self._tail()}"
            return AdapterDied(f"adapter {self._name} {how}", how)
        return AdapterBroken(
            f"adapter {self._name} {what} while it still runs; it must be read until bye{self._tail()}"
        )

    def catch_up(self, seconds: float) -> None:
        """Wait, at most ``seconds``, until the listener has heard all that was said by now."""
        self._catching_up.wait(seconds)

    def suspend(self) -> None:
        """Stop it, its group and the daemons that left it, as when a laptop's lid is closed.

        Each has stopped on return, or is gone: a signal is only heeded by a process that is given a processor. One that
        the kernel holds for longer than 5 s is left to the evidence.
        """
        self._signal(signal.SIGSTOP)
        signalled = self._signal_kin(signal.SIGSTOP)
        deadline = time.monotonic() + _STOPS_WITHIN
        while any(map(_goes_on, signalled)) and time.monotonic() < deadline:
            time.sleep(_POLL)

    def resume(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)
        self._signal_kin(signal.SIGCONT)

    def status(self) -> int | None:
        """Return the exit status, negative for a signal, None while it runs."""
        return self._process.returncode

    def exits_within(self, seconds: float) -> bool:
        """Wait until it has exited, at most ``seconds``."""
        return self._exited.wait(seconds)

    def end(self, seconds: float) -> None:
        """Ask its group to end, after ``seconds`` make it; reap it, end its daemons alike and close all.

        Later calls do nothing.
        """
        try:
            if not self._exited.is_set():
                self._signal(signal.SIGTERM)
                self._signal(signal.SIGCONT)
                self._exited.wait(seconds)
        finally:
            self._signal(signal.SIGKILL)
            if not self._exited.wait(seconds):
                raise AdapterBroken(f"adapter {self._name} (process {self.pid}) cannot be killed")
            self._close(seconds)

    def _close(self, seconds: float) -> None:
        with self._write_lock:
            if self._closed:
                return
            self._closed = True
        if self._container:
            self._engine("rm", "--force")
        self._end_kin(seconds)
        for thread in self._threads:
            thread.join()
        for pipe in self._pipes():
            pipe.close()
        os.close(self._wake)

    def _pipes(self) -> tuple[IO[bytes], ...]:
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        return tuple(_present(pipe) for pipe in pipes)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the group, but never after the group may be someone else's."""
        if not self._exited.is_set():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _signal_kin(self, number: signal.Signals) -> set[psutil.Process]:
        """Signal each process that is the adapter's, also those that they start meanwhile; return them."""
        signalled: set[psutil.Process] = set()
        for _ in range(_SWEEPS):
            unaware = set(self._kin.find()) - signalled
            if not unaware:
                break
            for process in unaware:
                with suppress(psutil.Error):
                    process.send_signal(number)
            signalled |= unaware
        return signalled

    def _end_kin(self, seconds: float) -> None:
        """Ask what outlived the adapter to end, after ``seconds`` make it."""
        for numbers in ((signal.SIGTERM, signal.SIGCONT), (signal.SIGKILL,)):
            if not self._kin.find():
                return
            signalled = {process for number in numbers for process in self._signal_kin(number)}
            deadline = time.monotonic() + seconds
            while self._kin.find() and time.monotonic() < deadline:
                time.sleep(_POLL)
            _reap(signalled)

    def _engine(self, *verb: str) -> None:
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(
                ["docker", *verb, str(self._container)],
                capture_output=True,
                check=False,
                timeout=_ENGINE_SECONDS,
            )

    def _await_exit(self) -> None:
        self._process.wait()
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._exited.set()
        os.close(self._waker)

    def _listen(self) -> None:
        """Hear both outputs until the process has exited and its pipes are empty."""
        lines = BoundedLines()
        try:
            self._listen_to(lines)
        finally:
            self._catching_up.close()
        self._listener.ended(f"{self._how()}{self._tail()}", lines.unfinished())

    def _listen_to(self, lines: BoundedLines) -> None:
        _, output, errors = (pipe.fileno() for pipe in self._pipes())
        with selectors.DefaultSelector() as selector:
            for source in (output, errors, self._wake, self._catching_up.fileno()):
                selector.register(source, selectors.EVENT_READ)
            chunks_left: int | None = None
            while True:
                ready = {key.fd for key, _ in selector.select(None if chunks_left is None else 0)}
                if self._wake in ready:
                    selector.unregister(self._wake)
                    ready.discard(self._wake)
                    chunks_left = _LAST_CHUNKS
                    continue
                if chunks_left is not None and (not ready or chunks_left == 0):
                    break
                caught_up = self._catching_up.take() if self._catching_up.fileno() in ready else None
                for source in ready - {self._catching_up.fileno()}:
                    goes_on = self._take_output(lines) if source == output else self._take_log()
                    if not goes_on:
                        selector.unregister(source)
                if caught_up:
                    caught_up.set()
                if chunks_left is not None:
                    chunks_left -= 1

    def _take_output(self, lines: BoundedLines) -> bool:
        data = os.read(_present(self._process.stdout).fileno(), _CHUNK)
        if not data:
            if not self._exited.wait(_SETTLE):
                self._listener.ended(f"closed its standard output while it still runs{self._tail()}", b"")
            return False
        try:
            return all(self._listener.heard(line) for line in lines.feed(data))
        except LineTooLong as long:
            self._listener.overlong(long.beginning)
            return False

    def _take_log(self) -> bool:
        data = os.read(_present(self._process.stderr).fileno(), _CHUNK)
        with self._log_lock:
            lines = tuple(self._log.feed(data))
        for line in lines:
            self._listener.logged(line)
        return bool(data)

    def _how(self) -> str:
        status = self._process.returncode
        if status is None:
            return "still runs"
        if status >= 0:
            return f"exited with status {status}"
        with suppress(ValueError):
            return f"was killed by {signal.Signals(-status).name}"
        return f"was killed by signal {-status}"

    def _tail(self) -> str:
        lines = self.stderr().split("\n")
        last = next((line.strip() for line in reversed(lines) if line.strip()), None)
        return f"; its standard error ends: {last}" if last else "; its standard error is empty"


def _goes_on(process: psutil.Process) -> bool:
    try:
        return process.status() not in _STILL
    except psutil.Error:
        return False


def _reap(orphans: Iterable[psutil.Process]) -> None:
    """Take the exit status of those that became this process's children and have ended."""
    for process in orphans:
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)


def _present(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("a pipe that was asked for was not made")
    return pipe
