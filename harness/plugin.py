"""The pytest plugin: scenario files are test items, where somebody asks for them.

This module is imported by every pytest that runs where tunspec is installed, so it imports nothing that costs time and
takes no name that another project may need. What judges scenarios (``harness.items``) begins when they are asked for:
by the name of a scenario file or of a folder with some, or by ``tunspec_paths`` in the ini file.
"""

from __future__ import annotations

import argparse
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from harness.items.asked import INI, asked_for

_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "--tunspec-impl": {
        "default": "reference",
        "metavar": "NAME",
        "help": "implementation under test: reference, openssh, dropbear, a path to an adapter, or image:NAME",
    },
    "--tunspec-fabric": {
        "default": "embedded",
        "metavar": "FABRIC",
        "help": "what the scenarios run on: embedded or docker",
    },
    "--tunspec-sshd": {
        "metavar": "RELEASE",
        "help": "OpenSSH's release on the bastions of the docker fabric: 8.4, 9.2 or 10; 9.2 by default",
    },
    "--tunspec-scope": {
        "metavar": "SCOPES",
        "help": "what is judged: core, resilience, page, several of them separated by commas, or full; "
        "full by default for the reference, core,resilience for every other implementation",
    },
    "--tunspec-realtime": {
        "action": "store_true",
        "help": "use the times of the SSH tunnelling page, not scaled ones",
    },
}
"""Those that also have a short name, without ``tunspec-``, where scenarios are collected and nobody else has it."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that say what is judged, and where."""
    group = parser.getgroup("tunspec", "tunspec: conformance of SSH tunnels")
    for name, about in _OPTIONS.items():
        group.addoption(name, **about)
    group.addoption(
        "--tunspec-keep-going",
        action="store_true",
        help="keep going even if the adapter dies in the same way in scenario after scenario",
    )
    group.addoption("--tunspec-shard", metavar="K/N", help="judge only part K of N, divided by expected duration")
    group.addoption(
        "--tunspec-durations", type=Path, metavar="FILE", help="expect what scenarios took in this JSON report"
    )
    group.addoption("--tunspec-report", type=Path, metavar="FILE", help="write the JSON report to FILE")
    group.addoption(
        "--tunspec-all-timelines",
        action="store_true",
        help="draw the timeline of every scenario into FILE-timelines, not only of those that did not conform",
    )
    group.addoption("--tunspec-repeat", type=int, default=1, metavar="N", help="judge each scenario N times")
    group.addoption(
        "--tunspec-confirm",
        action="store_true",
        help="judge what failed once more, alone, and report both verdicts; the worse one counts",
    )
    group.addoption(
        "--tunspec-hold",
        action="store_true",
        help="keep the world of a failed scenario up until Enter is pressed; needs -s, and no workers",
    )
    group.addoption("--tunspec-run", action="store_true", help=argparse.SUPPRESS)
    parser.addini(INI, "files and folders whose YAML files are scenarios for tunspec", type="paths", default=[])


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> Generator[None]:
    """Understand the short options, too, once everybody else has had the chance to take them."""
    yield
    if not asked_for(early_config, early_config.known_args_namespace.file_or_dir).anything:
        return
    group = parser.getgroup("tunspec")
    for name, about in _OPTIONS.items():
        short = name.replace("--tunspec-", "--")
        if _is_free(short, parser, takes_value="metavar" in about):
            group.addoption(short, dest=name.lstrip("-").replace("-", "_"), **{**about, "help": f"short for {name}"})


def _is_free(option: str, parser: pytest.Parser, *, takes_value: bool) -> bool:
    """Tell whether nobody else has an option; it is tried, for pytest has no way to ask."""
    word = f"{option}=value" if takes_value else option
    try:
        return word in parser.parse_known_and_unknown_args([word])[1]
    except (pytest.UsageError, SystemExit):
        return False


def pytest_configure(config: pytest.Config) -> None:
    """Begin to judge where scenarios are asked for."""
    asked = asked_for(config, config.option.file_or_dir)
    if asked.anything:
        from harness.items.hooks import Scenarios

        config.pluginmanager.register(Scenarios(config, asked), "tunspec-scenarios")
