"""Reading reports, and scaling them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InvalidScenario, UsageError
from harness.repro.look import Ask, Hold, Look
from harness.repro.network import EVENTS, KeepAlive, NatTimeout, Silence
from harness.repro.network.link import Reset
from harness.repro.play import play_of
from harness.repro.report import DropReport, changed, find, load
from harness.repro.scale import Scale, in_words
from harness.repro.steps import Pass
from harness.scenario.language.verb import Verb
from harness.scenario.verbs import faults
from harness.scenario.verbs.tunnel import Close

HEAD = "title: A report of a test\n"
WORDS = (
    "interval",
    "count",
    "keepalive",
    "hops",
    "time",
    "round_trip",
    "rate",
    "ClientAliveInterval",
    "implementation",
)


def report(**said: Any) -> DropReport:
    """Return a report of a reset, changed by ``said``; None leaves out what happens."""
    given = {"title": "A report of a test", "network": "reset", **said}
    return DropReport.model_validate({key: value for key, value in given.items() if value is not None})


def verbs_of(one: DropReport, factor: float | None = None) -> list[Verb]:
    """Return what is played."""
    return [step.verb for step in play_of("test", one, factor=factor).scenario.steps]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "network: earthquake\n",
            "2: network: say what the network does, one thing or a list of things: nat_timeout, ",
        ),
        ("network: {reset: , wifi_change: }\n", "2: network: say what the network does"),
        ("network: {nat_timeout: 350}\n", "2: network: nat_timeout: after: 350 is not a duration"),
        ("idle: 1min\n", ": nothing breaks: say under network what it does"),
        ("network: {nat_timeout: 350s}\nidle: 5min\n", "idle is shorter than the limit of nat_timeout"),
        ("network: reset\nidle: 5min\nbusy: 1s\n", "a tunnel is idle or busy, not both"),
        ("network: {sleep: 1min}\n", "network: sleep: forgotten_after must be shorter than the sleep"),
        ("network: reset\nhop: 2\n", "there is no hop 2: tunnel.hops is 1"),
        ("network: reset\ntunnel:\n  keepalive: {every: 1s}\n", "4: tunnel.keepalive.every: unknown key"),
        ("network: reset\ntunnel: {keepalive: {interval: [1]}}\n", "3: tunnel.keepalive.interval: [1] is not a dur"),
        (f"network: reset\nhop: {'9' * 900}\n", "3: the number is too long"),
        (f"network: {'[' * 900}{']' * 900}\n", "nested too deeply"),
        (f"network: {'[' * 200}{']' * 200}\n", "2: it is nested too deeply"),
        (f"network: reset\nidle: {'9' * 400}h\n", "3: idle: 99999999999999999999… is too long a time"),
        (
            f"network: {{slow_line: {{round_trip: 1s, rate: {'9' * 400}KiB}}}}\n",
            "rate: 99999999999999999999… is too lar",
        ),
        ("network: {nat_timeout: 0s}\n", "2: network: nat_timeout: after: it must be longer than zero"),
        ("network: {packet_loss: 0.05}\n", "0.05 may be meant as 0.05% or as 5%: write one of them"),
        ("network: {packet_loss: 50}\n", "50% of the packets cannot be played"),
        (
            "network: reset\nserver:\n  ClientAlivInterval: 30\n",
            "4: server.ClientAlivInterval: 'ClientAlivInterval' is not a keyword of sshd_config(5); ClientAlive",
        ),
        ("server: {UnusedConnectionTimeout: 5m}\n", "a limit of sshd_config(5) (ClientAliveInterval, ChannelTimeout, "),
        ("network: [reset, earthquake]\n", "2: network: say what the network does"),
        (
            "network: [key_removed, reset]\n",
            "nothing can follow key_removed, because the tunnel cannot come back from it",
        ),
        ("network: [reset, nat_timeout: 1min]\n", "nat_timeout is there from the start: put it first"),
        ("network: other_tunnel_ends\n", "needs several tunnels: say tunnel.tunnels: 2"),
        ("network: wifi_change\nhop: database\n", "wifi_change does not happen to a database"),
        ("network: {slow_server: 1s}\ntunnel: {hops: 2}\n", "can be played without a jump host only"),
        ("server: {ClientAliveInterval: often}\n", "ClientAliveInterval 'often': write a time"),
        ("network: [\n", "not YAML"),
    ],
)
def test_a_mistake_is_a_message_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    """It says what to write instead."""
    file = tmp_path / "mine.yaml"
    file.write_text(HEAD + text)
    with pytest.raises(InvalidScenario) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}:")
    assert message in str(caught.value)


@given(
    key=st.sampled_from(["title", "tunnel", "idle", "busy", "network", "server", "hop", "thread"]),
    value=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=5)
        | st.sampled_from([*EVENTS, "off"]),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*EVENTS, *WORDS]), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)
def test_whatever_stands_in_a_report_is_read_or_is_a_message(key: str, value: object) -> None:
    """A value of any type, in any place, is no traceback."""
    with suppress(UsageError):
        changed({"title": "A report of a test"}, {"network": "reset", key: value})


@pytest.mark.parametrize("said", ["5%", 5, "5"])
def test_five_is_five_per_cent(said: object) -> None:
    """With its sign or without."""
    assert faults.Lose(link="to-bastion", share=0.05) in verbs_of(report(network={"packet_loss": said}))


def test_a_number_is_a_value_of_a_keyword() -> None:
    """As YAML has it without quotes."""
    assert report(server={"ClientAliveInterval": 90}).server == {"ClientAliveInterval": "90"}


def test_a_report_is_varied_by_what_is_laid_on_it() -> None:
    """One event replaces another, and one pause the other; the thread is not about that any more."""
    _, varied = find("slow_line", {"idle": "1min", "network": {"reset": None}, "tunnel": {"keepalive": {"count": 5}}})
    assert (varied.idle, varied.busy, varied.network, varied.thread) == (60.0, None, (Reset(),), None)
    assert (varied.tunnel.keepalive.interval, varied.tunnel.keepalive.count) == (1.0, 5)


def test_a_name_that_is_no_report_is_a_usage_error() -> None:
    """The message says where the names stand."""
    with pytest.raises(UsageError, match="tunspec repro --list"):
        find("no_such_report")


@pytest.mark.parametrize(
    ("said", "factor"),
    [
        ({}, 60.0),
        ({"tunnel": {"keepalive": {"interval": "30s"}}}, 30.0),
        ({"tunnel": {"keepalive": {"interval": "off"}}}, 60.0),
        ({"network": {"nat_timeout": "30s"}}, 30.0),
        ({"server": {"ClientAliveInterval": "15"}}, 15.0),
        ({"tunnel": {"keepalive": {"interval": "500ms"}}}, 1.0),
        ({"network": {"slow_line": "350ms"}}, 1.0),
    ],
)
def test_the_shortest_time_that_matters_becomes_a_second(said: dict[str, Any], factor: float) -> None:
    """So that everything is played in seconds, and each limit stays on its side of the others."""
    assert report(**said).factor == factor


def test_what_cannot_be_played_shorter_is_raised_and_told() -> None:
    """Times of sshd are whole seconds, one at least."""
    scale = Scale(60)
    assert scale.play("limit", 90, least=1.0, whole=True) == 2.0
    assert scale.play("off", 0, least=1.0) == 0.0
    assert [(one.what, one.played, one.raised) for one in scale.times] == [("limit", 2.0, True)]


def test_in_real_time_nothing_is_scaled() -> None:
    """``--realtime`` is a factor of 1."""
    verbs = verbs_of(report(network={"nat_timeout": "350s"}, idle="10min"), factor=1.0)
    assert faults.Forget(link="to-bastion", after="350s") in verbs
    assert Pass(time=600, real=600) in verbs


def test_a_limit_strikes_before_the_idle_time_is_over() -> None:
    """The user asks when it is over."""
    verbs = verbs_of(report(network={"load_balancer": "10min"}, idle="15min"))
    played = [one for one in verbs if isinstance(one, Pass | faults.Reset | Ask)]
    assert played[:3] == [Pass(time=10, real=600), faults.Reset(link="to-bastion"), Pass(time=5, real=300)]
    assert isinstance(played[3], Ask)


def test_what_happens_twice_is_looked_at_twice() -> None:
    """A network that forgets does so from the start, and is set up once."""
    verbs = verbs_of(report(network=[{"nat_timeout": "60s"}, {"nat_timeout": "60s"}]))
    assert [type(one).__name__ for one in verbs if isinstance(one, Hold | faults.Forget | Look)] == [
        "Hold",
        "Forget",
        "Look",
        "Hold",
        "Look",
    ]


def test_a_server_that_comes_and_goes_is_killed_each_time() -> None:
    """And is there in the end."""
    verbs = verbs_of(report(network={"flapping": {"times": 3, "down": "30s", "up": "1min"}}))
    there = [one.verb for one in verbs if isinstance(one, faults.Kill | faults.Restart)]
    assert there == ["kill", "restart"] * 3


@pytest.mark.parametrize(
    ("said", "verb"),
    [
        ({"network": "reset", "hop": "database"}, faults.Reset(link="to-target")),
        ({"network": "restart", "hop": "database"}, faults.Kill(node="target")),
        ({"network": {"frozen": "for ever"}}, faults.Freeze(node="bastion")),
        ({"network": "other_tunnel_ends", "tunnel": {"tunnels": 3}}, Close(tunnel="tunnel-3")),
    ],
)
def test_it_happens_where_the_report_says(said: dict[str, Any], verb: Verb) -> None:
    """At a server, at the database, or at another tunnel."""
    assert verb in verbs_of(report(**said))


def test_a_break_behind_the_last_server_must_cost_no_session() -> None:
    """It is not the tunnel's own connection that breaks."""
    (only,) = play_of("test", report(network={"silence": "10min"}, hop="database")).judged
    assert (only.expected.survives, only.expected.stays, only.expected.notices) == ("FLAKY-2", "FLAKY-2", None)


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ({"server": {"Ciphers": "aes128-cbc,aes128-ctr"}}, ("KEX-1",)),
        ({"server": {"Ciphers": "aes128-cbc"}}, ()),
        ({"server": {"MaxStartups": "2:100:4"}, "tunnel": {"tunnels": 10}}, ("OPEN-7",)),
        ({"network": {"slow_server": "8s"}}, ("OPEN-13",)),
        ({"network": {"slow_server": "9s"}}, ()),
        ({"network": {"banner": "visit a page"}}, ("AUTH-16",)),
    ],
)
def test_a_tunnel_must_log_in_where_it_can(said: dict[str, Any], opens: tuple[str, ...]) -> None:
    """A login is not scaled; the limit for connecting is 10 s."""
    play = play_of("test", report(**{"network": None, **said}))
    assert (play.judged[0].expected.opens, play.settings.connect) == (opens, 10.0)


@pytest.mark.parametrize(
    ("way", "method"),
    [
        ("key", "key"),
        ("password", "password"),
        ("agent", "agent"),
        ("password+code", "keyboard-interactive"),
    ],
)
def test_it_is_said_how_the_user_logs_in(way: str, method: str) -> None:
    """A code is asked for, and typed in."""
    spec = play_of("test", report(tunnel={"login": way})).scenario.spec
    assert spec.tunnel.auth.method == method
    assert bool(spec.answers.prompts) is (way == "password+code")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ({"network": {"nat_timeout": "60s"}}, "set the keep-alive interval to 30s"),
        (
            {"network": {"nat_timeout": "60s"}, "tunnel": {"keepalive": {"interval": "off"}}},
            "turn keep-alives on, with",
        ),
        ({"network": {"nat_timeout": "60s"}, "hop": "database"}, "tcp_keepalives_idle = 30"),
        ({"network": {"restart": "1h"}}, "set reconnect.attempts to 35: 10 attempts end after 10 min 6 s"),
        ({"network": {"silence": "10min"}}, "set the keep-alive count to 12"),
        ({"network": {"slow_server": "9s"}}, "set timeouts.connect to 11s"),
        ({"network": {"load_balancer": "1h"}}, "raise the limit there"),
        ({"network": None, "server": {"Ciphers": "aes128-cbc"}}, "add one of these to Ciphers of the server: chacha20"),
        ({"network": None, "server": {"ChannelTimeout": "direct-tcpip=60"}}, "set ChannelTimeout of the server to"),
    ],
)
def test_it_is_said_what_to_set_to_what(said: dict[str, Any], advice: str) -> None:
    """Where a user suffers and nothing is broken, a setting may help."""
    play = play_of("test", report(**said))
    assert advice in (play.rounds[0].event.advice(play.now) or "")


def test_a_keepalive_that_comes_too_late_does_so_as_played() -> None:
    """Both would be a second, and chance would decide."""
    play = play_of("test", report(network={"nat_timeout": "60s"}))
    assert (play.rounds[0].plan.deadly_after, play.settings.interval) == (1.0, 2.0)


def test_a_policy_of_the_server_is_scaled_to_whole_seconds() -> None:
    """In the bastion that the report is about; other keywords stay as they are."""
    server = {"ClientAliveInterval": "90", "ClientAliveCountMax": "2"}
    spec = play_of("test", report(server=server)).scenario.spec
    assert spec.bastions["bastion"].policy == {"ClientAliveInterval": "2", "ClientAliveCountMax": "2"}


def test_without_a_feature_its_settings_are_left_out() -> None:
    """An implementation that does not reconnect is still asked what it does."""
    play = play_of("test", report(), relied_on=frozenset({"keepalive"}))
    assert "reconnect" not in play.scenario.spec.tunnel.model_fields_set
    assert play.judged[0].expected.returns == ()


@pytest.mark.parametrize(("interval", "survives"), [(60.0, "LIV-1"), (0.0, None), (400.0, None)])
def test_only_keepalives_that_come_in_time_must_save_an_idle_tunnel(interval: float, survives: str | None) -> None:
    """Nobody can be blamed for what the settings cannot save."""
    assert NatTimeout().survivable(KeepAlive(interval, 3)) == survives


@pytest.mark.parametrize(("time", "survives"), [("2min", "LIV-6"), ("10min", None), ("for ever", None)])
def test_a_silence_shorter_than_the_budget_must_be_survived(time: str, survives: str | None) -> None:
    """The budget is interval x count, 180 s here."""
    assert Silence.model_validate(time).survivable(KeepAlive(60, 3)) == survives


@pytest.mark.parametrize(
    ("said", "factor", "spare"),
    [
        ({"network": {"nat_timeout": "350s"}}, 350.0, "0.00 s"),
        ({"network": {"slow_line": "5s"}}, 60.0, "-4.00 s"),
        ({"network": {"silence": "175s"}}, None, "0.08 s"),
    ],
)
def test_a_scale_that_leaves_nothing_to_spare_is_refused(
    said: dict[str, Any], factor: float | None, spare: str
) -> None:
    """Nobody can be blamed for what was survivable as reported, and is not as played."""
    with pytest.raises(UsageError, match=rf"too much for this report: .* has {spare} to spare"):
        play_of("test", report(**said), factor=factor)
    assert play_of("test", report(**said), factor=1).judged[0].expected.survives


def test_a_longer_outage_than_the_attempts_last_asks_for_no_return() -> None:
    """Ten attempts with delays of up to 2 min end after some 10 min."""
    assert play_of("test", report(network={"restart": "5min"})).judged[0].expected.returns == ("LIV-11", "REC-2")
    assert play_of("test", report(network={"restart": "1h"})).judged[0].expected.returns == ()


def test_it_looks_last() -> None:
    """What is looked at must have happened."""
    assert isinstance(play_of("test", report()).scenario.steps[-1].verb, Look)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.25, "250 ms"), (5.83, "5.8 s"), (350, "5 min 50 s"), (3600, "1 h"), (0, "0 s")]
)
def test_times_are_told_as_people_say_them(seconds: float, words: str) -> None:
    """Hours, minutes, seconds."""
    assert in_words(seconds) == words
