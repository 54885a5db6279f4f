"""A client of an SSH agent (draft-miller-ssh-agent): lists its keys and has it sign."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from paramiko import Message

from tunnel_impl.cancellation import Cancellation
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.openssh_key import OpenSSHKey
from tunnel_impl.keys.private_keys import read_file
from tunnel_impl.profile import AgentAuth

_REQUEST_IDENTITIES = b"\x0b"
_IDENTITIES_ANSWER = 12
_SIGN_REQUEST = b"\x0d"
_SIGN_RESPONSE = 14
_FLAGS = {"rsa-sha2-256": 2, "rsa-sha2-512": 4}
_LARGEST = 1 << 20
_NAMED = {"1password": "~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock"}


@dataclass(frozen=True)
class AgentKey:
    """One key of an agent; the private half never leaves it."""

    type: str
    blob: bytes
    comment: str
    signs: Callable[[bytes, bytes, str], bytes]

    def sign(self, data: bytes, algorithm: str) -> bytes:
        """Have the agent sign, which may make it ask its user. Raises TunnelError ``agent-unavailable``."""
        return self.signs(self.blob, data, algorithm)


class Agent:
    """A connection to an agent. As a context manager it closes itself."""

    def __init__(self, auth: AgentAuth, timeout: float, cancellation: Cancellation) -> None:
        """``timeout`` in seconds is for the list of keys; a signature waits until its user has answered."""
        self.auth = auth
        self._timeout = timeout
        self._cancellation = cancellation
        self._path = self.find()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def keys(self) -> tuple[AgentKey, ...]:
        """Return the keys to offer, in the agent's order.

        Raises TunnelError ``agent-unavailable`` (naming the socket), ``agent-no-match`` when there is nothing to
        offer, or one about the public key file.
        """
        wanted = public_key_blob(self.auth.file) if self.auth.file else None
        try:
            self._socket.settimeout(self._timeout)
            self._socket.connect(self._path)
            kind, answer = self._call(_REQUEST_IDENTITIES)
        except OSError as error:
            raise self._unavailable(error.strerror or "it does not answer") from error
        if kind != _IDENTITIES_ANSWER:
            raise self._unavailable("it does not list its keys")
        found = [self._read_key(answer) for _ in range(answer.get_int())]
        offered = tuple(key for key in found if wanted in (None, key.blob))
        if offered:
            return offered
        if found:
            advice = f"holds no key that matches {self.auth.file}; add it with ssh-add, or choose another key"
        else:
            advice = "holds no keys; add one with ssh-add, and see them with ssh-add -l"
        raise TunnelError("agent-no-match", f"The SSH agent at {self._path} {advice}.")

    def find(self) -> str:
        """Return the path of the agent's socket. Raises TunnelError ``agent-unavailable``."""
        chosen = self.auth.socket or os.environ.get("SSH_AUTH_SOCK")
        if not chosen:
            advice = "No SSH agent: SSH_AUTH_SOCK is not set. Start an agent, or give the path of its socket."
            raise TunnelError("agent-unavailable", advice)
        return str(Path(_NAMED.get(chosen.strip(), chosen.strip())).expanduser())

    def _read_key(self, answer: Message) -> AgentKey:
        blob, comment = answer.get_binary(), answer.get_binary().decode(errors="replace")
        return AgentKey(Message(blob).get_text(), blob, comment, self._sign)

    def _sign(self, blob: bytes, data: bytes, algorithm: str) -> bytes:
        request = Message()
        request.add_byte(_SIGN_REQUEST)
        request.add_string(blob)
        request.add_string(data)
        request.add_int(_FLAGS.get(algorithm, 0))
        self._socket.settimeout(None)
        try:
            with self._cancellation.wakes(self.hang_up):
                kind, answer = self._call(request.asbytes())
        except OSError as error:
            self._cancellation.check()
            raise self._unavailable(error.strerror or "it went away") from error
        if kind != _SIGN_RESPONSE:
            advice = f"The SSH agent at {self._path} did not sign. Approve its question, or unlock the key."
            raise TunnelError("auth-failed", advice)
        return answer.get_binary()

    def hang_up(self) -> None:
        """End whatever waits for the agent; it is of no use any more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _call(self, request: bytes) -> tuple[int, Message]:
        self._socket.sendall(len(request).to_bytes(4, "big") + request)
        length = int.from_bytes(self._read(4), "big")
        if not 0 < length <= _LARGEST:
            raise OSError(0, "it does not speak the agent protocol")
        answer = self._read(length)
        return answer[0], Message(answer[1:])

    def _read(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise OSError(0, "it hung up")
            data += more
        return data

    def _unavailable(self, why: str) -> TunnelError:
        advice = f"The SSH agent at {self._path} is not available: {why}. Start it, or choose another socket."
        return TunnelError("agent-unavailable", advice)


def public_key_blob(file: str) -> bytes:
    """Return the key blob of a public key file, of a private one in OpenSSH's format, or of the ``.pub`` beside it.

    Raises TunnelError ``key-not-found``, ``key-unreadable`` or ``key-unsupported``.
    """
    content = read_file(file)
    try:
        openssh = OpenSSHKey.read(content)
        if openssh:
            return openssh.public
        if b"PRIVATE KEY-----" in content:
            content = read_file(f"{file.strip()}.pub")
        return base64.b64decode(content.split()[1], validate=True)
    except (IndexError, ValueError) as error:
        raise TunnelError("key-unsupported", f"{file} is not a public key; choose the .pub file of the key.") from error
