"""Takes local connections in and gives each a channel of the present session."""

from __future__ import annotations

import functools
import socket
from collections.abc import Callable

from tunnel_impl.errors import Code, TunnelError
from tunnel_impl.forwarding.io_loop import READ, IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.profile import SocketTarget, Target
from tunnel_impl.ssh.channel import Channel, Phase, Refusal
from tunnel_impl.ssh.session import Session

_PROHIBITED = {1, 3}
_NO_SUCH_NAME = (
    "not known",
    "unknown host",
    "resol",
    "no address",
    "nodename",
    "non-existent",
    "servname",
    "getaddrinfo",
)
_ADVICE: dict[Code, str] = {
    "forward-prohibited": "the SSH server does not allow it: ask for AllowTcpForwarding, and PermitOpen with exactly "
    "this host and port",
    "target-unresolved": "the SSH server does not know that name: name the host as the SSH server sees it",
    "forward-refused": "the SSH server cannot connect there: check host and port as the SSH server sees them",
}
_CHECK_PATH = "check the path and its permissions on the SSH server, and ask for AllowStreamLocalForwarding"
_SOCKET_ADVICE: dict[Code, str] = {
    "forward-prohibited": "the SSH server does not allow it: ask for AllowStreamLocalForwarding",
    "target-unresolved": f"there is no such socket: {_CHECK_PATH}",
    "forward-refused": f"the SSH server cannot connect there, or is not allowed to: {_CHECK_PATH}",
}
_PAUSE = 0.2


class Pending:
    """A local connection that has no open channel yet; ``turn`` counts how often its patience began anew."""

    def __init__(self, sock: socket.socket, origin_port: int) -> None:
        self.sock = sock
        self.origin_port = origin_port
        self.channel: Channel | None = None
        self.turn = 0


class Forwarder:
    """The door of a tunnel. While there is no session, connections wait at it, for ``patience`` seconds at most.

    Everything but :meth:`start`, :meth:`use` and :meth:`stop` runs in the loop's thread. ``report`` is called
    there with the error of each connection that got no channel, and with None when one did.
    """

    def __init__(
        self,
        listener: Listener,
        target: Target | SocketTarget,
        patience: float,
        io_loop: IoLoop,
        report: Callable[[TunnelError | None], None],
        pump: type[Pump] = Pump,
    ) -> None:
        self._listener = listener
        self.target = target
        self._patience = patience
        self.io_loop = io_loop
        self.report = report
        self._pump = pump
        self.session: Session | None = None
        self.pending: set[Pending] = set()

    def start(self, session: Session) -> None:
        """Accept connections and forward them by ``session``; from any thread."""

        def begin() -> None:
            self.io_loop.owned.add(self)
            self._accept_on()

        self.use(session)
        self.io_loop.call(begin)

    def use(self, session: Session) -> None:
        """Forward by ``session`` from now on, also the connections that wait; from any thread."""

        def change() -> None:
            self.session = session
            for pending in list(self.pending):
                self.open_channel(pending)

        self.io_loop.call(change)

    def end(self) -> None:
        """Stop listening and drop the connections that wait."""
        self.io_loop.owned.discard(self)
        for sock in self._listener.sockets:
            self.io_loop.watch(sock, 0, self.look_away)
        self._listener.close()
        for pending in list(self.pending):
            self.drop(pending)

    # --- the door --------------------------------------------------------------------------------------------

    def _accept_on(self) -> None:
        for sock in self._listener.sockets:
            if sock.fileno() >= 0:
                self.io_loop.watch(sock, READ, functools.partial(self._accept, sock))

    def _accept(self, listening: socket.socket, events: int) -> None:
        del events
        try:
            sock, peer = listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            # Out of file descriptors: the listener stays readable, so look away for a moment.
            self.io_loop.watch(listening, 0, self.look_away)
            self.io_loop.call_later(_PAUSE, self._accept_on)
            return
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pending = Pending(sock, peer[1])
        self.pending.add(pending)
        self.wait(pending)
        self.open_channel(pending)

    def look_away(self, events: int) -> None:
        """Stand in as the handler of a socket that is not watched."""

    # --- one connection --------------------------------------------------------------------------------------

    def open_channel(self, pending: Pending) -> None:
        """Ask the present session for a channel; a connection without a session waits for one."""
        session = self.session
        if pending.channel or session is None or session.ended:
            return
        self.wait(pending)

        def settle_later() -> None:
            self.io_loop.call(lambda: self.settle(pending))

        match self.target:
            case Target(host, port):
                pending.channel = session.open_direct(host, port, pending.origin_port, settle_later)
            case SocketTarget(path):
                pending.channel = session.open_socket(path, settle_later)
        self.settle(pending)

    def settle(self, pending: Pending) -> None:
        """Act on what the server said of a connection's channel."""
        channel = pending.channel
        if pending not in self.pending or channel is None:
            return
        match channel.phase:
            case Phase.OPEN:
                self.pending.discard(pending)
                self.report(None)
                self._pump(pending.sock, channel, self.io_loop).start()
            case Phase.REFUSED:
                self.report(self.refusal(channel.refusal or Refusal(0, "")))
                self.drop(pending)
            case Phase.LOST:
                pending.channel = None
                self.wait(pending)
                self.open_channel(pending)
            case Phase.OPENING:
                pass

    def wait(self, pending: Pending) -> None:
        """Give the connection ``patience`` seconds from now for what it waits for."""
        pending.turn += 1
        turn = pending.turn

        def give_up() -> None:
            """Drop a connection whose patience is over, and report why where its server is to blame."""
            if pending in self.pending and pending.turn == turn:
                self.give_up(pending)

        self.io_loop.call_later(self._patience, give_up)

    def give_up(self, pending: Pending) -> None:
        """Drop a connection whose patience is over, and report why where its server is to blame."""
        if pending.channel:
            advice = f"{self.target} did not answer the SSH server within {self._patience:g} s"
            self.report(TunnelError("timeout", f"{advice}: check host, port and firewalls."))
        self.drop(pending)

    def drop(self, pending: Pending) -> None:
        """End a connection that is not forwarded, and its channel."""
        self.pending.discard(pending)
        pending.sock.close()
        if pending.channel:
            pending.channel.close()

    def refusal(self, refusal: Refusal) -> TunnelError:
        """Return the error that tells the user of a channel that the server refused."""
        code = refusal_code(refusal)
        advice = (_SOCKET_ADVICE if isinstance(self.target, SocketTarget) else _ADVICE)[code]
        return TunnelError(code, f"No connection to {self.target}: {advice} ({refusal.text or 'no reason given'}).")


def refusal_code(refusal: Refusal) -> Code:
    """Return the error code of a refused channel (RFC 4254 §5.1); only its words tell a bad name from a bad port."""
    if refusal.code in _PROHIBITED:
        return "forward-prohibited"
    if any(words in refusal.text.lower() for words in _NO_SUCH_NAME):
        return "target-unresolved"
    return "forward-refused"
