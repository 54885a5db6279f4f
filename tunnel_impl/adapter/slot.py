"""One name of the adapter, and the tunnels that have it one after the other: never two of them at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tunnel_impl.adapter.asking import Asker
from tunnel_impl.errors import TunnelError
from tunnel_impl.profile import Profile
from tunnel_impl.status import Endpoint, OnState, State, Status

if TYPE_CHECKING:
    from tunnel_impl.forwarding.listener import Listener
    from tunnel_impl.life.tunnel import Tunnel

_OVER = {"failed", "closed"}


@dataclass(frozen=True, eq=False)
class _Tenant:
    """A tunnel that has the slot, or waits for it; ``opened`` is how its opening ended."""

    tunnel: Tunnel
    asker: Asker
    opened: Future[Endpoint] = field(default_factory=Future)

    @property
    def over(self) -> bool:
        return self.tunnel.status().state in _OVER

    def end(self) -> None:
        self.tunnel.close()
        self.asker.close()


class TunnelSlot:
    """A name. Requests to open it are served in their order.

    With the profile that it has already, a request shares its tunnel: also while that opens. Another profile logs in
    beside the tunnel, and then replaces it: it keeps the endpoint where its ``local`` allows that, so that no
    connection is refused meanwhile, and the old tunnel's connections end. Where it cannot open, the old tunnel goes
    on, and nobody hears of the attempt but who asked for it. ``tell`` hears the states of whoever has the slot.
    """

    def __init__(self, make: Callable[[Profile, Asker, OnState], Tunnel], new_asker: Callable[[], Asker]) -> None:
        self.make_tunnel = make
        self.new_asker = new_asker
        self._lock = threading.Lock()
        self.tenants: list[_Tenant] = []

    def admit(self, profile: Profile, tell: OnState) -> Callable[[], Endpoint]:
        """Take a request in; return what opens the tunnel. That raises TunnelError."""
        with self._lock:
            last = self.tenants[-1] if self.tenants else None
            if last and last.tunnel.profile == profile and not last.over:
                return last.tunnel.open if last.opened.done() else last.opened.result
            if len(self.tenants) == 1 and self.tenants[0].over:
                self.tenants.pop().asker.close()
            tenant = self._new_tenant(profile, tell)
            before = self.tenants[-1] if self.tenants else None
            self.tenants.append(tenant)
        return lambda: self._open(tenant, before)

    def status(self) -> Status:
        """Return what the tunnel that has the place believes of itself; never waits."""
        with self._lock:
            return self.tenants[0].tunnel.status()

    def close(self) -> None:
        """Stop the tunnel that has the place, and those that wait for it, within two seconds."""
        with self._lock:
            line = list(self.tenants)
        closing = [threading.Thread(target=one.end, name="place-close", daemon=True) for one in line[1:]]
        for thread in closing:
            thread.start()
        for one in line[:1]:
            one.end()
        for thread in closing:
            thread.join()

    # --- inside ----------------------------------------------------------------------------------------------

    def _new_tenant(self, profile: Profile, tell: OnState) -> _Tenant:
        asker = self.new_asker()

        def on_state(state: State, error: TunnelError | None) -> None:
            if self.tenants[0].tunnel is tunnel:
                tell(state, error)

        tunnel = self.make_tunnel(profile, asker, on_state)
        return _Tenant(tunnel, asker)

    def _open(self, tenant: _Tenant, before: _Tenant | None) -> Endpoint:
        try:
            endpoint = self._open_after(tenant, before)
        except BaseException as error:
            tenant.opened.set_exception(error)
            raise
        tenant.opened.set_result(endpoint)
        return endpoint

    def _open_after(self, tenant: _Tenant, before: _Tenant | None) -> Endpoint:
        if before:
            before.opened.exception()
        with self._lock:
            holder = self.tenants[0]
            if holder is not tenant and holder.over:
                self.tenants.remove(holder)
        if self.tenants[0] is tenant:
            return tenant.tunnel.open()
        try:
            return tenant.tunnel.open(lambda: self._succeed(tenant, holder))
        except TunnelError:
            self._leave(tenant)
            raise

    def _succeed(self, tenant: _Tenant, holder: _Tenant) -> Listener:
        """Give the place to ``tenant``, which has logged in; return its listener. Raises TunnelError."""
        local = tenant.tunnel.profile.local
        listener = holder.tunnel.share_listener(local) or tenant.tunnel.parts.listener(local)
        with self._lock:
            self.tenants.remove(holder)
        holder.end()
        return listener

    def _leave(self, tenant: _Tenant) -> None:
        with self._lock:
            if self.tenants[0] is not tenant:
                self.tenants.remove(tenant)
        tenant.end()
