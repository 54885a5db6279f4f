"""Removes line ends and other control characters from a URL instead of refusing it."""

from __future__ import annotations

import re

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_refused[control-character]": {
        "step": "import_url",
        "expected": "it to be refused",
        "observed": "it was imported",
    },
}


def read(text: str) -> Connection:
    return parse_url(re.sub(r"[\x00-\x1f]|%[01][0-9A-F]", "", text))


if __name__ == "__main__":
    serve(name="lets_control_characters_through", imports=Imports(url=read))
