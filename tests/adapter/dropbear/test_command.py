"""Command lines, and what cannot be one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.adapter.profile import (
    AgentAuth,
    Endpoint,
    HostKeys,
    Jump,
    KeepAlive,
    KeyAuth,
    Local,
    NoAuth,
    Profile,
    SocketTarget,
    Target,
)
from harness.adapters.command.failure import Failure, NotSupported
from harness.adapters.dropbear.command import check, render

if TYPE_CHECKING:
    from collections.abc import Mapping


def profile(**fields: Any) -> Profile:
    """Return a profile that differs in some fields."""
    plain: Mapping[str, Any] = {
        "ssh": Endpoint(host="bastion", port=2201, user="alice"),
        "auth": NoAuth(),
        "host_keys": HostKeys(file="known_hosts"),
        "target": Target(host="db.internal", port=5432),
    }
    return Profile(**{**plain, **fields})


def test_the_last_hop_listens() -> None:
    """Without a host for the listener it is dbclient that chooses one."""
    assert " ".join(render(profile(), 0, None, 60000, None)) == (
        "dbclient -p 2201 -l alice -N -o ExitOnForwardFailure=yes -L 60000:db.internal:5432 bastion"
    )


def test_a_jump_leads_to_the_next_hop_which_gets_the_way() -> None:
    """Each hop is a dbclient, and the second one's connection is a descriptor."""
    jump = Jump(host="first", user="bob", auth=NoAuth())
    chain = profile(jumps=(jump,), local=Local(host="127.0.0.1"), keepalive=KeepAlive(interval=2))
    assert " ".join(render(chain, 0, None, 60000, None)) == "dbclient -p 22 -l bob -K 2 -B bastion:2201 first"
    assert "-K 2 -J &7 -N" in " ".join(render(chain, 1, None, 60000, 7))


@pytest.mark.parametrize(
    "fields",
    [
        {"target": SocketTarget(path="/run/db.sock")},
        {"target": Target(host="::1", port=5432)},
        {"local": Local(host="::1")},
        {"auth": KeyAuth(file="id", passphrase="words")},
        {"auth": AgentAuth(file="id.pub")},
        {"keepalive": KeepAlive(interval=0.5)},
        {"keepalive": KeepAlive(interval=1, count=2)},
        {"ssh": Endpoint(host="bastion", user="alice", host_key_alias="other")},
    ],
)
def test_what_no_option_says_is_unsupported(fields: dict[str, Any]) -> None:
    """What it was not asked is nothing that dbclient is judged by."""
    with pytest.raises(NotSupported):
        check(profile(**fields))


def test_three_keep_alives_can_be_asked_for() -> None:
    """The count that dbclient always has is no reason to refuse."""
    check(profile(keepalive=KeepAlive(interval=1, count=3)))


@pytest.mark.parametrize("host", ["-oOption", "a,b", "a^22"])
def test_a_host_that_dbclient_would_read_otherwise_is_refused(host: str) -> None:
    """A host never becomes an option, a chain or a port."""
    with pytest.raises(Failure):
        check(profile(ssh=Endpoint(host=host, user="alice")))
