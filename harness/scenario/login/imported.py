"""Makes a profile out of what an implementation itself read from its user's text, and of nothing else that it says."""

from __future__ import annotations

import getpass
from pathlib import Path

from harness.adapter import profile as wire
from harness.adapter.protocol import ImportConfigOk, ImportedHop, ImportUrlOk


def from_config(usual: wire.Profile, found: ImportConfigOk) -> wire.Profile:
    """Return the ``usual`` profile with the servers, users, ports, keys, agents and aliases that were imported.

    What the text cannot say stays: the target, the second factor, where to listen, and the limits.
    """
    return usual.model_copy(
        update={
            "ssh": _endpoint(found),
            "auth": _auth(found),
            "jumps": tuple(wire.Jump(**dict(_endpoint(one)), auth=_auth(one)) for one in found.jumps),
        }
    )


def from_url(usual: wire.Profile, found: ImportUrlOk) -> wire.Profile:
    """Return the ``usual`` profile with the last server, the method, and the database as the target.

    A URL names neither jump hosts nor a key file: those stay.
    """
    ssh = wire.Endpoint(host=found.ssh.host, port=found.ssh.port, user=found.ssh.user or getpass.getuser())
    target = wire.Target(host=found.database.host, port=found.database.port)
    auth: wire.Auth
    match found.method:
        case "password":
            auth = wire.PasswordAuth(password=found.ssh.password or "")
        case "agent":
            auth = wire.AgentAuth(socket=found.agent_socket)
        case "key":
            auth = usual.auth
    return usual.model_copy(update={"ssh": ssh, "auth": auth, "target": target})


def _endpoint(hop: ImportedHop) -> wire.Endpoint:
    """Return where the hop is; without a user it is the local one, as with ssh(1)."""
    return wire.Endpoint(
        host=hop.host, port=hop.port, user=hop.user or getpass.getuser(), host_key_alias=hop.host_key_alias
    )


def _auth(hop: ImportedHop) -> wire.Auth:
    """Return a key where a file is named and no agent, else an agent: the one that is named, or the environment's.

    With IdentitiesOnly the first file picks the agent's key (ssh_config(5)). Of several files the first that is there
    counts, as with ssh(1).
    """
    files = [file for file in hop.identity_files if Path(file).exists()] or [*hop.identity_files]
    if files and hop.identity_agent in (None, "none"):
        return wire.KeyAuth(file=files[0])
    socket = None if hop.identity_agent in (None, "none", "SSH_AUTH_SOCK") else hop.identity_agent
    return wire.AgentAuth(socket=socket, file=files[0] if files and hop.identities_only else None)
