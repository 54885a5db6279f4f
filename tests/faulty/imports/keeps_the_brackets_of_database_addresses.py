"""Leaves the brackets on the IPv6 address of a database, and takes them off a server's."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_parts[ipv6-database]": {"step": "import_url", "observed": "database.host '[::1]'"},
}


def read(text: str) -> Connection:
    found = parse_url(text)
    host = found.database.host
    return replace(found, database=replace(found.database, host=f"[{host}]" if ":" in host else host))


if __name__ == "__main__":
    serve(name="keeps_the_brackets_of_database_addresses", imports=Imports(url=read))
