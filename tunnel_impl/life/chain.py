"""The sessions of a tunnel, one for each hop, each carried by a channel of the one before it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager

from paramiko import SSHException

from tunnel_impl.cancellation import Cancellation
from tunnel_impl.clock import now
from tunnel_impl.errors import TunnelError
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.life.parts import Parts
from tunnel_impl.life.retries import Busy, no_banner
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import Hop, Profile
from tunnel_impl.questions import Questioner
from tunnel_impl.ssh.channel import Phase
from tunnel_impl.ssh.session import Session
from tunnel_impl.ssh.wire import Wire

_THREADS_END_WITHIN = 1.0
_OF_THE_NETWORK = {"timeout", "handshake-failed", "connection-lost"}


class Chain:
    """Connected and authenticated sessions; ``final`` reaches the target. ``codes`` are for the last hop."""

    def __init__(
        self,
        profile: Profile,
        parts: Parts,
        questioner: Questioner,
        cancellation: Cancellation,
        io_loop: IoLoop,
        codes: CodeGenerator | None = None,
    ) -> None:
        self.profile = profile
        self._parts = parts
        self.questioner = questioner
        self.cancellation = cancellation
        self._io_loop = io_loop
        self._codes = codes
        self.timeout = profile.timeouts.connect
        self.spent = 0.0
        self.checker = parts.host_key_checker(profile.host_keys, questioner)
        self.sessions: list[Session] = []
        """The session of each hop that was reached so far, the first one first."""
        self.retries: Iterable[float] = ()
        """Seconds to wait before each further try to be greeted by a server that is too busy for it."""

    @property
    def final(self) -> Session:
        """The session of the last hop."""
        return self.sessions[-1]

    @property
    def ended(self) -> bool:
        """Whether any of the sessions is over, and so the chain with it."""
        return any(session.ended for session in self.sessions)

    def connect(self) -> None:
        """Connect hop by hop: reach it, agree on keys, check its host key, log in.

        Raises TunnelError with the hop's index; nothing is left open then.
        """
        try:
            with ExitStack() as stack:
                hops = [(hop, self.new_authenticator(index, hop)) for index, hop in enumerate(self.profile.hops)]
                signers = [self._credentials(stack, index, one) for index, (_, one) in enumerate(hops)]
                for index, (hop, authenticator) in enumerate(hops):
                    self.add_hop(index, hop, authenticator, signers[index])
            self.cancellation.check()
        except BaseException:
            self.end()
            raise

    def when_ended(self, call: Callable[[], None]) -> None:
        """Call ``call`` when a session ends, at once when one already has."""
        for session in self.sessions:
            session.when_ended(call)

    def loss(self) -> TunnelError:
        """Return why the chain ended: the first hop that is gone, and what is known of it."""
        for index, session in enumerate(self.sessions):
            if session.ended:
                hop = self.profile.hops[index]
                return TunnelError("connection-lost", f"The connection to {hop} was lost: {session.reason}.", index)
        return TunnelError("connection-lost", "The connection was lost.")

    def answers(self, timeout: float) -> bool:
        """Ask the last server for a sign of life; tell whether it came within ``timeout`` seconds."""
        return bool(self.sessions) and not self.ended and self.final.answers(timeout)

    def end(self) -> None:
        """Close every session, the innermost first, and wait for their threads."""
        self._stop(Session.end)

    def abort(self) -> None:
        """Reset every session; for a server that no longer answers."""
        self._stop(Session.abort)

    def _stop(self, stop: Callable[[Session], None]) -> None:
        for session in reversed(self.sessions):
            stop(session)
        for session in self.sessions:
            session.wait_for_end(_THREADS_END_WITHIN)

    # --- one hop ---------------------------------------------------------------------------------------------

    def new_authenticator(self, index: int, hop: Hop) -> Authenticator:
        """Return what logs in at the hop with this index; codes are for the last one."""
        codes = self._codes if index == len(self.profile.hops) - 1 else None
        return self._parts.authenticator(hop, index, self.timeout, self.questioner, self.cancellation, codes)

    def _credentials(self, stack: ExitStack, index: int, authenticator: Authenticator) -> tuple[Signer, ...]:
        try:
            return stack.enter_context(authenticator.credentials())
        except TunnelError as error:
            raise error.at(index) from error

    def add_hop(self, index: int, hop: Hop, authenticator: Authenticator, signers: tuple[Signer, ...]) -> None:
        """Reach the next hop and log in to it. Raises TunnelError with the index of the hop that is to blame."""
        try:
            session = self.ready(index, hop)
            authenticator.limit(self.time_left())
            with self.cancellation.wakes(session.end):
                self.admit(session, hop, index, authenticator, signers)
        except TunnelError as error:
            self.cancellation.check()
            raise self._blame(index, error) from error
        except SSHException as error:
            self.cancellation.check()
            raise TunnelError("connection-lost", f"The connection to {hop} was lost: {error}.", index) from error

    def _blame(self, index: int, error: TunnelError) -> TunnelError:
        """Return the error with its hop: an earlier one when that was lost meanwhile, and this one with it."""
        carriers_lost = any(session.ended for session in self.sessions[:index])
        if not carriers_lost or error.code not in _OF_THE_NETWORK:
            return error.at(index)
        lost = self.loss()
        return type(error)(lost.code, lost.message, lost.hop)

    def admit(
        self, session: Session, hop: Hop, index: int, authenticator: Authenticator, signers: tuple[Signer, ...]
    ) -> None:
        """Check who the server is, then tell it who the user is."""
        self.checker.check(session, hop, index)
        authenticator.log_in(session, signers)

    def time_left(self) -> float:
        """Return the seconds that are left for reaching the present hop and logging in to it."""
        return max(0.0, self.timeout - self.spent)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        began = now()
        try:
            yield
        finally:
            self.spent += now() - began

    def reach(self, index: int, hop: Hop) -> socket.socket:
        """Return a socket that leads to ``hop``. Raises TunnelError."""
        if index == 0:
            return self._parts.dialler(self.time_left(), self.cancellation).connect(hop.host, hop.port)
        return self.open_through(self.sessions[-1], self.profile.hops[index - 1], hop)

    def open_through(self, session: Session, before: Hop, hop: Hop) -> socket.socket:
        """Return one end of a socket pair whose other end is pumped through a channel to ``hop``."""
        changed = threading.Event()
        until = now() + self.time_left()
        with self.cancellation.wakes(changed.set):
            channel = session.open_direct(hop.host, hop.port, 0, changed.set)
            while channel.phase is Phase.OPENING and not self.cancellation and changed.wait(max(0.0, until - now())):
                changed.clear()
        if channel.phase is not Phase.OPEN:
            channel.close()
            self.cancellation.check()
            if channel.refusal:
                advice = (
                    f"{before} cannot reach {hop}: {channel.refusal.text}. Check host and port as {before} sees them."
                )
                raise TunnelError("jump-failed", advice)
            if session.ended:
                raise TunnelError("connection-lost", f"The connection to {before} was lost: {session.reason}.")
            advice = f"{hop} did not answer {before} within {self.timeout:g} s: check host, port and firewalls."
            raise TunnelError("timeout", advice)
        ours, theirs = socket.socketpair()
        self._io_loop.call(Pump(theirs, channel, self._io_loop).start)
        return ours

    def ready(self, index: int, hop: Hop) -> Session:
        """Return a session that has agreed on keys with its server.

        One that hangs up before its banner, because it is busy, is tried again as :attr:`retries` says.
        """
        pauses = iter(self.retries)
        while True:
            self.spent = 0.0
            with self._counted():
                reached = self.reach(index, hop)
            session = self._parts.session(Wire(reached), self.checker.algorithms(hop))
            self.sessions.append(session)
            try:
                with self.cancellation.wakes(session.end):
                    self.shake_hands(session, hop)
                return session
            except Busy:
                self.cancellation.check()
                pause = next(pauses, None)
                if pause is None:
                    raise
            self.sessions.pop().wait_for_end(_THREADS_END_WITHIN)
            self.cancellation.sleep(pause)

    def shake_hands(self, session: Session, hop: Hop) -> None:
        """Wait until both sides have agreed on keys. Raises TunnelError, ``Busy`` where another try may help."""
        session.begin()
        for event, doing in ((session.banner_seen, "send its SSH banner"), (session.keys_agreed, "agree on keys")):
            with self._counted():
                seen = event.wait(self.time_left())
            if not seen:
                advice = f"{hop} accepted the connection but did not {doing} within {self.timeout:g} s."
                raise TunnelError("timeout", f"{advice} Check that an SSH server listens there and is not overloaded.")
            if not session.is_active():
                raise self.handshake_failure(session, hop)

    def handshake_failure(self, session: Session, hop: Hop) -> TunnelError:
        """Return why a session ended before both sides had agreed on keys."""
        if session.disagreement:
            return TunnelError("handshake-failed", f"With {hop} {session.disagreement}.", lasting=True)
        if not session.remote_version:
            return no_banner(hop, session.greeting, session.reason)
        advice = "Check that an SSH server listens there, and what its log says."
        return TunnelError("handshake-failed", f"{hop} did not agree on keys: {session.reason}. {advice}")
