"""A tunnel's life: connect, listen, watch, reconnect, close."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Literal

from tunnel_impl.cancellation import Cancellation
from tunnel_impl.chain import Chain
from tunnel_impl.errors import TunnelError
from tunnel_impl.forwarder import Forwarder
from tunnel_impl.listener import Listener
from tunnel_impl.parts import Parts
from tunnel_impl.profile import GeneratedTotp, Profile
from tunnel_impl.questions import Ask, Questioner, cannot_ask
from tunnel_impl.relay import Relay
from tunnel_impl.totp import CodeGenerator
from tunnel_impl.watchdog import Pack

State = Literal["connecting", "connected", "reconnecting", "failed", "closed"]
OnState = Callable[[State, TunnelError | None], None]
_LONGEST_JOIN = 1.5


@dataclass(frozen=True)
class Endpoint:
    """Where a tunnel listens; connect to it exactly as given."""

    host: str
    port: int


@dataclass(frozen=True)
class Status:
    """What a tunnel believes of itself. ``error`` is why it last failed, None once that is mended."""

    state: State
    endpoint: Endpoint | None
    error: TunnelError | None


def _unheard(state: State, error: TunnelError | None) -> None:
    del state, error


class Tunnel:
    """One tunnel, opened once.

    ``ask`` answers host key questions and prompts, in a thread of its own; it may take as long as the user does.
    ``on_state`` hears of each new state from the thread that caused it, and must not block. Use as a context
    manager, or call :meth:`close`.
    """

    parts: ClassVar[Parts] = Parts()

    def __init__(self, profile: Profile, ask: Ask = cannot_ask, on_state: OnState = _unheard) -> None:
        self.profile = profile
        self._on_state = on_state
        self._cancellation = Cancellation()
        self._questioner = Questioner(ask, self._cancellation)
        self._codes = self._new_codes()
        self._opening = threading.RLock()
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._status = Status("connecting", None, None)
        self._relay: Relay | None = None
        self._chain: Chain | None = None
        self._forwarder: Forwarder | None = None
        self._supervisor: threading.Thread | None = None

    def __enter__(self) -> Endpoint:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what users call -------------------------------------------------------------------------------------

    def open(self) -> Endpoint:
        """Connect every hop, then listen; return where. Nothing is left behind when this fails.

        A second call returns the same endpoint. Raises TunnelError; ``cancelled`` after :meth:`close`.
        """
        with self._opening:
            status = self.status()
            if status.endpoint:
                return status.endpoint
            if status.error:
                raise status.error
            try:
                return self._open()
            except TunnelError as error:
                self._discard()
                self._become("failed", error)
                raise
            except Exception as error:
                self._discard()
                trouble = _internal(error)
                self._become("failed", trouble)
                raise trouble from error

    def close(self) -> None:
        """Stop for good, within two seconds whatever the server does; a second call does nothing more."""
        with self._lock:
            self._cancellation.cancel()
            self._wake.set()
        self._discard()
        if self._opening.acquire(timeout=_LONGEST_JOIN):
            self._opening.release()
        if self._supervisor and threading.current_thread() is not self._supervisor:
            self._supervisor.join(_LONGEST_JOIN)
        self._become("closed", self.status().error)

    def status(self) -> Status:
        """Return what the tunnel believes of itself; never waits."""
        return self._status

    def test(self) -> None:
        """Connect and log in on every hop, then disconnect; nothing listens. Raises TunnelError."""
        relay = Relay()
        relay.start()
        chain = self._new_chain(relay)
        try:
            chain.connect()
        finally:
            chain.end()
            relay.stop()

    # --- opening ---------------------------------------------------------------------------------------------

    def _open(self) -> Endpoint:
        self._cancellation.check()
        self._become("connecting", None)
        relay = Relay()
        relay.start()
        self._relay = relay
        chain = self._connect()
        listener = self.parts.listener(self.profile.local)
        endpoint = Endpoint(listener.host, listener.port)
        with self._lock:
            if self._cancellation:
                listener.close()
                self._cancellation.check()
            self._forwarder = self._new_forwarder(listener, relay)
            self._forwarder.start(chain.final)
            self._supervisor = threading.Thread(
                target=self._supervise, args=(chain,), name="tunnel-supervisor", daemon=True
            )
            self._supervisor.start()
        self._become("connected", None, endpoint)
        return endpoint

    def _connect(self) -> Chain:
        relay = self._relay
        if relay is None:
            raise TunnelError("internal", "The tunnel has no relay; report this.")
        chain = self._new_chain(relay)
        self._chain = chain
        chain.connect()
        chain.when_ended(self._wake.set)
        return chain

    def _new_chain(self, relay: Relay) -> Chain:
        return Chain(self.profile, self.parts, self._questioner, self._cancellation, relay, self._codes)

    def _new_codes(self) -> CodeGenerator | None:
        totp = self.profile.hops[-1].totp
        return self.parts.code_generator(totp, self._cancellation) if isinstance(totp, GeneratedTotp) else None

    def _new_forwarder(self, listener: Listener, relay: Relay) -> Forwarder:
        patience = self.profile.timeouts.open
        return Forwarder(listener, self.profile.target, patience, relay, self._note, self.parts.pump)

    # --- while it is up, and down ----------------------------------------------------------------------------

    def _supervise(self, chain: Chain) -> None:
        try:
            while True:
                loss = self._watch(chain)
                self._cancellation.check()
                chain.abort()
                chain = self._recover(loss)
        except TunnelError as error:
            self._give_up(error)
        except Exception as error:  # noqa: BLE001 -- the user is told; a silent thread death would be a hang
            self._give_up(_internal(error))

    def _watch(self, chain: Chain) -> TunnelError:
        """Return when the chain is lost, with the reason, or when the tunnel is closed."""
        pack = Pack([self.parts.watchdog(self.profile.keepalive, session) for session in chain.sessions])
        while not chain.ended and not self._cancellation:
            dead = pack.check()
            if dead is not None:
                advice = f"The connection to {self.profile.hops[dead]} is dead: {pack.verdict(dead)}."
                return TunnelError("connection-lost", advice, dead)
            if self._wake.wait(pack.pause()):
                self._wake.clear()
        return chain.loss()

    def _recover(self, loss: TunnelError) -> Chain:
        """Return a new chain that forwards, or raise the error that ends the tunnel."""
        backoff = self.parts.backoff(self.profile.reconnect)
        error = loss
        for attempt, delay in enumerate(backoff.delays()):
            if attempt == 0:
                self._become("reconnecting", loss)
            self._cancellation.sleep(delay)
            try:
                chain = self._connect()
            except TunnelError as trouble:
                if not self.is_worth_retrying(trouble):
                    raise
                error = trouble
                self._note(error)
                continue
            if self._forwarder:
                self._forwarder.use(chain.final)
            self._become("connected", None)
            return chain
        raise error

    def is_worth_retrying(self, error: TunnelError) -> bool:
        """Tell whether another try may help; what needs a person does not."""
        return error.passing

    def _give_up(self, error: TunnelError) -> None:
        self._discard()
        self._become("failed", error)

    def _discard(self) -> None:
        """Free everything that was opened so far."""
        if self._chain:
            self._chain.end()
        if self._relay:
            self._relay.stop()

    # --- what it believes ------------------------------------------------------------------------------------

    def _note(self, error: TunnelError | None) -> None:
        """Keep why the last attempt failed, without a change of state."""
        with self._lock:
            self._status = Status(self._status.state, self._status.endpoint, error)

    def _become(self, state: State, error: TunnelError | None, endpoint: Endpoint | None = None) -> None:
        with self._lock:
            if self._status.state == "closed" or (self._cancellation and state != "closed"):
                return
            known = None if state in {"failed", "closed"} else endpoint or self._status.endpoint
            self._status = Status(state, known, error)
        with suppress(Exception):
            self._on_state(state, error)


def _internal(error: Exception) -> TunnelError:
    return TunnelError("internal", f"Something unforeseen: {type(error).__name__}: {error}. Please report it.")
