"""Takes the beginning of a password with a slash in it for a host and a port, in silence."""

from __future__ import annotations

from tunnel_impl.adapter import serve
from tunnel_impl.imports import urls

REJECTED_BY = {
    "imports/url_torn[slash-in-the-database-password]": {"step": "import_url", "observed": "it was imported"},
    "imports/url_torn[slash-in-the-ssh-password]": {"step": "import_url", "observed": "it was imported"},
}


def lenient(authority: str, name: str) -> None:
    del authority, name


urls.refuse_torn = lenient


if __name__ == "__main__":
    serve(name="reads_torn_passwords_as_hosts")
