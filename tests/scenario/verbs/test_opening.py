"""Verbs that ask for tunnels: one, several at once, again and again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from harness.adapter.driver import NoAnswer, Refused
from harness.adapter.profile import Local, Profile
from harness.adapter.protocol import ErrorDetail, OpenOk
from harness.address import Address
from harness.errors import Failed, UsageError
from harness.scenario.language.verb import Verb
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs import tunnel
from harness.scenario.verbs.opening import Begin, Finish
from harness.scenario.verbs.tunnel import Close, Cycle, Open, OpenTogether, Reopen

from ..standins import Clock, Profiles

HERE = Address("127.0.0.1", 60000)
ELSEWHERE = Address("127.0.0.1", 60001)
NO_ENTRY = ErrorDetail(code="auth-failed", message="no entry")
Answer = Address | ErrorDetail | None


def verb(kind: type[Verb], **arguments: Any) -> Any:
    """Return the step as a scenario file would have it."""
    return kind.read(arguments, {})


@dataclass
class Scripted:
    """An adapter that answers the n-th open with the n-th answer, when it was waited for so long; to None never."""

    answers: list[Answer]
    asked: list[str] = field(default_factory=list)
    asked_before_first_wait: int | None = None
    closed: list[str] = field(default_factory=list)
    takes: float = 0.0
    sleep: Callable[[float], object] = time.sleep

    def begin_open(self, tunnel: str, _profile: Profile) -> _Reply:
        self.asked.append(tunnel)
        return _Reply(self, self.answers[len(self.asked) - 1])

    def open(self, tunnel: str, profile: Profile, timeout: float) -> OpenOk:
        return self.begin_open(tunnel, profile).wait(timeout)

    def close(self, tunnel: str, timeout: float) -> None:
        assert timeout > 0
        self.closed.append(tunnel)


@dataclass
class _Reply:
    adapter: Scripted
    answer: Answer

    def wait(self, timeout: float) -> OpenOk:
        if self.adapter.asked_before_first_wait is None:
            self.adapter.asked_before_first_wait = len(self.adapter.asked)
        match self.answer:
            case None:
                self.adapter.sleep(timeout)
                raise NoAnswer("silence")
            case Address(host, port):
                self.adapter.sleep(self.adapter.takes)
                return OpenOk(host=host, port=port)
            case detail:
                raise Refused(detail)


def answering(stage: Stage, *answers: Answer) -> Scripted:
    """Put an adapter on the stage that gives these answers."""
    adapter = Scripted(list(answers))
    stage.adapter = adapter  # type: ignore[assignment]
    return adapter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the verbs."""
    made = Clock()
    monkeypatch.setattr(tunnel, "time", made)
    return made


def open_at(stage: Stage, address: Address) -> Tunnel:
    """Let a tunnel be open at ``address``."""
    stage.tunnels["main"] = Tunnel(stage.profiles.build(None), address, address)  # type: ignore[arg-type]
    return stage.tunnels["main"]


def test_begin_does_not_wait(stage: Stage) -> None:
    """Other steps happen while the tunnel opens."""
    adapter = answering(stage, None)
    verb(Begin).run(stage)
    assert (adapter.asked, adapter.asked_before_first_wait, stage.tunnels) == (["main"], None, {})


def test_finish_knows_the_tunnel_that_was_begun(stage: Stage) -> None:
    """Later steps use it by its name."""
    answering(stage, HERE)
    verb(Begin, **{"as": "slow"}).run(stage)
    Finish(tunnel="slow").run(stage)
    assert stage.tunnel("slow").address == HERE
    assert not stage.opening


@pytest.mark.parametrize(("answer", "complaint"), [(None, "no answer"), (NO_ENTRY, "auth-failed")])
def test_finish_tells_how_an_opening_failed(stage: Stage, answer: Answer, complaint: str) -> None:
    """In time, also where no answer comes."""
    answering(stage, answer)
    verb(Begin).run(stage)
    with pytest.raises(Failed, match=complaint):
        Finish(within="50ms").run(stage)  # type: ignore[arg-type]


def test_finish_without_begin_is_a_mistake_of_the_scenario(stage: Stage) -> None:
    """It says nothing about the tunnel."""
    with pytest.raises(UsageError, match="no tunnel 'main' was begun"):
        Finish().run(stage)


def test_a_tunnel_that_is_still_opening_can_be_closed(stage: Stage) -> None:
    """It has no endpoint yet, and a name."""
    adapter = answering(stage, None)
    verb(Begin).run(stage)
    Close().run(stage)
    assert adapter.closed == ["main"]


def test_reopen_asks_as_often_as_it_says_before_any_answer(stage: Stage) -> None:
    """Requests that come one after the other would not meet each other."""
    adapter = answering(stage, HERE, HERE, HERE)
    verb(Reopen, times=3).run(stage)
    assert adapter.asked_before_first_wait == 3


def test_reopen_takes_two_endpoints_for_two_tunnels(stage: Stage) -> None:
    """One of them is a tunnel that nobody closes."""
    answering(stage, HERE, ELSEWHERE)
    with pytest.raises(Failed, match="one endpoint"):
        verb(Reopen, times=2).run(stage)


def test_the_endpoint_of_an_open_tunnel_stays(stage: Stage) -> None:
    """Clients are configured with it."""
    open_at(stage, HERE)
    answering(stage, ELSEWHERE)
    with pytest.raises(Failed, match=r"127\.0\.0\.1:60001, and 127\.0\.0\.1:60000 before"):
        verb(Reopen).run(stage)


def test_another_profile_may_have_another_endpoint(stage: Stage, profiles: Profiles) -> None:
    """The tunnel is then the new one; where it was first is not forgotten."""
    open_at(stage, HERE)
    profiles.becomes(local=Local(port=60001))
    answering(stage, ELSEWHERE)
    verb(Reopen).run(stage)
    assert (stage.tunnel("main").address, stage.tunnel("main").first_address) == (ELSEWHERE, HERE)


def test_a_replacement_that_is_refused_leaves_the_tunnel_as_it_was(stage: Stage) -> None:
    """Later steps still use the old one."""
    before = open_at(stage, HERE)
    answering(stage, NO_ENTRY)
    verb(Reopen, error="auth-failed").run(stage)
    assert stage.tunnel("main") is before


@pytest.mark.parametrize("answers", [(NO_ENTRY, HERE), (HERE, NO_ENTRY)])
@pytest.mark.parametrize("error", [None, "auth-failed"])
def test_reopen_judges_every_answer(stage: Stage, answers: tuple[Answer, ...], error: str | None) -> None:
    """One success among refusals, and one refusal among successes, are wrong."""
    answering(stage, *answers)
    with pytest.raises(Failed):
        verb(Reopen, times=2, error=error).run(stage)


def test_several_tunnels_are_asked_for_before_the_first_answer(stage: Stage) -> None:
    """And known by their numbers."""
    adapter = answering(stage, HERE, ELSEWHERE)
    verb(OpenTogether, count=2).run(stage)
    assert adapter.asked_before_first_wait == 2
    assert [stage.tunnel(f"main-{number}").address for number in (1, 2)] == [HERE, ELSEWHERE]


def test_the_one_that_was_refused_is_named(stage: Stage) -> None:
    """Among ten it is hard to find."""
    answering(stage, HERE, NO_ENTRY)
    with pytest.raises(Failed, match=r"main-2: auth-failed \(no entry\)"):
        verb(OpenTogether, count=2).run(stage)


def test_all_of_several_share_one_limit(stage: Stage, clock: Clock) -> None:
    """Five that never answer take no longer than one."""
    answering(stage, *[None] * 5).sleep = clock.sleep
    began = clock.now
    with pytest.raises(Failed, match="main-1 did not"):
        verb(OpenTogether, count=5, within="2s").run(stage)
    assert clock.now - began == 2


def test_the_time_of_the_first_is_not_given_to_the_second(stage: Stage, clock: Clock) -> None:
    """What is left of the limit is what the later ones have."""
    adapter = answering(stage, HERE, None)
    adapter.takes, adapter.sleep = 1.5, clock.sleep
    began = clock.now
    with pytest.raises(Failed, match="main-2 did not"):
        verb(OpenTogether, count=2, within="2s").run(stage)
    assert clock.now - began == 2


def test_several_tunnels_are_not_asked_to_fail() -> None:
    """An error that is not looked at would be a check that cannot fail."""
    with pytest.raises(ValueError, match="open_together"):
        verb(OpenTogether, count=2, error="auth-failed")


def test_a_cycle_opens_and_closes_each_time(stage: Stage, echoing: Address) -> None:
    """As often as it says."""
    adapter = answering(stage, *[echoing] * 3)
    verb(Cycle, times=3).run(stage)
    assert (adapter.asked, adapter.closed) == (["main"] * 3, ["main"] * 3)


def test_a_cycle_fails_with_the_opening_that_fails(stage: Stage, echoing: Address) -> None:
    """However many went well before."""
    answering(stage, echoing, echoing, NO_ENTRY)
    with pytest.raises(Failed, match="no entry"):
        verb(Cycle, times=3).run(stage)


def test_a_cycle_sees_that_each_tunnel_carries_bytes(stage: Stage) -> None:
    """An endpoint where nothing listens is no tunnel."""
    answering(stage, Address("127.0.0.1", 1))
    with pytest.raises(Failed, match="accept a connection"):
        verb(Cycle, times=1).run(stage)


def test_each_opening_of_a_cycle_with_an_error_must_fail(stage: Stage) -> None:
    """One that succeeds is wrong, and none is closed."""
    adapter = answering(stage, NO_ENTRY, HERE)
    with pytest.raises(Failed, match="reported success"):
        verb(Cycle, times=2, error="auth-failed").run(stage)
    assert not adapter.closed


def test_a_cycle_that_may_fail_uses_only_what_opened(stage: Stage, echoing: Address) -> None:
    """Not the tunnel of the time before."""
    adapter = answering(stage, echoing, NO_ENTRY)
    verb(Cycle, times=2, may_fail="auth-failed").run(stage)
    assert adapter.closed == ["main"]


def test_the_same_port_again_is_the_one_of_the_tunnel_that_is_named(stage: Stage, profiles: Profiles) -> None:
    """``port_of`` names another tunnel; without it, it is the one that is opened."""
    open_at(stage, HERE)
    answering(stage, ELSEWHERE, HERE)
    verb(Open, **{"as": "other", "port_of": "main"}).run(stage)
    verb(Open, **{"as": "other"}).run(stage)
    assert profiles.again[-2:] == [60000, 60001]
