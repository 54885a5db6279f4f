"""Keeps the banners of jump hosts to itself."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.banners import Banner

REJECTED_BY = {
    "auth/banner_of_each_hop[bastion1]": {
        "step": "expect banner",
        "expected": "the bastion's banner to be shown word for word",
    },
    "auth/banner_of_each_hop[middle]": {
        "step": "expect banner",
        "expected": "the bastion's banner to be shown word for word",
    },
}


class Faulty(Tunnel):
    @override
    def show(self, banner: Banner) -> None:
        if banner.hop == len(self.profile.hops) - 1:
            super().show(banner)


if __name__ == "__main__":
    serve(Faulty, "shows_the_banner_of_the_last_server_only")
