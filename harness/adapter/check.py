"""Talks to an adapter without a server, and says which rules of the protocol it keeps.

Each check starts the adapter anew, so that a breach in one leaves the others to be seen.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import asyncssh

from harness.adapter import profile as wire
from harness.adapter.driver import Adapter, Limits, NoAnswer, Pending, Refused
from harness.adapter.processes.process import Listener
from harness.adapter.protocol import HostKeyQuestion, OpenOk, PromptQuestion
from harness.adapter.registry import Launch
from harness.errors import AdapterBroken, Unsupported
from harness.timeline import Timeline

T = TypeVar("T")
Arrow = Literal["→", "←", "log"]
Tell = Callable[[Arrow, str], None]
"""Hears each line of the conversation, and of the adapter's log."""

_ANSWER = 5.0
"""Seconds for what needs nobody else: the page asks to keep reading while something opens."""
_DIAL = 20.0
_LOOK = 0.1
_CLOSE = 2.0
_SLACK = 1.0
"""For a busy machine; the page's own bound is told in messages."""
_MADE_UP = "made-up-in-the-middle"


class Wrong(Exception):
    """A rule was not kept; the message names it, and what was seen."""


@dataclass(frozen=True)
class Finding:
    """What came of one check. ``breach``: the conversation could not go on."""

    verdict: Literal["ok", "wrong", "breach", "skipped"]
    text: str


@dataclass(frozen=True)
class Check:
    """One rule of the protocol that is checked."""

    title: str
    run: Callable[[_Overheard, Path], str]


class _Overheard(Adapter):
    """An adapter whose conversation is told line by line."""

    def __init__(self, launch: Launch, tell: Tell, folder: Path) -> None:
        self.told = False
        self._tell_line = tell
        super().__init__(
            launch,
            folder=folder,
            environment={"HOME": str(folder)},
            timeline=Timeline(),
            answer=_careful_user,
            limits=Limits(),
        )

    def _heard_by(self, listener: Listener) -> Listener:
        return _Tap(listener, self._tell)

    def _tell(self, arrow: Arrow, line: str) -> None:
        if self.told:
            self._tell_line(arrow, line)

    def _write(self, line: bytes) -> None:
        self._tell("→", line.decode().rstrip("\n"))
        super()._write(line)

    def supports(self, feature: str) -> bool:
        """Tell whether it says so."""
        return feature in self.introduction.supports


class _Tap:
    """Tells what a listener hears."""

    def __init__(self, listener: Listener, tell: Tell) -> None:
        self._listener = listener
        self._tell = tell

    def heard(self, line: bytes) -> bool:
        self._tell("←", line.decode("utf-8", "backslashreplace"))
        return self._listener.heard(line)

    def overlong(self, beginning: bytes) -> None:
        self._tell("←", f"{beginning[:200].decode('utf-8', 'backslashreplace')}…")
        self._listener.overlong(beginning)

    def logged(self, line: str) -> None:
        self._tell("log", line)
        self._listener.logged(line)

    def ended(self, how: str, unfinished: bytes) -> None:
        self._listener.ended(how, unfinished)


def perform(check: Check, launch: Launch, folder: Path, tell: Tell) -> Finding:
    """Start the adapter in ``folder``, greet it, and look at one thing. Only the first check tells the greeting."""
    try:
        with _Overheard(launch, tell, folder) as adapter:
            adapter.told = check is CHECKS[0]
            adapter.greet()
            adapter.told = True
            try:
                return Finding("ok", check.run(adapter, folder))
            finally:
                adapter.told = False
    except Wrong as wrong:
        return Finding("wrong", str(wrong))
    except Unsupported as feature:
        return Finding("skipped", f"it says that it does not do {feature}")
    except AdapterBroken as broken:
        return Finding("breach", str(broken))


def _careful_user(question: HostKeyQuestion | PromptQuestion) -> str | None:
    return "reject" if isinstance(question, HostKeyQuestion) else None


# --- the checks ------------------------------------------------------------------------------------------


def _introduces_itself(adapter: _Overheard, folder: Path) -> str:
    del folder
    about = adapter.introduction.implementation
    features = ", ".join(adapter.introduction.supports) or "nothing, so that nothing is judged"
    return f"{about.name} {about.version} ({about.language}) supports {features}"


def _unknown_names(adapter: _Overheard, folder: Path) -> str:
    del folder
    _in_time("close of a tunnel that was never opened", lambda: adapter.close("never-opened", _ANSWER))
    if adapter.supports("status"):
        with contextlib.suppress(Refused):
            status = _in_time("status", lambda: adapter.status("never-opened", _ANSWER))
            raise Wrong(
                f"the status of a tunnel that was never opened is the error bad-profile; it answered {status.state}"
            )
    return "what was never opened can be closed, and has no status"


def _bad_profile(adapter: _Overheard, folder: Path) -> str:
    with _closed_port() as port:
        profile = _profile(adapter, folder, port, key=folder / "there-is-no-such-key")
        try:
            endpoint = _in_time("open", lambda: adapter.open("t1", profile, _DIAL))
        except Refused as refused:
            return f"the open ends in an error: {refused.detail.code}"
    raise Wrong(f"an open that cannot work ends in an error; it answered ok, at {endpoint.host}:{endpoint.port}")


def _close_while_opening(adapter: _Overheard, folder: Path) -> str:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        opening = adapter.begin_open("t1", _profile(adapter, folder, silent.getsockname()[1]))
        connection = _dialled(silent, opening)
        with connection:
            _answers_meanwhile(adapter)
            began = time.monotonic()
            _in_time("close, while a tunnel opens", lambda: adapter.close("t1", _CLOSE + _SLACK))
            try:
                endpoint = opening.wait(max(0.0, began + _CLOSE + _SLACK - time.monotonic()))
            except NoAnswer as silence:
                raise Wrong(
                    "an open that is closed ends with the error cancelled, within 2 s; it got no reply"
                ) from silence
            except Refused as refused:
                if adapter.supports("errors.code") and refused.detail.code != "cancelled":
                    raise Wrong(
                        f"an open that is closed ends with the error cancelled; it was {refused.detail.code}"
                    ) from refused
            else:
                raise Wrong(f"an open that is closed ends with the error cancelled; it was ok, at port {endpoint.port}")
            _left(connection, began + _CLOSE + _SLACK)
    return "requests are answered while a tunnel opens; its close ends it, with all that it began"


def _bye(adapter: _Overheard, folder: Path) -> str:
    del folder
    status = adapter.bye(_CLOSE + _SLACK)
    if status is None:
        raise Wrong("bye is answered with ok, and the adapter exits within 2 s; it still runs")
    if status != 0:
        raise Wrong(f"after bye the adapter exits with status 0; it was {status}")
    return "bye ends it, with status 0"


CHECKS = (
    Check("It introduces itself, and does not know what does not exist", _introduces_itself),
    Check("It knows what it never opened", _unknown_names),
    Check("A profile that cannot work ends in an error", _bad_profile),
    Check("A tunnel is closed while it opens", _close_while_opening),
    Check("It says bye", _bye),
)


# --- what they need --------------------------------------------------------------------------------------


def _in_time(what: str, ask: Callable[[], T]) -> T:
    try:
        return ask()
    except NoAnswer as silence:
        raise Wrong(f"{what} is answered; {silence}") from silence


def _answers_meanwhile(adapter: _Overheard) -> None:
    with contextlib.suppress(Refused, Unsupported):
        if adapter.supports("status"):
            _in_time("status, while a tunnel opens,", lambda: adapter.status("t1", _ANSWER))
        else:
            _in_time("a request, while a tunnel opens,", lambda: adapter.made_up(_MADE_UP, _ANSWER))


def _dialled(silent: socket.socket, opening: Pending[OpenOk]) -> socket.socket:
    """Return the connection that the open makes. Raises Wrong when it makes none, and Unsupported."""
    silent.settimeout(_LOOK)
    until = time.monotonic() + _DIAL
    while time.monotonic() < until:
        with contextlib.suppress(TimeoutError):
            return silent.accept()[0]
        if opening.done():
            try:
                endpoint = opening.wait(0)
            except Refused as refused:
                raise Wrong(f"an open dials the profile's server; it ended before, with {refused}") from refused
            raise Wrong(f"an open dials the profile's server; it was ok before, at port {endpoint.port}")
    raise Wrong(f"an open dials the profile's server; nothing came within {_DIAL:g} s")


def _left(connection: socket.socket, until: float) -> None:
    """See the peer end the connection before ``until``. Raises Wrong."""
    while True:
        connection.settimeout(max(0.001, until - time.monotonic()))
        try:
            if not connection.recv(1 << 16):
                return
        except ConnectionError:
            return
        except TimeoutError:
            raise Wrong(
                "a tunnel that is closed leaves no connection behind; one to its server is still open"
            ) from None


@contextlib.contextmanager
def _closed_port() -> Iterator[int]:
    """Yield a port of 127.0.0.1 where nothing listens, and nothing else can."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def _profile(adapter: _Overheard, folder: Path, port: int, key: Path | None = None) -> wire.Profile:
    """Return a profile for what the adapter supports; nobody who answers is at ``port``."""
    return wire.Profile(
        ssh=wire.Endpoint(host="127.0.0.1", port=port, user="nobody"),
        auth=_auth(adapter, key or _key(folder)),
        host_keys=wire.HostKeys(file=str(folder / "known_hosts"), unknown="reject"),
        target=wire.Target(host="127.0.0.1", port=9),
        local=wire.Local(host="127.0.0.1"),
    )


def _auth(adapter: _Overheard, key: Path) -> wire.Auth:
    if adapter.supports("auth.key"):
        return wire.KeyAuth(file=str(key))
    if adapter.supports("auth.password"):
        return wire.PasswordAuth(password="not a real one")  # noqa: S106 -- nobody takes it
    if adapter.supports("auth.keyboard-interactive"):
        return wire.KeyboardInteractiveAuth()
    if adapter.supports("auth.none"):
        return wire.NoAuth()
    raise Unsupported("auth.key, auth.password, auth.keyboard-interactive or auth.none")


def _key(folder: Path) -> Path:
    path = folder / "id_ed25519"
    if not path.exists():
        asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(path))
        path.chmod(0o600)
    return path
