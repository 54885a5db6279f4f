"""The adapter's end of SSH_ASKPASS: a program for ssh to run, and a private socket that it talks to.

Secrets pass through the socket only; they are never in an argument list or an environment (ssh(1)).
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.adapters.openssh import askpass_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable


def _write_program(path: Path) -> None:
    client = (sys.executable, "-I", "-S", str(Path(askpass_client.__file__).resolve()))
    path.write_text(f'#!/bin/sh\nexec {shlex.join(client)} "$1"\n', encoding="utf-8")
    path.chmod(0o700)


@asynccontextmanager
async def askpass(folder: Path, answer: Callable[[int, str], Awaitable[str | None]]) -> AsyncIterator[dict[str, str]]:
    """Answer prompts, given as hop and text, while the context lasts; yield the environment that ssh needs.

    ``folder`` must be private and its path short: a socket's path has at most 107 bytes (unix(7)).
    """
    program, socket = folder / "askpass", folder / "ask"
    _write_program(program)
    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        question = json.loads(await reader.readline())
        value = await answer(question["hop"], question["text"])
        writer.write(json.dumps(value).encode() + b"\n")
        await writer.drain()
        writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(talk(reader, writer))
        talks.add(task)
        task.add_done_callback(lambda _: writer.close())
        task.add_done_callback(talks.discard)

    server = await asyncio.start_unix_server(accept, socket)
    try:
        yield {
            "SSH_ASKPASS": os.fspath(program),
            "SSH_ASKPASS_REQUIRE": "force",
            "TUNSPEC_ASKPASS": os.fspath(socket),
        }
    finally:
        server.close()
        for task in tuple(talks):
            task.cancel()
