"""The end of a scenario: faults are healed, and the world must work again."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from harness.errors import AdapterBroken, FabricBroken, UsageError
from harness.faults.model import Cut, Evidence, Stall
from harness.scenario.language.tunnel import TunnelSpec
from harness.scenario.stage.stage import Stage
from harness.world.topology import topologies

from ..standins import Profiles


@dataclass
class Diary:
    """A world, an adapter and their faults, which write down what is done to them."""

    written: list[str] = field(default_factory=list)
    topology: object = field(default_factory=lambda: topologies()["single_bastion"])

    def check(self) -> None:
        self.written.append("checked")

    def inject(self, fault: Cut | Stall) -> _Noted:
        return _Noted(self, type(fault).__name__)

    def events(self, node: str) -> tuple[()]:
        self.written.append(f"heard {node} out")
        return ()


@dataclass
class _Noted:
    diary: Diary
    name: str

    def evidence(self) -> Evidence:
        return Evidence(proven=True, summary="")

    def heal(self) -> None:
        self.diary.written.append(f"healed {self.name}")


@pytest.fixture
def diary(stage: Stage) -> Diary:
    """What happens to the stage's world."""
    world = Diary()
    stage.world = world  # type: ignore[assignment]
    stage.adapter = SimpleNamespace(check=lambda: None)  # type: ignore[assignment]
    return world


def test_the_world_is_healed_newest_fault_first_and_then_checked(stage: Stage, diary: Diary) -> None:
    """A broken world would not pass, and what was laid over another fault goes before it."""
    stage.inject(Cut("to-bastion"))
    stage.inject(Stall("to-bastion"))
    stage.check()
    assert diary.written == ["healed Stall", "healed Cut", "checked"]


def test_a_fault_is_healed_once(stage: Stage, diary: Diary) -> None:
    """Neither what a step healed nor what was healed in the first check."""
    stage.inject(Cut("to-bastion"))
    stage.heal(Cut, "to-bastion")
    stage.check()
    stage.check()
    assert diary.written == ["healed Cut", "checked", "checked"]


def test_a_broken_adapter_is_told_of_before_a_broken_world(stage: Stage, diary: Diary) -> None:
    """The world is then not asked."""

    def broken() -> None:
        raise AdapterBroken("it crashed")

    stage.adapter = SimpleNamespace(check=broken)  # type: ignore[assignment]
    with pytest.raises(AdapterBroken):
        stage.check()
    assert not diary.written


def test_a_world_that_does_not_work_is_no_verdict(stage: Stage, diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been broken all the time."""

    def broken() -> None:
        raise FabricBroken("bastion ended")

    monkeypatch.setattr(diary, "check", broken)
    with pytest.raises(FabricBroken, match="bastion ended"):
        stage.check()


def test_a_heal_finds_the_newest_fault_of_its_kind_that_is_in_force(stage: Stage, diary: Diary) -> None:
    """And there must be one."""
    stage.inject(Stall("to-bastion"))
    stage.inject(Cut("to-bastion"))
    stage.heal_newest("to-bastion")
    stage.heal_newest("to-bastion")
    assert diary.written == ["healed Cut", "healed Stall"]
    with pytest.raises(UsageError, match="has no fault to undo"):
        stage.heal_newest("to-bastion")


def test_what_the_servers_say_of_the_tunnel_before_is_waited_for(
    stage: Stage, diary: Diary, profiles: Profiles
) -> None:
    """What came later would be taken for words about the next one; of the first tunnel there was nothing before."""
    profiles.store.touch()
    stage.asked(TunnelSpec(), profiles.profile)
    assert diary.written == []
    stage.asked(TunnelSpec(), profiles.profile)
    assert diary.written == ["heard bastion out"]
