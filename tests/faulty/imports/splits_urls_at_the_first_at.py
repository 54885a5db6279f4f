"""Splits the database part at its first @ (TablePlus/TablePlus#845)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_escapes[at-not-escaped-in-the-password]": {"step": "import_url", "observed": "database.host 'ss@db'"},
}


def read(text: str) -> Connection:
    found = parse_url(text)
    userinfo, _, host = text.partition("://")[2].partition("/")[2].partition("/")[0].partition("@")
    if "@" not in host:
        return found
    _, _, password = userinfo.partition(":")
    return replace(found, database=replace(found.database, password=password, host=host))


if __name__ == "__main__":
    serve(name="splits_urls_at_the_first_at", imports=Imports(url=read))
