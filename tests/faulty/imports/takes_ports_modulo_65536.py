"""Keeps sixteen bits of a port, so that 65558 is 22 and nothing is refused."""

from __future__ import annotations

import re

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_refused[ssh-port-out-of-range]": {
        "step": "import_url",
        "expected": "it to be refused",
        "observed": "it was imported",
    },
    "errors/import_url[port]": {"step": "import_url", "observed": "it was imported"},
}


def read(text: str) -> Connection:
    return parse_url(re.sub(r":([0-9]{5,})(?=/)", lambda port: f":{int(port[1]) % 65536 or 22}", text))


if __name__ == "__main__":
    serve(name="takes_ports_modulo_65536", imports=Imports(url=read))
