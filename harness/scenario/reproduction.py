"""The command that runs one scenario again."""

from __future__ import annotations

import shlex
from pathlib import Path

from harness import resources
from harness.scenario.language.model import Scenario
from harness.scenario.language.scopes import scopes_for


def command(scenario: Scenario, implementation: str, fabric: str, *, realtime: bool, sshd: str | None = None) -> str:
    """Return the command line; a scenario that does not come with tunspec is named by its file."""
    options = ["--sshd", sshd] if sshd else []
    options += ["--realtime"] if realtime else []
    usual = scenario.scope in scopes_for(None, implementation)
    scope = [] if usual else ["--scope", scenario.scope]
    return shlex.join(
        ["tunspec", "run", "--impl", implementation, "--fabric", fabric, *scope, *options, _name(scenario)]
    )


def _name(scenario: Scenario) -> str:
    path = scenario.path.resolve()
    stem, bracket, case = scenario.id.partition("[")
    if path == resources.scenarios() / f"{stem}.yaml":
        return scenario.id
    here = Path.cwd()
    return f"{path.relative_to(here) if path.is_relative_to(here) else path}{bracket}{case}"
