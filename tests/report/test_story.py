"""What the entries of a timeline mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness import facts
from harness.facts import Kind
from harness.report import model
from harness.report.story import ConnectionSpan, Fault, State, Track, is_talk, read
from harness.timeline import Entry
from harness.verdict.result import Result

if TYPE_CHECKING:
    from conftest import MakeEntry, MakeFact, MakeResult, MakeStep, Outputs


@pytest.fixture
def only(make_result: MakeResult) -> Callable[..., Track]:
    """Returns the one track that some entries make."""

    def read_one(*entries: Entry) -> Track:
        (track,) = read(make_result(*entries, topology=None)).tracks
        return track

    return read_one


def test_a_fault_lasts_until_it_is_healed(make_fact: MakeFact, only: Callable[..., Track]) -> None:
    """A second one of the same name is another one."""
    cut, mended = facts.FaultBegan(name="cut of a"), facts.FaultHealed(name="cut of a")
    track = only(*(make_fact(at, "link", fact) for at, fact in enumerate((cut, mended, cut))))
    assert track.faults == (Fault("cut of a", 0, 1), Fault("cut of a", 2, None))


def test_a_reset_happens_once(make_fact: MakeFact, only: Callable[..., Track]) -> None:
    """Nobody heals it, and it is not in force to the end."""
    reset = facts.FaultBegan(name="reset of a", lasts=False)
    assert only(make_fact(2, "link", reset)).faults == (Fault("reset of a", 2, 2),)


def test_a_connection_has_its_two_ends(make_fact: MakeFact, only: Callable[..., Track]) -> None:
    """One of them may not have been seen; a number may be used again."""
    opened, closed = (facts.Connection(number=1, phase=phase) for phase in ("opened", "closed"))
    told = (facts.Connection(number=9, phase="closed"), opened, closed, opened)
    track = only(*(make_fact(at, "link", fact) for at, fact in enumerate(told)))
    assert track.connections == (ConnectionSpan(9, None, 0), ConnectionSpan(1, 1, 2), ConnectionSpan(1, 3, None))


def test_a_claimed_state_lasts_until_the_next_one_of_that_tunnel(
    make_fact: MakeFact, only: Callable[..., Track]
) -> None:
    """Two tunnels have two lives."""
    told = (
        facts.StateClaimed(tunnel="main", state="connected"),
        facts.StateClaimed(tunnel="second", state="connecting"),
        facts.StateClaimed(tunnel="main", state="failed", error="timeout at hop 0: none"),
    )
    track = only(*(make_fact(at, "client", fact) for at, fact in enumerate(told)))
    assert track.states == (
        State("main", "connected", 0, 2),
        State("second", "connecting", 1, None),
        State("main", "failed", 2, None),
    )
    assert [mark.label for mark in track.marks] == [
        "claims connected",
        "claims second connecting",
        "claims failed: timeout at hop 0: none",
    ]


@pytest.mark.parametrize(
    ("kind", "text", "label"),
    [
        ("observation", "2 of 2 connections closed", "client: 2 of 2 connections closed"),
        ("question", "answer 1: [hidden]", "answer 1: [hidden]"),
        ("claim", "ended: it was stopped", "ended: it was stopped"),
        ("fault", "stalled", "stalled"),
    ],
)
def test_what_happens_once_has_a_label(
    kind: Kind, text: str, label: str, make_entry: MakeEntry, only: Callable[..., Track]
) -> None:
    """Also where nothing but its words is known."""
    (mark,) = only(make_entry(1, "client", kind, text)).marks
    assert (mark.label, mark.text) == (label, f"client: {text}")


@pytest.mark.parametrize(
    ("fact", "label"),
    [
        (facts.Proof(name="stall of a", seen="12 bytes held"), "evidence: 12 bytes held"),
        (
            facts.Question(number=1, about="prompt", words="Your\nCode: ", message="{}"),
            r"asks 1: prompt 'Your\nCode: '",
        ),
        (facts.Reply(number=3, name="open", how="error", said="timeout:\nsilence"), "open: timeout: silence"),
    ],
)
def test_a_fact_is_told_in_one_line(
    fact: facts.AnyFact, label: str, make_fact: MakeFact, only: Callable[..., Track]
) -> None:
    """Whatever stands in the texts of others."""
    (mark,) = only(make_fact(1, "client", fact)).marks
    assert (mark.label, mark.text) == (label, f"client: {facts.words(fact)}")


@pytest.mark.parametrize(
    ("fact", "talk"),
    [
        (facts.Request(number=4, name="status main", message="{'id': 4}"), True),
        (facts.Reply(number=4, name="status main", how="ok", said="{'state': 'connected'}"), True),
        (facts.Reply(number=4, name="status main", how="error", said="internal: out of ideas"), False),
        (facts.StateClaimed(tunnel="main", state="connected"), False),
    ],
)
def test_talk_is_what_is_said_all_the_time(fact: facts.AnyFact, talk: bool, make_fact: MakeFact) -> None:
    """Polls are told apart from what they may reveal."""
    assert is_talk(make_fact(1, "client", fact)) is talk


def test_each_link_and_node_has_its_own_track_on_the_way_from_client_to_target(
    make_entry: MakeEntry, make_result: MakeResult
) -> None:
    """A lane of which nothing is known is there all the same."""
    timeline = (
        make_entry(1, "bastion", "log", "a", "bastion1"),
        make_entry(2, "link", "connection", "connection 1 opened", "to-bastion1"),
        make_entry(3, "bastion", "log", "b", "bastion2"),
        make_entry(4, "client", "claim", "c", "mine"),
    )
    names = [(track.name, track.is_empty) for track in read(make_result(*timeline)).tracks]
    assert names == [
        ("client", False),
        ("to-bastion1", False),
        ("bastion1", False),
        ("bastion2", False),
        ("target", True),
    ]


def test_a_story_begins_with_the_first_step_and_ends_with_the_last_thing(make_step: MakeStep, frozen: Result) -> None:
    """How long the adapter took to start is not part of it."""
    story = read(frozen)
    assert (story.begin, story.end) == (1.0, 7.0)
    assert story.failing == make_step("expect: closed", 2.1, 4.8, "failed")


def test_a_real_run_is_understood(mended: Outputs) -> None:
    """Fault, evidence, connections and states of a link that was cut and mended."""
    (cut,) = model.read(mended.folder / "report.jsonl").results
    tracks = {track.name: track for track in read(cut).tracks}
    (fault,) = tracks["to-bastion"].faults
    assert fault.name == "cut of to-bastion"
    assert fault.ended is not None
    first, second = tracks["to-bastion"].connections
    assert None not in {first.opened, first.closed, second.opened, second.closed}
    assert [mark.kind for mark in tracks["to-bastion"].marks] == ["evidence"]
    states = [state.state for state in tracks["client"].states]
    assert states == ["connecting", "connected", "reconnecting", "connected", "closed"]
