"""Reads scenario files. Every mistake in one is a message that starts with ``file:line:``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness import documents
from harness.documents import Block, Budget, line_of
from harness.errors import InvalidScenario, UsageError
from harness.scenario.language.hops import Hop, hops
from harness.scenario.language.model import SCOPES, Level, Scenario, ScenarioFile, Step
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.language.variables import Unfilled, Variables
from harness.scenario.language.verb import OfflineVerb
from harness.scenario.login.setups import asks_for_codes
from harness.scenario.requirements import Requirement, catalogue
from harness.scenario.verbs import VERBS
from harness.text.harmless import harmless_line
from harness.text.suggestions import did_you_mean
from harness.units import parse_duration
from harness.world.topology import Topology, topologies

_OF_FILES = ("cases", "vars", "at")
"""What may stand in a file beside the fields of its scenarios."""
_LEVELS: tuple[Level, ...] = ("must", "should", "may")
_LONGEST_NAME = 100
_MOST_VALUES, _MOST_CHARACTERS = 100_000, 8 << 20
"""What all cases of a file may come to."""
_LONGEST = 86400
"""Seconds that a scenario may ask to wait in all: a day."""
_TIME = re.compile(r"(\d+(?:\.\d+)?(?:ms|s|min|h))(?:\.\.(\d+(?:\.\d+)?(?:ms|s|min|h)))?")


def load(path: Path, *, realtime: bool = False) -> tuple[Scenario, ...]:
    """Return the cases of ``path``, in order; one without ``cases`` and ``at`` gives one.

    With ``realtime`` every time of a file is multiplied by its ``scale``. Raises InvalidScenario.
    A file that has not changed since is not read again.
    """
    try:
        seen = path.stat()
    except OSError as error:
        raise InvalidScenario(f"{path}:1: {error.strerror}") from error
    return _load(path, seen.st_mtime_ns, seen.st_size, realtime=realtime)


@cache
def _load(path: Path, _changed: int, _size: int, *, realtime: bool) -> tuple[Scenario, ...]:
    document = _document(path)
    where = {key: line_of(document, (key,)) for key in ("cases", "vars", "at")}
    cases = document.pop("cases", None)
    at = _plain(document.pop("at", None))
    variables = _mapping(document.pop("vars", None), f"{path}:{where['vars']}: vars")
    if cases is not None and (not isinstance(cases, Block) or not cases):
        raise InvalidScenario(f"{path}:{where['cases']}: cases must be a mapping of at least one case name")
    area, stem = path.resolve().parent.name, path.stem
    scenarios = []
    budget = Budget(_MOST_VALUES, _MOST_CHARACTERS)
    for case, merged, more in _cases(path, document, cases):
        for hop in _hops(path, where["at"], at, merged):
            names = [name for name in (case, hop.node if hop else None) if name]
            known = Variables({**variables, **more, **(hop.variables if hop else {})}, budget)
            name = f"{area}/{stem}" + (f"[{'-'.join(names)}]" if names else "")
            scenarios.append(_scenario(path, name, area, _on_route_of(hop, merged), known, realtime=realtime))
    return tuple(scenarios)


def _cases(path: Path, document: Block, cases: Block | None) -> Iterator[tuple[str | None, Block, dict[str, Any]]]:
    """Yield the name of each case, the document with what it changes, and its own variables."""
    if cases is None:
        yield None, document, {}
        return
    _check_names_of(cases, path)
    for name, raw in cases.items():
        line = cases.lines[name]
        case = Block({}, line, {}) if raw is None else raw
        own = _mapping(case, f"{path}:{line}: the case {name}")
        more = _mapping(own.pop("vars", None), f"{path}:{line}: vars of the case {name}")
        merged = _merged(document, case)
        merged.pop("vars", None)
        yield str(name), merged, more


def _check_names_of(cases: Block, path: Path) -> None:
    """See that the cases have names that can be shown."""
    for name in cases:
        if not 1 <= len(name) <= _LONGEST_NAME or harmless_line(name) != name:
            line = cases.lines[name]
            raise InvalidScenario(
                f"{path}:{line}: a case has a name of {_LONGEST_NAME} characters at most, on one line"
            )


def _hops(path: Path, line: int, at: object, document: Block) -> tuple[Hop | None, ...]:
    """Return the hops at which a case is tried; None where the file does not say ``at``."""
    if at is None:
        return (None,)
    try:
        return hops(at, document.get("topology"))
    except ValueError as error:
        raise InvalidScenario(f"{path}:{line}: {error}") from error


def _on_route_of(hop: Hop | None, document: Block) -> Block:
    """Return the document with the topology that the hop is part of."""
    if hop is None:
        return document
    return Block({**document, "topology": hop.topology.name}, document.line, document.lines)


def _mapping(raw: Any, what: str) -> dict[str, Any]:  # noqa: ANN401 -- raw YAML
    """Return ``raw`` as plain data, nothing as an empty mapping. Raises InvalidScenario, which starts with ``what``."""
    plain = _plain({} if raw is None else raw)
    if not isinstance(plain, dict):
        raise InvalidScenario(f"{what} must be a mapping of names to values")
    return plain


def _document(path: Path) -> Block:
    document = documents.read(path)
    if not isinstance(document, Block):
        raise InvalidScenario(f"{path}:1: a scenario is a mapping with title, covers, topology and steps")
    return document


def _scenario(
    path: Path,
    name: str,
    area: str,
    document: Block,
    variables: Variables,
    *,
    realtime: bool,
) -> Scenario:
    try:
        data = variables.into(_plain(document))
    except Unfilled as error:
        raise InvalidScenario(f"{path}:{line_of(document, error.where)}: {error}") from error
    scale = data.get("scale", 1)
    if realtime and isinstance(scale, int | float):
        data = {key: _stretched(value, scale) if key in {"tunnel", "steps"} else value for key, value in data.items()}
    try:
        spec = ScenarioFile.model_validate(data)
    except ValidationError as error:
        raise InvalidScenario(_first_problem(error, path, document, ())) from error
    steps = tuple(_steps(spec, data.get("tunnel", {}), path, document))
    if (asked := spec.waits + sum(step.verb.takes() for step in steps)) > _LONGEST:
        line = line_of(document, ("steps",))
        raise InvalidScenario(f"{path}:{line}: it waits for {asked:g} s in all; the limit is a day")
    covered = _covered(spec, path, document)
    level = min((one.level for one in covered), key=_LEVELS.index)
    scope = max((one.scope for one in covered), key=SCOPES.index)
    topology = _topology(spec, path, document)
    if topology is None:
        _check_offline(spec, steps, path, document)
        return Scenario(name, area, path, line_of(document, ()), spec, steps, level, scope)
    for node in spec.bastions:
        if node not in topology.bastions:
            line = line_of(document, ("bastions", node))
            raise InvalidScenario(
                f"{path}:{line}: {topology.name} has no bastion {node!r}; its bastions: {', '.join(topology.bastions)}"
            )
    codes = frozenset(node for node, bastion in spec.bastions.items() if asks_for_codes(bastion))
    rehearsal = Rehearsal(topology, codes)
    others = [bastion.server for bastion in spec.bastions.values() if bastion.server]
    for step in steps:
        _rehearse(step, rehearsal, path)
        if others and step.verb.only_in_full_logs():
            raise InvalidScenario(f"{path}:{step.line}: {step.text}: the log of {others[0]} does not show that")
    return Scenario(name, area, path, line_of(document, ()), spec, steps, level, scope)


def _steps(spec: ScenarioFile, tunnel: dict[str, Any], path: Path, document: Block) -> Iterator[Step]:
    for index, raw in enumerate(spec.steps):
        where = ("steps", index)
        line = line_of(document, where)
        if isinstance(raw, str):
            name, argument = raw, None
        elif isinstance(raw, dict) and len(raw) == 1:
            ((name, argument),) = raw.items()
        else:
            raise InvalidScenario(f"{path}:{line}: a step is one verb, alone or with its arguments; got {raw!r}")
        kind = VERBS.get(name)
        if kind is None:
            raise InvalidScenario(
                f"{path}:{line}: unknown verb {name!r}{did_you_mean(name, VERBS)}; `tunspec verbs` lists them"
            )
        try:
            verb = kind.read(argument, tunnel)
        except ValidationError as error:
            raise InvalidScenario(_first_problem(error, path, document, (*where, name), f"{name}: ")) from error
        except ValueError as error:
            raise InvalidScenario(f"{path}:{line}: {error}") from error
        yield Step(verb, line, name if argument is None else harmless_line(f"{name}: {_flow(argument)}"))


def _covered(spec: ScenarioFile, path: Path, document: Block) -> list[Requirement]:
    """Return the requirements that it covers. Raises InvalidScenario for an unknown one."""
    known = catalogue()
    for index, name in enumerate(spec.covers):
        if name not in known:
            line = line_of(document, ("covers", index))
            raise InvalidScenario(f"{path}:{line}: unknown requirement {name!r}{did_you_mean(name, known)}")
    return [known[name] for name in spec.covers]


def _topology(spec: ScenarioFile, path: Path, document: Block) -> Topology | None:
    if spec.topology is None:
        return None
    known = topologies()
    if spec.topology not in known:
        line = line_of(document, ("topology",))
        raise InvalidScenario(
            f"{path}:{line}: unknown topology {spec.topology!r}{did_you_mean(spec.topology, known)}; "
            f"there are {', '.join(known)}"
        )
    return known[spec.topology]


def _check_offline(spec: ScenarioFile, steps: tuple[Step, ...], path: Path, document: Block) -> None:
    """See that nothing in a scenario without a topology needs one."""
    for key in ("bastions", "tunnel", "answers"):
        if key in spec.model_fields_set:
            raise InvalidScenario(f"{path}:{line_of(document, (key,))}: {key} needs a topology; name one, or remove it")
    for step in steps:
        if not isinstance(step.verb, OfflineVerb):
            raise InvalidScenario(
                f"{path}:{step.line}: {step.verb.verb} needs a topology; name one: {', '.join(topologies())}"
            )


def _rehearse(step: Step, so_far: Rehearsal, path: Path) -> None:
    """See that all that the step uses is there."""
    topology = so_far.topology
    try:
        for node in step.verb.nodes():
            if node not in topology.nodes:
                raise UsageError(f"{topology.name} has no node {node!r}; its nodes: {', '.join(topology.nodes)}")
        for server in step.verb.servers():
            if server not in topology.servers:
                raise UsageError(
                    f"{topology.name} has no bastion {server!r}; its bastions: {', '.join(topology.servers)}"
                )
        for link in step.verb.links():
            topology.link(link)
        step.verb.rehearse(so_far)
    except UsageError as error:
        raise InvalidScenario(f"{path}:{step.line}: {error}") from error


def _first_problem(
    error: ValidationError, path: Path, document: Block, prefix: tuple[Any, ...], label: str = ""
) -> str:
    problems = error.errors(include_url=False)
    problem = next((one for one in problems if one["type"] == "extra_forbidden"), problems[0])
    where = (*prefix, *problem["loc"])
    name = ".".join(_as_written(problem["loc"]))
    message = problem["msg"].removeprefix("Value error, ")
    if problem["type"] == "extra_forbidden":
        missing = [str(one["loc"][-1]) for one in problems if one["type"] == "missing" and one["loc"]]
        known = missing if prefix or len(where) > 1 else [*missing, *ScenarioFile.model_fields, *_OF_FILES]
        message = f"unknown key{did_you_mean(where[-1], known)}"
    return f"{path}:{line_of(document, where)}: {label}{name + ': ' if name else ''}{message}"


def _as_written(where: Sequence[int | str]) -> Iterator[str]:
    """Yield the keys that lead to a problem, without the models among which pydantic had to choose."""
    for index, part in enumerate(where):
        if part != "[key]" and (index == 0 or not str(part)[:1].isupper()):
            yield str(part)


def _plain(value: Any) -> Any:  # noqa: ANN401 -- raw YAML
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def _merged(base: Block, over: Block) -> Block:
    """Return ``base`` with ``over`` laid on it: mappings are merged, everything else is replaced.

    What is in it keeps the line on which it stands in the file.
    """
    result = Block(base, base.line, {**base.lines, **over.lines})
    for key, value in over.items():
        held = result.get(key)
        result[key] = _merged(held, value) if isinstance(held, Block) and isinstance(value, Block) else value
    return result


def _stretched(value: Any, factor: float) -> Any:  # noqa: ANN401 -- raw YAML
    if isinstance(value, dict):
        return {key: _stretched(item, factor) for key, item in value.items()}
    if isinstance(value, list):
        return [_stretched(item, factor) for item in value]
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return value
    return "..".join(f"{parse_duration(part) * factor:g}s" for part in match.groups() if part)


def _flow(argument: Any) -> str:  # noqa: ANN401 -- raw YAML
    if isinstance(argument, dict):
        return ", ".join(f"{key}: {_flow(value)}" for key, value in argument.items())
    return str(argument)
