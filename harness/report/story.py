"""What the entries of a timeline mean: faults from start to end, connections, claimed states, marks.

What is known of an entry stands in its fact (``harness/facts.py``); one that has only words is a mark with these.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from harness import facts
from harness.timeline import Entry, Lane
from harness.verdict.result import Result, StepResult

LANES: tuple[Lane, ...] = ("harness", "client", "link", "bastion", "target")
"""From the user to the target, as a connection goes."""

_ALWAYS: frozenset[Lane] = frozenset({"client", "link", "bastion", "target"})

MarkKind = Literal["fault", "evidence", "state", "error", "question", "observation", "connection", "claim"]
TickKind = Literal["keep-alives", "requests", "log"]


@dataclass(frozen=True)
class Fault:
    """A fault in force from ``began`` to ``ended`` seconds; None: to the end of the scenario."""

    name: str
    began: float
    ended: float | None


@dataclass(frozen=True)
class ConnectionSpan:
    """One connection through a link; None where its beginning or its end was not seen."""

    number: int
    opened: float | None
    closed: float | None


@dataclass(frozen=True)
class State:
    """What the implementation claimed of one tunnel from ``began`` to ``ended`` seconds; None: to the end."""

    tunnel: str
    state: str
    began: float
    ended: float | None


@dataclass(frozen=True)
class Mark:
    """Something that happened once and deserves a label; ``text`` is the whole of it."""

    at: float
    kind: MarkKind
    label: str
    text: str


@dataclass(frozen=True)
class Track:
    """What happened at one place: the client, one link, one bastion, the target."""

    lane: Lane
    name: str
    faults: tuple[Fault, ...]
    states: tuple[State, ...]
    connections: tuple[ConnectionSpan, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[TickKind, tuple[Entry, ...]], ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is known of this place."""
        return not (self.faults or self.states or self.connections or self.marks or self.ticks)


@dataclass(frozen=True)
class Story:
    """A whole scenario. ``begin`` and ``end`` bound what is told, in seconds since the scenario began."""

    begin: float
    end: float
    steps: tuple[StepResult, ...]
    tracks: tuple[Track, ...]

    @property
    def failing(self) -> StepResult | None:
        """The step that did not get done."""
        return next((step for step in self.steps if step.ended != "done"), None)


def read(result: Result) -> Story:
    """Return what the timeline of ``result`` tells; it begins with the first step, where there is one."""
    places: dict[tuple[Lane, str], list[Entry]] = {}
    for entry in result.timeline:
        if entry.kind != "step":
            places.setdefault((entry.lane, _place(entry)), []).append(entry)
    if places and result.topology is not None:
        for lane in sorted(_ALWAYS - {lane for lane, _ in places}):
            places[lane, lane] = []
    ordered = sorted(places, key=lambda place: LANES.index(place[0]))
    moments = [entry.at for entry in result.timeline]
    ends = [*moments, *(step.at + step.seconds for step in result.steps)]
    begin = result.steps[0].at if result.steps else min(moments, default=0.0)
    return Story(
        begin=begin,
        end=max([*ends, begin]),
        steps=result.steps,
        tracks=tuple(_track(lane, name, places[lane, name]) for lane, name in ordered),
    )


def moment_of(step: StepResult) -> float:
    """Return when a step ended: where it did not get done, the moment of failure."""
    return step.at + step.seconds


def is_talk(entry: Entry) -> bool:
    """Tell whether an entry is a request, or a reply that is not an error: what every adapter says all the time."""
    match entry.fact:
        case facts.Request():
            return True
        case facts.Reply(how=how):
            return how != "error"
        case _:
            return False


def _place(entry: Entry) -> str:
    """Return the place within the lane: its source, except where sources are voices, not places."""
    return entry.lane if entry.lane in {"harness", "client"} else entry.source


def _line(text: str) -> str:
    return " ".join(text.split())


def _track(lane: Lane, name: str, entries: list[Entry]) -> Track:
    ticks: dict[TickKind, list[Entry]] = {}
    marks = []
    for entry in entries:
        match _reading(entry):
            case Mark() as mark:
                marks.append(mark)
            case str() as kind:
                ticks.setdefault(kind, []).append(entry)
    return Track(
        lane=lane,
        name=name,
        faults=tuple(_faults(entries)),
        states=tuple(_states(entries)),
        connections=tuple(_connections(entries)),
        marks=tuple(marks),
        ticks=tuple((kind, tuple(there)) for kind, there in sorted(ticks.items())),
    )


def _reading(entry: Entry) -> Mark | TickKind | None:
    """Return what an entry is by itself, None where it is the beginning or the end of something."""
    match entry.fact:
        case facts.FaultBegan() | facts.FaultHealed() | facts.Connection():
            return None
        case facts.Proof(seen=seen):
            return _mark(entry, "evidence", f"evidence: {seen}")
        case facts.StateClaimed(tunnel=tunnel, state=state, error=error):
            name = "" if tunnel == "main" else f"{tunnel} "
            return _mark(entry, "state", f"claims {name}{state}" + (f": {error}" if error else ""))
        case facts.Reply(how="error", name=name, said=said):
            return _mark(entry, "error", f"{name}: {said}")
        case facts.Request() | facts.Reply():
            return "requests"
        case facts.Question(number=number, about=about, words=words):
            return _mark(entry, "question", f"asks {number}: {about} {words!r}")
        case None:
            return _words(entry)


def _words(entry: Entry) -> Mark | TickKind | None:
    """Return what an entry is of which nothing but its kind and its text is known."""
    match entry.kind:
        case "keepalive":
            return "keep-alives"
        case "log":
            return "log"
        case "observation" if entry.lane == "client":
            return _mark(entry, "observation", f"{entry.source}: {entry.text}")
        case "step":
            return None
        case kind:
            return _mark(entry, kind, entry.text)


def _mark(entry: Entry, kind: MarkKind, label: str) -> Mark:
    return Mark(at=entry.at, kind=kind, label=_line(label), text=f"{entry.source}: {entry.text}")


def _faults(entries: Iterable[Entry]) -> list[Fault]:
    found: list[Fault] = []
    for entry in entries:
        match entry.fact:
            case facts.FaultBegan(name=name, lasts=lasts):
                found.append(Fault(name, entry.at, None if lasts else entry.at))
            case facts.FaultHealed(name=name):
                for index in reversed(range(len(found))):
                    if found[index].name == name and found[index].ended is None:
                        found[index] = Fault(name, found[index].began, entry.at)
                        break
    return found


def _connections(entries: Iterable[Entry]) -> list[ConnectionSpan]:
    found: list[ConnectionSpan] = []
    live: dict[int, int] = {}
    for entry in entries:
        if not isinstance(entry.fact, facts.Connection):
            continue
        number = entry.fact.number
        if entry.fact.phase == "opened":
            live[number] = len(found)
            found.append(ConnectionSpan(number, entry.at, None))
        elif number in live:
            index = live.pop(number)
            found[index] = ConnectionSpan(number, found[index].opened, entry.at)
        else:
            found.append(ConnectionSpan(number, None, entry.at))
    return found


def _states(entries: Iterable[Entry]) -> list[State]:
    found: list[State] = []
    last: dict[str, int] = {}
    for entry in entries:
        if not isinstance(entry.fact, facts.StateClaimed):
            continue
        tunnel, state = entry.fact.tunnel, entry.fact.state
        if tunnel in last:
            before = found[last[tunnel]]
            found[last[tunnel]] = State(before.tunnel, before.state, before.began, entry.at)
        last[tunnel] = len(found)
        found.append(State(tunnel, state, entry.at, None))
    return found
