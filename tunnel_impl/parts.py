"""The parts a tunnel is made of; a tunnel that differs in one respect replaces one."""

from __future__ import annotations

from dataclasses import dataclass

from tunnel_impl.authentication import Authenticator
from tunnel_impl.backoff import Backoff
from tunnel_impl.dialler import Dialler
from tunnel_impl.host_keys import HostKeyChecker
from tunnel_impl.listener import Listener
from tunnel_impl.pump import Pump
from tunnel_impl.retries import Retries
from tunnel_impl.session import Session
from tunnel_impl.totp import CodeGenerator
from tunnel_impl.watchdog import Watchdog


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
