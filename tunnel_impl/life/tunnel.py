"""A tunnel's life: connect, listen, watch, reconnect, close."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import ClassVar

from tunnel_impl.announcer import Announcer
from tunnel_impl.banners import Banner, OnBanner
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.clock import now
from tunnel_impl.errors import TunnelError
from tunnel_impl.forwarding.forwarder import Forwarder
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain
from tunnel_impl.life.parts import Parts
from tunnel_impl.life.watchdog import Pack
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.profile import GeneratedTotp, Local, Profile
from tunnel_impl.questions import Ask, Questioner, cannot_ask, unseen
from tunnel_impl.status import Endpoint, OnState, State, Status

_LONGEST_JOIN = 1.5


def unheard(state: State, error: TunnelError | None) -> None:
    """Tell nobody: the ``on_state`` of a tunnel whose states do not matter."""
    del state, error


class Tunnel:
    """One tunnel, with one profile; opened once.

    ``ask`` answers host key questions and prompts, in a thread of its own; it may take as long as the user does.
    ``on_state`` hears of each new state, one after the other in their order, from a thread that caused one of them;
    it must not block. Set ``on_banner`` before :meth:`open` to see what servers show before the login.
    Use as a context manager, or call :meth:`close`.
    """

    parts: ClassVar[Parts] = Parts()
    on_banner: OnBanner = staticmethod(unseen)

    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = unheard) -> None:
        self.profile = profile
        self._announcer = Announcer(on_state)
        self.cancellation = Cancellation()
        self.questioner = Questioner(ask, self.cancellation, self.show)
        self.codes = self.new_codes()
        self._backoff = self.parts.backoff(profile.reconnect)
        self._opening = threading.RLock()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self.wake = threading.Event()
        self._status = Status("connecting", None, None)
        self.io_loop: IoLoop | None = None
        self._listener: Listener | None = None
        self.chain: Chain | None = None
        self.forwarder: Forwarder | None = None
        self._supervisor: threading.Thread | None = None

    def __enter__(self) -> Endpoint:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what users call -------------------------------------------------------------------------------------

    def open(self, listen: Callable[[], Listener] | None = None) -> Endpoint:
        """Connect every hop, then listen; return where. Nothing is left behind when this fails.

        A second call returns the same endpoint, once its session has answered. While the tunnel is down, the next
        attempt to reconnect is made at once, and waited for: for the profile's ``connect`` time at most.
        ``listen``, called when every hop is logged in, may return a listener that is there already.
        Raises TunnelError; ``cancelled`` after :meth:`close`.
        """
        if self.status().endpoint:
            return self._backed()
        with self._opening:
            status = self.status()
            if status.endpoint:
                return status.endpoint
            if status.error:
                raise status.error
            try:
                return self.bring_up(listen or self.listen)
            except TunnelError as error:
                self.discard()
                self.become("failed", error)
                raise
            except Exception as error:
                self.discard()
                trouble = _internal(error)
                self.become("failed", trouble)
                raise trouble from error

    def close(self) -> None:
        """Stop for good, within two seconds whatever the server does; a second call does nothing more."""
        with self._lock:
            self.cancellation.cancel()
            self.wake.set()
            self._changed.notify_all()
        self.discard()
        if self._opening.acquire(timeout=_LONGEST_JOIN):
            self._opening.release()
        if self._supervisor and threading.current_thread() is not self._supervisor:
            self._supervisor.join(_LONGEST_JOIN)
        self.become("closed", self.status().error)

    def status(self) -> Status:
        """Return what the tunnel believes of itself; never waits."""
        return self._status

    def share_listener(self, local: Local) -> Listener | None:
        """Return the listener for a tunnel that takes this one's place at ``local``; None when it listens elsewhere.

        It goes on listening when this tunnel is closed.
        """
        listener = self._listener
        if listener is None or local.host != listener.host or local.port not in (0, listener.port):
            return None
        return listener.share()

    def test(self) -> None:
        """Connect and log in on every hop, then disconnect; nothing listens. Raises TunnelError."""
        io_loop = IoLoop()
        io_loop.start()
        chain = self.new_chain(io_loop)
        try:
            chain.connect()
        finally:
            chain.end()
            io_loop.stop()

    # --- opening ---------------------------------------------------------------------------------------------

    def bring_up(self, listen: Callable[[], Listener]) -> Endpoint:
        """Connect, listen and begin to watch; return where it listens. Raises TunnelError."""
        self.cancellation.check()
        self.become("connecting", None)
        io_loop = IoLoop()
        io_loop.start()
        self.io_loop = io_loop
        chain = self.connect()
        listener = listen()
        endpoint = Endpoint(listener.address, listener.port)
        with self._lock:
            if self.cancellation:
                listener.close()
                self.cancellation.check()
            self._listener = listener
            self.forwarder = self.new_forwarder(listener, io_loop)
            self.forwarder.start(chain.final)
        self.become("connected", None, endpoint)
        self._start_supervisor(chain)
        return endpoint

    def _start_supervisor(self, chain: Chain) -> None:
        with self._lock:
            self.cancellation.check()
            self._supervisor = threading.Thread(
                target=self._supervise, args=(chain,), name="tunnel-supervisor", daemon=True
            )
            self._supervisor.start()

    def listen(self) -> Listener:
        """Return a listener at the place that the profile names. Raises TunnelError ``port-in-use``."""
        return self.parts.listener(self.profile.local)

    def _backed(self) -> Endpoint:
        """Return the endpoint as soon as a session behind it answers. Raises TunnelError when none does in time."""
        patience = self.profile.timeouts.connect
        until = now() + patience
        hurried = False
        while True:
            self.cancellation.check()
            status, chain = self._status, self.chain
            if status.endpoint is None:
                raise status.error or TunnelError("connection-lost", "The tunnel has ended; open it again.")
            if status.state == "connected" and chain and chain.answers(max(0.0, until - now())):
                return status.endpoint
            if status.state == "reconnecting" and not hurried:
                self.cancellation.hurry()
                hurried = True
            with self._changed:
                is_news = functools.partial(self._is_news, status)
                if not self._changed.wait_for(is_news, max(0.0, until - now())):
                    break
        silent = TunnelError("timeout", f"The SSH server did not answer within {patience:g} s; try again, or close.")
        raise (status.error if status.state == "reconnecting" else None) or silent

    def _is_news(self, status: Status) -> bool:
        return self._status is not status or bool(self.cancellation)

    def connect(self) -> Chain:
        """Return a new chain that reaches the target's side. Raises TunnelError."""
        io_loop = self.io_loop
        if io_loop is None:
            raise TunnelError("internal", "The tunnel has no loop; report this.")
        chain = self.new_chain(io_loop)
        self.chain = chain
        chain.connect()
        chain.when_ended(self.wake.set)
        return chain

    def new_chain(self, io_loop: IoLoop) -> Chain:
        """Return a chain that is not connected yet."""
        chain = Chain(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)
        if self.status().state == "connecting":
            chain.retries = self.parts.retries(self.profile.timeouts.connect)
        return chain

    def new_codes(self) -> CodeGenerator | None:
        """Return what makes the codes of the last hop, None where the user is asked for them."""
        totp = self.profile.hops[-1].totp
        return self.parts.code_generator(totp, self.cancellation) if isinstance(totp, GeneratedTotp) else None

    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        """Return what takes connections of ``listener`` in."""
        patience = self.profile.timeouts.open
        return Forwarder(listener, self.profile.target, patience, io_loop, self.note, self.parts.pump)

    # --- while it is up, and down ----------------------------------------------------------------------------

    def _supervise(self, chain: Chain) -> None:
        try:
            while True:
                began = now()
                loss = self.watch(chain)
                self.cancellation.check()
                self._backoff.session_lived(now() - began)
                chain.abort()
                chain = self.recover(loss)
        except TunnelError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 -- the user is told; a silent thread death would be a hang
            self._give_up(_internal(error))

    def watch(self, chain: Chain) -> TunnelError:
        """Return when the chain is lost, with the reason, or when the tunnel is closed."""
        pack = Pack([self.parts.watchdog(self.profile.keepalive, session) for session in chain.sessions])
        while not chain.ended and not self.cancellation:
            dead = pack.check()
            if dead is not None:
                advice = f"The connection to {self.profile.hops[dead]} is dead: {pack.verdict(dead)}."
                return TunnelError("connection-lost", advice, dead)
            if self.wake.wait(pack.pause()):
                self.wake.clear()
        return chain.loss()

    def recover(self, loss: TunnelError) -> Chain:
        """Return a new chain that forwards, or raise the error that ends the tunnel; each outage has all attempts."""
        error = loss
        for attempt, delay in enumerate(self._backoff.delays()):
            if attempt == 0:
                self.become("reconnecting", loss)
            self.cancellation.sleep(delay)
            try:
                chain = self.connect()
                self.prove(chain)
            except TunnelError as trouble:
                if not self.is_worth_retrying(trouble):
                    raise
                error = trouble
                self.note(error)
                continue
            if self.forwarder:
                self.forwarder.use(chain.final)
            self.become("connected", None)
            return chain
        raise error

    def prove(self, chain: Chain) -> None:
        """Give a server that ends its sessions right after the login the time to do so. Raises TunnelError then.

        That is until it answers, for the profile's ``connect`` time at most. Silence is not an end: whether it is death
        is for the keep-alives to tell, which the profile may have turned off.
        """
        chain.answers(self.profile.timeouts.connect)
        if chain.ended:
            self.cancellation.check()
            loss = chain.loss()
            chain.abort()
            raise loss

    def is_worth_retrying(self, error: TunnelError) -> bool:
        """Tell whether another try may help; what needs a person does not."""
        return error.passing

    def _give_up(self, error: TunnelError) -> None:
        self.discard()
        self.become("failed", error)

    def discard(self) -> None:
        """Free everything that was opened so far."""
        if self.chain:
            self.chain.end()
        if self.io_loop:
            self.io_loop.stop()

    def show(self, banner: Banner) -> None:
        """Pass a server's banner on to whoever shows it."""
        self.on_banner(banner)

    # --- what it believes ------------------------------------------------------------------------------------

    def note(self, error: TunnelError | None) -> None:
        """Keep why the last attempt failed, without a change of state."""
        with self._lock:
            self._status = Status(self._status.state, self._status.endpoint, error)
            self._changed.notify_all()

    def become(self, state: State, error: TunnelError | None, endpoint: Endpoint | None = None) -> None:
        """Change the state and announce it; nothing follows ``closed``."""
        with self._lock:
            if self._status.state == "closed" or (self.cancellation and state != "closed"):
                return
            known = None if state in {"failed", "closed"} else endpoint or self._status.endpoint
            self._status = Status(state, known, error)
            self._announcer.put(state, error)
            self._changed.notify_all()
        self._announcer.deliver()


def _internal(error: Exception) -> TunnelError:
    return TunnelError("internal", f"Unexpected error: {type(error).__name__}: {error}. Please report it.")
