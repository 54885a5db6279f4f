"""What an idle client sends over a link, and when; the link is a list."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from harness.scenario.language.observation import Observation, Reading
from harness.scenario.observations.wire import Gaps, KeepAliveSeen, Probes, Quiet, Unanswered
from harness.scenario.stage.stage import Stage
from harness.world.fabric import Passed

SINCE = 100.0


@dataclass(frozen=True)
class Wire:
    """A world in which this passed the link."""

    passed: tuple[Passed, ...]

    def traffic(self, _link: str) -> tuple[Passed, ...]:
        return self.passed


def sent(at: float, size: int = 80, connection: str = "a", towards: Literal["server", "client"] = "server") -> Passed:
    """Return bytes that passed ``at`` seconds after something was last done."""
    return Passed(SINCE + at, connection, towards, size)


def look(stage: Stage, observation: Observation, *passed: Passed) -> Reading:
    """Return what is seen of them."""
    stage.world = Wire(passed)  # type: ignore[assignment]
    stage.clock.since = SINCE
    return observation.watch(stage)()


def probes(**more: Any) -> Probes:
    """Expect three, a second apart."""
    return Probes.model_validate({"link": "to-bastion", "probes": 3, "apart": "1s", **more})


def test_probes_are_met_when_the_last_of_them_came(stage: Stage) -> None:
    """The window judges that moment; what comes later does not matter."""
    assert look(stage, probes(), sent(1), sent(2, size=96), sent(3), sent(4)).at == SINCE + 3


def test_what_was_on_its_way_is_no_probe(stage: Stage) -> None:
    """A message within half an interval belongs to what was done before."""
    assert look(stage, probes(), sent(0.1, size=88), sent(1), sent(2), sent(3)).met
    assert not look(stage, probes(), sent(0.6), sent(1), sent(2), sent(3)).met


def test_answered_probes_are_those_that_the_server_speaks_after(stage: Stage) -> None:
    """A server that answers two of three has not answered all, however often it speaks."""
    wanted = probes(all_answered=True)
    answers = [sent(at, towards="client") for at in (1.01, 2.01, 3.01)]
    asked = [sent(1), sent(2), sent(3)]
    passed = [one for pair in zip(asked, answers, strict=True) for one in pair]
    assert look(stage, wanted, *passed).met
    assert not look(stage, wanted, *passed[:4], sent(2.5, towards="client"), passed[4]).met


def test_the_pieces_of_one_message_are_one_probe(stage: Stage) -> None:
    """A client that sends a packet to be ignored before each other one has asked once (RFC 4253, section 9.3.1)."""
    pieces = [one for at in (1, 2, 3) for one in (sent(at), sent(at + 0.001), sent(at + 0.01, towards="client"))]
    assert look(stage, probes(all_answered=True), *pieces).met
    assert look(stage, probes(), sent(1), sent(1.001), sent(2), sent(2.3), sent(3)).seen.endswith("1.0, 0.3 s apart")


def keepalive() -> KeepAliveSeen:
    """Expect a keep-alive."""
    return KeepAliveSeen.model_validate({"link": "to-bastion", "keepalive": "seen"})


def test_the_first_message_that_is_answered_is_the_keepalive(stage: Stage) -> None:
    """Its own time counts, not that of the answer; one before it that nobody answered does not."""
    sight = look(stage, keepalive(), sent(0.1), sent(2, size=64), sent(2.2, towards="client"))
    assert (sight.met, sight.at) == (True, SINCE + 2)


@pytest.mark.parametrize(
    "passed",
    [
        (sent(1), sent(2)),
        (sent(1, towards="client"), sent(2)),
        (sent(1), sent(2), sent(3, connection="b", towards="client")),
        (sent(-1), sent(1, towards="client")),
    ],
    ids=["asks for no answer", "the server spoke before", "another was answered", "asked before"],
)
def test_what_nobody_answers_is_no_keepalive(stage: Stage, passed: tuple[Passed, ...]) -> None:
    """It proves nothing about the server."""
    assert not look(stage, keepalive(), *passed).met


def test_probes_may_differ_in_size_and_follow_a_late_word(stage: Stage) -> None:
    """What is sent at once after the last step belongs to what was done before."""
    assert look(stage, probes(), sent(0.1, size=88), sent(1), sent(2, size=160), sent(3)).at == SINCE + 3


@pytest.mark.parametrize(
    "passed",
    [
        (),
        (sent(1), sent(2)),
        (sent(1), sent(1.5), sent(3)),
        (sent(-1), sent(1), sent(2)),
        (sent(1), sent(2), sent(3, towards="client")),
        (sent(1), sent(2), sent(3, connection="b")),
    ],
    ids=["none", "too few", "too close", "one before", "one of the server's", "one on another way"],
)
def test_anything_else_is_no_row_of_probes(stage: Stage, passed: tuple[Passed, ...]) -> None:
    """Each of these is what some faulty tunnel sends."""
    assert not look(stage, probes(), *passed).met


def test_a_link_is_quiet_only_while_the_client_sends_nothing(stage: Stage) -> None:
    """What the server says, and what was said before, does not count."""
    quiet = Quiet.model_validate({"link": "to-bastion", "sent": "nothing"})
    assert look(stage, quiet, sent(-1), sent(1, towards="client")).met
    assert not look(stage, quiet, sent(1)).met


@pytest.mark.parametrize(
    ("begun", "met"),
    [
        ((1, 2, 4), True),
        ((1, 2, 4, 4.1), True),
        ((1, 2), False),
        ((1, 1.5, 4), False),
        ((1, 2, 3), False),
        ((1, 2, 9), False),
    ],
    ids=["in order", "and more later", "too few", "first too soon", "second too soon", "too late"],
)
def test_gaps_are_compared_one_by_one(stage: Stage, begun: tuple[float, ...], met: bool) -> None:
    """The second delay is longer than the first, and none is endless."""
    gaps = Gaps.model_validate({"link": "to-bastion", "gaps": ["0.9s", "1.9s"], "at_most": "3s"})
    connections = [sent(at, connection=f"{at}") for at in begun]
    assert look(stage, gaps, *connections).met is met


def test_only_the_first_bytes_of_connections_that_began_since_make_gaps(stage: Stage) -> None:
    """An old connection that sends something more is no new attempt."""
    gaps = Gaps.model_validate({"link": "to-bastion", "gaps": ["0.9s"], "at_most": "3s"})
    old = [sent(-5, connection="old"), sent(1, connection="old")]
    assert not look(stage, gaps, *old, sent(2, connection="a"), sent(3, connection="a")).met
    assert look(stage, gaps, *old, sent(2, connection="a"), sent(3, connection="b")).met


def ended(*at: float | None) -> list[Any]:
    """Return connections that are held and were closed at these moments, None while they are open."""
    return [SimpleNamespace(ended_at=None if one is None else SINCE + one, close=lambda: None) for one in at]


@pytest.mark.parametrize(
    ("passed", "given_up", "count"),
    [
        ((1, 2, 3), 4, 3),
        ((1, 2, 3, 4), 4, 3),
        ((1, 2, 2.1), 3, 2),
        ((), 1, 0),
    ],
    ids=["each an interval apart", "a farewell", "one in two pieces", "given up without a question"],
)
def test_messages_without_an_answer_are_counted_until_the_server_is_given_up(
    stage: Stage, passed: tuple[float, ...], given_up: float, count: int
) -> None:
    """What the server answered, and what is said when all is over, does not count."""
    stage.held["held"] = ended(given_up)
    before = [sent(-2), sent(-1.9, towards="client")]
    vain = Unanswered.model_validate({"link": "to-bastion", "unanswered": count})
    assert look(stage, vain, *before, *map(sent, passed)).met
    more = Unanswered.model_validate({"link": "to-bastion", "unanswered": count + 1})
    assert not look(stage, more, *before, *map(sent, passed)).met


def test_nothing_is_counted_while_the_server_is_not_given_up(stage: Stage) -> None:
    """The last message may still be to come."""
    stage.held["held"] = ended(3, None)
    vain = Unanswered.model_validate({"link": "to-bastion", "unanswered": 1})
    assert not look(stage, vain, sent(-1, towards="client"), sent(1)).met
