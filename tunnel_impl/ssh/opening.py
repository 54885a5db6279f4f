"""What a channel can be asked to lead to."""

from __future__ import annotations

from dataclasses import dataclass

from paramiko import Message

from tunnel_impl.profile import LOOPBACK


@dataclass(frozen=True)
class Opening:
    """A channel type and what belongs to it in SSH_MSG_CHANNEL_OPEN (RFC 4254 §5.1)."""

    kind: str
    where: bytes


def direct_tcpip(host: str, port: int, origin_port: int) -> Opening:
    """Return the request for a TCP connection of the server, named verbatim (RFC 4254 §7.2)."""
    where = Message()
    where.add_string(host)
    where.add_int(port)
    where.add_string(LOOPBACK)
    where.add_int(origin_port)
    return Opening("direct-tcpip", where.asbytes())


def direct_streamlocal(path: str) -> Opening:
    """Return the request for a connection to a Unix domain socket of the server (OpenSSH's PROTOCOL §2.4)."""
    where = Message()
    where.add_string(path)
    where.add_string("")
    where.add_int(0)
    return Opening("direct-streamlocal@openssh.com", where.asbytes())
