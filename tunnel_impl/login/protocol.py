"""The SSH authentication protocol, client side (RFC 4252, RFC 4256): one request at a time, one answer each."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass

from paramiko import Message, common

from tunnel_impl.cancellation import Cancellation
from tunnel_impl.clock import now
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.ssh.packets import Broken
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_certificates import SUFFIX

_SERVICE = "ssh-userauth"
_MSG_60 = common.MSG_USERAUTH_INFO_REQUEST
_RSA = ("rsa-sha2-512", "rsa-sha2-256")
_MOST_PROMPTS = 100
_MOST_BANNERS = 100
"""Each has the user's time; a login by a page on another device has one or two."""
_MOST_UNREAD = 2 * _MOST_BANNERS
_SUSPICIOUS = 3
USERS_TIME = 900.0
"""Seconds: as long as the page of a device login is good for (RFC 8628, expires_in), and then some."""
_HAD_ENOUGH = ("authentication", "too many", "auth tries")


@dataclass(frozen=True)
class Accepted:
    """The user is logged in."""


@dataclass(frozen=True)
class Refused:
    """Not logged in; ``methods`` can go on, ``partial`` says that this one succeeded but is not enough."""

    methods: tuple[str, ...]
    partial: bool


@dataclass(frozen=True)
class Prompt:
    """One prompt of keyboard-interactive; ``echo`` False asks for hidden input."""

    text: str
    echo: bool


@dataclass(frozen=True)
class Prompts:
    """The server wants answers to these before it decides; none is a round of its own.

    ``name`` and ``instruction`` are for the user (RFC 4256 §3.2).
    """

    prompts: tuple[Prompt, ...]
    name: str = ""
    instruction: str = ""


@dataclass(frozen=True)
class KeyWelcome:
    """The server would accept this key; now prove that you hold it."""


@dataclass(frozen=True)
class PasswordExpired:
    """The server wants a new password first (RFC 4252 §8)."""


@dataclass(frozen=True)
class TurnedAway:
    """The server hung up because too many logins were refused; ``reason`` is a clause."""

    reason: str


@dataclass(frozen=True)
class _ServiceAccepted:
    pass


@dataclass(frozen=True)
class _BannerShown:
    pass


@dataclass(frozen=True)
class _Malformed:
    pass


@dataclass(frozen=True)
class _SessionEnded:
    pass


Answer = Accepted | Refused | Prompts | KeyWelcome | PasswordExpired | TurnedAway
_Event = Answer | _ServiceAccepted | _BannerShown | _Malformed | _SessionEnded


def _unseen(text: str) -> None:
    del text


class Login:
    """Logs ``user`` in; all answers of the server together may take ``timeout`` seconds, without the user's time.

    ``on_banner`` hears what the server shows. What comes after a banner may be waiting for the user, who visits the
    page that it names or approves the login elsewhere: it has the user's time, and ``timeout`` counts no more.
    That is 15 min: a server that froze meanwhile cannot be told from one that waits, for nothing may be asked of it
    before the login (RFC 4252 §6), and TCP says nothing of a process that stopped. A stop by the user ends it at once.

    Methods raise TunnelError ``timeout``, ``handshake-failed`` or ``connection-lost`` when no answer comes.
    ``method`` is the one that was asked for last.
    """

    def __init__(
        self,
        session: Session,
        user: str,
        timeout: float,
        cancellation: Cancellation,
        on_banner: Callable[[str], None] = _unseen,
    ) -> None:
        self._session = session
        self._user = user
        self.timeout = timeout
        self._cancellation = cancellation
        self._on_banner_text = on_banner
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        self._refused = 0
        self._banners = 0
        self.method = ""
        self.banner = None
        self._handler_table: dict[int, Callable[[Message], None]] = {
            common.MSG_SERVICE_ACCEPT: self._on_service,
            common.MSG_USERAUTH_SUCCESS: self._on_success,
            common.MSG_USERAUTH_FAILURE: self._on_failure,
            common.MSG_USERAUTH_BANNER: self._on_banner,
            _MSG_60: self._on_60,
        }
        session.auth_handler = self  # type: ignore[assignment]  # as much of a handler as the transport uses
        session.when_ended(self.abort)

    def none(self) -> Answer:
        """Ask which methods there are; a server that wants no credential logs the user in."""
        request = Message()
        request.add_byte(common.cMSG_SERVICE_REQUEST)
        request.add_string(_SERVICE)
        self._send(request)
        first = self._next()
        return first if isinstance(first, TurnedAway) else self.answer(self.request("none"))

    def password(self, password: str) -> Answer:
        """Send the password."""
        request = self.request("password")
        request.add_boolean(False)
        request.add_string(password)
        return self.answer(request)

    def offer_key(self, key: Signer, algorithm: str | None = None) -> Answer:
        """Ask whether ``key`` would be accepted, without a signature; ``algorithm`` as for :meth:`prove_key`."""
        request = self._key_request(key, algorithm or self.algorithms(key)[0], signed=False)
        return self.answer(request)

    def prove_key(self, key: Signer, algorithm: str | None = None) -> Answer:
        """Send a signature made with ``key``, by the first of :meth:`algorithms` unless another is named."""
        algorithm = algorithm or self.algorithms(key)[0]
        request = self._key_request(key, algorithm, signed=True)
        signed = Message()
        signed.add_string(self._session.session_id or b"")
        signed.add_bytes(request.asbytes())
        try:
            request.add_string(key.sign(signed.asbytes(), algorithm.removesuffix(SUFFIX)))
        except TunnelError:
            if self._session.ended:
                return self._end()
            raise
        return self.answer(request)

    def interactive(self) -> Answer:
        """Ask for the server's prompts."""
        request = self.request("keyboard-interactive")
        request.add_string("")
        request.add_string("")
        return self.answer(request)

    def respond(self, responses: list[str]) -> Answer:
        """Answer the server's prompts, in their order."""
        request = Message()
        request.add_byte(common.cMSG_USERAUTH_INFO_RESPONSE)
        request.add_int(len(responses))
        for response in responses:
            request.add_string(response)
        return self.answer(request)

    def algorithms(self, key: Signer) -> tuple[str, ...]:
        """Return the signature algorithms to try with ``key``, the best first.

        For RSA they are those that the server names (RFC 8332 §3.3, RFC 8308 §3.1): none where it takes SHA-1 only,
        and both where it does not say. A certificate's algorithm is its key's, with a suffix.
        """
        plain = key.type.removesuffix(SUFFIX)
        if plain != "ssh-rsa":
            return (key.type,)
        suffix = key.type.removeprefix(plain)
        named = self._session.server_extensions.get("server-sig-algs")
        if named is None:
            return tuple(name + suffix for name in _RSA)
        taken = named.decode(errors="replace").split(",")
        return tuple(name + suffix for name in _RSA if name in taken)

    # --- inside ----------------------------------------------------------------------------------------------

    def request(self, method: str) -> Message:
        """Return the beginning of a request for ``method`` (RFC 4252 §5)."""
        self.method = method
        request = Message()
        request.add_byte(common.cMSG_USERAUTH_REQUEST)
        request.add_string(self._user)
        request.add_string("ssh-connection")
        request.add_string(method)
        return request

    def _key_request(self, key: Signer, algorithm: str, *, signed: bool) -> Message:
        request = self.request("publickey")
        request.add_boolean(signed)
        request.add_string(algorithm)
        request.add_string(key.blob)
        return request

    def answer(self, request: Message) -> Answer:
        """Send a request and return the server's answer. Raises TunnelError."""
        self._send(request)
        event = self._next()
        if isinstance(event, _ServiceAccepted | _BannerShown | _Malformed | _SessionEnded):
            raise TunnelError(
                "handshake-failed", "The server broke the authentication protocol; check that it is an SSH server."
            )
        return event

    def _send(self, request: Message) -> None:
        self._session.post(request)

    def _next(self) -> _Event:
        event = self._wait()
        while isinstance(event, _BannerShown):
            self.timeout = max(self.timeout, USERS_TIME)
            event = self._wait()
        if isinstance(event, _SessionEnded):
            self._cancellation.check()
            return self._end()
        self._refused += isinstance(event, Refused)
        return event

    def _wait(self) -> _Event:
        began = now()
        try:
            return self._events.get(timeout=max(0.0, self.timeout))
        except queue.Empty:
            advice = "The server did not answer the login within the time for connecting; it may be overloaded."
            raise TunnelError("timeout", f"{advice} Try again, or raise the limit.") from None
        finally:
            self.timeout -= now() - began

    def _end(self) -> TurnedAway:
        """Return that the server has had enough, or raise what else ended the session."""
        reason = self._session.reason
        said = self._session.goodbye.lower()
        if "timeout" in said or "timed out" in said:
            advice = (
                "The server's time for the login ran out; try again, or ask its administrator to raise LoginGraceTime."
            )
            raise TunnelError("timeout", advice)
        if any(words in said for words in _HAD_ENOUGH) or (self._session.hung_up and self._refused > _SUSPICIOUS):
            return TurnedAway(reason)
        raise TunnelError("connection-lost", f"The connection ended during the login: {reason}.")

    # --- what the session calls ------------------------------------------------------------------------------

    def abort(self) -> None:
        """The session is over."""
        self._events.put(_SessionEnded())

    def _tell(self, event: _Event) -> None:
        """Keep what the server said until it is asked for. Raises Broken where nobody asked for so much."""
        if self._events.qsize() >= _MOST_UNREAD:
            raise Broken("it never stops answering the login")
        self._events.put(event)

    def is_authenticated(self) -> bool:
        """Whether the user is logged in, as paramiko asks it."""
        return self._session.authenticated

    def _on_service(self, message: Message) -> None:
        del message
        self._tell(_ServiceAccepted())

    def _on_success(self, message: Message) -> None:
        del message
        self._session._auth_trigger()  # noqa: SLF001 -- how a paramiko handler reports success
        self._tell(Accepted())

    def _on_failure(self, message: Message) -> None:
        self._tell(Refused(tuple(message.get_list()), message.get_boolean()))

    def _on_banner(self, message: Message) -> None:
        self._banners += 1
        if self._banners > _MOST_BANNERS:
            raise Broken(f"it sent more than {_MOST_BANNERS} banners")
        self._on_banner_text(_text(message))
        self._tell(_BannerShown())

    def _on_60(self, message: Message) -> None:
        """Message 60 belongs to the method in use (RFC 4252 §6)."""
        match self.method:
            case "publickey":
                self._tell(KeyWelcome())
            case "password":
                self._tell(PasswordExpired())
            case _:
                self._tell(_prompts(message))


def _prompts(message: Message) -> Prompts | _Malformed:
    """Read a round of prompts (RFC 4256 §3.2); a number of them that nobody could answer is malformed."""
    name, instruction, _ = (_text(message) for _ in range(3))
    count = message.get_int()
    if count > _MOST_PROMPTS:
        return _Malformed()
    prompts = tuple(Prompt(_text(message), message.get_boolean()) for _ in range(count))
    return Prompts(prompts, name, instruction)


def _text(message: Message) -> str:
    return message.get_string().decode(errors="replace")
