"""An SSH agent for scenarios: holds keys, signs with them, and remembers what it was asked.

Source: draft-ietf-sshm-ssh-agent (SSH_AGENTC_REQUEST_IDENTITIES and SSH_AGENTC_SIGN_REQUEST; every other
request is answered with SSH_AGENT_FAILURE).
"""

from __future__ import annotations

import io
import socketserver
import struct
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

if TYPE_CHECKING:
    import paramiko

_FAILURE = b"\x05"
_IDENTITIES = 11
_IDENTITIES_ANSWER = b"\x0c"
_SIGN = 13
_SIGN_RESPONSE = b"\x0e"
_RSA_FLAGS = {2: "rsa-sha2-256", 4: "rsa-sha2-512"}
_LONGEST = 256 * 1024


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _split(data: bytes) -> tuple[bytes, bytes]:
    (length,) = struct.unpack_from(">I", data)
    return data[4 : 4 + length], data[4 + length :]


def _signature(key: paramiko.PKey, data: bytes, flags: int) -> bytes:
    """Return the signature that ``flags`` ask for; an RSA key without any signs with SHA-1 (section 3.6.1)."""
    import paramiko

    if not isinstance(key, paramiko.RSAKey):
        return key.sign_ssh_data(data).asbytes()
    if flags in _RSA_FLAGS:
        return key.sign_ssh_data(data, _RSA_FLAGS[flags]).asbytes()
    private = key.key
    if not isinstance(private, rsa.RSAPrivateKey):
        raise TypeError("an agent holds private keys")
    old = private.sign(data, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 -- what agents do without flags
    return _string(b"ssh-rsa") + _string(old)


def _load(private: str) -> paramiko.PKey:
    import paramiko

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(private))
        except paramiko.SSHException:
            continue
    raise ValueError("not a private key that the agent can hold")


@dataclass(frozen=True)
class AgentBehaviour:
    """How an agent answers: it ``thinks`` for so many seconds before it signs; a ``mute`` one says nothing at all."""

    thinks: float = 0
    mute: bool = False


_PROMPT = AgentBehaviour()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    agent: Agent


class _Talk(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        try:
            while header := self._exactly(4):
                (length,) = struct.unpack(">I", header)
                if not 0 < length <= _LONGEST:
                    return
                reply = self.server.agent.answer(self._exactly(length))
                if reply is None:
                    return
                self.request.sendall(_string(reply))
        except OSError:
            return

    def _exactly(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            chunk = self.request.recv(count - len(received))
            if not chunk:
                return b""
            received += chunk
        return received


class Agent:
    """Serves ``keys`` (private key texts, in order) on the unix socket ``path`` (mode 0600) until closed.

    ``signed`` has when it was asked for each signature that it gave, or means to give (``time.monotonic()``).
    """

    def __init__(self, path: Path, keys: Sequence[str], manner: AgentBehaviour = _PROMPT) -> None:
        self.path = path
        self._manner = manner
        self._closing = threading.Event()
        self._keys = [_load(key) for key in keys]
        self._server = _Server(str(path), _Talk)
        path.chmod(0o600)
        self._server.agent = self
        self.signed: list[float] = []
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="probe-agent")
        self._thread.start()

    def answer(self, request: bytes) -> bytes | None:
        """Return the reply to one request, both without their length; None where the agent ends without one."""
        if self._manner.mute:
            self._closing.wait()
            return None
        if request[0] == _IDENTITIES:
            listed = b"".join(_string(key.asbytes()) + _string(b"tunspec") for key in self._keys)
            return _IDENTITIES_ANSWER + struct.pack(">I", len(self._keys)) + listed
        if request[0] == _SIGN:
            return self._sign(request[1:])
        return _FAILURE

    def _sign(self, request: bytes) -> bytes:
        blob, rest = _split(request)
        data, rest = _split(rest)
        (flags,) = struct.unpack_from(">I", rest)
        for key in self._keys:
            if key.asbytes() == blob:
                self.signed.append(time.monotonic())
                self._closing.wait(self._manner.thinks)
                return _SIGN_RESPONSE + _string(_signature(key, data, flags))
        return _FAILURE

    def close(self) -> None:
        """Stop serving and remove the socket."""
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.path.unlink(missing_ok=True)
