"""What paramiko's connect() is given for a login, for adapters around libraries that pass it on."""

from __future__ import annotations

import os
from typing import Any

from talk import Unsupported, agent_socket, key_file


def login(auth: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of connect() for the profile's login. Raises Unsupported.

    paramiko takes the agent from SSH_AUTH_SOCK and from nowhere else, and offers all its keys.
    """
    if auth["method"] == "password":
        return {"password": auth["password"], "allow_agent": False, "look_for_keys": False}
    if auth["method"] == "key":
        key = {"key_filename": key_file(auth), "passphrase": auth["passphrase"]}
        return {**key, "allow_agent": False, "look_for_keys": False}
    if auth["file"]:
        raise Unsupported("auth.agent")
    if socket := agent_socket(auth):
        os.environ["SSH_AUTH_SOCK"] = socket
    return {"allow_agent": True, "look_for_keys": False}
