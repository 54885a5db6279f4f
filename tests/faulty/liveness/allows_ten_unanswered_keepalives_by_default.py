"""Waits for ten keep-alives where the profile does not say how many."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/default_count": {"step": "expect connections", "observed": "0 of 1 connections closed"},
}

strict = profile.read_keepalive


def patient(section: Fields) -> KeepAlive:
    return replace(strict(section), count=section.whole("count", 10, lowest=1))


profile.read_keepalive = patient


if __name__ == "__main__":
    serve(name="allows_ten_unanswered_keepalives_by_default")
