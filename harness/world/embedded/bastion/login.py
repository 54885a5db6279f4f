"""How an embedded bastion lets people in: AuthenticationMethods, partial success, a record of each try."""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from typing import TYPE_CHECKING

import asyncssh
from asyncssh.constants import DISC_PROTOCOL_ERROR
from asyncssh.packet import SSHPacket

from harness.world.embedded.bastion.dialogue import Dialogue
from harness.world.embedded.bastion.door import NOTHING, Door
from harness.world.embedded.bastion.sshd_config import CERTIFICATE
from harness.world.embedded.bastion.transport import TransportLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh.auth import KbdIntChallenge, KbdIntResponse

    from harness.world.embedded.bastion.totp import SecondFactor


_EXPIRED = "Your password has expired. New password: "


class LoginSession(TransportLayer):
    """One SSH connection with the methods of its :class:`Door`, every step told to ``tell``.

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
        super().__init__(loop, options, door, tell)
        self._passed: tuple[str, ...] = ()
        self._used_keys: set[bytes] = set()
        self._algorithm = ""
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

    async def _finish_userauth(self, begin_auth: bool, method: bytes, packet: SSHPacket) -> None:
        """Let in users who need no credential; otherwise remember the offered key's algorithm and go on."""
        if begin_auth and self.door.banner is not None:
            self.send_auth_banner(self.door.banner)
        if method == b"none" and NOTHING in self.door.ways and self._username == self.door.user:
            await asyncio.sleep(self.door.delays.auth)
            self._method, self._passed = "none", NOTHING
            await self.send_userauth_success()
            return
        self.tell("auth-asked", method=method.decode("ascii", "replace"), user=self._username)
        if method == b"publickey":
            peek = SSHPacket(packet.get_remaining_payload())
            peek.get_boolean()
            self._algorithm = peek.get_string().decode("ascii", "replace")
        await super()._finish_userauth(begin_auth, method, packet)

    async def validate_public_key(self, username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        """Check a key or certificate, and its signature once there is one.

        Whether a good key would do may be asked first; nothing is shown by that (RFC 4252, section 7).
        """
        usable = username == self.door.user and key_data not in self._used_keys and self._is_accepted(signature)
        good = usable and await super().validate_public_key(username, key_data, msg, signature)
        if good and not msg:
            return True
        if good:
            self._used_keys.add(key_data)
        self._tried("publickey", username)
        await asyncio.sleep(self.door.delays.auth)
        return self._result("publickey", username, good=good)

    async def validate_password(self, username: str, password: str) -> bool:
        """Check a password. Raises PasswordChangeRequired for the right one where it has expired."""
        self._tried("password", username)
        await asyncio.sleep(self.door.delays.auth)
        good = self._is_password(username, password)
        if good and self.door.password_expired:
            raise asyncssh.PasswordChangeRequired(_EXPIRED)
        return self._result("password", username, good=good)

    async def change_password(self, username: str, old_password: str, new_password: str) -> bool:
        """Take a new password, which is told as the answer to a prompt; the next login is asked for one again."""
        expected = self.door.password or ""
        kinds = {"": "empty", expected: "password"}
        matched = kinds.get(new_password, "other")
        self.tell("answer", prompt=_EXPIRED, matched=matched)
        good = self._is_password(username, old_password) and matched == "other"
        return self._result("password", username, good=good)

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
        await asyncio.sleep(self.door.delays.auth)
        return self._go_on(username, self._dialogue)

    def _go_on(self, username: str, dialogue: Dialogue) -> KbdIntChallenge:
        prompts = dialogue.next_round()
        if prompts is not None:
            name, instruction = self.door.heading
            return name, instruction, "", prompts
        good = dialogue.good and username == self.door.user
        return self._result("keyboard-interactive", username, good=good)

    def _is_accepted(self, signature: bytes) -> bool:
        """Tell whether PubkeyAcceptedAlgorithms has the algorithm, and the signature, once there is one, is made by it.

        asyncssh takes all that it announces (RFC 8308, section 3.1).
        """
        made_by = SSHPacket(signature).get_string().decode("ascii", "replace") if signature else None
        return self._algorithm in self.door.policy.accepted and made_by in {
            None,
            self._algorithm.removesuffix(CERTIFICATE),
        }

    def _is_password(self, username: str, password: str) -> bool:
        expected = self.door.password
        known = username == self.door.user and expected is not None
        return known and compare_digest(password.encode(), (expected or "").encode())

    def _tried(self, method: str, username: str) -> None:
        self._method = method
        self.tell("auth-tried", method=method, user=username)

    def _result(self, method: str, username: str, *, good: bool) -> bool:
        if good:
            self._passed += (method,)
        else:
            self._failures += 1
            self.tell("auth-failed", method=method, user=username)
        return good

    # --- what is answered

    async def send_userauth_success(self) -> None:
        """Let the user in, or ask for the next method (RFC 4252, section 5.1, partial success)."""
        if not self.door.lets_in(self._passed):
            self.tell("log", text=f"partial success of {self._method}")
            super().send_userauth_failure(partial_success=True)
            return
        self.came_in()
        self.tell("auth-ok", method=self._method, user=self.door.user)
        await super().send_userauth_success()

    def send_userauth_failure(self, partial_success: bool) -> None:
        """Refuse, for good after MaxAuthTries."""
        if self._failures >= self.door.policy.tries:
            self.disconnect(DISC_PROTOCOL_ERROR, "Too many authentication failures")
        else:
            super().send_userauth_failure(partial_success)
