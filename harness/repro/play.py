"""From a report to what is played of it: a scenario of steps, and what may be expected of a tunnel in it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.errors import UsageError
from harness.repro import logins, policy
from harness.repro.judgement import Expected
from harness.repro.login import LogIn
from harness.repro.look import Ask, Hold, Look, Use
from harness.repro.network import BreakPlan, Circumstances, Event, KeepAlive, NatTimeout, Place, ServerPolicy
from harness.repro.network.login import Banner
from harness.repro.notes import Moment, NoteMoment, Notes
from harness.repro.report import DropReport, problem
from harness.repro.scale import Scale, in_words
from harness.repro.steps import duration, numbered, of, wait
from harness.scenario.language.model import Scenario, ScenarioFile, Step
from harness.scenario.language.verb import Verb, overlaid
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
_ENDS_IN = 1.0
"""Seconds in which a client must be ended whose target has gone (DATA-3)."""
_TOPOLOGIES = {1: "single_bastion", 2: "two_hop"}
_SCRIPTED = "pam_totp"
"""The topology whose server asks for codes, is slow and sends banners, on both fabrics."""
RELIED_ON = frozenset({"keepalive", "reconnect", "timeouts.connect", "timeouts.open"})
"""The features that an implementation may lack: a report is then played without the settings for them."""


@dataclass(frozen=True)
class Round:
    """One break of a report, what may be expected of a tunnel in it, and for how long it is idle before."""

    event: Event
    plan: BreakPlan
    expected: Expected


@dataclass(frozen=True)
class Play:
    """What is run, what its steps note, and what became of the report's times; a round for each break."""

    scenario: Scenario
    notes: Notes
    rounds: tuple[Round, ...]
    scale: Scale
    now: Circumstances
    settings: Settings

    @property
    def judged(self) -> tuple[Round, ...]:
        """The rounds that are looked at: one for each break, or one for the login where that is all there is.

        What must be so at the login is looked at in the first.
        """
        logins = [one.expected for one in self.rounds if one.event.is_at_login()]
        breaks = [one for one in self.rounds if not one.event.is_at_login()]
        first, *rest = breaks or self.rounds[:1]
        opens = tuple(name for one in logins for name in one.opens)
        shows = next((one.shows for one in logins if one.shows), None)
        return replace(first, expected=replace(first.expected, opens=opens, shows=shows)), *rest

    @property
    def noticing(self) -> tuple[float, float]:
        """In how many seconds at least keep-alives notice a silence, as played and as reported; 0 where none comes."""
        silent = any(one.plan.silent for one in self.rounds) and not self.now.behind
        return (self.settings.interval * self.settings.count * silent, self.now.keepalive.budget * silent)

    @property
    def blind(self) -> bool:
        """Whether nothing could notice a break, because keep-alives are off."""
        return any(one.expected.blind for one in self.rounds)


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


def play_of(
    name: str, report: DropReport, *, factor: float | None = None, relied_on: frozenset[str] = RELIED_ON
) -> Play:
    """Return the play of a report, its times divided by ``factor`` or by the report's own.

    ``relied_on`` are the features of :data:`RELIED_ON` that the implementation has. Raises UsageError where the scale
    is too much for this report.
    """
    try:
        return _Compiler(name, report, Scale(report.factor if factor is None else factor), relied_on).play()
    except ValidationError as error:
        raise UsageError(f"this report cannot be played: {problem(error)}") from error


class _Compiler:
    def __init__(self, name: str, report: DropReport, scale: Scale, relied_on: frozenset[str]) -> None:
        self.name = name
        self.report = report
        self.scale = scale
        self.relied_on = relied_on
        self.topology = _topology(report)
        self.tunnels = ("main", *(f"tunnel-{number}" for number in range(2, report.tunnel.tunnels + 1)))
        self.place = _place(self.topology, report, self.tunnels[-1])
        self.now = _circumstances(report, relied_on)
        self.settings = self._settings()
        self.notes = Notes()

    def play(self) -> Play:
        """Return the play."""
        rounds = tuple(self._round(event) for event in self.report.events)
        steps = numbered(self._once(self._steps(rounds)))
        bastion: dict[str, Any] = logins.bastion_of(self.report.tunnel.login)
        for one in rounds:
            bastion = overlaid(bastion, one.plan.bastion)
        if self.report.server:
            bastion["policy"] = policy.scaled(self.report.server, self.scale)
        covers = tuple(dict.fromkeys(name for one in rounds for name in one.expected.covers))
        spec = ScenarioFile.model_validate(
            {
                "title": self.report.title,
                "covers": covers,
                "topology": self.topology.name,
                "tunnel": self._tunnel(),
                "answers": logins.answers_of(self.report.tunnel.login),
                "bastions": {self._server: bastion} if bastion else {},
                "steps": [one.text for one in steps],
            }
        )
        where = Path(self.name)
        scenario = Scenario(f"repro/{self.name}", "repro", where, 1, spec, steps, "must", "resilience")
        return Play(scenario, self.notes, rounds, self.scale, self.now, self.settings)

    @property
    def _server(self) -> str:
        """The bastion that the report is about: the last one, where it happens to the database."""
        return self.topology.bastions[-1] if self.place.behind else self.place.node

    def _settings(self) -> Settings:
        scale, tunnel = self.scale, self.report.tunnel
        interval = tunnel.keepalive.interval if "keepalive" in self.relied_on else 0.0
        forgotten = [one.after for one in self.report.events if isinstance(one, NatTimeout) and one.after <= interval]
        too_late = [math.ceil(round(after / scale.factor, 3)) + 1.0 for after in forgotten]
        played = scale.play("keep-alive interval", interval, least=max(_SHORTEST_INTERVAL, *too_late, 0.0))
        first = scale.play("first delay", tunnel.reconnect.first_delay, least=_SHORTEST_DELAY)
        logs_in = any(one.is_at_login() for one in self.report.events)
        connect = tunnel.timeouts.connect
        return Settings(
            interval=played,
            count=tunnel.keepalive.count,
            attempts=tunnel.reconnect.attempts if "reconnect" in self.relied_on else 0,
            first_delay=first,
            max_delay=max(first, scale.play("longest delay", tunnel.reconnect.max_delay, least=_SHORTEST_DELAY)),
            connect=scale.play("time to connect", connect, least=connect if logs_in else _SHORTEST_BOUND),
            open=scale.play("time to open", tunnel.timeouts.open, least=_SHORTEST_BOUND),
        )

    def _tunnel(self) -> dict[str, Any]:
        """Return ``tunnel:`` as a scenario file would have it."""
        settings = self.settings
        given: dict[str, Any] = {
            "keepalive": {"interval": duration(settings.interval), "count": settings.count},
            "reconnect": {
                "attempts": settings.attempts,
                "first_delay": duration(settings.first_delay),
                "max_delay": duration(settings.max_delay),
            },
        }
        limits = {"connect": settings.connect, "open": settings.open}
        names = {event.dial for event in self.report.events}
        return {
            **logins.tunnel_of(self.report.tunnel.login),
            **{feature: said for feature, said in given.items() if feature in self.relied_on},
            "timeouts": {one: duration(limit) for one, limit in limits.items() if f"timeouts.{one}" in self.relied_on},
            "dial": "name" if "name" in names else "address",
        }

    def _round(self, event: Event) -> Round:
        plan = event.plan(self.scale, self.place)
        expected = self._expected(event, plan)
        self._check_spare(event, plan, expected)
        return Round(event, plan, expected)

    def _once(self, steps: Iterator[Step]) -> Iterator[Step]:
        """Leave out what is in force already: a network that forgets does so until the end."""
        forgets: list[Verb] = []
        for one in steps:
            if one.verb.verb == "forget" and one.verb in forgets:
                continue
            if one.verb.verb == "forget":
                forgets.append(one.verb)
            yield one

    def _steps(self, rounds: tuple[Round, ...]) -> Iterator[Step]:
        yield self._log_in()
        breaks = [one for one in rounds if not one.event.is_at_login()] or [rounds[0]]
        for one in breaks:
            yield of(self._clients(), Hold(notes=self.notes, tunnels=self.tunnels))
            yield from one.plan.before
            if one.plan.before and one.plan.deadly_after:
                yield self._mark("struck")
            yield from self._pause(one)
            yield from self._strike(one.plan)
            if one.plan.at == "strike":
                yield self._ask(one.plan)
            yield from self._wait_until_healed(one)
            yield from self._heal(one.plan)
            if one.plan.at == "healing":
                yield self._ask(one.plan)
            yield of("does a new connection through the same port work?", self._look(one.plan))

    def _log_in(self) -> Step:
        tunnel = self.report.tunnel
        at_login = [event for event in self.report.events if event.is_at_login()]
        says = next((event.says for event in at_login if isinstance(event, Banner)), None)
        server = sum(event.silent_for() for event in at_login)
        patience = self.settings.connect * (1 + len(self.topology.bastions)) + server + 2 * logins.PERIOD
        opening = Open.model_validate({"with": self._tunnel(), "within": duration(patience)})
        how = {"key": "a key", "agent": "an agent", "password": "a password"}.get(tunnel.login, "a password and a code")
        through = " through a jump host" if tunnel.hops > 1 else ""
        what = "the tunnel is opened" if tunnel.tunnels == 1 else f"{tunnel.tunnels} tunnels are opened at once"
        notes = self.notes
        verb = LogIn(notes=notes, opening=opening, tunnels=self.tunnels, at_login=bool(at_login), says=says)
        slow = "".join(f"; {event.in_words()}" for event in at_login)
        return of(f"{what}{through}, with {how}{slow}", verb)

    def _clients(self) -> str:
        each = "" if len(self.tunnels) == 1 else " each"
        return f"a client connects through{each or ' the'} tunnel, is served, and stays"

    def _ask(self, plan: BreakPlan) -> Step:
        settings = self.settings
        patience = settings.budget if settings.interval and not self.place.behind else settings.open
        if self.place.behind and plan.at == "strike":
            patience += plan.lasts
        return of("the user asks for something on the open connection", Ask(notes=self.notes, within=patience + SLACK))

    def _pause(self, one: Round) -> Iterator[Step]:
        """Leave the tunnel idle, or use it, until something strikes or what is in force has killed it."""
        least = one.plan.deadly_after + _LONGER if one.plan.before and one.plan.deadly_after else 0.0
        real = one.event.strikes_after(self.report.pause)
        busy = self.report.busy is not None
        time = self.scale.play("busy" if busy else "idle", real, least=least)
        if time and busy:
            use = Use(notes=self.notes, time=time, real=max(real, time), rate=one.event.carries())
            yield of(f"the tunnel is in use for {in_words(real)}", use)
        else:
            yield from wait(f"the tunnel is idle for {in_words(real)}", time, real)

    def _strike(self, plan: BreakPlan) -> Iterator[Step]:
        if plan.strikes:
            yield plan.strikes[0]
            yield self._mark("struck")
            yield from plan.strikes[1:]

    def _wait_until_healed(self, one: Round) -> Iterator[Step]:
        yield from wait(f"it stays so for {in_words(one.plan.real)}", one.plan.lasts, one.plan.real)
        rest = max(0.0, self.report.pause - one.event.strikes_after(self.report.pause))
        yield from wait("the tunnel is idle for the rest of the time", rest / self.scale.factor, rest)

    def _heal(self, plan: BreakPlan) -> Iterator[Step]:
        yield from plan.heals
        if plan.sleeps:
            yield self._mark("awake")
        if plan.way_back:
            yield self._mark("back")

    def _look(self, plan: BreakPlan) -> Look:
        settings = self.settings
        noticing = settings.budget if plan.silent else 0.0
        login = 2 * logins.PERIOD if self.report.tunnel.login == logins.CODE else 0.0
        reconnecting = settings.max_delay + settings.connect + login + SLACK
        return Look(
            notes=self.notes,
            deadly_after=plan.deadly_after,
            opens_within=settings.open + SLACK,
            back_within=noticing + reconnecting if plan.way_back else None,
            settles_within=reconnecting if plan.refused else 0.0,
            closed=plan.closes,
        )

    def _mark(self, moment: Moment) -> Step:
        return of("", NoteMoment(notes=self.notes, moment=moment))

    def _expected(self, event: Event, plan: BreakPlan) -> Expected:
        if self.place.behind:
            return _expected_behind(event, plan)
        settings = self.settings
        healed_before = plan.at == "strike" and bool(plan.heals) and plan.lasts <= settings.budget
        blind = plan.silent and not settings.interval
        tries = settings.attempts > 0 and plan.lasts <= settings.tries_for
        may_return = plan.way_back and tries and not blind
        jumps = self.report.tunnel.hops > 1
        returns = ("LIV-14" if jumps else event.returns, "REC-2")
        policies = [one for one in self.report.events if isinstance(one, ServerPolicy)]
        return Expected(
            opens=event.opens(self.now),
            shows=event.shows(),
            in_common=not any(one.is_at_login() and not one.in_common for one in policies),
            survives=event.survivable(self.now.keepalive),
            notices=settings.budget + SLACK if plan.silent and settings.interval and not healed_before else None,
            silence="LIV-14" if jumps else "LIV-4",
            returns=tuple(dict.fromkeys(returns)) if may_return else (),
            settles=plan.refused,
            hanging=None if blind and event.hanging == "REC-1" else event.hanging,
            blind=blind,
        )

    def _check_spare(self, event: Event, plan: BreakPlan, expected: Expected) -> None:
        """See that what must survive as reported can survive as played. Raises UsageError."""
        if expected.survives is None or self.place.behind:
            return
        spare = event.spare(plan, KeepAlive(self.settings.interval, self.settings.count))
        if spare < _SPARE:
            factor = self.scale.factor
            advice = "give a smaller one" if factor > 1 else "its times are too close to each other"
            raise UsageError(
                f"a scale of {factor:g} is too much for this report: a tunnel must survive it ({expected.survives}), "
                f"and as played has {spare:.2f} s to spare, not the {_SPARE:g} s that it takes to judge; {advice}"
            )


def _topology(report: DropReport) -> Topology:
    scripted = report.tunnel.login == logins.CODE or any(event.needs_script() for event in report.events)
    return topologies()[_SCRIPTED if scripted else _TOPOLOGIES[report.tunnel.hops]]


def _place(topology: Topology, report: DropReport, last: str) -> Place:
    behind = report.hop == "database"
    node = topology.target if behind else topology.bastions[int(report.hop) - 1]
    return Place(node, next(link.name for link in topology.links if link.leads_to == node), behind, last)


def _circumstances(report: DropReport, relied_on: frozenset[str]) -> Circumstances:
    tunnel = report.tunnel
    interval = tunnel.keepalive.interval if "keepalive" in relied_on else 0.0
    return Circumstances(
        keepalive=KeepAlive(interval, tunnel.keepalive.count),
        attempts=tunnel.reconnect.attempts if "reconnect" in relied_on else 0,
        first_delay=tunnel.reconnect.first_delay,
        max_delay=tunnel.reconnect.max_delay,
        connect=tunnel.timeouts.connect,
        pause=report.pause,
        behind=report.hop == "database",
        tunnels=tunnel.tunnels,
    )


def _expected_behind(event: Event, plan: BreakPlan) -> Expected:
    """Return what may be expected where the way from the last server to the database breaks: the session stays."""
    lives = event.is_lasting() and not plan.deadly_after
    healed = plan.silent and bool(plan.heals)
    ended = not plan.silent and bool(plan.strikes)
    return Expected(
        survives="FLAKY-2" if lives or healed else None,
        notices=_ENDS_IN + SLACK if ended else None,
        silence="DATA-3",
        returns=("FLAKY-2",) if plan.way_back else (),
        stays="FLAKY-2",
        hanging="OPEN-2",
    )
