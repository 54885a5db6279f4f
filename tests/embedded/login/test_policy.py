from __future__ import annotations

import pytest

from harness.world.embedded.bastion import policy


def test_keywords_are_read_in_any_case() -> None:
    """sshd_config's keywords know no case, its times and sizes have units."""
    read = policy.parse({"clientaliveinterval": "1m30s", "RekeyLimit": "1M 5s", "MaxAuthTries": "3"})
    assert (read.alive_interval, read.rekey_bytes, read.rekey_seconds, read.tries) == (90, 1 << 20, 5, 3)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"UsePAM": "yes"}, "does not support UsePAM"),
        ({"LoginGraceTime": "soon"}, "'soon' is not a number"),
        ({"LoginGraceTime": "3y"}, "unknown unit y"),
        ({"PerSourcePenalties": "yes"}, "supports only PerSourcePenalties no"),
        ({"MaxSessions": "few"}, "invalid literal"),
        ({"MaxStartups": "10:30:100"}, "drops at random; write the rate 100"),
        ({"MaxStartups": "4:100:2"}, "neither a number nor start:rate:full"),
        ({"ChannelTimeout": "*=3s"}, r"ChannelTimeout of '\*'"),
        ({"ChannelTimeout": "direct-tcpip"}, "is not a number"),
        ({"PubkeyAcceptedAlgorithms": "+ssh-rsa"}, r"has no '\+ssh-rsa'"),
    ],
)
def test_what_is_not_obeyed_is_an_error(keywords: dict[str, str], message: str) -> None:
    """A keyword or value that would be ignored is never accepted."""
    with pytest.raises(ValueError, match=message):
        policy.parse(keywords)


def test_the_policies_of_waiting_and_crowding_are_read() -> None:
    """Times by type of channel, and where dropping begins."""
    read = policy.parse(
        {
            "ChannelTimeout": "direct-tcpip=3s session=1m",
            "UnusedConnectionTimeout": "4s",
            "MaxStartups": "2:100:4",
        }
    )
    assert (read.channel_timeouts, read.unused_timeout) == ({"direct-tcpip": 3, "session": 60}, 4)
    assert (read.startups, policy.parse({"MaxStartups": "3"}).startups, policy.parse({}).startups) == (2, 3, None)


@pytest.mark.parametrize(
    ("permit", "host", "port", "expected"),
    [
        ("any", "db", 1, True),
        ("db:1", "db", 1, True),
        ("db:1", "db", 2, False),
        ("db:*", "db", 2, True),
        ("none", "db", 1, False),
        ("127.0.0.1:1", "localhost", 1, False),
    ],
)
def test_permit_open_compares_literally(permit: str, host: str, port: int, expected: bool) -> None:
    """Names are not looked up, and a star stands for any port."""
    assert policy.parse({"PermitOpen": permit}).permits(host, port) is expected


def test_methods_are_lists_in_order() -> None:
    """AuthenticationMethods are alternatives of sequences, any is each method alone."""
    assert policy.parse_methods("publickey,password password") == (("publickey", "password"), ("password",))
    assert ("publickey",) in policy.parse_methods(None)
    with pytest.raises(ValueError, match="gssapi"):
        policy.parse_methods("gssapi-with-mic")


KEY, PASSWORD, DIALOGUE = ("publickey",), ("password",), ("keyboard-interactive",)


@pytest.mark.parametrize(
    ("keywords", "methods", "password", "dialogue", "expected"),
    [
        ({}, None, True, False, (KEY, PASSWORD)),
        ({}, None, False, False, (KEY,)),
        ({}, None, True, True, (KEY, DIALOGUE)),
        ({}, "any", True, True, (KEY, DIALOGUE)),
        ({"PasswordAuthentication": "yes"}, None, True, True, (KEY, PASSWORD, DIALOGUE)),
        ({"PasswordAuthentication": "no"}, None, True, False, (KEY,)),
        ({"KbdInteractiveAuthentication": "no"}, None, True, True, (KEY,)),
        ({"PubkeyAuthentication": "no"}, "publickey password", True, True, (PASSWORD,)),
        ({}, "password,keyboard-interactive:pam", True, True, (("password", "keyboard-interactive"),)),
    ],
)
def test_a_way_is_open_when_all_its_methods_are_on(
    keywords: dict[str, str], methods: str | None, password: bool, dialogue: bool, expected: tuple[tuple[str, ...], ...]
) -> None:
    """What is offered follows from the policy, the methods, and whether there is a password and a dialogue."""
    ways = policy.open_ways(policy.parse(keywords), methods, password=password, dialogue=dialogue)
    assert ways == expected


def test_keyboard_interactive_without_a_dialogue_is_an_error() -> None:
    """There would be nothing to ask."""
    asks = policy.parse({"KbdInteractiveAuthentication": "yes"})
    with pytest.raises(ValueError, match="give the bastion a dialogue"):
        policy.open_ways(asks, None, password=True, dialogue=False)
