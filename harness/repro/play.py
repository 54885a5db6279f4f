"""From a report to what is played of it: a scenario of steps, and what may be expected of a tunnel in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.repro import policy
from harness.repro.judgement import Expected
from harness.repro.look import Ask, Look, Mark, Moment, Notes, Use
from harness.repro.network import KeepAlive, Place, Plan
from harness.repro.report import Report
from harness.repro.scale import Scale
from harness.repro.steps import duration, numbered, of, step
from harness.scenario.language.model import Scenario, ScenarioFile, Step
from harness.scenario.verbs.tunnel import Open
from harness.world.topology import Topology, topologies

SLACK = 2.0
"""Seconds by which anything may be late: a busy core, and what a restarted server takes to listen."""
_SHORTEST_INTERVAL = 1.0
"""Seconds; ServerAliveInterval of ssh_config(5) is a whole number of them."""
_SHORTEST_DELAY = 0.2
_SHORTEST_BOUND = 2.0
"""Seconds that connecting may always take: the arithmetic of a login cannot be scaled."""
_LONGER = 0.5
"""Seconds by which a tunnel is idle for longer than what a network allows."""
_SPARE = 0.5
"""Seconds by which a connection that must survive does so as it is played: neither tunnel nor network is more exact."""
_TOPOLOGIES = {1: "single_bastion", 2: "two_hop"}
RELIED_ON = frozenset({"keepalive", "reconnect", "timeouts.connect", "timeouts.open"})
"""The features that an implementation may lack: a report is then played without the settings for them."""


@dataclass(frozen=True)
class Play:
    """What is run, what its steps note, what may be expected, and what became of the report's times."""

    scenario: Scenario
    notes: Notes
    expected: Expected
    scale: Scale


@dataclass(frozen=True)
class Settings:
    """The tunnel's settings as played, in seconds. Keep-alives that are off have the ``interval`` 0."""

    interval: float
    count: int
    attempts: int
    first_delay: float
    max_delay: float
    connect: float
    open: float

    @property
    def budget(self) -> float:
        """In which time a silent peer must be declared dead at the latest (LIV-4)."""
        return self.interval * (self.count + 1)

    @property
    def tries_for(self) -> float:
        """For how long at least it is tried to reconnect, which is the sum of the delays."""
        return sum(min(self.first_delay * 2.0**number, self.max_delay) for number in range(self.attempts))


def play_of(name: str, report: Report, *, factor: float | None = None, relied_on: frozenset[str] = RELIED_ON) -> Play:
    """Return the play of a report, its times divided by ``factor`` or by the report's own.

    ``relied_on`` are the features of :data:`RELIED_ON` that the implementation has. Raises UsageError where the scale
    is too much for this report.
    """
    scale = Scale(report.factor if factor is None else factor)
    topology = topologies()[_TOPOLOGIES[report.tunnel.hops]]
    place = _place(topology, report.hop)
    settings = _settings(report, scale, relied_on)
    plan = report.network.plan(scale, place)
    tunnel = _tunnel(report, settings, relied_on)
    notes = Notes()
    steps = numbered(_steps(report, plan, settings, scale, tunnel, notes))
    expected = _expected(report, plan, settings)
    _check_spare(report, plan, settings, expected, scale)
    bastions = {place.node: {"policy": policy.scaled(report.server, scale)}} if report.server else {}
    spec = ScenarioFile.model_validate(
        {
            "title": report.title,
            "covers": expected.covers,
            "topology": topology.name,
            "tunnel": tunnel,
            "bastions": bastions,
            "steps": [one.text for one in steps],
        }
    )
    scenario = Scenario(f"repro/{name}", "repro", Path(name), 1, spec, steps, "must", "resilience")
    return Play(scenario, notes, expected, scale)


def _place(topology: Topology, hop: int) -> Place:
    node = topology.bastions[hop - 1]
    return Place(node, next(link.name for link in topology.links if link.leads_to == node))


def _settings(report: Report, scale: Scale, relied_on: frozenset[str]) -> Settings:
    keepalive, reconnect, timeouts = report.tunnel.keepalive, report.tunnel.reconnect, report.tunnel.timeouts
    interval = keepalive.interval if "keepalive" in relied_on else 0.0
    played = scale.play("keep-alive interval", interval, least=_SHORTEST_INTERVAL)
    first = scale.play("first delay", reconnect.first_delay, least=_SHORTEST_DELAY)
    return Settings(
        interval=played,
        count=keepalive.count,
        attempts=reconnect.attempts if "reconnect" in relied_on else 0,
        first_delay=first,
        max_delay=max(first, scale.play("longest delay", reconnect.max_delay, least=_SHORTEST_DELAY)),
        connect=scale.play("time to connect", timeouts.connect, least=_SHORTEST_BOUND),
        open=scale.play("time to open", timeouts.open, least=_SHORTEST_BOUND),
    )


def _tunnel(report: Report, settings: Settings, relied_on: frozenset[str]) -> dict[str, Any]:
    """Return ``tunnel:`` as a scenario file would have it."""
    given: dict[str, Any] = {
        "keepalive": {"interval": duration(settings.interval), "count": settings.count},
        "reconnect": {
            "attempts": settings.attempts,
            "first_delay": duration(settings.first_delay),
            "max_delay": duration(settings.max_delay),
        },
    }
    limits = {"connect": settings.connect, "open": settings.open}
    return {
        **{feature: said for feature, said in given.items() if feature in relied_on},
        "timeouts": {name: duration(limit) for name, limit in limits.items() if f"timeouts.{name}" in relied_on},
        "dial": report.network.dial,
    }


def _steps(
    report: Report, plan: Plan, settings: Settings, scale: Scale, tunnel: dict[str, Any], notes: Notes
) -> Iterator[Step]:
    patience = settings.budget if settings.interval else settings.open
    ask = of(Ask(notes=notes, within=patience + SLACK))
    yield of(Open.read(None, tunnel))
    yield step("connect")
    yield _mark(notes, "began")
    yield from plan.before
    if plan.before and plan.deadly_after:
        yield _mark(notes, "struck")
    yield from _pause(report, plan, scale, notes)
    yield from _strike(plan, notes)
    if plan.at == "strike":
        yield ask
    yield from _wait(plan.lasts + max(0.0, report.pause - report.network.strikes_after(report.pause)) / scale.factor)
    yield from _heal(plan, notes)
    if plan.at == "healing":
        yield ask
    yield of(_look(plan, settings, notes))


def _pause(report: Report, plan: Plan, scale: Scale, notes: Notes) -> Iterator[Step]:
    """Leave the tunnel idle, or use it, until something strikes or what is in force has killed it."""
    least = plan.deadly_after + _LONGER if plan.before and plan.deadly_after else 0.0
    time = scale.play("busy" if report.busy else "idle", report.network.strikes_after(report.pause), least=least)
    if time and report.busy:
        yield of(Use(notes=notes, time=time, rate=report.network.carries()), time=duration(time))
    else:
        yield from _wait(time)


def _strike(plan: Plan, notes: Notes) -> Iterator[Step]:
    yield from plan.strikes
    if plan.strikes:
        yield _mark(notes, "struck")


def _heal(plan: Plan, notes: Notes) -> Iterator[Step]:
    yield from plan.heals
    if plan.sleeps:
        yield _mark(notes, "awake")
    if plan.way_back:
        yield _mark(notes, "back")


def _look(plan: Plan, settings: Settings, notes: Notes) -> Look:
    noticing = settings.budget if plan.silent else 0.0
    reconnecting = settings.max_delay + settings.connect + SLACK
    return Look(
        notes=notes,
        deadly_after=plan.deadly_after,
        opens_within=settings.open + SLACK,
        back_within=noticing + reconnecting if plan.way_back else None,
        settles_within=reconnecting if plan.refused else 0.0,
    )


def _wait(seconds: float) -> Iterator[Step]:
    if seconds:
        yield step("wait", time=duration(seconds))


def _mark(notes: Notes, moment: Moment) -> Step:
    return replace(of(Mark(notes=notes, moment=moment)), text=f"mark: {moment}")


def _expected(report: Report, plan: Plan, settings: Settings) -> Expected:
    healed_before = plan.at == "strike" and bool(plan.heals) and plan.lasts <= settings.budget
    blind = plan.silent and not settings.interval
    tries = settings.attempts > 0 and plan.lasts <= settings.tries_for
    may_return = plan.way_back and tries and not blind
    jumps = report.tunnel.hops > 1
    returns = ("LIV-14" if jumps else report.network.returns, "REC-2")
    reported = report.keepalive if settings.interval else KeepAlive(0.0, settings.count)
    return Expected(
        survives=report.network.survivable(reported),
        notices=settings.budget + SLACK if plan.silent and settings.interval and not healed_before else None,
        silence="LIV-14" if jumps else "LIV-4",
        returns=tuple(dict.fromkeys(returns)) if may_return else (),
        settles=plan.refused,
        hanging=None if blind and report.network.hanging == "REC-1" else report.network.hanging,
        blind=blind,
    )


def _check_spare(report: Report, plan: Plan, settings: Settings, expected: Expected, scale: Scale) -> None:
    """See that what must survive as reported can survive as played. Raises UsageError."""
    if expected.survives is None:
        return
    spare = report.network.spare(plan, KeepAlive(settings.interval, settings.count))
    if spare < _SPARE:
        advice = "give a smaller one" if scale.factor > 1 else "its times are too close to each other"
        raise UsageError(
            f"a scale of {scale.factor:g} is too much for this report: a tunnel must survive it ({expected.survives}), "
            f"and as played has {spare:.2f} s to spare, not the {_SPARE:g} s that it takes to judge; {advice}"
        )
