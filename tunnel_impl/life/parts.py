"""The parts a tunnel is made of; a tunnel that differs in one respect replaces one.

This is the seam for tunnels that behave differently, as those in ``tests/faulty/`` do: a subclass of
:class:`tunnel_impl.Tunnel` names its own parts, and its parts override public methods, marked ``@override``. ``Tunnel``
itself makes what is not listed here (``new_chain``, ``new_forwarder``, ``new_codes``). Names with an underscore are no
part of the seam and may change at any time.
"""

from __future__ import annotations

from dataclasses import dataclass

from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.life.retries import Retries
from tunnel_impl.life.watchdog import Watchdog
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.totp import CodeGenerator
from tunnel_impl.ssh.dialler import Dialler
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker


@dataclass(frozen=True)
class Parts:
    """The class of each part. ``pump`` serves local connections; the way between two hops always has a sound one."""

    dialler: type[Dialler] = Dialler
    retries: type[Retries] = Retries
    session: type[Session] = Session
    host_key_checker: type[HostKeyChecker] = HostKeyChecker
    authenticator: type[Authenticator] = Authenticator
    code_generator: type[CodeGenerator] = CodeGenerator
    watchdog: type[Watchdog] = Watchdog
    backoff: type[Backoff] = Backoff
    listener: type[Listener] = Listener
    pump: type[Pump] = Pump
