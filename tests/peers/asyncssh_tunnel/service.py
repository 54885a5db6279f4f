"""The protocol: requests are answered beside each other, questions wait for their answers."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncssh

from asyncssh_tunnel import profile
from asyncssh_tunnel.chain import Chain
from asyncssh_tunnel.failure import Failure, Unsupported
from asyncssh_tunnel.tunnel import Tunnel

_SUPPORTS = (
    *("auth.password", "auth.key", "auth.agent", "auth.keyboard-interactive", "auth.none"),
    *("totp.generate", "totp.prompt", "jump", "host-keys.ask", "host-keys.replace"),
    *("host-keys.alias", "keepalive", "keepalive.default", "reconnect", "test"),
    *("banner", "errors.code", "errors.hop", "status", "timeouts.connect", "timeouts.open"),
)
_LONGEST = 1 << 20
_THREADS = 4
"""As many threads from the first request on, so that none is left over from a tunnel."""


class Service:
    """The tunnels of one conversation."""

    def __init__(self) -> None:
        self._tunnels: dict[str, Tunnel] = {}
        self._questions: dict[int, asyncio.Future[str | None]] = {}
        self._asked = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until ``bye`` or the end of the input."""
        reader = asyncio.StreamReader(limit=_LONGEST)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        async for line in reader:
            message = json.loads(line)
            if "answer" in message:
                self._questions.pop(message["answer"]).set_result(message["value"])
                continue
            task = asyncio.create_task(self._reply(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            if message["do"] == "bye":
                await task
                return
        await self._close_all()

    async def _reply(self, message: dict[str, Any]) -> None:
        try:
            reply: dict[str, Any] = {"ok": await self._do(message)}
        except Unsupported as unsupported:
            reply = {"unsupported": str(unsupported)}
        except Failure as failure:
            reply = {"error": failure.as_json()}
        except Exception as error:  # noqa: BLE001 -- every request has its reply; the traceback is the log's
            traceback.print_exc()
            reply = {"error": {"code": "internal", "message": f"a defect of this tunnel: {error!r}"}}
        self.tell({"id": message["id"], **reply})

    async def _do(self, message: dict[str, Any]) -> dict[str, Any]:
        match message:
            case {"do": "hello"}:
                about = {"name": "asyncssh-tunnel", "version": asyncssh.__version__, "language": "Python"}
                return {"protocol": 1, "implementation": about, "supports": _SUPPORTS}
            case {"do": "open", "tunnel": name, "profile": given}:
                return await self._open(name, given)
            case {"do": "close", "tunnel": name}:
                if name in self._tunnels:
                    await self._tunnels[name].close()
                return {}
            case {"do": "status", "tunnel": name}:
                if name not in self._tunnels:
                    raise Failure("bad-profile", f"no tunnel {name} was opened")
                return self._tunnels[name].status
            case {"do": "test", "profile": given}:
                settings = profile.read(given)
                await (await Chain.connect(settings, self, settings.name)).close()
                return {}
            case {"do": "bye"}:
                await self._close_all()
                return {}
        raise Unsupported(message["do"])

    async def _open(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        if name in self._tunnels and self._tunnels[name].is_alive:
            raise Unsupported("reopen")
        tunnel = self._tunnels[name] = Tunnel(name, profile.read(given), self)
        return await tunnel.open()

    async def _close_all(self) -> None:
        await asyncio.gather(*(tunnel.close() for tunnel in self._tunnels.values()))

    async def ask(self, question: dict[str, Any]) -> str | None:
        """Put a question; return the answer, None when the person cancels."""
        self._asked += 1
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        number = self._asked
        self._questions[number] = answer
        self.tell({"ask": number, **question})
        return await asyncio.shield(answer)

    def tell(self, message: dict[str, Any]) -> None:
        """Write one line of the protocol."""
        print(json.dumps(message), flush=True)


async def serve() -> int:
    """Run the adapter; return the exit status."""
    asyncio.get_running_loop().set_default_executor(_started_executor())
    await Service().run()
    return 0


def _started_executor() -> ThreadPoolExecutor:
    """Return an executor all of whose threads run already; by itself it starts each when it is first needed."""
    executor = ThreadPoolExecutor(_THREADS)
    together = threading.Barrier(_THREADS)
    for waiting in [executor.submit(together.wait) for _ in range(_THREADS)]:
        waiting.result()
    return executor
