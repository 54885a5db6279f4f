"""The reference tunnel: a local port that leads through SSH servers to a target.

>>> from tunnel_impl import Profile, Tunnel
>>> with Tunnel(Profile.parse(data), ask=my_dialog) as endpoint:
...     connect(endpoint.host, endpoint.port)

It is also a command (``python -m tunnel_impl --help``) and an adapter (``python -m tunnel_impl.adapter``).
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tunnel_impl.banners import Banner
    from tunnel_impl.errors import TunnelError
    from tunnel_impl.life.parts import Parts
    from tunnel_impl.life.tunnel import Tunnel
    from tunnel_impl.profile import Profile
    from tunnel_impl.questions import Ask, HostKeyQuestion, PromptQuestion, Question
    from tunnel_impl.status import Endpoint, State, Status

__version__ = "0.1.0"

__all__ = [
    "Ask",
    "Banner",
    "Endpoint",
    "HostKeyQuestion",
    "Parts",
    "Profile",
    "PromptQuestion",
    "Question",
    "State",
    "Status",
    "Tunnel",
    "TunnelError",
]

_HOMES = {
    "Banner": "tunnel_impl.banners",
    **dict.fromkeys(("Ask", "HostKeyQuestion", "PromptQuestion", "Question"), "tunnel_impl.questions"),
    **dict.fromkeys(("Endpoint", "State", "Status"), "tunnel_impl.status"),
    "Parts": "tunnel_impl.life.parts",
    "Profile": "tunnel_impl.profile",
    "Tunnel": "tunnel_impl.life.tunnel",
    "TunnelError": "tunnel_impl.errors",
}

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562): whoever only imports a URL does not wait for SSH."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
