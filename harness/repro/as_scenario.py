"""A report as it was played, as a scenario file: a drop becomes a regression test."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import yaml
from pydantic import BeforeValidator

from harness.errors import UsageError
from harness.model import Model
from harness.repro.login import LogIn
from harness.repro.look import Ask, Hold, Look, Use
from harness.repro.play import Play, Round
from harness.repro.report import DropReport
from harness.repro.steps import Pass, duration
from harness.scenario.language.verb import Verb
from harness.scenario.verbs import VERBS
from harness.scenario.verbs.tunnel import Close
from harness.units import parse_duration, parse_size

_WIDTH = 118
_TALKS_EVERY = "100ms"
_TRANSFER_SECONDS = 60.0
_Said = Mapping[str, Any] | str
_SETTLES = "REC-6"
_TOGETHER = "tunnel"


def scenario_text(report: DropReport, play: Play, command: str) -> str:
    """Return the file. Raises UsageError where the report demands nothing of a tunnel that a scenario could judge."""
    steps, covers = _Steps(play), _covers(play)
    if not covers:
        raise UsageError("no scenario can be made of this report: nothing in it is demanded of a tunnel")
    spec = play.scenario.spec
    document = {
        "title": report.title,
        "why": " ".join(filter(None, (f"{report.what[:1].upper()}{report.what[1:]}.", report.story))),
        "covers": covers,
        "topology": spec.topology,
    }
    document |= {name: said for name in ("tunnel", "answers", "bastions") if (said := _written(getattr(spec, name)))}
    head = [
        f"# {line}"
        for line in textwrap.wrap(f"Written by: {command}", _WIDTH - 2, break_on_hyphens=False, break_long_words=False)
    ]
    head += [f"# {report.link}"] if report.link else []
    body = yaml.safe_dump(document, default_flow_style=None, sort_keys=False, allow_unicode=True, width=_WIDTH)
    return "\n".join([*head, f"{body}steps:", *steps.lines()]) + "\n"


def _covers(play: Play) -> list[str]:
    """Return the requirements that the steps of the file judge."""
    named: list[str | None] = []
    for one in play.judged:
        expected = one.expected
        named += [*expected.opens, expected.shows, expected.survives, *(expected.returns if one.plan.way_back else ())]
        named += [expected.silence if _ends(one) else None, _SETTLES if expected.settles else None]
    return list(dict.fromkeys(name for name in named if name))


def _ends(one: Round) -> bool:
    """Tell whether the clients that are there must be ended."""
    return one.expected.notices is not None and one.expected.survives is None


class _Steps:
    """The steps of a play in words that scenario files have; what only looked is what is expected now."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._rounds = iter(play.judged)
        self._held = ""
        self._number = 0
        self._within = 0.0
        self._tunnels: tuple[str, ...] = ()
        self._names: dict[str, str] = {}

    def lines(self) -> Iterator[str]:
        """Yield a line for each step, with what it stands for as a comment."""
        for step in self._play.scenario.steps:
            for number, said in enumerate(self._said(step.verb)):
                told = f"   # {step.text}" if step.text and not number else ""
                yield f"  - {said if isinstance(said, str) else _flow(said)}{told}"

    def _said(self, verb: Verb) -> Iterable[_Said]:
        match verb:
            case LogIn():
                return self._log_in(verb)
            case Hold():
                self._number += 1
                self._held = "held" if self._number == 1 else f"held-{self._number}"
                self._tunnels = verb.tunnels
                return [{"connect": {"tunnel": self._name(name), "as": self._client(name)}} for name in verb.tunnels]
            case Close():
                return [{"close": self._name(verb.tunnel)}]
            case Pass():
                return [{"wait": duration(verb.time)}]
            case Use():
                return self._use(verb)
            case Ask():
                self._within = verb.within
                return []
            case Look():
                return self._look(verb, next(self._rounds))
        return [_step(verb)] if verb.verb in VERBS else []

    def _name(self, tunnel: str) -> str:
        return self._names.get(tunnel, tunnel)

    def _client(self, tunnel: str) -> str:
        return self._held if tunnel == "main" else f"{self._held}-of-{tunnel}"

    def _log_in(self, verb: LogIn) -> list[_Said]:
        if verb.at_login and not self._play.judged[0].expected.opens:
            raise UsageError("no scenario can be made of this report: a tunnel may, but need not, log in")
        within = duration(verb.opening.within)
        shows: list[_Said] = [{"expect": {"banner": "word for word"}}] if self._play.judged[0].expected.shows else []
        count = len(verb.tunnels)
        if count == 1:
            return [{"open": {"within": within}}, *shows]
        self._names = {name: f"{_TOGETHER}-{number}" for number, name in enumerate(verb.tunnels, 1)}
        return [{"open_together": {"count": count, "as": _TOGETHER, "within": within}}, *shows]

    def _use(self, verb: Use) -> list[_Said]:
        if verb.rate is None:
            clients = [self._client(name) for name in self._tunnels[:1]]
            talks: list[_Said] = [{"talk": {"held": one, "every": _TALKS_EVERY}} for one in clients]
            return [*talks, {"wait": duration(verb.time)}]
        limit = duration(verb.time + _TRANSFER_SECONDS)
        return [{"transfer": {"size": f"{int(verb.rate * verb.time)}B", "within": limit}}]

    def _look(self, verb: Look, one: Round) -> Iterator[_Said]:
        watched = [name for name in self._tunnels if name != verb.closed]
        for name in watched:
            if one.expected.survives:
                yield {"echo": {"on": self._client(name), "within": duration(self._within)}}
            elif one.expected.notices is not None:
                within = duration(one.expected.notices)
                yield {"expect": {"connections": "closed", "held": self._client(name), "within": within}}
        for name in watched:
            if one.expected.returns and verb.back_within is not None:
                yield {"works_again": {"tunnel": self._name(name), "within": duration(verb.back_within)}}
            elif one.expected.settles:
                within = duration(verb.settles_within)
                yield {"expect": {"endpoint": "settled", "tunnel": self._name(name), "within": within}}


def _step(verb: Verb) -> _Said:
    """Return a step of the language as a file has it."""
    said = _written(verb)
    if not said:
        return verb.verb
    alone = verb.shorthand if set(said) == {verb.shorthand} else None
    return {verb.verb: said[alone] if alone else said}


def _written(value: Any) -> Any:  # noqa: ANN401 -- any value of a scenario's models
    """Return what was said of a value, times and sizes with their units."""
    match value:
        case Model():
            fields = type(value).model_fields
            return {
                fields[name].alias or name: _with_unit(
                    getattr(value, name), (fields[name].annotation, *fields[name].metadata)
                )
                for name in fields
                if name in value.model_fields_set
            }
        case Mapping():
            return {name: _written(one) for name, one in value.items()}
        case tuple() | list():
            return [_written(one) for one in value]
        case _:
            return value


def _with_unit(value: Any, hints: tuple[Any, ...]) -> Any:  # noqa: ANN401 -- any value of a scenario's models
    parsers = {hint.func for hint in _unfolded(hints) if isinstance(hint, BeforeValidator)}
    if isinstance(value, float) and parse_duration in parsers:
        return duration(value)
    if isinstance(value, int) and parse_size in parsers:
        return f"{value}B"
    return _written(value)


def _unfolded(hints: Iterable[Any]) -> Iterator[Any]:
    for hint in hints:
        yield hint
        yield from _unfolded(get_args(hint))
        yield from getattr(hint, "__metadata__", ())


def _flow(said: Mapping[str, Any]) -> str:
    """Return ``connect: {as: held}``."""
    ((verb, arguments),) = said.items()
    text = yaml.safe_dump(arguments, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000)
    return f"{verb}: {text.removesuffix(chr(10)).removesuffix('...').strip()}"
