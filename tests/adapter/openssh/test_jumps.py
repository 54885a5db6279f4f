"""Several servers on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.adapter.profile import (
    Endpoint,
    Jump,
)

from .profiles import OPEN, change, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion

    Works = Callable[[str, int], bool]


def test_a_jump_is_passed(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """A chain of two servers works, each host key asked under its own hop."""
    jump = Jump(host="127.0.0.1", port=bastion.port, user="alice", auth=profile.auth)
    last = Endpoint(host="localhost", port=bastion.port, user="alice")
    endpoint = openssh.open("t1", change(profile, ssh=last, jumps=(jump,)), OPEN)
    assert works(endpoint.host, endpoint.port)
    assert [(question.hop, question.host) for _, question, _ in openssh.questions("t1")] == [
        (0, "127.0.0.1"),
        (1, "localhost"),
    ]


@pytest.mark.parametrize(
    ("jump", "last", "code"),
    [
        ({"port": 1}, {}, "connection-refused"),
        ({"user": "mallory"}, {}, "auth-failed"),
        ({}, {"port": 1}, "connection-refused"),
        ({}, {"user": "mallory"}, "auth-failed"),
    ],
)
def test_a_failure_on_the_way_is_told(
    openssh: Adapter,
    profile: Profile,
    jump: dict[str, object],
    last: dict[str, object],
    code: str,
) -> None:
    """By its cause, and without a hop: ssh does not say where."""
    first = Jump(host="127.0.0.1", port=profile.ssh.port, user="alice", auth=profile.auth)
    chain = change(profile, jumps=(first.model_copy(update=jump),), ssh=profile.ssh.model_copy(update=last))
    error = refusal(openssh, chain)
    assert (error.code, error.hop) == (code, None)
