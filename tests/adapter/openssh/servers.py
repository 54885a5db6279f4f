"""What may stand behind a port: for asyncio.start_server."""

from __future__ import annotations

import asyncio


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back what comes."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()
    writer.close()


async def http(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a web server does to SSH."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    writer.close()
