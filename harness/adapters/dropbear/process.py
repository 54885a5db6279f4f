"""One ``dbclient`` on a terminal of its own, for it asks on /dev/tty and nowhere else."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import sys
import termios
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOST_KEY = re.compile(
    r"\((?P<type>\S+) fingerprint (?P<fingerprint>\S+)\)\s+Do you want to continue connecting\? \(y/n\) $"
)
_KEPT_LINES = 100
_LOOK_SECONDS = 0.02
_LOOKS = 3
"""How often /dev/tty is seen open with nothing shown on it, before what stands on standard error is the question."""


class Person(Protocol):
    """Answers what dbclient asks; None stops it."""

    async def about_key(self, kind: str, fingerprint: str) -> bool:
        """Tell whether a host key that is not in the store is accepted."""

    async def about_prompt(self, text: str, *, hidden: bool) -> str | None:
        """Return the answer to a prompt."""


class Process:
    """Started by ``start``; ``lines`` is the end of what it has said."""

    def __init__(self, name: str, person: Person) -> None:
        self._name = name
        self._person = person
        self._master, self._slave = os.openpty()
        self._closed = False
        self._tail = ""
        self._shown = ""
        self._answering: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.lines: deque[str] = deque(maxlen=_KEPT_LINES)

    @property
    def pid(self) -> int | None:
        """Its id while it runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(
        self, command: Sequence[str], home: Path, agent: str | None, ends: dict[str, int], way: int | None
    ) -> None:
        """Start ``command``; ``ends`` are its standard input and output, ``way`` is a descriptor that it inherits."""
        settings = termios.tcgetattr(self._slave)
        settings[3] &= ~termios.ECHO
        termios.tcsetattr(self._slave, termios.TCSANOW, settings)
        environment = {**os.environ, "HOME": str(home), "LC_ALL": "C", "SHELL": "/bin/sh"}
        environment.pop("SSH_AUTH_SOCK", None)
        environment.pop("DROPBEAR_PASSWORD", None)
        if agent is not None:
            environment["SSH_AUTH_SOCK"] = agent
        terminal = self._slave
        self._process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdin=ends.get("stdin", asyncio.subprocess.DEVNULL),
            stdout=ends.get("stdout", asyncio.subprocess.DEVNULL),
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            pass_fds=(terminal, *(() if way is None else (way,))),
            preexec_fn=lambda: fcntl.ioctl(terminal, termios.TIOCSCTTY, 0),
        )
        asyncio.get_running_loop().add_reader(self._master, self._read_terminal)
        self._reading = asyncio.create_task(self._read_errors(self._process))

    async def wait(self) -> None:
        """Return when it has ended and all that it said is known."""
        if self._process is not None and self._reading is not None:
            await self._process.wait()
            await self._reading
        self._stop_answering()
        if not self._closed:
            self._closed = True
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)

    def signal(self, number: int) -> None:
        """Send it a signal, if it runs; it may have ended and not be known to have."""
        if self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    # --- what it asks -------------------------------------------------------------------------------------------

    def _read_terminal(self) -> None:
        try:
            raw = os.read(self._master, 4096)
        except OSError:
            raw = b""
        if not raw:
            asyncio.get_running_loop().remove_reader(self._master)
            return
        text = raw.decode("utf-8", "replace").replace("\r\n", "\n").lstrip("\n")
        self._shown += text
        if text:
            self._ask(self._prompted(text, hidden=True))

    async def _read_errors(self, process: asyncio.subprocess.Process) -> None:
        if process.stderr is None:
            return
        while raw := await process.stderr.read(4096):
            *lines, self._tail = (self._tail + raw.decode("utf-8", "replace")).split("\n")
            for line in lines:
                self._note(line)
            if found := _HOST_KEY.search("\n".join((*list(self.lines)[-3:], self._tail))):
                self._note(self._tail)
                self._tail = ""
                self._ask(self._asked_about_key(found["type"], found["fingerprint"]))
            elif self._tail and self._answering is None:
                self._ask(self._look_for_visible(self._tail))
        self._note(self._tail)

    def _note(self, line: str) -> None:
        if line.strip():
            self.lines.append(line.strip())
            print(f"{self._name}: {line}", file=sys.stderr, flush=True)

    def _ask(self, asking: object) -> None:
        self._stop_answering()
        self._answering = asyncio.create_task(asking)  # type: ignore[arg-type]
        self._answering.add_done_callback(self._answered)

    def _answered(self, task: asyncio.Task[None]) -> None:
        if self._answering is task:
            self._answering = None

    def _stop_answering(self) -> None:
        if self._answering is not None:
            self._answering.cancel()
            self._answering = None

    async def _asked_about_key(self, kind: str, fingerprint: str) -> None:
        self._type("y" if await self._person.about_key(kind, fingerprint) else "n")

    async def _prompted(self, text: str, *, hidden: bool) -> None:
        answer = await self._person.about_prompt(text, hidden=hidden)
        if answer is not None:
            self._type(answer)

    async def _look_for_visible(self, text: str) -> None:
        """Take the unfinished line for a prompt once dbclient reads from the terminal without having written there."""
        shown, seen = self._shown, 0
        while seen < _LOOKS:
            await asyncio.sleep(_LOOK_SECONDS)
            if self.pid is None or self._shown != shown:
                return
            seen = seen + 1 if self._reads_terminal(self.pid) else 0
        self._note(self._tail)
        self._tail = ""
        await self._prompted(text, hidden=False)

    def _reads_terminal(self, pid: int) -> bool:
        with suppress(OSError):
            return any(str(entry.readlink()) == "/dev/tty" for entry in Path(f"/proc/{pid}/fd").iterdir())
        return False

    def _type(self, answer: str) -> None:
        with suppress(OSError):
            os.write(self._master, answer.encode() + b"\n")
