"""What people look up with the command, in this process."""

from __future__ import annotations

import io
import json
import sys
from importlib.metadata import version
from typing import Any, Protocol

import pytest

from harness import cli
from harness.adapter.advice import ADVICE
from harness.command.running.suite import run_pytest
from harness.command.selection import Selection
from harness.scenario.shipped import shipped_scenarios


class Say(Protocol):
    """Calls the command."""

    def __call__(self, *words: str) -> str:
        """Return what it printed."""


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Calls the command in this process."""

    def call(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["tunspec", *words])
        with pytest.raises(SystemExit):
            cli.main()
        return capsys.readouterr().out

    return call


def test_the_version_is_told(say: Say) -> None:
    """By its usual option."""
    assert say("--version") == f"tunspec {version('tunspec')}\n"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("LIV-4", ["  level           ", "  source          ", "  scenario        liveness/", "  faulty tunnel   "]),
        (
            "liveness/frozen_server",
            ["  topology        single_bastion", "  requirement     LIV-", "  run it          "],
        ),
        (
            "connection-refused",
            ["  usually fixed   check host and port, and that sshd runs", "  scenario        errors/"],
        ),
    ],
)
def test_requirements_scenarios_and_codes_are_explained(say: Say, name: str, lines: list[str]) -> None:
    """With whatever is known of them."""
    said = say("explain", name)
    assert said.startswith(name)
    assert [line for line in lines if line not in said] == []


def test_every_error_code_has_its_advice() -> None:
    """Those of the protocol, and no others."""
    from typing import get_args

    from harness.adapter.protocol import ErrorCode

    assert [*ADVICE] == [*get_args(ErrorCode)]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("list", "data/echo"), "id"),
        (("coverage",), "scenarios"),
        (("coverage", "--page"), "says"),
        (("doctor",), "good"),
        (("selftest", "--list"), "defect"),
    ],
)
def test_programs_can_read_it(say: Say, words: tuple[str, ...], key: str) -> None:
    """A list of objects; nothing else stands on standard output."""
    found: list[dict[str, Any]] = json.loads(say(*words, "--json"))
    assert all(key in one for one in found)
    assert found


def test_programs_can_read_verbs(say: Say) -> None:
    """Verbs and observations, with their arguments."""
    found = json.loads(say("verbs", "--json"))
    assert "within" in found["verbs"]["echo"]["arguments"]
    assert "connections" in found["observations"]


@pytest.mark.parametrize("selection", [Selection(("data",), marker="must"), Selection(("auth",), keyword="agent")])
def test_a_preview_has_what_pytest_selects(selection: Selection) -> None:
    """So that no more workers start than there is work for, and nobody waits for an empty run."""
    collected: list[str] = []

    class Collected:
        def pytest_collection_finish(self, session: pytest.Session) -> None:
            collected.extend(item.scenario.id for item in session.items)  # type: ignore[attr-defined]

    run_pytest([*selection.arguments(), "--collect-only", "-p", "no:terminal"], plugins=[Collected()])
    everything = {one.scope for one in shipped_scenarios().values()}
    assert {one.id for one in selection.preview(sorted(everything)).scenarios} >= set(collected) > set()


def test_a_character_that_the_terminal_lacks_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With LANG=C, or a terminal of another code page, it is shown as a question mark."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "argv", ["tunspec", "explain", "LIV-4"])
    with pytest.raises(SystemExit) as end:
        cli.main()
    stream.seek(0)
    assert (end.value.code, "?" in stream.read()) == (0, True)
