"""Decodes passwords as forms are decoded: a + becomes a blank."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_escapes[plus-is-a-plus]": {"step": "import_url", "observed": "database.password 'a b'"},
}


def read(text: str) -> Connection:
    found = parse_url(text)
    password = found.database.password
    return replace(found, database=replace(found.database, password=password and password.replace("+", " ")))


if __name__ == "__main__":
    serve(name="takes_a_plus_for_a_blank_in_passwords", imports=Imports(url=read))
