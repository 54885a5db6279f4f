"""``tunspec explain``: a requirement, a scenario or an error code, with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from rich.console import Console

from harness.adapter.advice import ADVICE
from harness.errors import UsageError
from harness.killing import faulty_tunnels
from harness.scenario.language.model import Scenario
from harness.scenario.requirements import catalogue
from harness.scenario.shipped import shipped_scenarios
from harness.text.suggestions import did_you_mean
from harness.verdict.lattice import Exit

_MEANINGS = {
    "must": "breaking it loses data, secrets or the tunnel",
    "should": "breaking it costs the user time",
    "may": "users of some implementations count on it",
}


def explain(name: str, console: Console) -> int:
    """Print what is known of a requirement, a scenario, or an error code. Raises UsageError for anything else."""
    codes = {str(code): advice for code, advice in ADVICE.items()}
    scenarios = _of_file(name)
    if name in catalogue():
        lines = _requirement(name)
    elif scenarios:
        lines = _scenario(scenarios)
    elif name in codes:
        advice = codes[name]
        lines = iter([name, f"  when            {advice.when}", f"  usually fixed   {advice.fixes}", *_errors(name)])
    else:
        known = [*catalogue(), *_files(shipped_scenarios().values()), *codes]
        raise UsageError(
            f"there is no requirement, scenario or error code {name!r}{did_you_mean(name, known)}; "
            "`tunspec coverage` lists requirements, `tunspec list` scenarios"
        )
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return Exit.CONFORMS


def _requirement(name: str) -> Iterator[str]:
    requirement = catalogue()[name]
    covering = [one for one in shipped_scenarios().values() if name in one.spec.covers]
    yield f"{name}: {requirement.text}"
    yield f"  level           {requirement.level}: {_MEANINGS[requirement.level]}"
    yield f"  scope           {requirement.scope}"
    if requirement.note:
        yield f"  note            {requirement.note}"
    yield from (f"  source          {source}" for source in requirement.sources)
    yield from (f"  scenario        {file}" for file in _files(covering))
    yield from _broken_by(covering)


def _scenario(scenarios: list[Scenario]) -> Iterator[str]:
    first = scenarios[0]
    yield f"{first.id.partition('[')[0]}: {first.title}"
    yield f"  file            {first.path}:{first.line}"
    yield f"  topology        {first.topology or 'none'}"
    if first.spec.why:
        yield f"  why             {' '.join(first.spec.why.split())}"
    covered = dict.fromkeys(chain.from_iterable(one.spec.covers for one in scenarios))
    for name in covered:
        requirement = catalogue()[name]
        yield f"  requirement     {name} ({requirement.scope}, {requirement.level}): {requirement.text}"
    if len(scenarios) > 1:
        yield f"  cases           {', '.join(one.id.partition('[')[2].removesuffix(']') for one in scenarios)}"
    yield from _broken_by(scenarios)
    yield f"  run it          tunspec run {first.id.partition('[')[0]}"


def _errors(code: str) -> Iterator[str]:
    naming = [one for one in shipped_scenarios().values() if any(code in step.text for step in one.steps)]
    yield from (f"  scenario        {file}" for file in _files(naming))


def _broken_by(scenarios: Iterable[Scenario]) -> Iterator[str]:
    """Yield the faulty tunnels that these scenarios reject: a tunnel that fails may have the same defect."""
    names = {one.id for one in scenarios}
    tunnels = {name: one for name, one in faulty_tunnels().items() if names & one.rejected_by.keys()}
    for name, tunnel in tunnels.items():
        yield f"  faulty tunnel   {name}: {' '.join(tunnel.defect.split())}"
    if not tunnels:
        yield "  faulty tunnel   none yet"


def _of_file(name: str) -> list[Scenario]:
    return [one for one in shipped_scenarios().values() if name in {one.id, one.id.partition("[")[0]}]


def _files(scenarios: Iterable[Scenario]) -> list[str]:
    return [*dict.fromkeys(one.id.partition("[")[0] for one in scenarios)]
