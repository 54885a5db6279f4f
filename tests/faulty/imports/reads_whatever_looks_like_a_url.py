"""Drops a query that cannot be one, and takes a user that programs read as an option."""

from __future__ import annotations

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_torn[question-mark-in-the-database-password]": {"step": "import_url", "observed": "it was imported"},
    "imports/url_torn[user-like-an-option]": {"step": "import_url", "observed": "it was imported"},
}


def lenient(text: str) -> Connection:
    return parse_url(text.partition("?")[0].replace("://-", "://"))


if __name__ == "__main__":
    serve(name="reads_whatever_looks_like_a_url", imports=Imports(url=lenient))
