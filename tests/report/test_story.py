"""What the entries of a timeline mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from harness.report import model
from harness.report.story import Connection, Fault, State, Track, is_talk, read
from harness.timeline import Entry, Kind
from harness.verdict.result import Result

if TYPE_CHECKING:
    from conftest import MakeEntry, MakeResult, MakeStep, Outputs


@pytest.fixture
def only(make_result: MakeResult) -> Callable[..., Track]:
    """Returns the one track that some entries make."""

    def read_one(*entries: Entry) -> Track:
        (track,) = read(make_result(*entries, topology=None)).tracks
        return track

    return read_one


def test_a_fault_lasts_until_it_is_healed(make_entry: MakeEntry, only: Callable[..., Track]) -> None:
    """A second one of the same name is another one."""
    words = ("in force", "healed", "in force")
    track = only(*(make_entry(at, "link", "fault", f"cut of a: {text}") for at, text in enumerate(words)))
    assert track.faults == (Fault("cut of a", 0, 1), Fault("cut of a", 2, None))


def test_a_reset_happens_once(make_entry: MakeEntry, only: Callable[..., Track]) -> None:
    """Nobody heals it, and it is not in force to the end."""
    assert only(make_entry(2, "link", "fault", "reset of a: in force")).faults == (Fault("reset of a", 2, 2),)


def test_a_connection_has_its_two_ends(make_entry: MakeEntry, only: Callable[..., Track]) -> None:
    """One of them may not have been seen; a number may be used again."""
    told = (
        (0, "connection 9 closed"),
        (1, "connection 1 opened"),
        (2, "connection 1 closed"),
        (3, "connection 1 opened"),
    )
    track = only(*(make_entry(at, "link", "connection", text) for at, text in told))
    assert track.connections == (Connection(9, None, 0), Connection(1, 1, 2), Connection(1, 3, None))


def test_a_claimed_state_lasts_until_the_next_one_of_that_tunnel(
    make_entry: MakeEntry, only: Callable[..., Track]
) -> None:
    """Two tunnels have two lives."""
    told = ("main is connected", "second is connecting", "main is failed: timeout at hop 0: none")
    track = only(*(make_entry(at, "client", "claim", f"tunnel {text}") for at, text in enumerate(told)))
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
        ("evidence", "stall of a: 12 bytes held", "evidence: 12 bytes held"),
        ("observation", "2 of 2 connections closed", "client: 2 of 2 connections closed"),
        (
            "question",
            "asks 1: {'ask': 1, 'kind': 'prompt', 'hop': 0, 'text': 'Code: ', 'echo': False}",
            "asks 1: prompt 'Code: '",
        ),
        ("question", "answer 1: [hidden]", "answer 1: [hidden]"),
        ("claim", "reply 3 to open main: error timeout at hop 0: silence", "open main: timeout at hop 0: silence"),
        ("claim", "ended: it was stopped", "ended: it was stopped"),
        ("fault", "stalled", "stalled"),
    ],
)
def test_what_happens_once_has_a_label(
    kind: Kind, text: str, label: str, make_entry: MakeEntry, only: Callable[..., Track]
) -> None:
    """Also in words that nobody knows."""
    (mark,) = only(make_entry(1, "client", kind, text)).marks
    assert (mark.label, mark.text) == (label, f"client: {text}")


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("request 4: status main {'id': 4}", True),
        ("reply 4 to status main: ok {'state': 'connected'}", True),
        ("reply 4 to status main: error internal: out of ideas", False),
        ("tunnel main is connected", False),
    ],
)
def test_talk_is_what_is_said_all_the_time(text: str, talk: bool, make_entry: MakeEntry) -> None:
    """Polls are told apart from what they may reveal."""
    assert is_talk(make_entry(1, "client", "claim", text)) is talk


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


def test_the_words_of_a_real_run_are_understood(mended: Outputs) -> None:
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
