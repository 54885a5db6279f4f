"""The adapter: reads requests, opens and closes tunnels, asks the harness what the client asks."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import Field, TypeAdapter, ValidationError

from harness.adapter.profile import GeneratedTotp
from harness.adapter.protocol import (
    Bye,
    Close,
    Empty,
    Feature,
    Hello,
    HelloOk,
    Implementation,
    Open,
    Status,
)
from harness.adapter.reading import problems
from harness.adapters.command.failure import Failure, NotSupported, failed

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.profile import Profile
    from harness.adapter.protocol import ErrorDetail, OpenOk, State, StatusOk
    from harness.model import Model

_OPEN = frozenset({"connecting", "connected", "reconnecting"})
_DOES = frozenset({"hello", "open", "close", "status", "bye"})
_LONGEST = 1 << 20
_Served = Annotated[Hello | Open | Close | Status | Bye, Field(discriminator="do")]
_request: TypeAdapter[Hello | Open | Close | Status | Bye] = TypeAdapter(_Served)


class User(Protocol):
    """The harness, as a tunnel sees it."""

    async def ask(self, **question: object) -> str | None:
        """Put a question; return the answer, None for cancel."""

    def event(self, tunnel: str, state: State, error: ErrorDetail | None = None) -> None:
        """Tell a change of state."""


class Tunnel(Protocol):
    """One tunnel of a client, from the request to its end."""

    @property
    def status(self) -> StatusOk:
        """What is known of the tunnel now."""

    async def open(self) -> OpenOk:
        """Connect, and return where the tunnel listens. Raises Failure and NotSupported."""

    async def close(self) -> None:
        """End the client and all that it started, within two seconds."""


@dataclass(frozen=True)
class Client:
    """A command-line client: what it supports, who it is (raises Failure without it), and how to make a tunnel."""

    supports: tuple[Feature, ...]
    implementation: Callable[[], Implementation]
    tunnel: Callable[[str, Profile, User], Tunnel]


class Service:
    """The tunnels of one harness, and the talk with it."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tunnels: dict[str, Tunnel] = {}
        self._questions: dict[int, asyncio.Future[str | None]] = {}
        self._asked = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Serve until bye, the end of the input, or SIGTERM; then close every tunnel."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._over.set)
        reader = asyncio.StreamReader(limit=_LONGEST)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        reading = asyncio.create_task(self._read(reader))
        reading.add_done_callback(lambda _: self._over.set())
        await self._over.wait()
        reading.cancel()
        await asyncio.gather(*(tunnel.close() for tunnel in self._tunnels.values()))
        for task in tuple(self._tasks):
            task.cancel()
        transport.close()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            message = json.loads(line)
            if "answer" in message:
                question = self._questions.pop(message["answer"], None)
                if question is not None and not question.done():
                    question.set_result(message["value"])
                continue
            task = asyncio.create_task(self._reply(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reply(self, message: dict[str, Any]) -> None:
        number = message["id"]
        try:
            if message["do"] not in _DOES:
                raise NotSupported(str(message["do"]))
            done = await self._do(_request.validate_python(message))
            _send({"id": number, "ok": done.model_dump(mode="json")})
        except NotSupported as not_supported:
            _send({"id": number, "unsupported": not_supported.feature})
        except Failure as failure:
            _send({"id": number, "error": failure.detail.model_dump(mode="json")})
        except OSError as error:
            _send({"id": number, "error": {"code": "internal", "message": f"the client could not be run: {error}"}})
        except ValidationError as error:
            _send({"id": number, "error": {"code": "bad-profile", "message": problems(error)}})
        if message["do"] == "bye":
            self._over.set()

    async def _do(self, request: Hello | Open | Close | Status | Bye) -> Model:
        match request:
            case Hello():
                return HelloOk(protocol=1, implementation=self._client.implementation(), supports=self._client.supports)
            case Open(tunnel=name, profile=profile):
                if name in self._tunnels and self._tunnels[name].status.state in _OPEN:
                    raise failed("bad-profile", f"the tunnel {name} is open; close it first")
                if isinstance(profile.totp, GeneratedTotp):
                    raise NotSupported("totp.generate")
                tunnel = self._tunnels[name] = self._client.tunnel(name, profile, self)
                return await tunnel.open()
            case Close(tunnel=name):
                if name in self._tunnels:
                    await self._tunnels[name].close()
                return Empty()
            case Status(tunnel=name):
                if name not in self._tunnels:
                    raise failed("bad-profile", f"no tunnel {name} was opened")
                return self._tunnels[name].status
            case Bye():
                await asyncio.gather(*(tunnel.close() for tunnel in self._tunnels.values()))
                return Empty()

    async def ask(self, **question: object) -> str | None:
        """Put a question to the harness; return the answer, None for cancel."""
        self._asked += 1
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._questions[self._asked] = answer
        _send({"ask": self._asked, **question})
        return await answer

    def event(self, tunnel: str, state: State, error: ErrorDetail | None = None) -> None:
        """Tell the harness that a tunnel changed its state."""
        detail = {"error": error.model_dump(mode="json")} if error else {}
        _send({"event": "state", "tunnel": tunnel, "state": state, **detail})


def _send(message: dict[str, object]) -> None:
    print(json.dumps(message), flush=True)


async def serve(client: Client) -> int:
    """Run the adapter of ``client``; return the exit status."""
    await Service(client).run()
    return 0
