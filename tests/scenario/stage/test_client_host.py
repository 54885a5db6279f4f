"""What scenarios need of the machine on which the implementation runs."""

from __future__ import annotations

import shutil
import sys
from typing import Literal

import pytest

from harness.adapter.registry import Launch
from harness.faults.model import Cut
from harness.faults.needs import NeedsFault, NeedsOfClient
from harness.scenario.language.observation import Observation
from harness.scenario.language.verb import Verb
from harness.scenario.observations.outside import Listens
from harness.scenario.observations.resources import Grown, Growth, Lingering, ProcessorTime
from harness.scenario.props import names
from harness.scenario.stage import client_host
from harness.scenario.verbs.client import Note, Sleep


def launch(kind: Literal["program", "image"]) -> Launch:
    """Return an adapter of this kind."""
    return Launch("mine", ("mine",), kind)


def test_the_client_s_needs_are_told_from_the_fabric_s() -> None:
    """Each goes to whoever can say whether it is met."""
    cut = NeedsFault(Cut("to-bastion"))
    needs = frozenset({NeedsOfClient("names"), NeedsOfClient("ssh"), cut})
    assert client_host.split(needs) == ({"names", "ssh"}, {cut})


def test_root_without_setpriv_reads_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sound tunnel would read the key that nobody may read: that is no verdict about it."""
    monkeypatch.setattr("harness.adapter.registry.os.geteuid", lambda: 0)
    monkeypatch.setattr("harness.adapter.registry._as_an_ordinary_reader", lambda: ())
    assert "setpriv" in str(client_host.missing(launch("program"), frozenset({"modes"})))
    assert client_host.missing(launch("image"), frozenset({"modes"})) is None
    assert client_host.missing(launch("program"), frozenset()) is None


@pytest.mark.parametrize("need", ["names", "files"])
def test_a_container_has_a_resolver_and_files_of_its_own(need: str) -> None:
    """What is laid around its command would not reach into it."""
    assert "in a container" in str(client_host.missing(launch("image"), frozenset({need})))
    assert client_host.missing(launch("image"), frozenset({"loopback"})) is None


@pytest.mark.parametrize(
    "looks",
    [
        Sleep(),
        Note(),
        Listens(listens="nowhere"),
        Lingering(close_wait=0),
        Grown(grown=Growth(files=0)),
        ProcessorTime.model_validate({"cpu_below": "1s", "throughout": "1s"}),
    ],
    ids=lambda looks: type(looks).__name__,
)
def test_what_looks_at_processes_is_not_run_where_they_cannot_be_seen(looks: Verb | Observation) -> None:
    """Of a container it would see the command that started it, which neither listens nor grows."""
    here, _ = client_host.split(looks.needs())
    assert "processes of an adapter in a container" in str(client_host.missing(launch("image"), here))
    assert client_host.missing(launch("program"), here) is None


def test_names_need_what_a_mount_namespace_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says it."""
    monkeypatch.setattr(names, "why_not", lambda: "no root")
    assert client_host.missing(launch("program"), frozenset({"names"})) == "no root"
    assert client_host.missing(launch("program"), frozenset({"files"})) is None


def test_a_comparison_needs_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says what to install."""
    monkeypatch.setattr(shutil, "which", lambda _program: None)
    assert "install openssh-client" in str(client_host.missing(launch("program"), frozenset({"ssh"})))


def test_a_private_address_needs_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere only 127.0.0.1 is there."""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "needs Linux" in str(client_host.missing(launch("program"), frozenset({"loopback"})))
