"""Sends a keep-alive after 30 s where the profile does not say when."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter.service import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import KeepAlive

strict = profile._keepalive


def eager(section: Fields) -> KeepAlive:
    return replace(strict(section), interval=section.seconds("interval", 30))


profile._keepalive = eager


if __name__ == "__main__":
    serve(name="sends_keepalives_after_thirty_seconds_by_default")
