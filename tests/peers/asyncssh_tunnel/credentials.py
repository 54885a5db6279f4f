"""What a server is shown: everything is read before anything is dialled."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from asyncssh_tunnel.failure import Failure

_ONE_PASSWORD = "~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"


@dataclass(frozen=True)
class Credentials:
    """A method, and the keys or the password that it needs."""

    method: str
    keys: tuple[asyncssh.SSHKey | asyncssh.SSHKeyPair, ...] = ()
    password: str | None = None
    agent: asyncssh.SSHAgentClient | None = None

    @property
    def methods(self) -> list[str]:
        """The methods of RFC 4252 that may be used, in the order of preference."""
        match self.method:
            case "none":
                return ["none"]
            case "password":
                return ["password", "keyboard-interactive"]
            case "keyboard-interactive":
                return ["keyboard-interactive"]
            case _:
                return ["publickey", "keyboard-interactive", "password"]

    def close(self) -> None:
        """Let the agent go."""
        if self.agent is not None:
            self.agent.close()


async def load(auth: dict[str, Any], seconds: float) -> Credentials:
    """Read the key, or ask the agent for its keys, which has ``seconds`` to answer. Raises Failure."""
    match auth:
        case {"method": "key", "file": file, **rest}:
            key = await asyncio.to_thread(_read_key, _path(file), rest.get("passphrase"))
            return Credentials("key", (key,))
        case {"method": "agent", **rest}:
            return await _ask_agent(rest.get("socket"), rest.get("file"), seconds)
        case {"method": method, **rest}:
            return Credentials(method, password=rest.get("password"))
    raise Failure("bad-profile", "the profile says no method to log in with")


def _path(given: str) -> Path:
    return Path(given).expanduser()


def _read_key(path: Path, passphrase: str | None) -> asyncssh.SSHKey:
    try:
        text = path.read_bytes().replace(b"\r\n", b"\n")
        if path.stat().st_mode & 0o077:
            raise Failure("key-unreadable", f"the key file {path} is open to others than you: chmod 600 {path}")
    except FileNotFoundError:
        raise Failure("key-not-found", f"there is no key file {path}; check the path") from None
    except OSError as error:
        raise Failure("key-unreadable", f"the key file {path} cannot be read: {error.strerror}") from None
    if re.match(rb"(ssh-|ecdsa-|---- BEGIN SSH2 PUBLIC|-----BEGIN PUBLIC)", text):
        raise Failure("key-unsupported", f"{path} is a public key; choose the private one beside it")
    if text.startswith(b"PuTTY-"):
        raise Failure("key-unsupported", f"{path} is a PuTTY key (ppk); export it in OpenSSH's format with PuTTYgen")
    try:
        key = asyncssh.import_private_key(text, passphrase)
    except asyncssh.KeyEncryptionError:
        raise Failure("wrong-passphrase", f"the passphrase does not open {path}") from None
    except asyncssh.KeyImportError as error:
        if b"ENCRYPTED" in text or "assphrase" in str(error):
            raise Failure("wrong-passphrase", f"the passphrase does not open {path}") from None
        raise Failure("key-unsupported", f"{path} is not a private key that can be used: {error}") from None
    if key.get_algorithm() == "ssh-dss":
        raise Failure("key-unsupported", f"{path} is a DSA key, which no server accepts any more; make an ed25519 one")
    return key


async def _ask_agent(given: str | None, file: str | None, seconds: float) -> Credentials:
    socket = _ONE_PASSWORD if given == "1password" else given or os.environ.get("SSH_AUTH_SOCK", "")
    if not socket:
        raise Failure("agent-unavailable", "SSH_AUTH_SOCK names no agent; start one with ssh-agent")
    path = _path(socket)
    try:
        async with asyncio.timeout(seconds):
            agent = await asyncssh.connect_agent(str(path))
            keys = tuple(await agent.get_keys())
    except TimeoutError:
        raise Failure("agent-unavailable", f"the agent at {path} said nothing for {seconds:g} s; restart it") from None
    except (OSError, ValueError) as error:
        raise Failure("agent-unavailable", f"no agent answers at {path}: {error}; start it or check the path") from None
    if file is not None:
        chosen = asyncssh.read_public_key(_path(file)).public_data
        keys = tuple(key for key in keys if key.public_data == chosen)
    if not keys:
        wanted = f"does not have the key of {file}" if file else "has no key"
        raise Failure("agent-no-match", f"the agent at {path} {wanted}; add it with ssh-add")
    return Credentials("agent", keys, agent=agent)
