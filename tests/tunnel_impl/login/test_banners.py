"""What a server shows before the login reaches the user, and the login waits for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from asyncssh.connection import SSHConnection

from tunnel_impl import Banner, TunnelError
from tunnel_impl.banners import harmless

from ..event_loop import PATIENCE

if TYPE_CHECKING:
    from ..world import World


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorised use only.\r\nVisit https://login.example.com/ä\tnow\n", None),
        ("\x1b]0;root\x07\x1b[2J", r"\x1b]0;root\x07\x1b[2J"),
        ("pay \u202eecilA\u202c", r"pay \u202eecilA\u202c"),
        ("over\rwritten\x08\x9b", r"over\rwritten\x08\x9b"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_harmless(text: str, shown: str | None) -> None:
    """Words stay as they are; what could steer a terminal is written out (RFC 4252 section 5.4)."""
    assert harmless(text) == (text.replace("\r\n", "\n") if shown is None else shown)


def test_shown(world: World) -> None:
    """The banner is shown, with its hop, and the login goes on."""
    site = world.site()
    site.banner = "Visit https://login.example.com/device\x1b[0m"
    tunnel = world.tunnel(world.profile(site, world.target().port))
    seen: list[Banner] = []
    tunnel.on_banner = seen.append
    tunnel.open()
    assert seen == [Banner(0, r"Visit https://login.example.com/device\x1b[0m")]


def _hold_answers(monkeypatch: pytest.MonkeyPatch, let_go: threading.Event, banner: str = "") -> None:
    """Show ``banner`` if there is one, and keep each answer to a login back until ``let_go`` is set."""
    finish: Any = SSHConnection._finish_userauth

    async def late(self: Any, *given: Any) -> None:
        if banner:
            self.send_auth_banner(banner)
        await self._loop.run_in_executor(None, let_go.wait, PATIENCE)
        await finish(self, *given)

    monkeypatch.setattr(SSHConnection, "_finish_userauth", late)


def test_waits_for_the_user(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes long after a banner is waited for: the user was sent to a page."""
    let_go = threading.Event()
    _hold_answers(monkeypatch, let_go, "Visit https://login.example.com/device\n")
    tunnel = world.tunnel(world.profile(world.site(), world.target().port, timeouts={"connect": 0.5, "open": 5}))
    shown = threading.Event()

    def on_banner(banner: Banner) -> None:
        del banner
        shown.set()

    tunnel.on_banner = on_banner
    opening = threading.Thread(target=tunnel.open)
    opening.start()
    assert shown.wait(PATIENCE)
    opening.join(1.5)
    assert opening.is_alive()
    let_go.set()
    opening.join(PATIENCE)
    assert tunnel.status().state == "connected"


def test_without_a_banner(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one it has the profile's time."""
    let_go = threading.Event()
    world.at_end(let_go.set)
    _hold_answers(monkeypatch, let_go)
    with pytest.raises(TunnelError) as caught:
        world.open(world.site(), world.target().port, timeouts={"connect": 0.5, "open": 5})
    assert caught.value.code == "timeout"
