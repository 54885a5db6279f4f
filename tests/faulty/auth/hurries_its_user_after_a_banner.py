"""Limits what comes after a banner as it limits everything else, whatever its user has to do."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login import protocol

REJECTED_BY = {
    "auth/banner_with_a_page": {"step": "open", "observed": "timeout"},
}

protocol.USERS_TIME = 0.0


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "hurries_its_user_after_a_banner")
