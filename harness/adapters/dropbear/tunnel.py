"""One tunnel: a ``dbclient`` for each hop, from the request to its end."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from harness.adapter.profile import ONE_PASSWORD, AgentAuth, KeyAuth, KeyboardInteractiveAuth, PasswordAuth
from harness.adapter.protocol import ErrorDetail, OpenOk, StatusOk
from harness.adapters.command.failure import Failure, failed
from harness.adapters.command.ports import reserved
from harness.adapters.dropbear import command
from harness.adapters.dropbear.process import Process
from harness.adapters.dropbear.store import Store

if TYPE_CHECKING:
    from harness.adapter.profile import Auth, Endpoint, Profile
    from harness.adapter.protocol import State
    from harness.adapters.command.service import User

_POLL_SECONDS = 0.02
_ASK_TO_END_SECONDS = 1.0
_OWN_PROMPT = re.compile(r".+@\S+'s password: ")
"""dbclient's for the method password; the user's name in it says nothing of what is asked for."""
_PASSWORD, _CODE = (
    re.compile("password", re.IGNORECASE),
    re.compile(r"code|otp|token|one[- ]time|factor", re.IGNORECASE),
)


def asks_password(text: str) -> bool:
    """Tell whether a prompt, dbclient's own or a server's, asks for the password and not for a code."""
    own = _OWN_PROMPT.fullmatch(text) is not None
    return own or (_PASSWORD.search(text) is not None and _CODE.search(text) is None)


class _Hop:
    """The server of one dbclient, and who answers it there."""

    def __init__(self, number: int, endpoint: Endpoint, auth: Auth, tunnel: Tunnel) -> None:
        self.number = number
        self.endpoint = endpoint
        self.auth = auth
        self._tunnel = tunnel
        self._given = False

    async def about_key(self, kind: str, fingerprint: str) -> bool:
        """Ask the user about a host key, where the profile lets ask."""
        where = {"host": self.endpoint.host, "port": command.port_of(self.endpoint)}
        key = {"type": kind, "fingerprint": fingerprint, "status": "unknown"}
        return await self._tunnel.ask_about_key(hop=self.number, **where, **key)

    async def about_prompt(self, text: str, *, hidden: bool) -> str | None:
        """Give the password where it is asked for, the first time; all else is the user's."""
        match self.auth:
            case PasswordAuth(password=password) | KeyboardInteractiveAuth(password=str(password)) if (
                hidden and asks_password(text)
            ):
                if not self._given:
                    self._given = True
                    return password
                if isinstance(self.auth, PasswordAuth) or _OWN_PROMPT.fullmatch(text):
                    self._tunnel.stop(
                        ErrorDetail(code="internal", message="the server refused the password", hop=self.number)
                    )
                    return None
        return await self._tunnel.ask_person(self.number, text, echo=not hidden)


class Tunnel:
    """A tunnel through dbclient; used by one task at a time, except for ``close``."""

    def __init__(self, name: str, profile: Profile, user: User) -> None:
        self._name = name
        self._profile = profile
        self._user = user
        servers = (*((jump, jump.auth) for jump in profile.jumps), (profile.ssh, profile.auth))
        self._hops = [_Hop(number, endpoint, auth, self) for number, (endpoint, auth) in enumerate(servers)]
        self._folder = Path(tempfile.mkdtemp(prefix=".dropbear-", dir="."))
        self._processes: list[Process] = []
        self._stores: list[Store] = []
        self._verdict: ErrorDetail | None = None
        self._closing = False
        self._life: asyncio.Task[None] | None = None
        self._status = StatusOk(state="connecting")

    @property
    def status(self) -> StatusOk:
        """What is known of the tunnel now: whether its dbclient runs."""
        return self._status

    async def open(self) -> OpenOk:
        """Connect, and return where the tunnel listens. Raises Failure and NotSupported."""
        try:
            command.check(self._profile)
            self._user.event(self._name, "connecting")
            with ExitStack() as reservation:
                port = self._profile.local.port or reservation.enter_context(
                    reserved(self._profile.local.host or "127.0.0.1")
                )
                await self._start(port)
                endpoint = await self._listening(port)
            self._become("connected", endpoint=endpoint)
        except Failure as failure:
            await self._end()
            if not self._closing:
                self._become("failed", error=failure.detail)
            raise
        except BaseException:
            await self._end()
            raise
        self._life = asyncio.create_task(self._until_lost())
        return endpoint

    async def close(self) -> None:
        """End every dbclient."""
        self._closing = True
        if self._life is not None:
            self._life.cancel()
        await self._end()
        if self._status.state != "closed":
            self._become("closed")

    async def ask_about_key(self, **about: object) -> bool:
        """Put a question about a host key; where the profile says ``reject`` nobody is asked."""
        if self._profile.host_keys.unknown != "ask":
            return False
        return await self._user.ask(tunnel=self._name, kind="host-key", **about) == "accept"

    async def ask_person(self, hop: int, text: str, *, echo: bool) -> str | None:
        """Put a prompt; stop dbclient when the user cancels."""
        value = await self._user.ask(tunnel=self._name, kind="prompt", hop=hop, text=text, echo=echo)
        if value is None:
            self.stop(ErrorDetail(code="cancelled", message=f"nobody answered {text.strip()!r}", hop=hop))
        return value

    def stop(self, verdict: ErrorDetail) -> None:
        """End dbclient as a person would who has seen enough."""
        self._verdict = verdict
        for process in self._processes:
            process.signal(signal.SIGKILL)

    # --- its processes ------------------------------------------------------------------------------------------

    async def _start(self, port: int) -> None:
        with ExitStack() as ends:
            way: socket.socket | None = None
            for hop in self._hops:
                if self._closing:
                    raise failed("cancelled", "the tunnel was closed while it opened")
                home = self._folder / f"hop{hop.number}"
                home.mkdir(mode=0o700)
                self._stores.append(
                    Store(self._profile.host_keys.file, hop.endpoint.host, command.port_of(hop.endpoint), home)
                )
                key = await _converted(hop.auth, home)
                given = None if way is None else way.fileno()
                argv = command.render(self._profile, hop.number, key, port, given)
                streams: dict[str, int] = {}
                if hop is not self._hops[-1]:
                    near, way = (ends.enter_context(end) for end in socket.socketpair())
                    streams = {"stdin": near.fileno(), "stdout": near.fileno()}
                process = Process(f"{self._name} hop {hop.number}", hop)
                self._processes.append(process)
                await process.start(argv, home.absolute(), _agent(hop.auth), streams, given)

    async def _listening(self, port: int) -> OpenOk:
        """Return where the last dbclient listens: it says nothing when it does, so its sockets are looked at."""
        last = self._processes[-1]
        while (pid := last.pid) is not None:
            with suppress(psutil.Error):
                for found in psutil.Process(pid).net_connections("tcp"):
                    if found.status == psutil.CONN_LISTEN and found.laddr.port == port:
                        self._write_back()
                        return OpenOk(host=found.laddr.ip, port=port)
            await asyncio.sleep(_POLL_SECONDS)
        raise Failure(await self._why())

    async def _until_lost(self) -> None:
        await self._processes[-1].wait()
        error = await self._why()
        await self._end()
        self._become("failed", error=error)

    async def _end(self) -> None:
        waiting = [asyncio.create_task(process.wait()) for process in self._processes]
        for process in self._processes:
            process.signal(signal.SIGTERM)
        if waiting:
            await asyncio.wait(waiting, timeout=_ASK_TO_END_SECONDS)
            for process in self._processes:
                process.signal(signal.SIGKILL)
            await asyncio.wait(waiting)
        self._write_back()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write_back(self) -> None:
        for store in self._stores:
            with suppress(FileNotFoundError):
                store.write_back()

    async def _why(self) -> ErrorDetail:
        """Return the last words of the first hop that ended by itself."""
        if self._closing:
            return ErrorDetail(code="cancelled", message="the tunnel was closed while it opened")
        if self._verdict is not None:
            return self._verdict
        for hop, process in zip(self._hops, self._processes, strict=False):
            if process.pid is None:
                await process.wait()
                said = " ".join(line.removeprefix("dbclient: ") for line in list(process.lines)[-4:])
                return ErrorDetail(code="internal", message=said or "dbclient ended without a word", hop=hop.number)
        return ErrorDetail(code="internal", message="dbclient ended without a word")

    def _become(self, state: State, endpoint: OpenOk | None = None, error: ErrorDetail | None = None) -> None:
        where = {} if endpoint is None else {"host": endpoint.host, "port": endpoint.port}
        self._status = StatusOk.model_validate({"state": state, **where, "error": error})
        self._user.event(self._name, state, error)


def _agent(auth: Auth) -> str | None:
    if not isinstance(auth, AgentAuth):
        return None
    if auth.socket is None:
        return os.environ.get("SSH_AUTH_SOCK")
    return str(Path(f"~/{ONE_PASSWORD}" if auth.socket == "1password" else auth.socket).expanduser())


async def _converted(auth: Auth, home: Path) -> Path | None:
    """Return the key in the only format that dbclient reads. Raises Failure with dropbearconvert's words."""
    if not isinstance(auth, KeyAuth):
        return None
    return await asyncio.to_thread(_convert, auth.file, home / "key")


def _convert(file: str, made: Path) -> Path:
    given = Path(file).expanduser()
    done = subprocess.run(
        ("dropbearconvert", "openssh", "dropbear", str(given), str(made)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        raise failed("internal", f"dropbearconvert cannot read {given}: {' '.join(done.stderr.split())}")
    return made.absolute()
