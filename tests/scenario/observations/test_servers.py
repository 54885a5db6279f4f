"""What bastions and agents saw of an implementation: each observation is met by that, and by nothing near it."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from harness.adapter.protocol import HostKeyQuestion
from harness.address import Address
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.observations.claims import Asked
from harness.scenario.observations.login import Answered, Signatures
from harness.scenario.observations.servers import AliveAnswered, Bypassed, Credentials, Rekeyed, Rekeying
from harness.scenario.props import store
from harness.scenario.stage.stage import Stage
from harness.world import host_keys
from harness.world.fabric import EventKind, HostKey, ServerEvent

SINCE = 100.0


def event(at: float, kind: EventKind, **detail: str) -> ServerEvent:
    """Return what a bastion saw ``at`` seconds after something was last done."""
    return ServerEvent(SINCE + at, "bastion", kind, detail)


def look(stage: Stage, observation: Observation, *events: ServerEvent, **world: Any) -> Reading:
    """Return what is seen of these events."""
    stage.world = SimpleNamespace(topology=stage.world.topology, events=lambda _node: events, **world)
    stage.clock.since = stage.asked_at = SINCE
    return observation.watch(stage)()


def test_answers_to_the_bastion_s_probes_are_counted_since_something_was_done(stage: Stage) -> None:
    """The moment of the last that was needed is what a window judges."""
    observation = AliveAnswered.model_validate({"alive_answered": 2})
    before, first, second = (event(at, "alive-answered", by="global") for at in (-1, 1, 2))
    assert not look(stage, observation, before, first).met
    assert look(stage, observation, before, first, second).at == SINCE + 2


@pytest.mark.parametrize(("signed", "met"), [((), False), ((1,), True), ((-1, 1), True), ((1, 2), False)])
def test_signatures_are_counted_exactly(stage: Stage, signed: tuple[float, ...], met: bool) -> None:
    """Those of all agents, since the tunnel was asked for."""
    agents = [SimpleNamespace(signed=[SINCE + at]) for at in signed]
    stage.profiles.logins = SimpleNamespace(props=SimpleNamespace(agents=agents))  # type: ignore[misc, assignment]
    assert look(stage, Signatures.model_validate({"signatures": 1})).met is met


CAME, WENT = event(1, "connected", peer="a:1"), event(3, "disconnected", peer="a:1")
TRIED, REFUSED, ACCEPTED = (event(2, kind) for kind in ("auth-tried", "auth-failed", "auth-ok"))


@pytest.mark.parametrize(
    ("wanted", "events", "met"),
    [
        ("refused", (CAME, TRIED, REFUSED, WENT), True),
        ("refused", (CAME, TRIED, WENT), False),
        ("refused", (CAME, TRIED, REFUSED, ACCEPTED), False),
        ("refused", (event(-1, "auth-failed"), CAME, WENT), False),
        ("accepted", (CAME, TRIED, ACCEPTED), True),
        ("accepted", (CAME, TRIED, REFUSED), False),
        ("none", (CAME, WENT), True),
        ("none", (CAME,), False),
        ("none", (), False),
        ("none", (CAME, TRIED, WENT), False),
        ("none", (CAME, ACCEPTED, WENT), False),
        ("not-needed", (), True),
        ("not-needed", (CAME,), False),
        ("not-needed", (CAME, TRIED, WENT), False),
        ("not-needed", (CAME, ACCEPTED, WENT), False),
    ],
)
def test_what_became_of_credentials(stage: Stage, wanted: str, events: tuple[ServerEvent, ...], met: bool) -> None:
    """A refusal is one that nothing was accepted after; none at all needs a connection that came and went."""
    observation = Credentials.model_validate({"credentials": wanted})
    assert look(stage, observation, *events, setup=lambda _node: SimpleNamespace(methods=None)).met is met


@pytest.mark.parametrize(
    ("methods", "asked", "met"),
    [
        ("publickey", "password", False),
        ("publickey", "none", True),
        ("publickey,password password", "password", True),
        ("password", "publickey", False),
        ("password", "keyboard-interactive", True),
        (None, "password", True),
    ],
)
def test_a_credential_that_was_not_asked_for_was_shown(
    stage: Stage, methods: str | None, asked: str, met: bool
) -> None:
    """A server does not look at what comes by a method that it does not offer, and yet has it."""
    observation = Credentials.model_validate({"credentials": "none"})
    events = (CAME, event(2, "auth-asked", method=asked), WENT)
    assert look(stage, observation, *events, setup=lambda _node: SimpleNamespace(methods=methods)).met is met


@pytest.mark.parametrize(
    ("ago", "kinds", "met"),
    [
        (5, ("rekeying",), True),
        (5, ("rekeyed", "rekeying"), True),
        (1, ("rekeying",), False),
        (5, ("rekeying", "rekeyed"), False),
        (5, (), False),
    ],
)
def test_an_exchange_goes_on_until_new_keys_are_there(
    stage: Stage, ago: float, kinds: tuple[EventKind, ...], met: bool
) -> None:
    """For two seconds at least since it was asked for."""
    events = [ServerEvent(time.monotonic() - ago, "bastion", kind, {}) for kind in kinds]
    assert look(stage, Rekeying.model_validate({"rekeying": "2s"}), *events, CAME).met is met


@pytest.mark.parametrize(("times", "met"), [(1, False), (2, True), (3, True)])
def test_new_keys_are_counted_as_the_least(stage: Stage, times: int, met: bool) -> None:
    """Other events are no new keys."""
    events = [event(at, "rekeyed") for at in range(times)]
    assert look(stage, Rekeyed.model_validate({"rekeyed": 2}), CAME, *events).met is met


@pytest.mark.parametrize(
    ("matched", "met"),
    [
        (("password", "code"), True),
        (("code", "password"), False),
        (("password",), False),
        (("password", "code", "code"), False),
        (("password", "used-code"), False),
    ],
)
def test_answers_are_compared_in_order(stage: Stage, matched: tuple[str, ...], met: bool) -> None:
    """Each in its place, none missing and none more; what was answered before does not count."""
    given = [event(at, "answer", prompt="?", matched=one) for at, one in enumerate(matched)]
    before = event(-1, "answer", prompt="?", matched="other")
    assert look(stage, Answered.model_validate({"answered": ["password", "code"]}), before, *given).met is met


def test_answers_that_depart_are_told_from_the_first_that_does(stage: Stage) -> None:
    """A window judges that moment."""
    given = [event(1, "answer", prompt="?", matched="code"), event(2, "answer", prompt="?", matched="code")]
    assert look(stage, Answered.model_validate({"answered": ["code"]}), *given).at == SINCE + 2


CHANNEL = event(1, "channel", type="direct-tcpip", host="target.internal", port="7000")
SESSION = event(1, "channel", type="session")


@pytest.mark.parametrize(
    ("reached", "channels", "met"),
    [
        (1, (CHANNEL,), True),
        (1, (CHANNEL, CHANNEL), True),
        (2, (CHANNEL,), False),
        (1, (SESSION,), False),
        (0, (CHANNEL,), False),
    ],
)
def test_a_connection_at_the_target_without_a_channel_is_a_bypass(
    stage: Stage, reached: int, channels: tuple[ServerEvent, ...], met: bool
) -> None:
    """Channels of other kinds lead nowhere, and where nothing was reached nothing was shown."""
    observation = Bypassed.model_validate({"bypassed": "never"})
    assert look(stage, observation, *channels, target_connections=lambda: (object(),) * reached).met is met


PRESENT, OLD, STRANGE = (host_keys.make("ed25519") for _ in range(3))
PLACE = Address("127.0.0.1", 2222)


def question(shown: HostKey, status: str, known: HostKey | None, hop: int = 0) -> HostKeyQuestion:
    """Return what the user is asked about a key."""
    return HostKeyQuestion.model_validate(
        {
            "ask": 1,
            "tunnel": "main",
            "kind": "host-key",
            "hop": hop,
            "host": PLACE.host,
            "port": PLACE.port,
            "type": "ssh-ed25519",
            "fingerprint": host_keys.fingerprint(shown.public),
            "status": status,
            **({"known": host_keys.fingerprint(known.public)} if known else {}),
        }
    )


@pytest.mark.parametrize(
    ("wanted", "asked", "met"),
    [
        ("changed", question(PRESENT, "changed", OLD), True),
        ("changed", question(PRESENT, "changed", STRANGE), False),
        ("changed", question(STRANGE, "changed", OLD), False),
        ("changed", question(PRESENT, "unknown", None), False),
        ("changed", question(PRESENT, "changed", OLD, hop=1), False),
        ("unknown", question(PRESENT, "unknown", None), True),
        ("unknown", question(STRANGE, "unknown", None), False),
        ("nothing", question(PRESENT, "unknown", None), False),
        ("nothing", None, True),
        ("unknown", None, False),
    ],
)
def test_questions_about_host_keys_have_true_fingerprints(
    stage: Stage, wanted: str, asked: HostKeyQuestion | None, met: bool
) -> None:
    """That of the key which the bastion shows, and that of the key which was stored before."""
    stage.store_before = f"{store.entry_name(PLACE)} {OLD.public}\n".encode()
    stage.route = ("bastion",)
    stage.profiles.dialled = lambda _node: PLACE  # type: ignore[method-assign]
    stage.profiles.kept_as = lambda _node, _spec: PLACE  # type: ignore[method-assign]
    questions = [(SINCE + 1, asked, "reject")] if asked else []
    stage.adapter = SimpleNamespace(questions=lambda _tunnel: questions)  # type: ignore[assignment]
    world = {"setup": lambda _node: SimpleNamespace(host_keys=(PRESENT,)), "address": lambda _node: PLACE}
    assert look(stage, Asked.model_validate({"asked": wanted}), **world).met is met
