from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from harness.adapter.registry import resolve
from harness.scenario.runner import Runner
from harness.scenario.shipped import shipped_scenarios
from harness.session import open_runner
from harness.verdict.lattice import Verdict

_CHANNEL = re.compile(r"channel type=(\S+) host=(\S+) port=(\d+)")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """What judges on the embedded fabric."""
    with open_runner("reference", "embedded") as runner:
        yield runner


def seen_by_the_bastions(runner: Runner, implementation: str, scenario: str) -> list[tuple[str, str]]:
    """Return who logged in where and what was forwarded where, without repetitions, in order."""
    result = replace(runner, launch=resolve(implementation))(shipped_scenarios()[scenario])
    assert result.verdict is Verdict.PASS, result.reason
    seen = []
    for entry in result.timeline:
        if entry.lane == "bastion" and entry.text.startswith("auth-ok"):
            seen.append((entry.source, entry.text))
        if entry.lane == "bastion" and (channel := _CHANNEL.match(entry.text)):
            seen.append((entry.source, " ".join(channel.groups())))
    return list(dict.fromkeys(seen))


@pytest.mark.parametrize("scenario", ["jump/two_hops", "jump/three_hops[agent-key-key]"])
def test_the_reference_does_on_every_hop_what_ssh_j_does(runner: Runner, scenario: str) -> None:
    """The same logins, and the same channels to the same names and ports, in the same order."""
    ours, of_ssh = (seen_by_the_bastions(runner, name, scenario) for name in ("reference", "openssh"))
    assert ours == of_ssh
