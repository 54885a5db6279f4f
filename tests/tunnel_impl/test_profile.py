"""Profiles: what is read, and which field a complaint names."""

from __future__ import annotations

from typing import Any

import pytest

from tunnel_impl import Profile, TunnelError
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.profile import (
    AgentAuth,
    GeneratedTotp,
    Hop,
    KeepAlive,
    KeyAuth,
    KeyboardInteractiveAuth,
    Local,
    PasswordAuth,
    PromptedTotp,
    Reconnect,
    Timeouts,
)


def profile(**changes: Any) -> dict[str, Any]:
    """Return the smallest profile, changed."""
    return {
        "ssh": {"host": "bastion", "user": "me"},
        "auth": {"method": "password", "password": "secret"},
        "host_keys": {"file": "/known"},
        "target": {"host": "db", "port": 5432},
    } | changes


JUMP = {"host": "jump", "port": 2222, "user": "you", "auth": {"method": "agent"}}


def test_defaults() -> None:
    """What is left out has the page's defaults."""
    read = Profile.parse(profile())
    assert (read.local, read.keepalive) == (Local("127.0.0.1", 0), KeepAlive(60, 3))
    assert (read.reconnect, read.timeouts) == (Reconnect(10, 2, 120), Timeouts(10, 10))
    assert read.hops == (Hop("bastion", 22, "me", PasswordAuth("secret")),)


def test_nulls_are_left_out() -> None:
    """A null stands for a field that is left out."""
    auth = {"method": "key", "file": "k", "passphrase": None}
    assert Profile.parse(profile(totp=None, jumps=[], auth=auth)).hops[0].auth == KeyAuth("k")


def test_null_settings_have_the_defaults() -> None:
    """A setting that is null within its section has the page's default, and so has one that is left out there."""
    changes = {"keepalive": {"interval": None, "count": 5}, "reconnect": {"attempts": 1}, "timeouts": {"connect": 3}}
    read = Profile.parse(profile(**changes))
    assert (read.keepalive, read.reconnect, read.timeouts) == (KeepAlive(60, 5), Reconnect(1, 2, 120), Timeouts(3, 10))


def test_keyboard_interactive() -> None:
    """Keyboard-interactive has a password or none; an empty one is none."""
    for given, read in ((None, None), ("", None), ("x", "x")):
        auth = {"method": "keyboard-interactive", "password": given}
        assert Profile.parse(profile(auth=auth)).hops[0].auth == KeyboardInteractiveAuth(read)


@pytest.mark.parametrize(
    ("totp", "read"),
    [
        (None, None),
        ({"mode": "prompt"}, PromptedTotp()),
        ({"mode": "generate", "secret": "mfrg gzdf"}, GeneratedTotp(b"abcde", "SHA1", 6, 30)),
        (
            {"mode": "generate", "secret": "MFRGGZDF", "algorithm": "SHA512", "digits": 8, "period": 60},
            GeneratedTotp(b"abcde", "SHA512", 8, 60),
        ),
    ],
)
def test_totp(totp: object, read: object) -> None:
    """The second factor belongs to the last hop."""
    hops = Profile.parse(profile(totp=totp, jumps=[JUMP])).hops
    assert [hop.totp for hop in hops] == [None, read]


def test_jumps_come_first() -> None:
    """Jump hosts are the hops before the last one, in their order."""
    assert Profile.parse(profile(jumps=[JUMP])).hops[0] == Hop("jump", 2222, "you", AgentAuth())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ssh": None}, "ssh"),
        ({"ssh": {"host": "", "user": "me"}}, "ssh.host"),
        ({"ssh": {"host": "bastion"}}, "ssh.user"),
        ({"ssh": {"host": "bastion", "user": "me", "port": 0}}, "ssh.port"),
        ({"ssh": {"host": "bastion", "user": "me", "port": "22"}}, "ssh.port"),
        ({"target": {"host": "db"}}, "target.port"),
        ({"target": {"host": "db", "port": 65536}}, "target.port"),
        ({"auth": {"method": "magic"}}, "auth.method"),
        ({"auth": {"method": "key"}}, "auth.file"),
        ({"auth": "password"}, "auth"),
        ({"jumps": [JUMP | {"auth": {"method": "password", "password": "x"}}]}, "jumps[0].auth.method"),
        (
            {"jumps": [JUMP, JUMP | {"auth": {"method": "keyboard-interactive"}}]},
            "jumps[1].auth.method",
        ),
        ({"jumps": [JUMP, JUMP | {"user": ""}]}, "jumps[1].user"),
        ({"totp": {"mode": "guess"}}, "totp.mode"),
        ({"totp": {"mode": "generate"}}, "totp.secret"),
        ({"totp": {"mode": "generate", "secret": ""}}, "totp.secret"),
        ({"totp": {"mode": "generate", "secret": "not-base32-018"}}, "totp.secret"),
        ({"totp": {"mode": "generate", "secret": "MFRGGZDF", "algorithm": "MD5"}}, "totp.algorithm"),
        ({"totp": {"mode": "generate", "secret": "MFRGGZDF", "digits": 7}}, "totp.digits"),
        ({"totp": {"mode": "generate", "secret": "MFRGGZDF", "period": 45}}, "totp.period"),
        ({"totp": {"mode": "prompt", "secret": "MFRGGZDF"}}, "totp.secret"),
        ({"jumps": {}}, "jumps"),
        ({"keepalive": {"interval": -1}}, "keepalive.interval"),
        ({"keepalive": {"interval": float("nan")}}, "keepalive.interval"),
        ({"keepalive": {"count": 0}}, "keepalive.count"),
        ({"reconnect": {"attempts": 1.5}}, "reconnect.attempts"),
        ({"timeouts": {"connect": 0}}, "timeouts.connect"),
        ({"local": {"port": True}}, "local.port"),
        ({"host_keys": {"file": "k", "unknown": "accept"}}, "host_keys.unknown"),
        ({"surprise": 1}, "surprise"),
        ({"local": {"prot": 1}}, "local.prot"),
    ],
)
def test_complaint_names_the_field(changes: dict[str, Any], field: str) -> None:
    """Bad input is bad-profile, and its message starts with the field."""
    with pytest.raises(TunnelError) as caught:
        Profile.parse(profile(**changes))
    assert (caught.value.code, caught.value.message.partition(": ")[0]) == ("bad-profile", field)


def test_secrets_are_not_shown() -> None:
    """A profile that is printed shows no password and no TOTP key."""
    totp = {"mode": "generate", "secret": "MFRGGZDF"}
    shown = repr(Profile.parse(profile(totp=totp)))
    assert "secret" not in shown
    assert "abcde" not in shown


def test_delays_double_up_to_their_limit() -> None:
    """The delays are the first, doubled each time, up to the longest; one for each attempt."""
    assert list(Backoff(Reconnect(10, 2, 120)).delays()) == [2, 4, 8, 16, 32, 64, 120, 120, 120, 120]
