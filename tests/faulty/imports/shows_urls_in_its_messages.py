"""Repeats the whole URL in the message about what is wrong with it, passwords included (class CONF-4)."""

from __future__ import annotations

from tunnel_impl import TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/secrets_hidden[bad-port]": {"step": "import_url", "expected": "no secret in a message"},
}


def read(text: str) -> Connection:
    try:
        return parse_url(text)
    except TunnelError as error:
        raise TunnelError(error.code, f"{error.message} ({text})") from error


if __name__ == "__main__":
    serve(name="shows_urls_in_its_messages", imports=Imports(url=read))
