"""A report: a drop as a user tells it, in a short YAML file or by flags."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from harness import documents, resources
from harness.documents import Block, line_of
from harness.errors import InvalidScenario, UsageError
from harness.model import Model
from harness.repro import policy
from harness.repro.logins import CODE, LoginWay
from harness.repro.network import EVENTS, Event, ServerPolicy
from harness.repro.network.client import OtherEnds
from harness.repro.scale import Span
from harness.scenario.language import sshd_config
from harness.scenario.language.model import Title, one_line
from harness.scenario.language.verb import overlaid
from harness.units import Duration, parse_duration

_PAUSES = {"idle", "busy"}
_REPLACED = {"network", "title"}
_SHOWN = 200
_MOST = 10
_LONGER = 1.5
"""By how much longer than the limit of the network a tunnel is idle where the report does not say for how long."""


def _off(value: object) -> float:
    return 0.0 if value in ("off", "0", 0) else parse_duration(value)


Interval = Annotated[
    float,
    BeforeValidator(_off),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["60s", "off"]}),
]
"""Seconds, written with a unit; ``off`` and 0 are 0."""


class KeepAliveSettings(Model):
    """The keep-alives that the user has set; left out, they are those of the SSH tunnelling page."""

    interval: Interval = 60.0
    count: Annotated[int, Field(ge=1, le=1000)] = 3


class ReconnectSettings(Model):
    """How the tunnel reconnects: delays double from ``first_delay`` to ``max_delay``; 0 ``attempts`` turn it off."""

    attempts: Annotated[int, Field(ge=0, le=1000)] = 10
    first_delay: Span = 2.0
    max_delay: Span = 120.0


class TimeoutSettings(Model):
    """Bounds for connecting, and for what a local connection waits for at most."""

    connect: Span = 10.0
    open: Span = 10.0


class TunnelSettings(Model):
    """The tunnel's settings. With two ``hops`` it passes a jump host, where the user has a key in any case.

    ``login``: how the user logs in at the server; with ``password+code`` a code is asked for, and typed in. So many
    ``tunnels`` are open at once.
    """

    keepalive: KeepAliveSettings = KeepAliveSettings()
    reconnect: ReconnectSettings = ReconnectSettings()
    timeouts: TimeoutSettings = TimeoutSettings()
    hops: Literal[1, 2] = 1
    login: LoginWay = "key"
    tunnels: Annotated[int, Field(ge=1, le=20)] = 1


class Thread(Model):
    """What the linked thread tells of the implementation that has the defect, as ``tunspec repro`` must answer it.

    ``opens``: it logs in. ``recovers`` is null where the way never was free again.
    """

    implementation: str
    opens: bool = True
    drops: bool
    noticed: bool
    recovers: bool | None
    breaks: tuple[str, ...] = ()


def _events(raw: Any) -> tuple[Event, ...]:  # noqa: ANN401 -- raw YAML
    said = raw if isinstance(raw, list | tuple) else [raw]
    if not 1 <= len(said) <= _MOST:
        raise ValueError(f"give one thing that the network does, or a list of up to {_MOST} in order")
    return tuple(_event(one) for one in said)


def _event(raw: Any) -> Event:  # noqa: ANN401 -- raw YAML
    if isinstance(raw, Event):
        return raw
    said = {raw: None} if isinstance(raw, str) else raw
    if not isinstance(said, dict) or len(said) != 1 or not set(said) <= set(EVENTS):
        raise ValueError(f"say what the network does, one thing or a list of things: {', '.join(EVENTS)}")
    ((key, argument),) = said.items()
    try:
        return EVENTS[key].model_validate(argument)
    except ValidationError as error:
        raise ValueError(f"{key}: {problem(error)}") from error


def _event_schema() -> dict[str, Any]:
    forms: list[dict[str, Any]] = []
    for key, kind in EVENTS.items():
        schema = kind.model_json_schema()
        bare = [schema["properties"][kind.shorthand]] if kind.shorthand else []
        whole = not schema.get("required")
        argument = {"anyOf": [schema, *bare, *([{"type": "null"}] if whole else [])]}
        forms.append(
            {"type": "object", "properties": {key: argument}, "required": [key], "additionalProperties": False}
        )
        if whole:
            forms.append({"const": key})
    return {"anyOf": [*forms, {"type": "array", "minItems": 1, "maxItems": _MOST, "items": {"anyOf": forms}}]}


def _with_times(keywords: dict[str, str]) -> dict[str, str]:
    policy.shortest(keywords)
    return keywords


Keywords = Annotated[sshd_config.Keywords, AfterValidator(_with_times)]
"""Keywords of sshd_config(5) and their values."""


class DropReport(Model):
    """A drop. It happens after ``idle``, or after the tunnel was ``busy`` for so long; at the bastion ``hop``.

    ``network`` is what the network does, ``server`` the sshd_config(5) keywords of that bastion; one of them must be
    there. ``link`` and ``story`` tell where it comes from. ``thread`` belongs to the reports that come with tunspec.
    """

    model_config = ConfigDict(title="Report")

    title: Title
    link: Annotated[str, Field(max_length=500), AfterValidator(one_line)] | None = None
    story: str | None = None
    tunnel: TunnelSettings = TunnelSettings()
    idle: Duration | None = None
    busy: Duration | None = None
    network: Annotated[tuple[Event, ...], BeforeValidator(_events), WithJsonSchema(_event_schema())] = ()
    server: Keywords = {}
    hop: Literal[1, 2, "database"] = 1
    thread: Thread | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> DropReport:
        if not self.network and not policy.shortest(self.server) and not policy.at_login(self.server):
            raise ValueError(
                f"nothing breaks: say under network what it does ({', '.join(EVENTS)}), or under server "
                f"a limit of sshd_config(5) ({', '.join(policy.BREAKS)})"
            )
        if self.idle is not None and self.busy is not None:
            raise ValueError("a tunnel is idle or busy, not both")
        if self.hop != "database" and self.hop > self.tunnel.hops:
            raise ValueError(f"there is no hop {self.hop}: tunnel.hops is {self.tunnel.hops}")
        if self.tunnel.hops > 1 and (self.tunnel.login == CODE or any(one.needs_script() for one in self.events)):
            raise ValueError("a login with a code, a banner and a slow server can be played without a jump host only")
        for place, event in enumerate(self.network):
            self._check(event, first=place == 0, last=place == len(self.network) - 1)
        return self

    def _check(self, event: Event, *, first: bool, last: bool) -> None:
        """See that an event can happen where it stands. Raises ValueError."""
        if self.busy is not None and event.needs_idle():
            raise ValueError(f"{event.key} needs an idle tunnel: say idle instead of busy")
        if self.pause < event.needs_idle():
            raise ValueError(f"idle is shorter than the limit of {event.key}, so nothing breaks")
        if self.hop == "database" and not event.behind:
            able = ", ".join(key for key, kind in EVENTS.items() if kind.behind)
            raise ValueError(f"{event.key} does not happen to a database; these do: {able}")
        if event.key == OtherEnds.key and (self.tunnel.tunnels == 1 or len(self.network) > 1):
            raise ValueError(
                f"{event.key} cannot be combined with anything else, and needs several tunnels: say tunnel.tunnels: 2"
            )
        if event.is_final() and not last:
            raise ValueError(f"nothing can follow {event.key}, because the tunnel cannot come back from it")
        if event.is_lasting() and not first and event != self.network[0]:
            raise ValueError(f"{event.key} is there from the start: put it first in the list")

    @property
    def events(self) -> tuple[Event, ...]:
        """What happens, in order: to the login what the server's policy does, and what the network does."""
        own = ServerPolicy(keywords=self.server)
        return (own, *self.network) if own.is_at_login() or not self.network else self.network

    @property
    def what(self) -> str:
        """What happens, in words."""
        told = dict.fromkeys(event.in_words() for event in self.events)
        times = {2: ", twice", 3: ", three times"}.get(len(self.events), f", {len(self.events)} times")
        return ", then ".join(told) + (times if len(told) == 1 < len(self.events) else "")

    @property
    def pause(self) -> float:
        """For how many seconds the tunnel is left alone, or used, before the user asks or something happens."""
        if (said := self.busy if self.idle is None else self.idle) is not None:
            return said
        limits = (*(event.needs_idle() for event in self.network), *policy.shortest(self.server))
        return max(limits, default=0.0) * _LONGER

    @property
    def factor(self) -> float:
        """By how much time is scaled: what is compared with something shorter still takes a second, and no more."""
        breaks = [event for event in self.events if not event.is_at_login()]
        if not all(event.scales for event in breaks) or not (breaks or policy.shortest(self.server)):
            return 1.0
        compared = [*(time for event in breaks for time in event.shortest()), *policy.shortest(self.server)]
        if self.tunnel.keepalive.interval:
            compared.append(self.tunnel.keepalive.interval)
        return max(1.0, min(compared, default=60.0))


def load(path: Path) -> DropReport:
    """Read a report. Raises InvalidScenario, which starts with ``file:line:``."""
    document = _document(path)
    try:
        return DropReport.model_validate(document)
    except ValidationError as error:
        line = line_of(document, error.errors(include_url=False)[0]["loc"])
        raise InvalidScenario(f"{path}:{line}: {problem(error)}") from error


@cache
def shipped() -> dict[str, Path]:
    """Return the reports that come with tunspec, by name."""
    return {path.stem: path for path in sorted((resources.scenarios() / "reports").glob("*.yaml"))}


def find(name: str, changes: Mapping[str, Any] | None = None) -> tuple[str, DropReport]:
    """Return the report in the file ``name``, or the shipped one of that name, with a short name for it.

    ``changes`` are laid on it, in the form of a report's file; then it is no longer what a thread tells of. Raises
    UsageError.
    """
    path = shipped().get(name) or _file(name)
    report = load(path)
    return path.stem, changed(_document(path), changes) if changes else report


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> DropReport:
    """Return the report of ``document`` with ``changes`` laid on it. Raises UsageError for what makes none."""
    replaced = {"thread", *_REPLACED & changes.keys(), *(_PAUSES if _PAUSES & changes.keys() else ())}
    kept = {key: value for key, value in document.items() if key not in replaced}
    try:
        return DropReport.model_validate(overlaid(kept, changes))
    except ValidationError as error:
        raise UsageError(problem(error)) from error


def _file(name: str) -> Path:
    path = Path(name)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if not there:
        raise UsageError(
            f"there is no report {name[:_SHOWN]!r}, and no such file; `tunspec repro --list` lists those that ship"
        )
    return path


def _document(path: Path) -> Block:
    document = documents.read(path)
    if not isinstance(document, Block):
        raise InvalidScenario(f"{path}:1: a report is a mapping with a title, a tunnel and what the network does")
    return document


def problem(error: ValidationError) -> str:
    """Return the first thing that is wrong with a report, with the name of its part."""
    first = error.errors(include_url=False)[0]
    message = "unknown key" if first["type"] == "extra_forbidden" else first["msg"].removeprefix("Value error, ")
    name = ".".join(str(part) for part in first["loc"] if part != "[key]")
    return f"{name}: {message}" if name else message
