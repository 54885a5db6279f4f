"""How an embedded bastion lets people in: AuthenticationMethods, partial success, a record of each try."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

import asyncssh
from asyncssh.constants import DISC_PROTOCOL_ERROR, MSG_GLOBAL_REQUEST, MSG_SERVICE_REQUEST
from asyncssh.packet import SSHPacket

from harness.world.embedded.dialogue import Dialogue, Rounds
from harness.world.embedded.dialogue import read as read_dialogue
from harness.world.embedded.policy import Policy, open_ways, parse

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from asyncssh.auth import KbdIntChallenge, KbdIntResponse

    from harness.world.embedded.totp import SecondFactor


@dataclass(frozen=True)
class Door:
    """Who may come in, and how; read from the configuration that the harness sends."""

    user: str
    password: str | None = field(repr=False)
    authorized: frozenset[bytes]
    ways: tuple[tuple[str, ...], ...]
    """AuthenticationMethods: each entry is one list of methods that are on; all must succeed, in order."""
    policy: Policy
    rounds: Rounds
    """What keyboard-interactive asks."""

    @classmethod
    def read(cls, setup: Mapping[str, Any]) -> Door:
        """Read a setup. Raises ValueError when it asks for what this bastion cannot do."""
        policy = parse(setup["policy"])
        rounds = read_dialogue(setup["dialogue"])
        ways = open_ways(policy, setup["methods"], password=setup["password"] is not None, dialogue=rounds is not None)
        authorized = frozenset(b64decode(line.split()[-1]) for line in setup["authorized_keys"])
        return cls(setup["user"], setup["password"], authorized, ways, policy, rounds or ())

    def next_methods(self, passed: tuple[str, ...]) -> set[str]:
        """Return the methods that lead on after those already ``passed``."""
        return {way[len(passed)] for way in self.ways if way[: len(passed)] == passed and len(way) > len(passed)}


class Session(asyncssh.SSHServerConnection):
    """One SSH connection: asyncssh's, with the methods of its :class:`Door` and every step told to ``tell``.

    A public key that is offered counts as presented once, whether or not a signature follows.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        options: asyncssh.SSHServerConnectionOptions,
        door: Door,
        factor: SecondFactor,
        tell: Callable[..., None],
    ) -> None:
        super().__init__(loop, options)
        self.door = door
        self.tell = tell
        self.authenticated = False
        self._passed: tuple[str, ...] = ()
        self._used_keys: set[bytes] = set()
        self._offered = b""
        self._factor = factor
        self._dialogue: Dialogue | None = None
        self._answered = 0
        self._method = ""
        self._failures = 0

    # --- what is offered

    def public_key_auth_supported(self) -> bool:
        """Tell whether a key may be tried now."""
        return "publickey" in self.door.next_methods(self._passed)

    def password_auth_supported(self) -> bool:
        """Tell whether a password may be tried now."""
        return "password" in self.door.next_methods(self._passed)

    def kbdint_auth_supported(self) -> bool:
        """Tell whether keyboard-interactive may be tried now."""
        return "keyboard-interactive" in self.door.next_methods(self._passed)

    # --- what is presented

    async def validate_public_key(self, username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        """Check a key, and its signature once there is one."""
        if not (msg and key_data == self._offered):
            self._offered = key_data
            self._tried("publickey", username)
        known = username == self.door.user and key_data in self.door.authorized - self._used_keys
        good = known and await super().validate_public_key(username, key_data, msg, signature)
        if good and msg:
            self._used_keys.add(key_data)
        return self._result("publickey", username, good=good, final=bool(msg))

    async def validate_password(self, username: str, password: str) -> bool:
        """Check a password."""
        self._tried("password", username)
        return self._result("password", username, good=self._is_password(username, password))

    async def get_kbdint_challenge(
        self,
        username: str,
        lang: str,  # noqa: ARG002 -- asyncssh's signature
        submethods: str,  # noqa: ARG002 -- asyncssh's signature
    ) -> KbdIntChallenge:
        """Begin the dialogue."""
        self._dialogue = Dialogue(self.door.rounds, self.door.password, self._factor, self.tell)
        self._answered = 0
        return self._go_on(username, self._dialogue)

    async def validate_kbdint_response(self, username: str, responses: KbdIntResponse) -> KbdIntChallenge:
        """Take the answers to one round."""
        assert self._dialogue is not None  # noqa: S101 -- asyncssh asks before it takes answers
        if self._answered == 0:
            self._tried("keyboard-interactive", username)
        self._answered += 1
        self._dialogue.answer(responses)
        return self._go_on(username, self._dialogue)

    def _go_on(self, username: str, dialogue: Dialogue) -> KbdIntChallenge:
        prompts = dialogue.next_round()
        if prompts is not None:
            return "", "", "", prompts
        good = dialogue.good and username == self.door.user
        return self._result("keyboard-interactive", username, good=good)

    def _is_password(self, username: str, password: str) -> bool:
        expected = self.door.password
        known = username == self.door.user and expected is not None
        return known and compare_digest(password.encode(), (expected or "").encode())

    def _tried(self, method: str, username: str) -> None:
        self._method = method
        self.tell("auth-tried", method=method, user=username)

    def _result(self, method: str, username: str, *, good: bool, final: bool = True) -> bool:
        if not good:
            self._failures += 1
            self.tell("auth-failed", method=method, user=username)
        elif final:
            self._passed += (method,)
        return good

    # --- what is answered

    async def send_userauth_success(self) -> None:
        """Let the user in, or ask for the next method (RFC 4252, section 5.1, partial success)."""
        if self._passed not in self.door.ways:
            self.tell("log", text=f"partial success of {self._method}")
            super().send_userauth_failure(partial_success=True)
            return
        self.authenticated = True
        self.tell("auth-ok", method=self._method, user=self.door.user)
        await super().send_userauth_success()

    def send_userauth_failure(self, partial_success: bool) -> None:
        """Refuse, for good after MaxAuthTries."""
        if self._failures >= self.door.policy.tries:
            self.disconnect(DISC_PROTOCOL_ERROR, "Too many authentication failures")
        else:
            super().send_userauth_failure(partial_success)

    def _told_global_request(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        peek = SSHPacket(packet.get_remaining_payload())
        name, want_reply = peek.get_string(), peek.get_boolean()
        self.tell("global-request", name=name.decode("ascii", "replace"), want_reply=str(want_reply).lower())
        self._process_global_request(pkttype, pktid, packet)

    def _service_requested(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        """Accept ssh-userauth again until someone is in, as sshd does; paramiko asks before each method."""
        if self._auth_in_progress:
            self._next_service = b"ssh-userauth"
        self._process_service_request(pkttype, pktid, packet)

    # asyncssh has no public hook for these messages
    _packet_handlers = {
        **asyncssh.SSHServerConnection._packet_handlers,  # noqa: SLF001 -- see above
        MSG_GLOBAL_REQUEST: _told_global_request,
        MSG_SERVICE_REQUEST: _service_requested,
    }
