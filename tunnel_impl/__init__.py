"""The reference tunnel: a local port that leads through SSH servers to a target.

>>> from tunnel_impl import Profile, Tunnel
>>> with Tunnel(Profile.parse(data), ask=my_dialog) as endpoint:
...     connect(endpoint.host, endpoint.port)

It is also a command (``python -m tunnel_impl --help``) and an adapter (``python -m tunnel_impl.adapter``).
"""

from __future__ import annotations

import logging

from tunnel_impl.errors import TunnelError
from tunnel_impl.parts import Parts
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask, HostKeyQuestion, PromptQuestion, Question
from tunnel_impl.tunnel import Endpoint, State, Status, Tunnel

__all__ = [
    "Ask",
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

logging.getLogger(__name__).addHandler(logging.NullHandler())
