"""What needs no engine: sshd's log, the plan, the abilities, the recipes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from harness.faults.model import (
    Bandwidth,
    Cut,
    Fault,
    Forget,
    Freeze,
    Ignore,
    Kill,
    Mtu,
    Oversize,
    Refuse,
    RevokeKey,
    Swallow,
)
from harness.faults.needs import (
    FabricNeed,
    NeedsDatabase,
    NeedsFault,
    NeedsTargetSocket,
    NeedsTraffic,
    NeedsUsualPort,
)
from harness.world import host_keys
from harness.world.docker.bastion import sshd, sshlog
from harness.world.docker.engine import clocks, images, logs
from harness.world.docker.faults import processes
from harness.world.docker.faults.abilities import missing, why_not
from harness.world.docker.link.capture import SegmentReader
from harness.world.docker.plan import plan
from harness.world.docker.releases import RELEASES
from harness.world.fabric import BastionSetup, Passed
from harness.world.fabrics import SSHDS
from harness.world.topology import Topology, topologies

SINGLE = topologies()["single_bastion"]


PEER = "from 10.0.0.2 port 40000 ssh2"


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (
            'Connection from 10.0.0.2 port 40000 on 10.0.0.3 port 22 rdomain ""',
            [("connected", {"peer": "10.0.0.2:40000"})],
        ),
        (
            f"Accepted publickey for alice {PEER}: ED25519 SHA256:abc",
            [(kind, {"method": "publickey", "user": "alice"}) for kind in ("auth-tried", "auth-ok")],
        ),
        (
            f"Failed password for invalid user bob {PEER}",
            [(kind, {"method": "password", "user": "bob"}) for kind in ("auth-tried", "auth-failed")],
        ),
        (
            f"Failed keyboard-interactive/pam for alice {PEER}",
            [(kind, {"method": "keyboard-interactive", "user": "alice"}) for kind in ("auth-tried", "auth-failed")],
        ),
        (
            f"Partial publickey for alice {PEER}: ED25519 SHA256:abc",
            [
                ("auth-tried", {"method": "publickey", "user": "alice"}),
                ("log", {"text": f"Partial publickey for alice {PEER}: ED25519 SHA256:abc"}),
            ],
        ),
        (
            "debug1: server_request_direct_tcpip: originator 127.0.0.1 port 5, target target.internal port 7000",
            [
                (
                    "channel",
                    {"type": "direct-tcpip", "host": "target.internal", "port": "7000", "originator": "127.0.0.1:5"},
                )
            ],
        ),
        (
            "debug1: server_request_direct_tcpip: originator  port 0, target target.internal port 7000",
            [("channel", {"type": "direct-tcpip", "host": "target.internal", "port": "7000", "originator": ":0"})],
        ),
        (
            "debug1: server_input_channel_req: channel 0 request keepalive@openssh.com reply 1",
            [("channel-request", {"name": "keepalive@openssh.com", "want_reply": "true"})],
        ),
        ("debug1: Got 82/4 for keepalive", [("alive-answered", {"by": "global"})]),
        ("debug1: Got 100/7 for keepalive", [("alive-answered", {"by": "channel"})]),
        (f"Postponed password for alice {PEER}", [("auth-tried", {"method": "password", "user": "alice"})]),
        (
            "pam_dialogue: matched=code left=12.5 prompt=1. Push\\x0aPasscode: ",
            [("answer", {"prompt": "1. Push\nPasscode: ", "matched": "code", "left": "12.5"})],
        ),
        (
            "scripted: matched=other left=0.0 prompt=Password: ",
            [("answer", {"prompt": "Password: ", "matched": "other"})],
        ),
        (
            "debug1: server_input_channel_open: ctype session rchan 0 win 65536 max 16384",
            [("channel", {"type": "session"})],
        ),
        (
            "debug1: server_input_channel_open: ctype direct-streamlocal@openssh.com rchan 2 win 2097152 max 32768",
            [("channel", {"type": "direct-streamlocal@openssh.com"})],
        ),
        (
            "debug1: userauth-request for user alice b service ssh-connection method password [preauth]",
            [("auth-asked", {"method": "password", "user": "alice b"})],
        ),
        (f"Accepted none for alice {PEER}", [("auth-ok", {"method": "none", "user": "alice"})]),
        ("debug1: SSH2_MSG_KEXINIT sent", [("rekeying", {})]),
        (
            "debug1: ssh_set_newkeys: rekeying in, input 3312 bytes 43 blocks, output 5984 bytes 3 blocks",
            [("rekeyed", {})],
        ),
        (
            "fatal: privsep_preauth: preauth child terminated by signal 11",
            [("broke", {"reason": "privsep_preauth: preauth child terminated by signal 11"})],
        ),
        (
            "Traceback (most recent call last):",
            [("broke", {"reason": "Traceback (most recent call last):"})],
        ),
        (
            "debug1: server_input_global_request: rtype keepalive@openssh.com want_reply 1",
            [("global-request", {"name": "keepalive@openssh.com", "want_reply": "true"})],
        ),
        (
            "debug1: userauth-request for user alice service ssh-connection method none [preauth]",
            [("auth-asked", {"method": "none", "user": "alice"})],
        ),
    ],
)
def test_a_line_of_sshd_is_read_as_events(line: str, seen: list[tuple[str, dict[str, str]]]) -> None:
    """Each line that matters has its kind and its detail."""
    assert list(sshlog.LogReader().read(line)) == seen


@pytest.mark.parametrize(
    "line",
    [
        f"Failed none for alice {PEER}",
        "debug1: SSH2_MSG_KEXINIT sent [preauth]",
        "debug1: ssh_set_newkeys: rekeying out, input 3312 bytes 43 blocks, output 5984 bytes 3 blocks",
        f"Postponed publickey for alice {PEER} [preauth]",
        "debug1: server_input_channel_open: ctype direct-tcpip rchan 2 win 2097152 max 32768",
        "fatal: privsep_preauth: preauth child terminated by signal 9",
        "fatal: userauth_pubkey: parse packet: incomplete message [preauth]",
        "Connection from 127.0.0.1 port 40000 on 127.0.0.1 port 22",
        "Connection closed by 127.0.0.1 port 40000 [preauth]",
    ],
)
def test_other_lines_are_kept_as_log(line: str) -> None:
    """A refusal of method none, a key without a signature and our own look from inside are no events."""
    assert sshlog.LogReader().read(line) == (("log", {"text": line}),)


@pytest.mark.parametrize(
    "line",
    [
        "Connection closed by authenticating user alice 10.0.0.2 port 40000 [preauth]",
        "Connection reset by 10.0.0.2 port 40000",
        "Disconnected from user alice 10.0.0.2 port 40000",
        "Timeout, client not responding from user alice 10.0.0.2 port 40000",
        "fatal: Timeout before authentication for 10.0.0.2 port 40000",
        "Read error from remote host 10.0.0.2 port 40000: Connection timed out",
    ],
)
def test_a_connection_ends_once(line: str) -> None:
    """The first line that says so is the end of a connection, the next ones are log."""
    reader = sshlog.LogReader()
    reader.read("Connection from 10.0.0.2 port 40000 on 10.0.0.3 port 22")
    kinds = [reader.read(line)[0][0] for _ in range(2)]
    assert kinds == ["disconnected", "log"]


def test_the_engines_clock_is_converted() -> None:
    """A time stamp of now is now on the monotonic clock."""
    stamp = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "123Z")
    assert logs.monotonic(stamp) == pytest.approx(time.monotonic(), abs=0.05)


def test_two_clocks_are_read_at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put aside between two readings, a process would date what happened too early: it reads again."""
    moments = iter((10.0, 11.0, 11.0, 20.0, 20.0004, 20.0006))
    clock = SimpleNamespace(monotonic=lambda: next(moments), time=lambda: next(moments) + 1000)
    monkeypatch.setattr(clocks, "time", clock)
    assert clocks.clocks() == pytest.approx((20.0003, 1020.0004))


def test_a_policy_takes_the_place_of_a_default() -> None:
    """Of a keyword given twice sshd takes the first, but of MaxStartups the last: the scenario's stands alone."""
    setup = BastionSetup(user="alice", policy={"MaxStartups": "1"}, host_keys=(host_keys.make("ed25519"),))
    config, _ = sshd.render(setup, 22)[sshd.CONFIG]
    lines = [line for line in config.splitlines() if line.startswith("MaxStartups")]
    assert lines == ["MaxStartups 1"]


@pytest.mark.parametrize(
    ("release", "line"),
    [
        ("8.4", "PubkeyAcceptedKeyTypes rsa-sha2-512"),
        ("8.4", "ChallengeResponseAuthentication no"),
        ("9.2", "PubkeyAcceptedAlgorithms rsa-sha2-512"),
        ("10", "PerSourcePenalties no"),
    ],
)
def test_each_release_has_its_own_words(release: str, line: str) -> None:
    """A keyword that was renamed is given by the name that the release knows."""
    setup = BastionSetup(user="alice", policy={"PubkeyAcceptedAlgorithms": "rsa-sha2-512"})
    config, _ = sshd.render(setup, 22, RELEASES[release])[sshd.CONFIG]
    assert line in config.splitlines()


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ({"ChannelTimeout": "direct-tcpip=3s"}, "ChannelTimeout"),
        ({"KexAlgorithms": "sntrup761x25519-sha512@openssh.com"}, "sntrup761x25519-sha512@openssh.com"),
    ],
)
def test_a_release_says_what_it_does_not_know(policy: dict[str, str], named: str) -> None:
    """What 8.4 cannot be asked for is named, and what 9.2 can is no reason."""
    setup = BastionSetup(user="alice", policy=policy)
    assert RELEASES["8.4"].why_not(setup) == f"OpenSSH 8.4 does not know {named}"
    assert RELEASES["9.2"].why_not(setup) is None


def test_every_release_can_be_asked_for() -> None:
    """The command offers those that there are."""
    assert set(SSHDS) == set(RELEASES)


def test_only_bastions_are_of_another_suite() -> None:
    """The usual release's images keep their names; the target is the same for all."""
    assert images.tag("bastion", RELEASES["10"]) == f"{images.tag('bastion')}-trixie"
    assert images.tag("target", RELEASES["10"]) == images.tag("target")


def test_an_image_name_changes_with_its_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another content of the folder is another image."""
    before = images.tag("bastion")
    files = images._files("bastion")
    monkeypatch.setattr(images, "_files", lambda _: [*files, ("more", b"")])
    assert images.tag("bastion") != before


def test_the_plan_is_the_compose_file() -> None:
    """Services, networks and aliases are those of docker-compose.yml."""
    single = plan(SINGLE)
    assert set(single.services) == {"to-bastion", "bastion", "target", "postgresql", "mariadb"}
    assert single.known_as("target") == "target.internal"
    assert single.networks["inner"].internal
    assert single.reachable_on("to-bastion") == "edge"


@pytest.mark.parametrize(
    "need",
    [
        NeedsFault(Cut("to-bastion")),
        NeedsFault(Freeze("target")),
        NeedsFault(Forget("to-bastion", 1)),
        NeedsFault(Oversize("to-target", 1000)),
        NeedsFault(Mtu("to-target", 1000)),
        NeedsFault(Ignore("target")),
        NeedsFault(RevokeKey("bastion")),
        NeedsDatabase("postgresql"),
        NeedsTraffic("to-target"),
        NeedsTargetSocket(),
        NeedsUsualPort(),
    ],
)
def test_a_need_that_can_be_met(need: FabricNeed) -> None:
    """What the fabric can do has no reason against it."""
    assert missing(SINGLE, frozenset({need})) is None


@pytest.mark.parametrize(
    ("need", "reason"),
    [
        (NeedsFault(Bandwidth("to-target", 10_000)), "bandwidth needs a relay"),
        (NeedsFault(Swallow("to-target")), "swallow needs a relay"),
        (NeedsFault(Forget("to-target", 1)), "forget needs a relay"),
        (NeedsFault(Refuse("bastion")), "refuse works only on target"),
        (NeedsFault(RevokeKey("target")), "revoke-key works only on bastion"),
        (NeedsFault(Kill("target", "sessions")), "one process"),
        (NeedsFault(Bandwidth("to-bastion", 999)), "cannot go below"),
        (NeedsTraffic("to-nowhere"), "has no link to-nowhere"),
        (NeedsDatabase("oracle"), "has no oracle"),
    ],
)
def test_a_need_that_cannot_be_met_has_its_reason(need: FabricNeed, reason: str) -> None:
    """Why a scenario does not run here is said in words, for all that its fault says."""
    assert reason in str(missing(SINGLE, frozenset({need})))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Bandwidth("to-bastion", 999), "cannot go below"),
        (Oversize("to-bastion", 1500), "no packet carries more"),
        (Mtu("to-bastion", 9000), "576 to 1500"),
        (Kill("target", "sessions"), "one process"),
    ],
)
def test_a_fault_that_is_out_of_reach_is_refused(fault: Fault, reason: str) -> None:
    """What the engine, the kernel or Toxiproxy cannot do is said before anyone tries."""
    assert reason in str(why_not(SINGLE, fault))


def segment(start: int, end: int, arrow: str = "10.0.0.2.40000 > 10.0.0.3.22", at: float = 1000.25) -> str:
    """Return a line of tcpdump."""
    return f"{at:.6f} eth0  In  IP {arrow}: Flags [P.], seq {start}:{end}, ack 7, win 502, length {end - start}: SSH"


def told(*lines: str) -> list[tuple[str, int]]:
    """Return where the bytes of these lines went, and how many there were."""
    reader = SegmentReader(22)
    read = [reader.read(line, lambda: (50.0, 1001.0)) for line in lines]
    return [(one.towards, one.size) for one in read if one]


def test_a_segment_has_its_connection_direction_and_time() -> None:
    """The client's address names the connection, and the time is on the monotonic clock."""
    passed = SegmentReader(22).read(segment(100, 136), lambda: (50.0, 1001.0))
    assert passed == Passed(at=pytest.approx(49.25), connection="10.0.0.2:40000", towards="server", size=36)
    back = segment(900, 950, "10.0.0.3.22 > 10.0.0.2.40000")
    assert told(segment(100, 136), back) == [("server", 36), ("client", 50)]


def test_what_tcp_sends_again_is_not_told_again() -> None:
    """Whole or in part, known bytes do not count; a gap that is filled later does, and so do bytes beyond 2**32."""
    assert told(segment(100, 200), segment(100, 200), segment(150, 250)) == [("server", 100), ("server", 50)]
    assert told(segment(100, 200), segment(300, 400), segment(200, 300)) == [("server", 100)] * 3
    last = (1 << 32) - 50
    assert told(segment(last, 0), segment(0, 10), segment(last, 0)) == [("server", 50), ("server", 10)]


@pytest.mark.parametrize(
    "line",
    ["", "tcpdump: listening on any", "1000.25 eth0 In IP 10.0.0.2.40000 > 10.0.0.3.22: Flags [.], ack 7, length 0"],
)
def test_what_carries_no_bytes_is_not_told(line: str) -> None:
    """Acknowledgements and other lines are nothing."""
    assert told(line) == []


@pytest.mark.parametrize(
    ("states", "proven"),
    [
        ({"7": "T", "8": "T"}, True),
        ({"7": "T", "8": "Z"}, True),
        ({"7": "T", "8": "S"}, False),
        ({"8": "Z"}, False),
        ({}, False),
    ],
)
def test_processes_are_stopped_when_all_that_live_are(states: dict[str, str], proven: bool) -> None:
    """A session that ended just before its parent was stopped is a zombie, which nobody can reap."""
    assert processes.stopped(states).proven is proven


@pytest.mark.parametrize("topology", topologies().values(), ids=topologies())
def test_every_container_has_what_it_needs_and_no_more(topology: Topology) -> None:
    """No capability that is not named, no privileges of programs that it runs, bounds of memory and processes."""
    for name, service in plan(topology).services.items():
        assert service.cap_drop == ("ALL",), name
        assert "no-new-privileges:true" in service.security_opt, name
        assert service.mem_limit, name
        assert service.pids_limit, name
