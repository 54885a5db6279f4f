"""Dropbear in a bastion's container: how it is started, and what its log tells.

Source of the phrases: Dropbear's svr-main.c, svr-session.c, svr-authpasswd.c and svr-authpubkey.c. It tells every
login, and nothing of the public keys that it refuses, of keep-alives and of new keys. Its channels are told by
``containers/bastion/channels.c``, which it is started with.
"""

from __future__ import annotations

import re
import shlex

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from harness.world.docker.bastion import pam, sshd
from harness.world.docker.bastion.sshlog import OURS, Processes, Seen
from harness.world.fabric import BastionSetup

_START = "/etc/ssh/tunspec_dropbear"
_BANNER = "/etc/ssh/tunspec_banner"
_CONVERTED = "/run/tunspec-dropbear"
_CHANNELS = "/usr/local/lib/tunspec/channels.so"

_LINE = re.compile(r"\[(?P<process>\d+)\] (?:\w{3} [ \d]\d \d\d:\d\d:\d\d )?(?P<text>.*)")
_CONNECTED = re.compile(r"Child connection from (?P<host>[0-9a-fA-F.:]+):(?P<port>\d+)$")
_LET_IN = re.compile(r"(?P<method>Password|Pubkey) auth succeeded for '(?P<user>.*)' ")
_REFUSED = re.compile(r"Bad password attempt for '(?P<user>.*)' from ")
_EXIT = re.compile(r"Exit .*: (?P<reason>[^:]*)$")
_CHANNEL = re.compile(r"channel to port (?P<port>\d+) of (?P<host>\S+)$")
_METHODS = {"Password": "password", "Pubkey": "publickey"}
_BROKE = ("Aiee, segfault", "Assertion failed", "Out of memory", "m_malloc failed")


class LogReader:
    """Reads one bastion's lines in order; each line has the id of the process that wrote it."""

    def __init__(self) -> None:
        self._peers: dict[str, str] = {}
        self._logged_in: set[str] = set()

    def read(self, text: str) -> tuple[Seen, ...]:
        """Return what one line tells; a line that tells nothing is a ``log``."""
        match = _LINE.fullmatch(text)
        told = self._told(match["process"], match["text"]) if match else ()
        return told or (("log", {"text": text}),)

    def logged_in(self, processes: Processes) -> int:
        """Return how many of the running processes serve somebody who is logged in."""
        return len(self._logged_in & processes.keys())

    def _told(self, process: str, text: str) -> tuple[Seen, ...]:
        if match := _CONNECTED.match(text):
            return self._came(process, match["host"], match["port"])
        if match := _LET_IN.match(text):
            self._logged_in.add(process)
            detail = {"method": _METHODS[match["method"]], "user": match["user"]}
            return ("auth-tried", detail), ("auth-ok", detail)
        if match := _REFUSED.match(text):
            detail = {"method": "password", "user": match["user"]}
            return ("auth-tried", detail), ("auth-failed", detail)
        if match := _CHANNEL.match(text):
            return (("channel", {"type": "direct-tcpip", "host": match["host"], "port": match["port"]}),)
        if match := _EXIT.match(text):
            return self._left(process, match["reason"])
        return ()

    def _came(self, process: str, host: str, port: str) -> tuple[Seen, ...]:
        self._logged_in.discard(process)  # the number of a process that is gone is given again
        if host in OURS:
            return ()
        self._peers[process] = f"{host}:{port}"
        return (("connected", {"peer": self._peers[process]}),)

    def _left(self, process: str, reason: str) -> tuple[Seen, ...]:
        broke: tuple[Seen, ...] = (("broke", {"reason": reason}),) if reason.startswith(_BROKE) else ()
        peer = self._peers.pop(process, None)
        return broke if peer is None else (("disconnected", {"peer": peer, "reason": reason}), *broke)


def _render(setup: BastionSetup, port: int) -> pam.Files:
    """Return path to content and mode of every file that makes dropbear serve ``setup`` on ``port``.

    It knows its own form of host keys only, and takes a user's keys from the home: dropbear(8).
    """
    options = [f"-p {port}", f"-P {sshd.PID_FILE}"]
    options += ["-s"] if setup.password is None else []
    options += [] if setup.banner is None else [f"-b {_BANNER}"]
    keys = {path: (_old_form(key), mode) for path, (key, mode) in sshd.host_key_files(setup).items()}
    script = [
        "#!/bin/sh -eu",
        f"rm -rf {_CONVERTED}",
        f"mkdir -p -m 700 {_CONVERTED}",
        f"mkdir -p {sshd.HOME}/.ssh",
        f"ln -sf {shlex.quote(sshd.authorized_keys_file(setup.user))} {sshd.HOME}/.ssh/authorized_keys",
    ]
    for number, path in enumerate(keys):
        script.append(f"dropbearconvert openssh dropbear {path} {_CONVERTED}/{number} >/dev/null 2>&1")
        options.append(f"-r {_CONVERTED}/{number}")
    script.append(f"LD_PRELOAD={_CHANNELS} exec dropbear -F -E {' '.join(options)}")
    banner = {} if setup.banner is None else {_BANNER: (setup.banner, 0o644)}
    return {**keys, **banner, **sshd.authorized_keys(setup), _START: ("\n".join([*script, ""]), 0o755)}


def _old_form(private: str) -> str:
    """Return an RSA or an EC key in PEM, and others in OpenSSH's form: 2020.81 converts no others."""
    key = serialization.load_ssh_private_key(private.encode(), None)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return private
    pem, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, pem, plain).decode()


SERVER = sshd.Server(
    _START, "echo 'the log of the bastion says why dropbear does not start'", _render, lambda _: {}, LogReader
)
