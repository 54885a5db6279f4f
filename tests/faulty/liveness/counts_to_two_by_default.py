"""Gives a silent server up after two keep-alives where the profile does not say (the page: three)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/default_count": {"step": "expect unanswered", "observed": "2 messages without an answer"},
}

strict = profile.read_keepalive


def miscounting(section: Fields) -> KeepAlive:
    return replace(strict(section), count=section.whole("count", 2, lowest=1))


profile.read_keepalive = miscounting


if __name__ == "__main__":
    serve(name="counts_to_two_by_default")
