"""Drives one adapter: starts it, greets it, asks it, and ends it with all that it started.

An adapter is untrusted. Its lines, its events and its log are bounded, every wait has a limit, and whatever
breaks the protocol ends the talk with one :class:`~harness.errors.AdapterBroken` that shows what was sent.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import TypeAdapter

from harness.adapter.conversation import Answerer, AnyQuestion, Conversation, Pending
from harness.adapter.failures import NoAnswer, Refused
from harness.adapter.processes.process import AdapterProcess, Listener
from harness.adapter.protocol import (
    BannerEvent,
    Close,
    Empty,
    Hello,
    HelloOk,
    Id,
    ImportConfig,
    ImportConfigHosts,
    ImportConfigOk,
    ImportUrl,
    ImportUrlOk,
    Open,
    OpenOk,
    State,
    StateEvent,
    Status,
    StatusOk,
    Test,
)
from harness.errors import AdapterBroken, Unsupported
from harness.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from harness.adapter.profile import Profile
    from harness.adapter.registry import Launch
    from harness.timeline import Timeline

T = TypeVar("T")
__all__ = ["Adapter", "Answerer", "Limits", "NoAnswer", "Pending", "Refused"]

_EMPTY: TypeAdapter[Empty] = TypeAdapter(Empty)
_HELLO_OK: TypeAdapter[HelloOk] = TypeAdapter(HelloOk)
_OPEN_OK: TypeAdapter[OpenOk] = TypeAdapter(OpenOk)
_STATUS_OK: TypeAdapter[StatusOk] = TypeAdapter(StatusOk)
_IMPORT_URL_OK: TypeAdapter[ImportUrlOk] = TypeAdapter(ImportUrlOk)
_IMPORT_CONFIG_OK: TypeAdapter[ImportConfigOk] = TypeAdapter(ImportConfigOk)
_IMPORT_CONFIG_HOSTS: TypeAdapter[ImportConfigHosts] = TypeAdapter(ImportConfigHosts)
_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


@dataclass(frozen=True)
class Limits:
    """Seconds that an adapter has for what no scenario times.

    ``hello`` is generous because a virtual machine that starts cold on a busy computer takes its time.
    ``write`` is for taking a request from its standard input, ``stop`` for each stage of stopping.
    """

    hello: float = 20.0
    write: float = 5.0
    stop: float = 2.0


class _MadeUp(Model):
    id: Id
    do: str


class Adapter:
    """A running adapter that has introduced itself. A context manager: leaving it stops the adapter.

    Requests raise ``Refused`` for an ``error``, ``Unsupported``, ``NoAnswer`` after their ``timeout`` in
    seconds, and ``AdapterBroken`` from the first breach of the protocol on.
    """

    introduction: HelloOk

    def __init__(
        self,
        launch: Launch,
        *,
        folder: Path,
        environment: Mapping[str, str],
        timeline: Timeline,
        answer: Answerer,
        limits: Limits = Limits(),
    ) -> None:
        """Start the process; :meth:`start` also greets it."""
        self.name = launch.name
        self._limits = limits
        self._stopped = False
        self._left = False
        self._suspended = False
        self._conversation = Conversation(launch.name, timeline, answer, self._write, self._catch_up)
        command = launch.command(folder, environment)
        self._process = AdapterProcess(launch.name, command, folder, self._heard_by(self._conversation))

    @classmethod
    def start(
        cls,
        launch: Launch,
        *,
        folder: Path,
        environment: Mapping[str, str],
        timeline: Timeline,
        answer: Answerer,
        limits: Limits = Limits(),
    ) -> Self:
        """Start an adapter in ``folder``, let it introduce itself, and see that it can say ``unsupported``.

        ``environment`` is added to what is inherited (``environment.py``), which is little.
        ``answer`` is called for each question, on a thread of its own. Raises AdapterBroken.
        """
        adapter = cls(launch, folder=folder, environment=environment, timeline=timeline, answer=answer, limits=limits)
        try:
            adapter.greet()
        except BaseException as error:
            adapter.stop()
            if isinstance(error, AdapterBroken):
                error.log = adapter.stderr()
            raise
        return adapter

    def _heard_by(self, listener: Listener) -> Listener:
        """Return who hears the process: the conversation, or what passes all on to it."""
        return listener

    def greet(self) -> None:
        """Let it introduce itself, and see that it can say ``unsupported``. Raises AdapterBroken."""
        hello = self._conversation.request(lambda number: Hello(id=number), "hello", _HELLO_OK)
        try:
            self.introduction = self._within_limit(hello)
        except (Refused, Unsupported) as other:
            raise AdapterBroken(
                f"adapter {self.name} answered hello with {_named(other)}; expected its introduction"
            ) from other
        made_up = f"made-up-{secrets.token_hex(4)}"
        try:
            answered = f"ok {self._within_limit(self._ask_made_up(made_up))}"
        except Refused as refused:
            answered = _named(refused)
        except Unsupported:
            return
        raise AdapterBroken(
            f"adapter {self.name} answered the request {made_up!r}, which does not exist, with {answered}; "
            f"expected unsupported, as for everything that it does not know"
        )

    def _ask_made_up(self, what: str) -> Pending[dict[str, Any]]:
        return self._conversation.request(lambda number: _MadeUp(id=number, do=what), what, _ANYTHING)

    def made_up(self, what: str, timeout: float) -> dict[str, Any]:
        """Ask for something that does not exist; Unsupported is the right answer."""
        return self._ask_made_up(what).wait(timeout)

    def _within_limit(self, pending: Pending[T]) -> T:
        try:
            return pending.wait(self._limits.hello)
        except NoAnswer as silence:
            raise AdapterBroken(f"{silence}; its standard error ends: {self.stderr()[-2000:]!r}") from silence

    @property
    def pid(self) -> int:
        """The process id of the adapter, and of its process group."""
        return self._process.pid

    def begin_open(self, tunnel: str, profile: Profile) -> Pending[OpenOk]:
        """Ask to open a tunnel, and let the caller watch it, close it, or wait for it."""
        self._conversation.knows(tunnel)
        return self._conversation.request(
            lambda number: Open(id=number, tunnel=tunnel, profile=profile), f"open {tunnel}", _OPEN_OK
        )

    def open(self, tunnel: str, profile: Profile, timeout: float) -> OpenOk:
        """Open a tunnel; return where it listens."""
        return self.begin_open(tunnel, profile).wait(timeout)

    def close(self, tunnel: str, timeout: float) -> None:
        """Stop a tunnel for good."""
        self._conversation.request(lambda number: Close(id=number, tunnel=tunnel), f"close {tunnel}", _EMPTY).wait(
            timeout
        )

    def status(self, tunnel: str, timeout: float) -> StatusOk:
        """Return what the implementation believes of a tunnel."""
        return self._conversation.request(
            lambda number: Status(id=number, tunnel=tunnel), f"status {tunnel}", _STATUS_OK
        ).wait(timeout)

    def test(self, profile: Profile, timeout: float) -> None:
        """Connect and authenticate on every hop, then disconnect."""
        self._conversation.tests()
        self._conversation.request(
            lambda number: Test(id=number, profile=profile), f"test {profile.name}", _EMPTY
        ).wait(timeout)

    def import_url(self, url: str, timeout: float) -> ImportUrlOk:
        """Return the connection that ``url`` describes."""
        return self._conversation.request(
            lambda number: ImportUrl(id=number, url=url), "import-url", _IMPORT_URL_OK
        ).wait(timeout)

    def import_config(self, file: Path | None, host: str, timeout: float) -> ImportConfigOk:
        """Return what an OpenSSH client configuration ``file`` (``~/.ssh/config`` without one) says of ``host``."""
        return self._conversation.request(
            lambda number: ImportConfig(id=number, file=_path(file), host=host), "import-config", _IMPORT_CONFIG_OK
        ).wait(timeout)

    def import_config_hosts(self, file: Path | None, timeout: float) -> ImportConfigHosts:
        """Return the hosts that an OpenSSH client configuration ``file`` (``~/.ssh/config`` without one) names."""
        return self._conversation.request(
            lambda number: ImportConfig(id=number, file=_path(file)), "import-config", _IMPORT_CONFIG_HOSTS
        ).wait(timeout)

    def state_events(self, tunnel: str) -> tuple[tuple[float, StateEvent], ...]:
        """Return the tunnel's events so far, each with its time on the ``time.monotonic()`` clock."""
        return self._conversation.state_events(tunnel)

    def banners(self, tunnel: str) -> tuple[tuple[float, BannerEvent], ...]:
        """Return the banners that the tunnel showed so far, each with its time (monotonic)."""
        return self._conversation.banners(tunnel)

    def wait_for_state(
        self, tunnel: str, *states: State, timeout: float, since: float = 0.0
    ) -> tuple[float, StateEvent] | None:
        """Return the first event of ``states`` at or after ``since`` (monotonic), None after ``timeout``."""
        return self._conversation.wait_for_state(tunnel, frozenset(states), timeout, since)

    def questions(self, tunnel: str) -> tuple[tuple[float, AnyQuestion, str | None], ...]:
        """Return the tunnel's questions: when asked (monotonic), what, and the answer, None while there is none."""
        return self._conversation.questions(tunnel)

    def with_secrets(self) -> tuple[str, ...]:
        """Return what of all that it said, its log included, had a secret in it, each named in a few words."""
        return self._conversation.with_secrets()

    def check(self) -> None:
        """Raise AdapterBroken where the adapter died or broke the protocol, also while nothing was asked of it."""
        self._conversation.check()

    def suspend(self) -> None:
        """Stop the adapter's processes where they are, as sleep does; they notice nothing."""
        self._suspended = True
        self._process.suspend()

    def resume(self) -> None:
        """Let suspended processes go on."""
        self._process.resume()
        self._suspended = False

    def stderr(self) -> str:
        """Return the last 64 KiB of what the adapter wrote to standard error."""
        return self._process.stderr()

    def bye(self, timeout: float) -> int | None:
        """Say bye; return the exit status, negative for a signal, None when it still runs after ``timeout``.

        Raises AdapterBroken when it cannot be told.
        """
        self._left = True
        if not self._conversation.leave():
            self._conversation.check()
        return self._process.status() if self._process.exits_within(timeout) else None

    def stop(self) -> None:
        """Say bye, then end the process group by SIGTERM and SIGKILL; later calls do nothing.

        Leaves no process of the group, no thread and no open pipe. Takes at most ``write`` for the bye, three times
        ``stop``, and 2 s for each answer that is still being found.
        """
        if self._stopped:
            return
        self._stopped = True
        try:
            if self._suspended:
                self.resume()
            if not self._left and self._conversation.leave():
                self._process.exits_within(self._limits.stop)
        finally:
            self._process.end(self._limits.stop)
            self._conversation.join_answerers()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _catch_up(self) -> None:
        self._process.catch_up(self._limits.write)

    def _write(self, line: bytes) -> None:
        self._process.write(line, self._limits.write)


def _path(file: Path | None) -> str | None:
    return None if file is None else str(file)


def _named(other: Refused | Unsupported) -> str:
    return f"{'error' if isinstance(other, Refused) else 'unsupported'} {other}"
