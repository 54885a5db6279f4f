#!/usr/bin/python3 -Wignore
"""A small SSH server for what sshd with PAM cannot do; ``scripted.py FILE`` serves what FILE says.

FILE is JSON: ``port``, ``pid_file``, ``host_keys`` (files), ``user``, ``password``, ``by_key`` (whether keys are
taken), ``authorized_keys`` (a file with lines ``type base64`` and ``cert-authority type base64``, read at each login),
``dialogue`` (rounds of prompts, each with ``text``, ``expects`` and ``echo``; without any the method is ``password``),
``totp``, null or with ``key`` (hex), ``algorithm``, ``digits``, ``period`` in seconds, ``reuse`` and ``tries`` (in
30 s; null: any number), ``keepalives``: how they are answered, ``failure``, ``success`` or ``unimplemented``,
``host_certificates`` (files, none or one for each host key), ``banner`` (or null), ``delays`` in seconds (``version``:
before its identification string, ``kex``: before it answers a KEXINIT, ``auth``: before it says what came of a
credential), ``password_expired`` (the right password is answered with PASSWD_CHANGEREQ), and ``compression``,
``required`` or as asyncssh has it.

As of sshd, there is a listener and a process for each connection, so that each can be ended alone; that of a user who
is in is called ``scripted-login``. The log has sshd's phrases, and no warnings about the ciphers that asyncssh imports.
What an answer was is told, the answer itself never is.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import asyncssh
from asyncssh.constants import (
    DISC_PROTOCOL_ERROR,
    MSG_GLOBAL_REQUEST,
    MSG_REQUEST_SUCCESS,
    MSG_SERVICE_REQUEST,
    MSG_UNIMPLEMENTED,
)
from asyncssh.packet import SSHPacket, UInt32
from dialogue import Dialogue, Settings

_EXPIRED = "Your password has expired. New password: "
_MOST_FAILURES = 6  # MaxAuthTries of sshd_config(5)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")


def say(text: str) -> None:
    """Write a line of the log at once, whatever control characters are in it."""
    os.write(2, (_CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text) + "\n").encode(errors="replace"))


class Server(asyncssh.SSHServer):
    """What one connection may do: log in by the dialogue, or by a key where there are keys, and forward."""

    def __init__(self, settings: Settings) -> None:
        self.failures = 0
        self.keepalives: str = settings["keepalives"]
        self.delays: dict[str, float] = settings["delays"]
        self._connection: asyncssh.SSHServerConnection
        self._settings = settings
        self._dialogue: Dialogue | None = None
        self._peer = ""
        self._outcome = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Tell who came."""
        self._connection = conn
        host, port = conn.get_extra_info("peername")[:2]
        self._peer = f"{host} port {port}"
        say(f"Connection from {self._peer} on port {self._settings['port']}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell that the connection ended."""
        say(f"Connection {'closed' if exc is None else 'reset'} by {self._peer}: {exc or 'the end'}")

    def public_key_auth_supported(self) -> bool:
        """Tell whether keys are taken."""
        return bool(self._settings["by_key"])

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Take a key of the user; asyncssh checks the signature."""
        return self._judged("publickey", username, good=_line(key) in self._authorized())

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Take an authority of the user's certificates; asyncssh checks the certificate and the signature."""
        return self._judged("publickey", username, good=f"cert-authority {_line(key)}" in self._authorized())

    def password_auth_supported(self) -> bool:
        """Tell whether a password is asked for without a dialogue."""
        return self._settings["password"] is not None and not self._settings["dialogue"]

    def validate_password(self, username: str, password: str) -> bool:
        """Take the password."""
        if self._settings["password_expired"] and self._is_right(username, password):
            say(f"Postponed password for {username} from {self._peer} ssh2")
            raise asyncssh.PasswordChangeRequired(_EXPIRED)
        return self._judged("password", username, good=password == self._settings["password"])

    def change_password(self, username: str, old_password: str, new_password: str) -> bool:
        """Take a new password; the next login is asked for one again."""
        kinds = {"": "empty", self._settings["password"]: "password"}
        matched = kinds.get(new_password, "other")
        say(f"scripted: matched={matched} left=0 prompt={_EXPIRED}")
        good = self._is_right(username, old_password) and matched == "other"
        return self._judged("password", username, good=good)

    def _is_right(self, username: str, password: str) -> bool:
        return (username, password) == (self._settings["user"], self._settings["password"])

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 -- asyncssh's signature
        """Send the banner before anything is answered."""
        if self._settings["banner"] is not None:
            self._connection.send_auth_banner(self._settings["banner"])
        return True

    def kbdint_auth_supported(self) -> bool:
        """Tell whether there is a dialogue."""
        return bool(self._settings["dialogue"])

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ANN401, ARG002 -- asyncssh's signature
        """Begin the dialogue."""
        self._dialogue = Dialogue(self._settings, say)
        return self._go_on(username, self._dialogue)

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> Any:  # noqa: ANN401 -- asyncssh's signature
        """Take the answers to one round."""
        if self._dialogue is None:
            return False
        self._dialogue.answer(responses)
        return self._go_on(username, self._dialogue)

    def _authorized(self) -> list[str]:
        return Path(self._settings["authorized_keys"]).read_text().splitlines()

    def _go_on(self, username: str, dialogue: Dialogue) -> Any:  # noqa: ANN401 -- a round, or whether it was good
        return dialogue.next_round() or self._judged("keyboard-interactive", username, good=dialogue.good)

    def _judged(self, method: str, username: str, *, good: bool) -> bool:
        good &= username == self._settings["user"]
        self._outcome = f"{method} for {username} from {self._peer} ssh2"
        if not good:
            self.failures += 1
            say(f"Failed {self._outcome}")
        return good

    def auth_completed(self) -> None:
        """Tell who is in."""
        Path("/proc/self/comm").write_text("scripted-login")
        say(f"Accepted {self._outcome}")

    def session_requested(self) -> bool:
        """Refuse a shell."""
        say("debug1: server_input_channel_open: ctype session refused")
        return False

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        """Let asyncssh connect, pass on both directions, and half-close each by itself."""
        originator, target = f"{orig_host} port {orig_port}", f"{dest_host} port {dest_port}"
        say(f"debug1: server_request_direct_tcpip: originator {originator}, target {target}")
        return True

    def unix_connection_requested(self, dest_path: str) -> bool:
        """Let asyncssh do the same with a Unix domain socket."""
        say(f"debug1: server_input_channel_open: ctype direct-streamlocal@openssh.com to {dest_path}")
        return True


def _line(key: asyncssh.SSHKey) -> str:
    return " ".join(key.export_public_key().decode().split()[:2])


class Connection(asyncssh.SSHServerConnection):
    """asyncssh's, with global requests told, and with what sshd does where asyncssh does something else."""

    _owner: Server
    _holds = False

    def send_userauth_success(self) -> None:
        """Let the user in."""
        self._later("auth", super().send_userauth_success)

    def send_userauth_failure(self, partial_success: bool) -> None:
        """Refuse, for good after MaxAuthTries; what no credential was shown for is refused at once."""
        if self._owner.failures == 0:
            super().send_userauth_failure(partial_success)
        elif self._owner.failures < _MOST_FAILURES:
            self._later("auth", lambda: super(Connection, self).send_userauth_failure(partial_success))
        else:
            self.disconnect(DISC_PROTOCOL_ERROR, "Too many authentication failures")

    def _send_version(self) -> None:
        """Greet; what the client says before stays in the kernel."""
        self._later("version", super()._send_version)

    def _later(self, stage: str, act: Callable[[], None]) -> None:
        """Act after the delay of a stage, and take nothing that the client says until then."""
        delay = self._owner.delays[stage]
        if not delay:
            act()
            return
        self._holds = True

        def go_on() -> None:
            self._holds = False
            if self._transport:
                act()
                self.data_received(b"")  # goes on with what came meanwhile

        self._loop.call_later(delay, go_on)

    def _recv_version(self) -> bool:
        came = not self._holds and super()._recv_version()
        if came:
            self._later("kex", lambda: None)
        return came

    def _recv_pkthdr(self) -> bool:
        return not self._holds and super()._recv_pkthdr()

    def _told_global_request(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        peek = SSHPacket(packet.get_remaining_payload())
        name, want_reply = peek.get_string().decode("ascii", "replace"), int(peek.get_boolean())
        say(f"debug1: server_input_global_request: rtype {name} want_reply {want_reply}")
        answer = self._owner.keepalives if name.startswith("keepalive@") and want_reply else "failure"
        if answer == "success":
            self.send_packet(MSG_REQUEST_SUCCESS)
        elif answer == "unimplemented":
            self.send_packet(MSG_UNIMPLEMENTED, UInt32(pktid))  # RFC 4253, section 11.4; the id is the sequence number
        else:
            self._process_global_request(pkttype, pktid, packet)

    def _service_requested(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        if self._auth_in_progress:  # some clients ask for ssh-userauth again before each method
            self._next_service = b"ssh-userauth"
        self._process_service_request(pkttype, pktid, packet)

    # asyncssh has no public hook for these messages
    _packet_handlers = {
        **asyncssh.SSHServerConnection._packet_handlers,  # noqa: SLF001 -- see above
        MSG_GLOBAL_REQUEST: _told_global_request,
        MSG_SERVICE_REQUEST: _service_requested,
    }


async def serve(connected: socket.socket, options: asyncssh.SSHServerConnectionOptions) -> None:
    """Serve one connection to its end."""
    loop = asyncio.get_running_loop()
    _, connection = await loop.connect_accepted_socket(lambda: Connection(loop, options), connected)
    await connection.wait_closed()


def _host_keys(settings: Settings) -> list[Any]:
    """Return the host keys, each with its certificate where there are any."""
    certificates = settings["host_certificates"]
    pairs = zip(settings["host_keys"], certificates)  # noqa: B905 -- Debian 11 has Python 3.9
    return list(pairs) if certificates else settings["host_keys"]


def main() -> None:
    """Listen, and serve each connection in a process of its own."""
    settings: Settings = json.loads(Path(sys.argv[1]).read_text())
    options = asyncssh.SSHServerConnectionOptions(
        server_factory=lambda: Server(settings),
        server_host_keys=_host_keys(settings),
        **({"compression_algs": ["zlib@openssh.com"]} if settings["compression"] == "required" else {}),
        x11_forwarding=False,
        agent_forwarding=False,
    )
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries those that ended
    with socket.create_server(("0.0.0.0", settings["port"])) as listener:
        Path(settings["pid_file"]).write_text(f"{os.getpid()}\n")
        while True:
            connected, _ = listener.accept()
            if os.fork() == 0:
                try:
                    listener.close()
                    asyncio.run(serve(connected, options))
                finally:
                    os._exit(0)
            connected.close()


main()
