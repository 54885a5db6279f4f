"""One tunnel: one ``ssh -N`` with its askpass, from the request to its end."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from harness.adapter.profile import KeyAuth, KeyboardInteractiveAuth, PasswordAuth
from harness.adapter.protocol import ErrorDetail, OpenOk, StatusOk
from harness.adapters.command.failure import Failure, NotSupported, failed
from harness.adapters.command.ports import reserved
from harness.adapters.openssh import config, diagnosis
from harness.adapters.openssh.askpass import askpass
from harness.adapters.openssh.prompts import (
    HostKeyPrompt,
    PassphrasePrompt,
    PasswordPrompt,
    ServerPrompt,
    classify,
)

if TYPE_CHECKING:
    from harness.adapter.profile import Profile
    from harness.adapter.protocol import ErrorCode, State
    from harness.adapters.command.service import User

_READY = "debug1: Entering interactive session."
_KEY_LINE = re.compile(r"debug1: Server host key: (\S+) (SHA256:\S+)")
_KEPT_LINES = 1000
_ASK_TO_END = 1.0
_DRAIN = 0.5


class Tunnel:
    """A tunnel through ssh; used by one task at a time, except for ``close``."""

    def __init__(self, name: str, profile: Profile, user: User) -> None:
        self._name = name
        self._profile = profile
        self._user = user
        self._hops = config.hops(profile)
        self._folder = Path(os.path.relpath(tempfile.mkdtemp(prefix=".ssh-", dir=".")))
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._given: set[tuple[int, str]] = set()
        self._verdict: ErrorDetail | None = None
        self._unanswered: tuple[int, str] | None = None
        self._closing = False
        self._port = 0
        self._ready: asyncio.Future[OpenOk] = asyncio.get_running_loop().create_future()
        self._status = StatusOk(state="connecting")

    @property
    def status(self) -> StatusOk:
        """What is known of the tunnel now."""
        return self._status

    async def open(self) -> OpenOk:
        """Connect, and return where the tunnel listens. Raises Failure and NotSupported."""
        if any(isinstance(hop.auth, KeyboardInteractiveAuth) and hop.auth.password is not None for hop in self._hops):
            raise NotSupported("auth.keyboard-interactive")  # askpass is not told which prompts are hidden
        try:
            self._user.event(self._name, "connecting")
            if self._profile.local.port:
                return await self._open_at(self._profile.local.port)
            with reserved(config.local_host(self._profile)) as port:
                return await self._open_at(port)
        except Failure as failure:
            if not self._closing:
                self._end_as("failed", failure.detail)
            raise

    async def close(self) -> None:
        """End ssh and all that it started, within two seconds."""
        self._closing = True
        await self._end_processes()
        if self._life is not None:
            await asyncio.wait({self._life})
        if self._status.state != "closed":
            self._end_as("closed", None)

    async def _open_at(self, port: int) -> OpenOk:
        if self._closing:
            raise failed("cancelled", "the tunnel was closed while it opened")
        self._lines.clear()
        self._given.clear()
        self._port = port
        (self._folder / "config").write_text(config.render(self._profile, self._folder, port), encoding="utf-8")
        self._life = asyncio.create_task(self._live())
        first: set[asyncio.Future[Any]] = {self._ready, self._life}
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if not self._ready.done():
            if broken := self._life.exception():
                raise failed("internal", f"ssh could not be run: {broken}")
            raise Failure(self._why_not_opened())
        return self._ready.result()

    def _command(self) -> tuple[str, ...]:
        """Return what is run: ssh, or a program that runs it."""
        return ("ssh", "-N", "-F", str(self._folder / "config"), self._hops[-1].alias)

    def _settings(self) -> dict[str, str]:
        """Return what is added to its environment."""
        return {"TUNSPEC_HOP": str(self._hops[-1].number), "LC_ALL": "C", "SHELL": "/bin/sh"}

    def _connected(self) -> None:
        host = config.local_host(self._profile)
        endpoint = OpenOk(host="127.0.0.1" if host == "localhost" else host, port=self._port)
        self._status = StatusOk(state="connected", host=endpoint.host, port=endpoint.port)
        self._user.event(self._name, "connected")
        if not self._ready.done():
            self._ready.set_result(endpoint)

    async def _live(self) -> None:
        """Run the program from its start to its end."""
        async with askpass(self._folder, self._answer) as environment:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(),
                env={**os.environ, **environment, **self._settings()},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                limit=1 << 20,
            )
            listening = asyncio.create_task(self._listen(self._process))
            if self._closing:
                self._kill()
            await self._process.wait()
            await asyncio.wait({listening}, timeout=_DRAIN)
            listening.cancel()
        for hop in self._hops[:-1]:
            for line in self._jump_log(hop.number):
                print(f"{self._name} hop {hop.number}: {line}", file=sys.stderr)
        if self._ready.done() and not self._closing:
            self._end_as("failed", self._why_lost())

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stderr is None:
            return
        async for raw in process.stderr:
            line = raw.decode("utf-8", "replace").rstrip()
            print(f"{self._name}: {line}", file=sys.stderr, flush=True)
            self._heard(line)

    def _heard(self, line: str) -> None:
        self._lines.append(line)
        if line == _READY:
            self._connected()
        elif error := diagnosis.forward_failure(line):
            self._status = self._status.model_copy(update={"error": error})

    # --- what ssh asks ----------------------------------------------------------------------------------

    async def _answer(self, hop: int, text: str) -> str | None:
        prompt = classify(text)
        auth = self._hops[hop].auth
        match prompt, auth:
            case HostKeyPrompt(), _:
                return await self._ask_host_key(hop, prompt)
            case PassphrasePrompt(), KeyAuth(passphrase=passphrase, file=file):
                return self._give(hop, "wrong-passphrase", f"the passphrase does not open {file}", passphrase)
            case PasswordPrompt(), PasswordAuth(password=password):
                return self._give(hop, "auth-failed", "the server refused the password", password)
            case ServerPrompt(), PasswordAuth(password=password) if prompt.asks_password():
                return self._give(hop, "auth-failed", "the server refused the password", password)
        return await self._ask_user(hop, prompt.text if isinstance(prompt, ServerPrompt) else text)

    def _give(self, hop: int, code: ErrorCode, refused: str, secret: str | None) -> str | None:
        """Give a secret once; when it is asked for again, it was wrong, and ssh is stopped."""
        if secret is None or (hop, code) in self._given:
            missing = " (the profile has none)" if secret is None else ""
            self._stop(ErrorDetail(code=code, message=refused + missing))
            return None
        self._given.add((hop, code))
        return secret

    async def _ask_host_key(self, hop: int, prompt: HostKeyPrompt) -> str:
        endpoint = self._hops[hop].endpoint
        value = await self._user.ask(
            tunnel=self._name,
            kind="host-key",
            hop=hop,
            host=endpoint.host,
            port=config.port(endpoint),
            type=self._type_of(hop, prompt),
            fingerprint=prompt.fingerprint,
            status="unknown",
        )
        return "yes" if value == "accept" else "no"

    def _type_of(self, hop: int, prompt: HostKeyPrompt) -> str:
        """Return the key's type as in RFC 4253; ssh's log has it before the prompt comes."""
        for line in self._lines_of(hop):
            if (found := _KEY_LINE.match(line)) and found[2] == prompt.fingerprint:
                return found[1]
        return {"ED25519": "ssh-ed25519", "RSA": "ssh-rsa"}.get(prompt.key, prompt.key)

    async def _ask_user(self, hop: int, text: str) -> str | None:
        value = await self._user.ask(tunnel=self._name, kind="prompt", hop=hop, text=text, echo=False)
        if value is None:
            self._unanswered = (hop, text.strip())
            self._kill()
        return value

    # --- how it ends ------------------------------------------------------------------------------------

    def _stop(self, verdict: ErrorDetail) -> None:
        self._verdict = verdict
        self._kill()

    def _family(self) -> list[psutil.Process]:
        """Return ssh and what it started: the ssh of each jump, and askpass."""
        if self._process is None or self._process.returncode is not None:
            return []
        try:
            root = psutil.Process(self._process.pid)
            return [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _kill(self) -> None:
        for process in self._family():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    async def _end_processes(self) -> None:
        family = self._family()
        if self._process is None or not family:
            return
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _ASK_TO_END)
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def _end_as(self, state: State, error: ErrorDetail | None) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._status = StatusOk(state=state, error=error)
        self._user.event(self._name, state, error)

    def _jump_log(self, hop: int) -> list[str]:
        log = config.hop_log(self._folder, self._hops[hop])
        return log.read_text("utf-8", "replace").splitlines() if log.exists() else []

    def _why_not_opened(self) -> ErrorDetail:
        if self._closing:
            return failed("cancelled", "the tunnel was closed while it opened").detail
        if self._verdict is not None:
            return self._verdict
        if self._unanswered is not None:
            return self._why_unanswered(*self._unanswered)
        for hop in range(self._hops[-1].number):
            lines = self._jump_log(hop)
            if error := diagnosis.jump_failure(lines) or diagnosis.diagnose(lines):
                return error
        lines = list(self._lines)
        return diagnosis.diagnose(lines) or diagnosis.undiagnosed(lines)

    def _why_unanswered(self, hop: int, prompt: str) -> ErrorDetail:
        """Tell a user who gives up from one who is asked because what the profile has did not do."""
        lines = self._lines_of(hop)
        if cause := diagnosis.diagnose(lines):
            return cause
        expected = isinstance(self._hops[hop].auth, KeyboardInteractiveAuth) or diagnosis.partly_accepted(lines)
        if expected and not diagnosis.login_refused(lines):
            return ErrorDetail(code="cancelled", message=f"nobody answered {prompt!r}")
        return ErrorDetail(code="auth-failed", message=f"the server refused the login; nobody answered {prompt!r}")

    def _lines_of(self, hop: int) -> list[str]:
        return list(self._lines) if hop == self._hops[-1].number else self._jump_log(hop)

    def _why_lost(self) -> ErrorDetail:
        for hop in range(self._hops[-1].number):
            error = diagnosis.diagnose(self._jump_log(hop))
            if error is not None and error.code == "connection-lost":
                return error
        return diagnosis.lost(list(self._lines))
