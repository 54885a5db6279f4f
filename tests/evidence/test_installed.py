"""What all faults in force have in common, on whatever fabric."""

from __future__ import annotations

import pytest

from harness.errors import FabricBroken
from harness.faults.installed import Installed, lasting
from harness.faults.model import Evidence

SEEN = Evidence(proven=True, summary="seen")


def test_it_is_healed_once() -> None:
    """Worlds heal what scenarios may have healed."""
    healed: list[str] = []
    fault = Installed(lambda: SEEN, lambda: healed.append("healed"))
    fault.heal()
    fault.heal()
    assert healed == ["healed"]


def test_what_could_not_be_healed_is_tried_again() -> None:
    """It is still in force."""
    tries = iter((FabricBroken("busy"), None))

    def undo() -> None:
        if error := next(tries):
            raise error

    fault = Installed(lambda: SEEN, undo)
    with pytest.raises(FabricBroken, match="busy"):
        fault.heal()
    fault.heal()
    assert next(tries, "none is left") == "none is left"


def test_the_last_evidence_outlives_the_heal() -> None:
    """What is looked at afterwards says nothing of the fault."""
    told = iter((SEEN, Evidence(proven=False, summary="it is over")))
    fault = Installed(lambda: next(told), lambda: None)
    fault.evidence()
    fault.heal()
    assert fault.evidence() == SEEN


def test_what_nobody_looked_at_is_not_proven() -> None:
    """Healed, it cannot be looked at any more."""
    fault = Installed(lambda: SEEN, lambda: None)
    fault.heal()
    assert not fault.evidence().proven


def test_what_happens_at_once_is_proven_for_good() -> None:
    """There is nothing to undo."""
    fault = lasting(SEEN)
    assert fault.evidence() == SEEN
    fault.heal()
    assert fault.evidence() == SEEN
