"""Knows useSSHAgent, but not usesshagent."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl.adapter import serve
from tunnel_impl.imports.front import Imports
from tunnel_impl.imports.urls import Connection, parse_url

REJECTED_BY = {
    "imports/url_parameters[agent-in-small-letters]": {"step": "import_url", "observed": "method 'password'"},
}


def read(text: str) -> Connection:
    found = parse_url(text)
    known = found.method == "password" or "useSSHAgent" in text or "usePrivateKey" in text
    return found if known else replace(found, method="password", agent_socket=None)


if __name__ == "__main__":
    serve(name="reads_parameter_names_by_their_case", imports=Imports(url=read))
