"""One track: the faults in force there, the claimed states, the connections, the marks, the ticks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.picture.marks import draw_marks, tooltip
from harness.report.picture.measure import fit, width
from harness.report.picture.page import EDGE, LEFT, ROW, SIZE, WIDTH, Page
from harness.report.picture.palette import STATES
from harness.report.picture.rows import Extent, arrange
from harness.report.story import ConnectionSpan, Fault, State, Track

_PAD = 4.0
_LINE = 7.0
_TICK = 3.0
_THINNEST = 3.0
_MOST_CONNECTIONS = 8
_MOST_FAULTS = 8


@dataclass(frozen=True)
class _Things:
    """Things of one row that need no label: their row's name, and when each was."""

    name: str
    told: Sequence[tuple[float, str]]


def draw_track(page: Page, track: Track, end: float, y: float) -> float:
    """Draw it from ``y`` downwards, until ``end`` seconds; return where the next part begins."""
    top = y
    y += _PAD
    page.gutter(y, track.name if track.name.startswith(track.lane) else f"{track.lane} {track.name}", bold=True)
    if track.is_empty:
        page.front.text(LEFT, y + 12, "nothing recorded", "muted", SIZE)
    y, unnamed = _draw_faults(page, track.faults, end, y)
    for tunnel in dict.fromkeys(state.tunnel for state in track.states):
        y = _draw_states(page, [state for state in track.states if state.tunnel == tunnel], end, y)
    if track.connections:
        y = _draw_connections(page, track.connections, end, y)
    y, rest = draw_marks(page, track.marks, y)
    things = [_Things(kind, [(one.at, f"{one.source}: {one.text}") for one in ticks]) for kind, ticks in track.ticks]
    if more := [*unnamed, *((mark.at, mark.text) for mark in rest)]:
        things.append(_Things("more", more))
    for one in things:
        y = _draw_ticks(page, one, y)
    y += _PAD
    page.ground.rect(0, top, WIDTH, y - top, "track")
    for fault in track.faults:
        left, right = _span(page, fault.began, fault.ended, end)
        page.ground.rect(left, top, right - left, y - top, "shade")
    return y + 4


def _span(page: Page, began: float | None, ended: float | None, end: float) -> tuple[float, float]:
    left = page.axis.x(page.axis.begin if began is None else began)
    return left, max(page.axis.x(end if ended is None else ended), left + _THINNEST)


def _draw_faults(page: Page, faults: tuple[Fault, ...], end: float, y: float) -> tuple[float, list[tuple[float, str]]]:
    """Draw a strip for each, with its name; return where the next part begins, and those for which there is no room.

    Where there are no faults, the track's name still needs its row.
    """
    spans = [_span(page, fault.began, fault.ended, end) for fault in faults]
    labels = [fit(_in_force(fault), EDGE - left - 6, SIZE) for fault, (left, _) in zip(faults, spans, strict=True)]
    extents = [
        Extent(left, max(right, left + width(label, SIZE) + 12))
        for (left, right), label in zip(spans, labels, strict=True)
    ]
    rows = arrange(extents, _MOST_FAULTS)
    unnamed = []
    for fault, (left, right), label, row in zip(faults, spans, labels, rows, strict=True):
        if row is None:
            unnamed.append((fault.began, _in_force(fault)))
        else:
            group = page.front.group("fault", _in_force(fault))
            group.rect(left, y + row * ROW, right - left, ROW - 1, "strip")
            group.text(left + 6, y + row * ROW + 12, label, "ink", SIZE)
    return y + ROW * (1 + max((row for row in rows if row is not None), default=0)), unnamed


def _in_force(fault: Fault) -> str:
    match fault.ended:
        case None:
            return f"{fault.name}: from {fault.began:.3f} s to the end"
        case fault.began:
            return f"{fault.name}: once, at {fault.began:.3f} s"
        case ended:
            return f"{fault.name}: {fault.began:.3f} s to {ended:.3f} s"


def _draw_states(page: Page, states: list[State], end: float, y: float) -> float:
    tunnel = states[0].tunnel
    page.gutter(y, "claimed state" if tunnel == "main" else f"state of {tunnel}")
    for state in states:
        left, right = _span(page, state.began, state.ended, end)
        until = "the end" if state.ended is None else f"{state.ended:.3f} s"
        group = page.front.group("state", f"{state.tunnel}: {state.state}, {state.began:.3f} s to {until}")
        group.rect(left, y + 1, right - left, ROW - 2, STATES[state.state].name)
        if width(state.state, SIZE) + 8 <= right - left:
            group.text(left + 4, y + 12, state.state, "ink", SIZE)
    return y + ROW


def _draw_connections(page: Page, connections: tuple[ConnectionSpan, ...], end: float, y: float) -> float:
    """Draw a line for each; those for which there is no room share the last row."""
    spans = [_span(page, one.opened, one.closed, end) for one in connections]
    rows = arrange([Extent(left, right + 2) for left, right in spans], _MOST_CONNECTIONS)
    used = 1 + max((row for row in rows if row is not None), default=0)
    page.gutter(y, f"connections · {len(connections)}")
    for connection, (left, right), row in zip(connections, spans, rows, strict=True):
        middle = y + (used if row is None else row) * _LINE + ROW / 2
        group = page.front.group("connection-line", _opened(connection))
        group.line(left, middle, right, middle, "connection" if connection.closed is not None else "connection-open")
        if connection.opened is not None:
            group.line(left, middle - 3, left, middle + 3, "connection")
        if connection.closed is not None:
            group.line(right, middle - 3, right, middle + 3, "connection")
    return y + ROW + (used - 1 + (None in rows)) * _LINE


def _opened(connection: ConnectionSpan) -> str:
    opened = "before" if connection.opened is None else f"{connection.opened:.3f} s"
    closed = "the end" if connection.closed is None else f"{connection.closed:.3f} s"
    return f"connection {connection.number}: {opened} to {closed}"


def _draw_ticks(page: Page, things: _Things, y: float) -> float:
    """Draw a tick where something happened; many at one place are one, the higher the more they are."""
    page.gutter(y, f"{things.name} · {len(things.told)}")
    buckets: dict[int, list[tuple[float, str]]] = {}
    for at, text in things.told:
        buckets.setdefault(round(page.axis.x(at) / _TICK), []).append((at, text))
    for place, there in sorted(buckets.items()):
        height = min(4 + 2 * len(there), ROW - 2)
        group = page.front.group("ticks", tooltip(there))
        group.line(place * _TICK, y + ROW - 1 - height, place * _TICK, y + ROW - 1, "tick")
    return y + ROW
