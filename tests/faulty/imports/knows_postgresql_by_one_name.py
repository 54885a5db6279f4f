"""Takes postgresql+ssh and refuses postgres+ssh, which the page names too."""

from __future__ import annotations

from tunnel_impl import TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_forms[postgres-is-postgresql]": {"step": "import_url", "observed": "unsupported-scheme"},
}


def read(text: str) -> Connection:
    if text.startswith("postgres+ssh:"):
        raise TunnelError("unsupported-scheme", "postgres+ssh: there is no such scheme here")
    return parse_url(text)


if __name__ == "__main__":
    serve(name="knows_postgresql_by_one_name", imports=Imports(url=read))
