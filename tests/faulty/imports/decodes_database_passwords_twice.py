"""Decodes the password of the database a second time (class CONF-4)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_escapes[percent-sign]": {"step": "import_url", "observed": "database.password 'a@b'"},
}


def read(text: str) -> Connection:
    found = parse_url(text)
    password = found.database.password
    return replace(found, database=replace(found.database, password=password and unquote(password)))


if __name__ == "__main__":
    serve(name="decodes_database_passwords_twice", imports=Imports(url=read))
