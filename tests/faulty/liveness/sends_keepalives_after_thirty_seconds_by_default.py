"""Sends a keep-alive after 30 s where the profile does not say when."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/default_keepalive": {
        "step": "expect keepalive",
        "observed": "1 of the 1 messages of the idle client answered over to-bastion already after",
    },
}

strict = profile.read_keepalive


def eager(section: Fields) -> KeepAlive:
    return replace(strict(section), interval=section.seconds("interval", 30))


profile.read_keepalive = eager


if __name__ == "__main__":
    serve(name="sends_keepalives_after_thirty_seconds_by_default")
