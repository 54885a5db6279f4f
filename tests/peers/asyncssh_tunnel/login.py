"""One login: what asyncssh calls back for, from the host key to the last factor."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import asyncssh
from asyncssh.constants import MSG_NEWKEYS, MSG_USERAUTH_FAILURE

from asyncssh_tunnel import known_hosts
from asyncssh_tunnel.failure import Failure
from asyncssh_tunnel.prompts import wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from asyncssh_tunnel.credentials import Credentials
    from asyncssh_tunnel.profile import Profile, Server
    from asyncssh_tunnel.user import User


_AT_A_PAGE_SECONDS = 120.0
"""As long as sshd allows for a login (sshd_config(5), LoginGraceTime)."""


_METHODS = {
    "key": {"publickey"},
    "agent": {"publickey"},
    "password": {"password", "keyboard-interactive"},
    "keyboard-interactive": {"keyboard-interactive", "password"},
}
"""The methods of RFC 4252 that a profile's method may lead to."""


class Login(asyncssh.SSHClient):
    """Logs in at one hop. After asyncssh gave up, ``failure`` says why, where this class decided it."""

    def __init__(
        self, hop: int, profile: Profile, credentials: Credentials, user: User, tunnel: str, limit: asyncio.Timeout
    ) -> None:
        self._hop = hop
        self._profile = profile
        self._server: Server = profile.servers[hop]
        self._credentials = credentials
        self._user = user
        self._tunnel = tunnel
        self._name = known_hosts.host_name(self._server.host, self._server.port, self._server.alias)
        self.known = known_hosts.look_up(profile.known_hosts, self._name)
        self._limit = limit
        self._left = 0.0
        self._offered = ""
        self.failure: Failure | None = None
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.reached = False
        self.refused = False
        self.trusted = False
        self._key: asyncssh.SSHKey | None = None
        self._keys = list(credentials.keys)
        self._factor = 0
        self._tried: set[tuple[str, int]] = set()
        self._password_given = False
        self._code_given = False
        self._conn: Any = None

    # --- what asyncssh leaves out ------------------------------------------------------------------------------

    def connection_made(self, conn: Any) -> None:
        """Put steps of our own before asyncssh's.

        It can neither wait for a person nor tell a partial success, and an end that comes right behind the server's
        algorithms hides from it that there is none in common.
        """
        self._conn = conn
        self.reached = True
        conn._packet_handlers = {
            **conn._packet_handlers,
            MSG_NEWKEYS: self._before(conn._packet_handlers[MSG_NEWKEYS]),
            MSG_USERAUTH_FAILURE: self._noting(conn._packet_handlers[MSG_USERAUTH_FAILURE]),
        }
        conn.connection_lost = _in_its_turn(conn.connection_lost)

    def _before(self, handle: Any) -> Any:
        async def after_the_decision(conn: Any, kind: int, number: int, packet: Any) -> None:
            if not self.trusted:
                try:
                    await self._decide()
                except Failure as failure:
                    self.failure = failure
                    raise asyncssh.HostKeyNotVerifiable(failure.message) from None
                self.trusted = True
            handle(conn, kind, number, packet)

        return after_the_decision

    def _noting(self, handle: Any) -> Any:
        def noting_success(conn: Any, kind: int, number: int, packet: Any) -> None:
            names, partial = _failure_of(packet.get_remaining_payload())
            self._offered = self._offered or names
            self._factor += partial
            self.refused = not partial and bool(self._tried)
            handle(conn, kind, number, packet)

        return noting_success

    @property
    def user_name(self) -> str:
        """Who logs in."""
        return self._server.user

    @property
    def methods(self) -> list[str]:
        """The methods of RFC 4252 that may be used: prompts first where there is a code to give, or to ask for."""
        methods = self._credentials.methods
        return sorted(methods, key="keyboard-interactive".__ne__) if self._has_second_factor else methods

    @property
    def heard_nothing(self) -> bool:
        """Whether not a byte has come of the server's first line (RFC 4253 section 4.2)."""
        return self._conn.get_extra_info("server_version") is None and not self._conn._inpbuf

    # --- the host key ------------------------------------------------------------------------------------------

    def validate_host_public_key(self, _host: str, _addr: str, _port: int, key: asyncssh.SSHKey) -> bool:
        """Note the key; it is decided on when the server has proved that it is its own."""
        self._key = key
        return True

    async def _decide(self) -> None:
        key = self._key
        if key is None:
            return  # asyncssh has found a certificate of an authority in the store
        if key in self.known.revoked:
            raise Failure("host-key-changed", f"the host key of {self._name} is revoked; do not connect", self._hop)
        if key in self.known.keys:
            return
        changed = bool(self.known.keys)
        may_ask = changed or self._profile.asks_about_keys
        if not may_ask or not await self._is_accepted(key, changed=changed):
            raise self._not_trusted(key, changed=changed)
        store = known_hosts.replace if changed else known_hosts.add
        store(self._profile.known_hosts, self._name, key)

    async def _is_accepted(self, key: asyncssh.SSHKey, *, changed: bool) -> bool:
        status = {"status": "changed", "known": self._stored(key)} if changed else {"status": "unknown"}
        server = {"host": self._server.host, "port": self._server.port}
        shown = {"type": known_hosts.kind(key), "fingerprint": key.get_fingerprint()}
        return await self._ask({"kind": "host-key", **server, **shown, **status}) == "accept"

    def _stored(self, key: asyncssh.SSHKey) -> str:
        """Return the fingerprint of the stored key, that of the same type if there is one."""
        same = [known for known in self.known.keys if known_hosts.kind(known) == known_hosts.kind(key)]
        return (same or list(self.known.keys))[0].get_fingerprint()

    def _not_trusted(self, key: asyncssh.SSHKey, *, changed: bool) -> Failure:
        shown = f"{known_hosts.kind(key)} {key.get_fingerprint()}"
        if changed:
            was = f"the host key of {self._name} has changed from {self._stored(key)} to {shown}"
            return Failure("host-key-changed", f"{was}; ask the server's administrator why", self._hop)
        return Failure("host-key-unknown", f"the host key of {self._name}, {shown}, is not accepted", self._hop)

    # --- factors -----------------------------------------------------------------------------------------------

    def auth_banner_received(self, msg: str, _lang: str) -> None:
        """Show the server's banner (RFC 4252 section 5.4), its control characters made harmless.

        It may send the person to a page, who then has some minutes from now on.
        """
        self._limit.reschedule(asyncio.get_running_loop().time() + _AT_A_PAGE_SECONDS)
        lines = msg.replace("\r\n", "\n")
        text = "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in lines)
        self._user.tell({"event": "banner", "tunnel": self._tunnel, "hop": self._hop, "text": text})

    def public_key_auth_requested(self) -> Any:
        """Give each key once."""
        self._tried.add(("publickey", self._factor))
        return [self._patient(self._keys.pop(0))] if self._keys else None

    def _patient(self, key: Any) -> Any:
        """Let an agent's user have the time to approve of a signature."""
        sign = getattr(key, "sign_async", None)
        if sign is None:
            return key

        async def with_the_clock_stopped(data: bytes) -> Any:
            with self._clock_stopped():
                return await sign(data)

        key.sign_async = with_the_clock_stopped
        return key

    async def password_auth_requested(self) -> str | None:
        """Give the password once, or ask for one that is wanted beside a key that was accepted."""
        if not self._first_time("password"):
            return None
        if self._credentials.password is not None and not self._password_given:
            self._password_given = True
            return self._credentials.password
        if not self._factor:
            return None
        return await self._ask_person(f"{self._server.user}@{self._server.host}'s password: ", echo=False)

    def kbdint_auth_requested(self) -> str | None:
        """Answer prompts once for each factor, where the method or a factor before leads to them."""
        wanted = self._credentials.method in {"keyboard-interactive", "password"} or self._factor
        return "" if wanted and self._first_time("keyboard-interactive") else None

    async def kbdint_challenge_received(
        self, name: str, instructions: str, _lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        """Answer a round of prompts."""
        return [await self._answer(text, name, instructions, echo=echo) for text, echo in prompts]

    async def _answer(self, text: str, name: str, instruction: str, *, echo: bool) -> str:
        what = None if echo else wanted(text)
        password = self._credentials.password if not self._password_given else None
        if what == "password" and password is not None:
            self._password_given = True
            return password
        if what == "code":
            self._code_given = True
            if self._makes_codes:
                return await self._fresh_code()
        if what == "both" and password is not None and self._makes_codes:
            self._password_given = self._code_given = True
            return password + await self._fresh_code()
        return await self._ask_person(text, echo=echo, name=name, instruction=instruction)

    @property
    def _has_second_factor(self) -> bool:
        """Whether the password alone is not enough here; with a key, its own method comes first."""
        last = self._server is self._profile.servers[-1]
        codes = self._profile.totp is not None or self._profile.codes_are_asked
        return last and codes and self._credentials.method == "password"

    @property
    def _makes_codes(self) -> bool:
        """Whether there is a secret for this server, which is the last one."""
        return self._profile.totp is not None and self._server is self._profile.servers[-1]

    async def _fresh_code(self) -> str:
        assert self._profile.totp is not None
        with self._clock_stopped():
            return await self._profile.totp.fresh()

    def _first_time(self, method: str) -> bool:
        again = (method, self._factor) in self._tried
        self._tried.add((method, self._factor))
        return not again

    def refusal(self) -> Failure:
        """Return why the server let nobody in."""
        at = f"{self._server.user} at {self._name}"
        if self._code_given:
            return Failure("totp-rejected", f"the server refused the one-time code of {at}; check its clock", self._hop)
        method = self._credentials.method
        if not _METHODS.get(method, set()) & set(self._offered.split(",")):
            return Failure("auth-failed", f"the server offers {self._offered} to {at}, and not {method}", self._hop)
        match self._credentials.method:
            case "agent":
                return Failure("agent-no-match", f"the server accepts no key of the agent for {at}", self._hop)
            case "key":
                return Failure("auth-failed", f"the server does not accept the key for {at}", self._hop)
            case method:
                return Failure("auth-failed", f"the server refused the login ({method}) of {at}", self._hop)

    # --- questions ---------------------------------------------------------------------------------------------

    async def _ask_person(self, text: str, *, echo: bool, **also: str) -> str:
        value = await self._ask({"kind": "prompt", "text": text, "echo": echo, **also})
        if value is None:
            self.failure = Failure("cancelled", f"nobody answered {text.strip()!r}", self._hop)
            raise asyncssh.PermissionDenied(self.failure.message)
        return value

    async def _ask(self, question: dict[str, Any]) -> str | None:
        with self._clock_stopped():
            return await self._user.ask({"tunnel": self._tunnel, "hop": self._hop, **question})

    @contextmanager
    def _clock_stopped(self) -> Iterator[None]:
        """Count nothing of what a person or the next code takes against the server's time."""
        self._stop()
        try:
            yield
        finally:
            self._resume()

    def _stop(self) -> None:
        until = self._limit.when()
        if until is not None:
            self._left = until - asyncio.get_running_loop().time()
            self._limit.reschedule(None)

    def _resume(self) -> None:
        if self._limit.when() is None:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._left)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell those who wait for the end."""
        if not self.lost.done():
            self.lost.set_result(exc)


def _failure_of(payload: bytes) -> tuple[str, bool]:
    """Return the methods that can go on, and whether a factor succeeded (RFC 4252, section 5.1)."""
    end = 4 + int.from_bytes(payload[:4])
    return payload[4:end].decode("ascii", "replace"), payload[end:] == b"\1"


def _in_its_turn(lose: Any) -> Any:
    """Return ``lose`` such that it follows what is still to be done about the packets that came before the end."""

    def later(exc: Exception | None = None) -> None:
        asyncio.get_running_loop().call_soon(lose, exc)

    return later
