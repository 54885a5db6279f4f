"""An SSH server on loopback that a test tells whom to let in."""

from __future__ import annotations

from dataclasses import dataclass, field

import asyncssh


@dataclass
class Bastion:
    """An asyncssh server, and what it saw: every password that anyone presented."""

    password: str
    host_key: asyncssh.SSHKey
    authorized: set[str] = field(default_factory=set)
    authorities: set[bytes] = field(default_factory=set)
    anyone: bool = False
    prompts: tuple[tuple[str, bool], ...] = ()
    responses: tuple[str, ...] = ()
    forwards: bool = True
    port: int = 0
    passwords_seen: list[str] = field(default_factory=list)
    responses_seen: list[list[str]] = field(default_factory=list)
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    def known_hosts(self) -> str:
        """Return the line of known_hosts for this server."""
        return f"[127.0.0.1]:{self.port} {self.host_key.export_public_key().decode()}"

    def hold_still(self) -> None:
        """Stop reading, so that nothing is answered any more."""
        for connection in self.connections:
            connection._transport.pause_reading()

    def drop(self) -> None:
        """Abort every connection."""
        for connection in self.connections:
            connection.abort()


class Server(asyncssh.SSHServer):
    def __init__(self, bastion: Bastion) -> None:
        self._bastion = bastion

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._bastion.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return username != "alice" or not self._bastion.anyone

    def password_auth_supported(self) -> bool:
        return not self._bastion.prompts

    def validate_password(self, username: str, password: str) -> bool:
        self._bastion.passwords_seen.append(password)
        return username == "alice" and password == self._bastion.password

    def public_key_auth_supported(self) -> bool:
        return bool(self._bastion.authorized or self._bastion.authorities)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "alice" and _line(key) in self._bastion.authorized

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == "alice" and key.public_data in self._bastion.authorities

    def kbdint_auth_supported(self) -> bool:
        return bool(self._bastion.prompts)

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> object:  # noqa: ARG002
        return "", "", "", self._bastion.prompts

    def validate_kbdint_response(self, username: str, responses: list[str]) -> bool:  # noqa: ARG002
        self._bastion.responses_seen.append(responses)
        return tuple(responses) == self._bastion.responses

    def connection_requested(self, *_where: object) -> bool:
        if not self._bastion.forwards:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "not here")
        return True

    def unix_connection_requested(self, dest_path: str) -> bool:  # noqa: ARG002
        return self._bastion.forwards


def _line(key: asyncssh.SSHKey) -> str:
    return " ".join(key.export_public_key().decode().split()[:2])
