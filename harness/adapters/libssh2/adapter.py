"""A tunnel with libssh2's ``direct-tcpip`` channels, through ssh2-python."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import socket
import sys
import threading
from contextlib import suppress
from functools import partial
from typing import Any

import ssh2
from relay import Relay
from ssh2 import knownhost, session
from ssh2.exceptions import AuthenticationError, KnownHostCheckNotFoundError, SSH2Error
from ssh2.utils import version
from talk import Tunnel, agent_socket, key_file, serve

ABOUT = {"name": "libssh2", "version": f"{version().decode()} (ssh2-python {ssh2.__version__})", "language": "C"}
SUPPORTS = ["auth.password", "auth.key", "auth.agent", "auth.keyboard-interactive", "auth.none", "auth.certificate",
            "totp.prompt", "jump", "target.socket", "host-keys.ask", "timeouts.connect", "status"]  # fmt: skip
KEY_TYPES = {
    session.LIBSSH2_HOSTKEY_TYPE_RSA: knownhost.LIBSSH2_KNOWNHOST_KEY_SSHRSA,
    session.LIBSSH2_HOSTKEY_TYPE_DSS: knownhost.LIBSSH2_KNOWNHOST_KEY_SSHDSS,
    session.LIBSSH2_HOSTKEY_TYPE_ECDSA_256: knownhost.LIBSSH2_KNOWNHOST_KEY_ECDSA_256,
    session.LIBSSH2_HOSTKEY_TYPE_ECDSA_384: knownhost.LIBSSH2_KNOWNHOST_KEY_ECDSA_384,
    session.LIBSSH2_HOSTKEY_TYPE_ECDSA_521: knownhost.LIBSSH2_KNOWNHOST_KEY_ECDSA_521,
    session.LIBSSH2_HOSTKEY_TYPE_ED25519: knownhost.LIBSSH2_KNOWNHOST_KEY_ED25519,
}
ASKS_PASSWORD = re.compile("password", re.IGNORECASE)
ASKS_MORE = re.compile("new|again|retype|code", re.IGNORECASE)


def add(file: str, line: bytes) -> None:
    """Put a line at the end of the store; the library would write the whole of it, without what it does not know."""
    with open(os.open(file, os.O_CREAT | os.O_RDWR, 0o600), "r+b") as store:
        before = store.read()
        store.write(b"\n" + line if before and not before.endswith(b"\n") else line)


class Libssh2Tunnel(Tunnel):
    """A session for each hop, and a relay on each session."""

    def __init__(self, name: str, profile: dict[str, Any]) -> None:
        super().__init__(name, profile)
        self.sockets: list[socket.socket] = []
        self.relays: list[Relay] = []
        self.listener: socket.socket | None = None

    def connect(self) -> tuple[str, int]:
        for hop, (endpoint, auth) in enumerate(self.hops):
            one = self.session(endpoint)
            self.check_host_key(hop, endpoint, one)
            self.login(hop, endpoint["user"], auth, one)
            last = hop == len(self.hops) - 1
            self.relays.append(Relay(one, self.lost_last if last else partial(print, file=sys.stderr)))
            self.relays[-1].start()
        family = socket.AF_INET6 if ":" in self.local_host else socket.AF_INET
        self.listener = socket.create_server((self.local_host, self.profile["local"]["port"]), family=family)
        threading.Thread(target=self.accept, args=(self.listener, one), daemon=True).start()
        return self.listener.getsockname()[:2]

    def session(self, endpoint: dict[str, Any]) -> Any:
        """Return a session after the key exchange; its socket is a pair's where a channel leads to the server."""
        host, port, limit = endpoint["host"], endpoint["port"] or 22, self.profile["timeouts"]["connect"]
        if self.relays:
            near, way = socket.socketpair()
            before = self.relays[-1]
            before.forward(way, partial(before.session.direct_tcpip_ex, host, port, "127.0.0.1", 0))
        else:
            near = socket.create_connection((host, port), timeout=limit)
            near.settimeout(None)
        self.sockets.append(near)
        one = session.Session()
        if limit:
            one.set_timeout(int(limit * 1000))
        self.call(one, one.handshake, near)
        return one

    def call(self, one: Any, function: Any, *arguments: Any) -> Any:
        """Call the library, whose exceptions have a name and whose session has the words."""
        try:
            return function(*arguments)
        except SSH2Error as error:
            raise type(error)(one.last_error()) from error

    def check_host_key(self, hop: int, endpoint: dict[str, Any], one: Any) -> None:
        key, kind = one.hostkey()
        host, port, file = endpoint["host"], endpoint["port"] or 22, self.profile["host_keys"]["file"]
        mask = knownhost.LIBSSH2_KNOWNHOST_TYPE_PLAIN | knownhost.LIBSSH2_KNOWNHOST_KEYENC_RAW
        store = one.knownhost_init()
        if os.path.exists(file):
            store.readfile(file)
        try:
            store.checkp(host.encode(), port, key, mask)
        except KnownHostCheckNotFoundError:
            if self.profile["host_keys"]["unknown"] != "ask" or not self.accepted(hop, host, port, key):
                raise
            name = host if port == 22 else f"[{host}]:{port}"
            add(file, store.writeline(store.addc(name.encode(), key, mask | KEY_TYPES[kind])))

    def accepted(self, hop: int, host: str, port: int, key: bytes) -> bool:
        digest = base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("=")
        kind = key[4 : 4 + int.from_bytes(key[:4], "big")].decode()
        about = {"type": kind, "fingerprint": f"SHA256:{digest}", "status": "unknown"}
        return self.ask(kind="host-key", hop=hop, host=host, port=port, **about) == "accept"

    def login(self, hop: int, user: str, auth: dict[str, Any], one: Any) -> None:
        """Log in with what the profile has, then with what the user answers: a part of a login fails like a whole."""
        offered = one.userauth_list(user) or []
        password = auth.get("password")
        refused = f"the server offers {', '.join(offered)}"
        try:
            if auth["method"] == "key" and "publickey" in offered:
                self.login_with_key(user, auth, one)
            elif auth["method"] == "agent" and "publickey" in offered:
                self.login_with_agent(user, auth, one)
            elif auth["method"] == "password" and "password" in offered and not self.profile["totp"]:
                self.call(one, one.userauth_password, user, auth["password"])
        except AuthenticationError as error:
            refused, password = f"{type(error).__name__}: {error}", None
        if auth["method"] != "none" and not one.userauth_authenticated():
            offered = one.userauth_list(user) or []
            if "keyboard-interactive" in offered:
                self.answer(hop, user, password, one)
        if not one.userauth_authenticated():
            raise AuthenticationError(refused)

    def login_with_key(self, user: str, auth: dict[str, Any], one: Any) -> None:
        file = key_file(auth)
        certificate = f"{file}-cert.pub"
        if os.path.exists(certificate):
            with suppress(SSH2Error):
                one.userauth_publickey_fromfile(user, file, auth["passphrase"] or "", certificate)
        if not one.userauth_authenticated():
            self.call(one, one.userauth_publickey_fromfile, user, file, auth["passphrase"] or "")

    def login_with_agent(self, user: str, auth: dict[str, Any], one: Any) -> None:
        agent = one.agent_init()
        if path := agent_socket(auth):
            agent.set_identity_path(path)
        agent.connect()
        wanted = None
        if auth["file"]:
            with open(os.path.expanduser(auth["file"]), encoding="utf-8") as public:
                wanted = base64.b64decode(public.read().split()[1])
        for identity in agent.get_identities():
            if wanted in {None, identity.blob}:
                with suppress(AuthenticationError):
                    agent.userauth(user, identity)
                    return

    def answer(self, hop: int, user: str, password: str | None, one: Any) -> None:
        """Give the password to the first prompt for it; every other prompt goes to the user, who is not told more."""
        unused = [password] if password else []

        def answers(name: bytes, instruction: bytes, prompts: list[str]) -> list[str]:
            about = {"name": name.decode(), "instruction": instruction.decode(), "echo": False}
            return [reply(about, text) for text in prompts]

        def reply(about: dict[str, Any], text: str) -> str:
            if unused and ASKS_PASSWORD.search(text) and not ASKS_MORE.search(text):
                return unused.pop()
            value = self.ask(kind="prompt", hop=hop, text=text, **about)
            if value is None:  # the callback has no way to give up
                self.sockets[hop].shutdown(socket.SHUT_RDWR)
            return value or ""

        self.call(one, one.userauth_keyboardinteractive_callback, user, answers)

    def accept(self, listener: socket.socket, one: Any) -> None:
        target = self.profile["target"]
        while True:
            try:
                local, (host, port, *_) = listener.accept()
            except OSError:
                return
            if "path" in target:
                opening = partial(one.direct_streamlocal_ex, target["path"], host, port)
            else:
                opening = partial(one.direct_tcpip_ex, target["host"], target["port"], host, port)
            self.relays[-1].forward(local, opening)

    def lost_last(self, why: str) -> None:
        self.disconnect()
        self.lost(why)

    def disconnect(self) -> None:
        if self.listener is not None:
            with suppress(OSError):
                self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
        for relay in reversed(self.relays):
            relay.stop()
        for one in self.sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.relays, self.sockets = [], []  # a session is freed before its socket: it may still write to it


serve(ABOUT, SUPPORTS, Libssh2Tunnel)
